import Equations

extension FormGraph {
  /// The fractional bits that sums which are not committed would have, given those of all values: those
  /// with which they come into what reads them.
  ///
  /// - Parameter bits: of committed values.
  func exactBits(_ bits: (ValueID) -> Int) -> [ValueID: Int] {
    var found: [ValueID: Int] = [:]
    let definitions = definitions
    func own(_ id: ValueID) -> Int { self[id].isCommitted ? bits(id) : found[id] ?? 0 }
    for node in nodes.reversed() {
      for place in node.operands.indices {
        let id = node.operands[place]
        guard constants[id] == nil, !self[id].isCommitted else { continue }
        for wanted in asked(node, place, definitions, own) {
          found[id] = max(found[id] ?? wanted, wanted)
        }
      }
    }
    return found
  }

  /// The bits with which a node's operand comes into its result, once for each time that it does.
  private func asked(
    _ node: Node, _ place: Int, _ definitions: [ValueID: Int], _ own: (ValueID) -> Int
  ) -> [Int] {
    guard self[node.output].kind == .real else {
      if self[node.operands[place]].kind != .real { return [0] }
      // What is compared has the scale of what it is compared with.
      let others = node.operands.filter { constants[$0] == nil && self[$0].isCommitted }
      return [others.map(own).max() ?? CompileOptions.bitsOfZero]
    }
    if case .apply = node.form, let source = difference(node.operands[place], definitions) {
      return [own(source)]
    }
    if case .quotient(let numerator, let divisor) = node.form, numerator.operand == place {
      let id = node.operands[divisor.operand]
      return [own(node.output) + (constants[id] == nil ? own(id) : 0)]
    }
    guard case .sum(let sum) = node.form else { return [own(node.output)] }
    return sum.terms.filter { $0.factors.contains { $0.operand == place } }.map { term in
      let others = term.factors.filter { $0.operand != place }.map { node.operands[$0.operand] }
      return others.filter { constants[$0] == nil && self[$0].isCommitted }
        .reduce(own(node.output)) { $0 - own($1) }
    }
  }
}

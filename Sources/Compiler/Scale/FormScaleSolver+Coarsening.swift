import Equations
import TensorGraph

// What a value's bits are, and how they fall.
extension FormScaleSolver {
  /// Those of the value's class.
  func bits(of id: ValueID) -> Int { bits[classes.root(id.index)] }

  /// A value as what reads it finds it; nil for a constant.
  func operand(_ id: ValueID) -> SumScales.Operand? {
    if graph.constants[id] != nil { return nil }
    if let exact = exact[id] { return exact }
    let choice = choice(id)
    let number = producers[id.index]
    return .init(
      bits: choice.bits, magnitude: choice.range.magnitude,
      looseness: number.map { graph.nodes[$0].looseness } ?? 1)
  }

  func isFixed(_ id: ValueID) -> Bool { fixed[classes.root(id.index)] != nil }

  mutating func lower(_ id: ValueID, to limit: Int) {
    guard graph.constants[id] == nil, graph[id].kind == .real else { return }
    let root = classes.root(id.index)
    guard limit < bits[root] else { return }
    if let input = fixed[root] {
      conflict =
        "\"\(graph[id].name)\" can have no more than \(limit) fractional bits, and the "
        + "\(bits[root]) that are demanded of the input \"\(graph[input].name)\" are its own, too"
    } else {
      bits[root] = limit
    }
  }

  /// Takes a bit off what makes a value so fine: itself, or what it is made of.
  mutating func coarsen(_ id: ValueID) {
    guard !graph[id].isCommitted, let number = producers[id.index] else {
      return lower(id, to: bits(of: id) - 1)
    }
    let node = graph.nodes[number]
    guard let facts = sums[number] else {
      if case .view = node.form, let operand = node.operands.max(by: { eff($0) < eff($1) }) {
        return coarsen(operand)
      }
      return lower(id, to: bits(of: id) - 1)
    }
    coarsen(finest(of: facts))
  }

  func eff(_ id: ValueID) -> Int { operand(id)?.bits ?? Int.min }

  /// Takes a bit off the finest term of a sum.
  func finest(of facts: SumFacts) -> ValueID {
    let scales = scales(of: facts)
    let exact = facts.terms.filter { scales.exactBits($0) != nil }.max {
      (scales.exactBits($0) ?? 0) < (scales.exactBits($1) ?? 0)
    }
    let term = exact ?? facts.terms.first { !$0.values.isEmpty } ?? facts.terms[0]
    return finestFactor(term, facts)
  }

  func finestFactor(_ term: SumFacts.Term, _ facts: SumFacts) -> ValueID {
    let values = term.values.map { facts.node.operands[$0] }
    let free = values.filter { !isFixed($0) }
    let candidates = free.isEmpty ? values : free
    return candidates.max { eff($0) < eff($1) } ?? facts.node.output
  }
}

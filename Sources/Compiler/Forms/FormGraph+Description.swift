import ConstraintSystem
import Equations

extension FormGraph: CustomStringConvertible {
  /// One line for each node, in order: what it defines, of which shape, and how. What is not committed
  /// has `:=` instead of `=`.
  public var description: String { lines.joined(separator: "\n") }

  /// The lines of the description. Names are the network's own, whatever characters they have.
  public var lines: [String] {
    let states = loops.flatMap(\.states).map {
      "\(self[$0.value].name)\(self[$0.value].shape) = \(self[$0.given].name), then \(self[$0.left].name) "
        + "of the step before"
    }
    return states + nodes.map(describe)
  }

  private func describe(_ node: Node) -> String {
    let value = self[node.output]
    let kind = value.kind == .real ? "" : " \(value.kind.rawValue)"
    let names = indexNames(node)
    let left = "\(value.name)[\(axes(node, names))]\(kind)"
    return "\(left) \(value.isCommitted ? "=" : ":=") \(describe(node, names))"
  }

  private func axes(_ node: Node, _ names: [String]) -> String {
    zip(names, self[node.output].shape).map { "\($0) in \($1)" }.joined(separator: ", ")
  }

  private func indexNames(_ node: Node) -> [String] {
    let indices: [Equation.Index]
    switch node.form {
    case .sum(let sum): indices = sum.indices
    case .extreme(let extreme): indices = extreme.indices
    case .place(let place): indices = place.indices
    case .pick(let pick): indices = pick.indices
    default: indices = self[node.output].shape.map { .init(name: "i", size: $0) }
    }
    return Equation.names(of: indices)
  }

  private func describe(_ node: Node, _ names: [String]) -> String {
    func text(_ read: FormRead) -> String { describe(read, node, names) }
    switch node.form {
    case .view(let step):
      return "\(step.text)(\(node.operands.map { self[$0].name }.joined(separator: ", ")))"
    case .sum(let sum):
      let terms = sum.terms.map { describe($0, sum, node, names) }
      return terms.isEmpty ? "0" : terms.joined(separator: " + ")
    case .apply(let apply): return apply.function.text { _ in text(apply.argument) }
    case .quotient(let a, let b): return "\(text(a)) / \(text(b))"
    case .division(let division):
      let parts = division.reads.map(text).joined(separator: " / ")
      return "\(division.result.rawValue)(\(parts))"
    case .step(let step):
      return step.function.text { text(step.reads[$0.operand]) }
    case .root(let a, let isInverse): return "\(isInverse ? "1 / " : "")root(\(text(a)))"
    case .less(let a, let b): return "\(text(a)) < \(text(b))"
    case .equal(let a, let b): return "\(text(a)) == \(text(b))"
    case .extreme(let extreme):
      let bound = bounds(extreme.indices, extreme.domainRank..<extreme.indices.count, names)
      let list = extreme.candidates.map(text).joined(separator: ", ")
      return "\(extreme.isMaximum ? "max" : "min")\(bound) \(list)"
    case .place(let place):
      let bound = bounds(place.indices, place.indices.count - 1..<place.indices.count, names)
      let order = place.rank.map { "\(names[$0])th" } ?? (place.isLast ? "last" : "first")
      let name = order + (place.isMaximum ? "Max" : "Min")
      return "\(name)\(bound) \(text(place.candidate))"
    case .pick(let pick):
      let last = pick.indices.count - 1
      return "\(text(pick.source)) at \(names[last]) = \(text(pick.place))"
    }
  }

  private func bounds(
    _ indices: [Equation.Index], _ bound: some Sequence<Int>, _ names: [String]
  ) -> String {
    "(" + bound.map { "\(names[$0]) in \(indices[$0].size)" }.joined(separator: ", ") + ")"
  }

  private func describe(
    _ term: SumForm.Term, _ sum: SumForm, _ node: Node, _ names: [String]
  ) -> String {
    var parts: [String] = []
    if term.coefficient != 1 || term.factors.isEmpty { parts.append("\(term.coefficient)") }
    if !term.summed.isEmpty { parts.append("sum\(bounds(sum.indices, term.summed, names))") }
    parts += term.factors.map { describe($0, node, names) }
    return parts.joined(separator: " ")
  }

  private func describe(_ read: FormRead, _ node: Node, _ names: [String]) -> String {
    let positions = read.positions.map { $0.text(names) }
    return "\(self[node.operands[read.operand]].name)[\(positions.joined(separator: ", "))]"
  }
}

import ConstraintSystem
import Equations

extension FormGraph: CustomStringConvertible {
  /// One line for each node, in order: what it defines, of which shape, and how. What is not committed
  /// has `:=` instead of `=`.
  public var description: String { nodes.map(describe).joined(separator: "\n") }

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
    default: indices = self[node.output].shape.map { .init(name: "i", size: $0) }
    }
    let isUnique = Set(indices.map(\.name)).count == indices.count
    return indices.enumerated().map { isUnique ? $0.element.name : "i\($0.offset)" }
  }

  private func describe(_ node: Node, _ names: [String]) -> String {
    func text(_ read: FormRead) -> String { describe(read, node, names) }
    switch node.form {
    case .view(let step):
      return "\(step.text)(\(node.operands.map { self[$0].name }.joined(separator: ", ")))"
    case .sum(let sum):
      let terms = sum.terms.map { describe($0, sum, node, names) }
      return terms.isEmpty ? "0" : terms.joined(separator: " + ")
    case .apply(let apply): return apply.function.text(of: text(apply.argument))
    case .quotient(let a, let b): return "\(text(a)) / \(text(b))"
    case .root(let a, let isInverse): return "\(isInverse ? "1 / " : "")root(\(text(a)))"
    case .less(let a, let b): return "\(text(a)) < \(text(b))"
    case .equal(let a, let b): return "\(text(a)) == \(text(b))"
    case .extreme(let extreme):
      let bound = bounds(extreme.indices, extreme.domainRank..<extreme.indices.count, names)
      let list = extreme.candidates.map(text).joined(separator: ", ")
      return "\(extreme.isMaximum ? "max" : "min")\(bound) \(list)"
    case .place(let place):
      let bound = bounds(place.indices, place.indices.count - 1..<place.indices.count, names)
      let name = (place.isLast ? "last" : "first") + (place.isMaximum ? "Max" : "Min")
      return "\(name)\(bound) \(text(place.candidate))"
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
    let positions = read.positions.map { position in
      let terms = position.terms.map {
        $0.coefficient == 1 ? names[$0.index] : "\($0.coefficient) \(names[$0.index])"
      }
      let constant = position.constant == 0 && !terms.isEmpty ? [] : ["\(position.constant)"]
      return (terms + constant).joined(separator: " + ")
    }
    return "\(self[node.operands[read.operand]].name)[\(positions.joined(separator: ", "))]"
  }
}

extension RealExpression {
  /// A function of one value that is called `argument`.
  func text(of argument: String) -> String {
    let parts = children.map { $0.text(of: argument) }
    switch self {
    case .constant(let value): return "\(value)"
    case .read: return argument
    case .unary(let function, _): return "\(function.rawValue)(\(parts[0]))"
    case .binary(let operation, _, _):
      guard let symbol = operation.symbol else {
        return "\(operation.rawValue)(\(parts[0]), \(parts[1]))"
      }
      return "(\(parts[0]) \(symbol) \(parts[1]))"
    case .select: return "select(\(parts.joined(separator: ", ")))"
    case .index, .reduce: return "?"
    }
  }
}

extension ViewStep {
  fileprivate var text: String {
    switch self {
    case .slice(let slices):
      let list = slices.map { "\($0.start) + \($0.count) * \($0.step)" }
      return "slice[\(list.joined(separator: ", "))]"
    case .reshape(let shape): return "reshape\(shape)"
    case .broadcast(let shape): return "broadcast\(shape)"
    case .transpose(let permutation): return "transpose\(permutation)"
    case .concatenate(let axis): return "concatenate[\(axis)]"
    case .pad(let before, let after): return "pad\(before)\(after)"
    }
  }
}

extension RealExpression.Binary {
  fileprivate var symbol: String? {
    switch self {
    case .add: "+"
    case .subtract: "-"
    case .multiply: "*"
    case .divide: "/"
    case .power: "^"
    case .equal: "=="
    case .less: "<"
    case .lessOrEqual: "<="
    default: nil
    }
  }
}

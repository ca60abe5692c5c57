import ConstraintSystem
import TensorGraph

/// The inputs of which every element is only moved, and compared with other such elements and with constants:
/// whatever else is computed of them, the order of numbers says it.
struct ComparedInputs {
  let moved: MovedElements
  private(set) var inputs: Set<ValueID>

  init(_ graph: EquationGraph) {
    moved = MovedElements(graph)
    inputs = []
    var others = Set<ValueID>()
    /// Inputs that are compared with each other are all of the kind, or none is.
    var together: [Set<ValueID>] = []
    for output in graph.outputs { others.formUnion(moved[output.value] ?? []) }
    for node in graph.nodes where moved[node.output] == nil {
      let read = node.operands.compactMap { moved[$0] }.reduce(into: Set()) { $0.formUnion($1) }
      guard !read.isEmpty else { continue }
      guard case .equation(let equation) = node.definition,
        let compared = Comparisons(graph, node.operands, moved).groups(equation.value)
      else {
        if !Self.isOrder(node, of: graph.inputs) { others.formUnion(read) }
        continue
      }
      together += compared
      inputs.formUnion(read)
    }
    var count = -1
    while count != others.count {
      count = others.count
      for group in together where !group.isDisjoint(with: others) { others.formUnion(group) }
    }
    inputs.subtract(others)
  }

  /// Whether a node is the places of an input, which trees compare.
  private static func isOrder(_ node: EquationGraph.Node, of inputs: [ValueID]) -> Bool {
    guard case .equation(let equation) = node.definition,
      case .unary(.order, .read) = equation.value
    else { return false }
    return inputs.contains(node.operands[0])
  }

  /// Whether a value's elements are those of compared inputs.
  func holds(_ id: ValueID) -> Bool {
    guard let origins = moved[id], !origins.isEmpty else { return false }
    return origins.isSubset(of: inputs)
  }
}

/// What one equation compares.
private struct Comparisons {
  let graph: EquationGraph
  let operands: [ValueID]
  let moved: MovedElements

  init(_ graph: EquationGraph, _ operands: [ValueID], _ moved: MovedElements) {
    (self.graph, self.operands, self.moved) = (graph, operands, moved)
  }

  /// The inputs of each two sides that are compared; nil where an input's element is not compared.
  func groups(_ expression: RealExpression) -> [Set<ValueID>]? {
    switch expression {
    case .constant, .index: return []
    case .binary(let operation, let left, let right)
    where [.less, .lessOrEqual, .equal].contains(operation):
      guard let a = side(left), let b = side(right), !(a.isEmpty && b.isEmpty) else {
        return all([left, right])
      }
      guard !areOfOneValue(left, right) else { return nil }
      let places = [left, right].flatMap { side -> [RealExpression] in
        guard case .read(let read) = side else { return [] }
        return read.computedPlaces
      }
      return all(places).map { [a.union(b)] + $0 }
    case .read(let read):
      return moved[operands[read.operand]]?.isEmpty == false ? nil : all(read.computedPlaces)
    case .unary(_, let a): return groups(a)
    case .binary(_, let a, let b): return all([a, b])
    case .select(let condition, let a, let b): return all([condition, a, b])
    case .reduce(_, _, let term): return groups(term)
    }
  }

  /// Whether elements of one value are compared with each other, as what brings them into order does: places
  /// are wider than most numbers, and rounding exchanges only such elements as are all but equal.
  private func areOfOneValue(_ left: RealExpression, _ right: RealExpression) -> Bool {
    guard case .read(let a) = left, case .read(let b) = right else { return false }
    return operands[a.operand] == operands[b.operand]
  }

  private func all(_ parts: [RealExpression]) -> [Set<ValueID>]? {
    var result: [Set<ValueID>] = []
    for part in parts {
      guard let found = groups(part) else { return nil }
      result += found
    }
    return result
  }

  /// The inputs that one side of a comparison may be elements of; nil for what is no element.
  private func side(_ expression: RealExpression) -> Set<ValueID>? {
    switch expression {
    case .constant(let value): !value.isNaN && Double(Float(value)) == value ? [] : nil
    case .read(let read): moved[operands[read.operand]]
    default: nil
    }
  }
}

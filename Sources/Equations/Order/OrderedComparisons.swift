import ConstraintSystem
import TensorGraph

extension EquationGraph {
  /// The graph with comparisons of places in the order of single precision, wherever elements of an input are
  /// compared of which nothing else is asked: so that no number that is compared is rounded.
  public func comparingInOrder() throws(GraphError) -> EquationGraph {
    // What states of loops hold is not followed.
    guard loops.isEmpty else { return self }
    let compared = ComparedInputs(self)
    guard !compared.inputs.isEmpty else { return self }
    var rewriting = OrderRewriting(self, compared)
    let result = try rewriting.result().removingDeadNodes()
    try result.validate()
    return result
  }
}

/// Puts places in order beside all that is only moved, and compares these.
private struct OrderRewriting {
  private let graph: EquationGraph
  private let compared: ComparedInputs
  private var made: EquationGraph
  private var names = NamePool()
  /// The places of values' elements.
  private var places: [ValueID: ValueID] = [:]
  private var producers: [ValueID: Node] = [:]

  typealias Node = EquationGraph.Node

  init(_ graph: EquationGraph, _ compared: ComparedInputs) {
    (self.graph, self.compared, made) = (graph, compared, graph)
    for value in graph.values { _ = names.take(value.name) }
    for node in graph.nodes { producers[node.output] = node }
  }

  mutating func result() throws(GraphError) -> EquationGraph {
    made.nodes = []
    for node in graph.nodes {
      guard case .equation(let equation) = node.definition, !compared.holds(node.output),
        node.operands.contains(where: compared.holds)
      else {
        made.nodes.append(node)
        continue
      }
      if case .unary(.order, _) = equation.value {
        made.nodes.append(node)
        continue
      }
      var node = node
      var changed = equation
      changed.value = try rewritten(equation.value, &node)
      node.operands = changed.value.keepRead(of: node.operands)
      node.definition = .equation(changed)
      made.nodes.append(node)
    }
    return made
  }

  private mutating func rewritten(
    _ expression: RealExpression, _ node: inout Node
  ) throws(GraphError) -> RealExpression {
    if case .binary(let operation, let left, let right) = expression,
      [.less, .lessOrEqual, .equal].contains(operation),
      isCompared(left, node) || isCompared(right, node)
    {
      return .binary(operation, try ordered(left, &node), try ordered(right, &node))
    }
    var changed = node
    let result = try expression.mapParts { part throws(GraphError) in
      try rewritten(part, &changed)
    }
    node = changed
    return result
  }

  private func isCompared(_ side: RealExpression, _ node: Node) -> Bool {
    guard case .read(let read) = side else { return false }
    return compared.holds(node.operands[read.operand])
  }

  /// A side of a comparison by places.
  private mutating func ordered(
    _ side: RealExpression, _ node: inout Node
  ) throws(GraphError) -> RealExpression {
    switch side {
    case .constant(let value): return .constant(Double(Self.place(of: value)))
    case .read(var read):
      let id = try place(of: node.operands[read.operand], layer: node.layer)
      node.operands.append(id)
      read.operand = node.operands.count - 1
      var changed = node
      read = try read.mapPlaces { place throws(GraphError) in try rewritten(place, &changed) }
      node = changed
      return .read(read)
    default: throw GraphError(.structure, "what is compared is no element")
    }
  }

  /// The place of a number, which may be infinite.
  private static func place(of value: Double) -> Int {
    SingleOrder.place(of: Float(value)) ?? (value < 0 ? range.lowerBound : range.upperBound)
  }

  /// The places of finite numbers, and those next to them.
  private static let range =
    (SingleOrder.range.lowerBound - 1)...(SingleOrder.range.upperBound + 1)

  /// The value that holds the places of a value's elements.
  private mutating func place(of id: ValueID, layer: Int) throws(GraphError) -> ValueID {
    if let known = places[id] { return known }
    let result: ValueID
    if let tensor = graph.constants[id] {
      result = try constant(like: id, tensor.doubles.map { Int64(Self.place(of: $0)) })
    } else if let node = producers[id] {
      result = try moved(node)
    } else {
      result = added(like: id)
      made.values[result.index].bounds = SingleOrder.range
      made.nodes.append(
        Node(
          layer: layer, definition: .equation(.order(graph[id].shape)), operands: [id],
          output: result))
    }
    places[id] = result
    return result
  }

  /// What moves elements moves their places.
  private mutating func moved(_ node: Node) throws(GraphError) -> ValueID {
    var node = node
    let selection = compared.moved.selections[node.output]
    for place in node.operands.indices {
      let operand = node.operands[place]
      if let selection, place != selection.chosen {
        guard place == selection.factors, let ones = graph.constants[operand] else { continue }
        node.operands[place] = try constant(like: operand, ones.doubles.map { Int64($0) })
      } else if compared.moved[operand] != nil {
        node.operands[place] = try self.place(of: operand, layer: node.layer)
      }
    }
    if let selection, case .equation(var equation) = node.definition {
      equation.value = selection.sum
      node.definition = .equation(equation)
    }
    node.output = added(like: node.output)
    made.values[node.output.index].bounds = Self.range
    made.nodes.append(node)
    return node.output
  }

  private mutating func constant(
    like id: ValueID, _ values: [Int64]
  ) throws(GraphError) -> ValueID {
    let result = added(like: id)
    made.constants[result] = try Tensor(shape: graph[id].shape, integer: values)
    return result
  }

  private mutating func added(like id: ValueID) -> ValueID {
    made.values.append(
      .init(
        name: names.take("\(graph[id].name)/order"), shape: graph[id].shape, kind: .integer))
    return ValueID(made.values.count - 1)
  }
}

extension Equation {
  /// The place of each element.
  fileprivate static func order(_ shape: [Int]) -> Equation {
    Equation(
      indices: shape.enumerated().map { Index(name: "i\($0.offset)", size: $0.element) },
      domainRank: shape.count,
      value: .unary(
        .order,
        .read(
          OperandRead(
            operand: 0, positions: shape.indices.map { .affine(AffineIndex(index: $0)) }))))
  }
}

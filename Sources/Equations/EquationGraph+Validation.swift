import TensorGraph

extension EquationGraph {
  /// Checks every rule of the representation: values are defined once and before their use, names
  /// are unique, equations are sound, and what is declared is what they give.
  ///
  /// Throws an error that names the layer at fault.
  public func validate() throws(GraphError) {
    var defined = [Bool](repeating: false, count: values.count)
    for input in inputs { try define(input, &defined) }
    for (id, tensor) in constants {
      try define(id, &defined)
      try validate(self[id], tensor)
    }
    for loop in loops { for state in loop.states { try define(state.value, &defined) } }
    for node in nodes {
      guard layers.indices.contains(node.layer) else {
        throw GraphError(.structure, "a node belongs to layer \(node.layer), which does not exist")
      }
      do throws(GraphError) {
        try validate(node, &defined)
      } catch {
        throw error.at(node: layers[node.layer].name)
      }
    }
    for loop in loops { try validate(loop, defined) }
    for output in outputs where !isDefined(output.value, defined) {
      throw GraphError(.structure, "nothing computes the output \"\(output.name)\"")
    }
    try validateNames()
  }

  private func validate(_ loop: Loop, _ defined: [Bool]) throws(GraphError) {
    for state in loop.states {
      for id in [state.given, state.left] where !isDefined(id, defined) {
        throw GraphError(.structure, "the state \"\(self[state.value].name)\" comes of nothing")
      }
      let shape = self[state.value].shape
      guard shape.first == loop.count, loop.count >= 2, self[state.left].shape == shape,
        self[state.given].shape == [1] + shape.dropFirst()
      else {
        throw GraphError(.shape, "\"\(self[state.value].name)\" is no state of its loop")
      }
    }
  }

  private func validate(_ value: Value, _ tensor: Tensor) throws(GraphError) {
    guard value.shape == tensor.shape, (tensor.integers == nil) == (value.kind == .real) else {
      throw GraphError(.shape, "the constant \"\(value.name)\" is not what it is declared")
    }
    guard value.kind != .boolean || tensor.integers?.allSatisfy({ $0 == 0 || $0 == 1 }) == true
    else { throw GraphError(.value, "the constant \"\(value.name)\" is not of truth values") }
  }

  private func validate(_ node: Node, _ defined: inout [Bool]) throws(GraphError) {
    for operand in node.operands where !isDefined(operand, defined) {
      throw GraphError(.structure, "value \(operand.index) is used before it is computed")
    }
    try define(node.output, &defined)
    let output = self[node.output]
    let shape = try node.definition.outputShape(node.operands.map { self[$0].shape })
    guard output.shape == shape else {
      throw GraphError(
        .shape, "\"\(output.name)\" is declared of the shape \(output.shape), not \(shape)")
    }
    guard try Shape.elementCount(shape) > 0 else {
      throw GraphError(.shape, "\"\(output.name)\" has no elements")
    }
    let kind = try node.definition.kind(node.operands.map { self[$0].kind })
    guard output.kind.holds(kind), !node.definition.isView || output.kind == kind else {
      throw GraphError(
        .elementType,
        "\"\(output.name)\" is declared \(output.kind.rawValue), not \(kind.rawValue)")
    }
  }

  private func isDefined(_ id: ValueID, _ defined: [Bool]) -> Bool {
    defined.indices.contains(id.index) && defined[id.index]
  }

  private func define(_ id: ValueID, _ defined: inout [Bool]) throws(GraphError) {
    guard defined.indices.contains(id.index), !defined[id.index] else {
      throw GraphError(.structure, "value \(id.index) is defined twice or not declared")
    }
    defined[id.index] = true
  }

  private func validateNames() throws(GraphError) {
    let lists = [
      ("values", values.map(\.name)), ("layers", layers.map(\.name)),
      ("outputs", outputs.map(\.name)),
    ]
    for (what, names) in lists where Set(names).count != names.count {
      throw GraphError(.structure, "two \(what) share a name")
    }
  }
}

extension EquationGraph.Definition {
  var isView: Bool { if case .view = self { true } else { false } }

  /// The shape of what it defines. Throws where it does not fit its operands.
  func outputShape(_ shapes: [[Int]]) throws(GraphError) -> [Int] {
    switch self {
    case .equation(let equation):
      try equation.check(operands: shapes)
      return equation.shape
    case .view(let view): return try view.outputShape(shapes)
    }
  }

  /// The narrowest kind that is sure to hold what it defines; the definition must have been
  /// checked.
  func kind(_ operands: [ElementKind]) throws(GraphError) -> ElementKind {
    switch self {
    case .equation(let equation): return equation.value.kind(operands)
    case .view:
      guard let kind = operands.first, operands.allSatisfy({ $0 == kind }) else {
        throw GraphError(.elementType, "values of different kinds are joined")
      }
      return kind
    }
  }
}

extension FloatGraph {
  /// Checks every rule of the representation: tensors are defined once and before their use, names
  /// are unique, declared types are what the operations give, and constants fill their shapes.
  public func validate() throws(GraphError) {
    var defined = [Bool](repeating: false, count: tensors.count)
    for input in inputs {
      try define(input, &defined)
      guard self[input].type.element == .real else {
        throw GraphError(.elementType, "the input \"\(self[input].name)\" is not real")
      }
    }
    for (id, value) in constants {
      try define(id, &defined)
      guard self[id].type == value.type else {
        throw GraphError(.shape, "the constant \"\(self[id].name)\" is not what it is declared")
      }
    }
    for node in nodes {
      do throws(GraphError) {
        try validate(node, &defined)
      } catch {
        throw error.at(node: node.name)
      }
    }
    for output in outputs where !isDefined(output.tensor, defined) {
      throw GraphError(.structure, "nothing computes the output \"\(output.name)\"")
    }
    try validateNames()
  }

  private func validate(_ node: Node, _ defined: inout [Bool]) throws(GraphError) {
    for input in node.inputs where !isDefined(input, defined) {
      throw GraphError(.structure, "operand \(input.index) is used before it is computed")
    }
    let type = try node.operation.outputType(node.inputs.map { self[$0].type })
    try define(node.output, &defined)
    guard self[node.output].type == type else {
      throw GraphError(
        .shape, "\"\(self[node.output].name)\" is declared \(self[node.output].type), not \(type)")
    }
  }

  private func isDefined(_ id: TensorID, _ defined: [Bool]) -> Bool {
    defined.indices.contains(id.index) && defined[id.index]
  }

  private func define(_ id: TensorID, _ defined: inout [Bool]) throws(GraphError) {
    guard defined.indices.contains(id.index), !defined[id.index] else {
      throw GraphError(.structure, "tensor \(id.index) is defined twice or not declared")
    }
    defined[id.index] = true
  }

  private func validateNames() throws(GraphError) {
    guard Set(tensors.map(\.name)).count == tensors.count else {
      throw GraphError(.structure, "two tensors share a name")
    }
    guard Set(outputs.map(\.name)).count == outputs.count else {
      throw GraphError(.structure, "two outputs share a name")
    }
  }
}

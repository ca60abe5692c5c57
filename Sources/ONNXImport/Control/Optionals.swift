import Equations
import TensorGraph

// Optionals are what they hold: whether they hold anything is known when the model is imported.

@Sendable
func importOptional(
  _ importer: inout GraphImporter, _ node: ControlNode
) throws(GraphError) -> [GraphImporter.Typed] {
  [(node.operands.first ?? nil) ?? .init(value: .nothing)]
}

@Sendable
func importOptionalHasElement(
  _ importer: inout GraphImporter, _ node: ControlNode
) throws(GraphError) -> [GraphImporter.Typed] {
  var holds = true
  switch (node.operands.first ?? nil)?.value {
  case .nothing, nil: holds = false
  default: break
  }
  let truth = try Tensor(shape: [], integer: [holds ? 1 : 0])
  let id = node.view.emit(constant: truth, isBoolean: true, to: &importer.builder)
  return [.init(value: .tensor(id), format: .bool)]
}

@Sendable
func importOptionalGetElement(
  _ importer: inout GraphImporter, _ node: ControlNode
) throws(GraphError) -> [GraphImporter.Typed] {
  let operand = try node.operand(0)
  if case .nothing = operand.value {
    throw GraphError(.value, "the optional that it opens holds nothing")
  }
  return [operand]
}

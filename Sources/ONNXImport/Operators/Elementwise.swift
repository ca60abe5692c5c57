import TensorGraph

/// Division by a constant; of reals it is a multiplication by the reciprocal.
@Sendable
func importDivision(
  _ node: NodeView, _ builder: inout GraphBuilder
) throws(GraphError) -> [TensorID] {
  let (dividend, divisor) = (try node.input(0), try node.input(1))
  guard let constant = builder.constantValue(divisor) else {
    throw GraphError(.unsupported, "division by a value that depends on an input")
  }
  if let value = builder.constantValue(dividend) {
    let type = try Operation.multiply.outputType([value.type, constant.type])
    try builder.reserve(elements: Shape.elementCount(type.shape))
    let quotient = try value.divided(by: constant)
    try quotient.requireNumbers()
    return [builder.addConstant(named: node.outputs[0], quotient)]
  }
  if let place = constant.reals.firstIndex(of: 0) {
    throw GraphError(
      .unsupported, "its divisor \"\(builder[divisor].name)\" is zero at position \(place)")
  }
  let one = try Tensor(shape: [], real: [1])
  let reciprocal = builder.addConstant(
    named: "\(builder[divisor].name)/reciprocal", try one.divided(by: constant))
  return [try node.emit(.multiply, [dividend, reciprocal], to: &builder)]
}

@Sendable
func importLeakyRelu(
  _ node: NodeView, _ builder: inout GraphBuilder
) throws(GraphError) -> [TensorID] {
  let alpha = try node.float("alpha") ?? 0.01
  guard alpha.isFinite else {
    throw GraphError(.attribute, "the slope \(alpha) is not a finite number")
  }
  return [try node.emit(.leakyRelu(alpha: alpha), [node.input(0)], to: &builder)]
}

/// The bounds are attributes before opset 11 and operands since.
@Sendable
func importClip(
  _ node: NodeView, _ builder: inout GraphBuilder
) throws(GraphError) -> [TensorID] {
  let lower: Float?
  let upper: Float?
  if node.opset < 11 {
    (lower, upper) = (try node.float("min"), try node.float("max"))
  } else {
    lower = try node.constantReal(1, "lower bound", builder)
    upper = try node.constantReal(2, "upper bound", builder)
  }
  let operation = Operation.clip(lower: lower ?? -.infinity, upper: upper ?? .infinity)
  return [try node.emit(operation, [node.input(0)], to: &builder)]
}

@Sendable
func importBatchNormalization(
  _ node: NodeView, _ builder: inout GraphBuilder
) throws(GraphError) -> [TensorID] {
  let trains = try node.flag("training_mode") || node.outputs.dropFirst().contains { !$0.isEmpty }
  guard try node.flag("spatial", default: true), !trains else {
    throw GraphError(.unsupported, "only inference with one statistic per channel")
  }
  var operands: [TensorID] = []
  for position in 0..<5 { operands.append(try node.input(position)) }
  let epsilon = try node.float("epsilon") ?? 1e-5
  return [try node.emit(.batchNormalization(epsilon: epsilon), operands, to: &builder)]
}

@Sendable
func importArgMax(
  _ node: NodeView, _ builder: inout GraphBuilder
) throws(GraphError) -> [TensorID] {
  guard try !node.flag("select_last_index") else {
    throw GraphError(.unsupported, "the last of several maxima is asked for")
  }
  let operand = try node.input(0)
  let axis = try Shape.normalizedAxis(
    node.int("axis", default: 0), rank: builder[operand].shape.count)
  let operation = Operation.argMax(
    axis: axis, keepingAxis: try node.flag("keepdims", default: true))
  return [try node.emit(operation, [operand], to: &builder)]
}

/// At inference Dropout is the identity.
@Sendable
func importDropout(
  _ node: NodeView, _ builder: inout GraphBuilder
) throws(GraphError) -> [TensorID] {
  if let mode = node.optionalInput(2) {
    guard let value = builder.constantValue(mode)?.integers, value == [0] else {
      throw GraphError(.unsupported, "training mode")
    }
  }
  return [try node.input(0)]
}

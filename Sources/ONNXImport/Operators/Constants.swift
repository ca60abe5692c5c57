import TensorGraph

@Sendable
func importConstant(
  _ node: NodeView, _ builder: inout GraphBuilder
) throws(GraphError) -> [TensorID] {
  guard let output = node.outputs.first else {
    throw GraphError(.structure, "the node has no output")
  }
  return [builder.addConstant(named: output, try node.constantAttribute())]
}

extension NodeView {
  fileprivate func constantAttribute() throws(GraphError) -> Tensor {
    guard attributeNames.count == 1 else {
      throw GraphError(.attribute, "a constant needs exactly one value")
    }
    if let tensor = try tensor("value") {
      return try TensorDecoder(externalData: nil).decode(tensor).graphTensor()
    }
    if let value = try float("value_float") { return try Tensor(shape: [], real: [value]) }
    if let values = try floats("value_floats") {
      return try Tensor(shape: [values.count], real: values)
    }
    if let value = try int("value_int") { return try Tensor(shape: [], integer: [Int64(value)]) }
    guard let values = try ints("value_ints") else {
      throw GraphError(.attribute, "the constant's value is missing")
    }
    return try Tensor(shape: [values.count], integer: values.map(Int64.init))
  }
}

/// Casts between float types leave a tensor as it is; others are only done on constants.
@Sendable
func importCast(
  _ node: NodeView, _ builder: inout GraphBuilder
) throws(GraphError) -> [TensorID] {
  let operand = try node.input(0)
  guard let code = try node.int("to"), let type = Int32(exactly: code) else {
    throw GraphError(.attribute, "the attribute \"to\" is missing")
  }
  let format = try ElementFormat(type, of: builder[operand].name)
  if builder[operand].type.element == .real, format.element == .real { return [operand] }
  guard let value = builder.constantValue(operand), let output = node.outputs.first else {
    throw GraphError(.unsupported, "casts between reals and integers that depend on an input")
  }
  try builder.reserve(elements: value.count)
  return [builder.addConstant(named: output, try format.cast(value))]
}

extension ElementFormat {
  fileprivate func cast(_ tensor: Tensor) throws(GraphError) -> Tensor {
    if element == .real { return try Tensor(shape: tensor.shape, real: tensor.reals) }
    var values: [Int64] = []
    switch tensor.elements {
    case .integer(let integers): values = integers
    case .real(let reals):
      for real in reals {
        guard let value = Int64(exactly: real.rounded(.towardZero)) else {
          throw GraphError(.value, "\(real) does not fit an integer")
        }
        values.append(value)
      }
    }
    if case .bool = self { values = tensor.reals.map { $0 == 0 ? 0 : 1 } }
    return try Tensor(shape: tensor.shape, integer: values)
  }
}

@Sendable
func importConstantOfShape(
  _ node: NodeView, _ builder: inout GraphBuilder
) throws(GraphError) -> [TensorID] {
  guard let shape = try node.constantInts(0, "shape", builder), let output = node.outputs.first
  else {
    throw GraphError(.structure, "the shape is missing")
  }
  let count = try Shape.elementCount(shape)
  try builder.reserve(elements: count)
  var value = try Tensor(shape: [1], real: [0])
  if let tensor = try node.tensor("value") {
    value = try TensorDecoder(externalData: nil).decode(tensor).graphTensor()
  }
  guard value.count == 1 else {
    throw GraphError(.attribute, "the value to fill with is not one element")
  }
  let filled =
    if let integers = value.integers {
      try Tensor(shape: shape, integer: [Int64](repeating: integers[0], count: count))
    } else {
      try Tensor(shape: shape, real: [Float](repeating: value.reals[0], count: count))
    }
  return [builder.addConstant(named: output, filled)]
}

/// Broadcasting a constant to a shape: adding zeros of that shape.
@Sendable
func importExpand(
  _ node: NodeView, _ builder: inout GraphBuilder
) throws(GraphError) -> [TensorID] {
  let operand = try node.input(0)
  guard let shape = try node.constantInts(1, "target shape", builder) else {
    throw GraphError(.structure, "the target shape is missing")
  }
  guard let value = builder.constantValue(operand), let output = node.outputs.first else {
    throw GraphError(.unsupported, "expanding a tensor that depends on an input")
  }
  let target = try Shape.broadcast(value.shape, shape)
  let count = try Shape.elementCount(target)
  try builder.reserve(elements: count)
  let zeros =
    value.integers == nil
    ? try Tensor(shape: target, real: [Float](repeating: 0, count: count))
    : try Tensor(shape: target, integer: [Int64](repeating: 0, count: count))
  let expanded = try Operation.add.evaluate([value, zeros])
  return [builder.addConstant(named: output, expanded)]
}

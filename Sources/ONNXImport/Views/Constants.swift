import ConstraintSystem
import Equations
import TensorGraph

@Sendable
func importConstant(
  _ node: NodeView, _ builder: inout EquationGraphBuilder
) throws(GraphError) -> [ValueID] {
  guard !node.outputs.isEmpty else { throw GraphError(.structure, "the node has no output") }
  let value = try node.constantAttribute()
  return [node.emit(constant: value.tensor, isBoolean: value.isBoolean, to: &builder)]
}

extension NodeView {
  fileprivate func constantAttribute() throws(GraphError) -> (tensor: Tensor, isBoolean: Bool) {
    guard attributeNames.count == 1 else {
      throw GraphError(.attribute, "a constant needs exactly one value")
    }
    if let tensor = try tensor("value") {
      let decoded = try TensorDecoder(externalData: nil).decode(tensor)
      return (try decoded.graphTensor(), decoded.isBoolean)
    }
    if let value = try float("value_float") { return (try Tensor(shape: [], real: [value]), false) }
    if let values = try floats("value_floats") {
      return (try Tensor(shape: [values.count], real: values), false)
    }
    if let value = try int("value_int") {
      return (try Tensor(shape: [], integer: [Int64(value)]), false)
    }
    guard let values = try ints("value_ints") else {
      throw GraphError(.attribute, "the constant's value is missing, or is text")
    }
    return (try Tensor(shape: [values.count], integer: values.map(Int64.init)), false)
  }
}

@Sendable
func importConstantOfShape(
  _ node: NodeView, _ builder: inout EquationGraphBuilder
) throws(GraphError) -> [ValueID] {
  guard let shape = try node.constantInts(0, "shape", builder) else {
    throw GraphError(.structure, "the shape is missing")
  }
  let count = try Shape.elementCount(shape)
  try builder.reserve(elements: count)
  var value = try Tensor(shape: [1], real: [0])
  var isBoolean = false
  if let tensor = try node.tensor("value") {
    let decoded = try TensorDecoder(externalData: nil).decode(tensor)
    (value, isBoolean) = (try decoded.graphTensor(), decoded.isBoolean)
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
  return [node.emit(constant: filled, isBoolean: isBoolean, to: &builder)]
}

/// start, start + step, … below the limit.
@Sendable
func importRange(
  _ node: NodeView, _ builder: inout EquationGraphBuilder
) throws(GraphError) -> [ValueID] {
  var numbers: [Double] = []
  var isInteger = true
  for position in 0..<3 {
    guard let value = builder.constantValue(try node.input(position)), value.count == 1 else {
      throw GraphError(.unsupported, "its bounds or its step depend on an input of the network")
    }
    isInteger = isInteger && value.integers != nil
    numbers.append(value.integers.map { Double($0[0]) } ?? Double(value.reals[0]))
  }
  let (start, limit, step) = (numbers[0], numbers[1], numbers[2])
  guard step != 0, numbers.allSatisfy({ $0.isFinite && abs($0) <= 0x1p53 }) else {
    throw GraphError(.value, "a range from \(start) to \(limit) in steps of \(step)")
  }
  let length = max(0, ((limit - start) / step).rounded(.up))
  guard length <= Double(Shape.maximumElements) else {
    throw GraphError(.tooLarge, "a range of \(length) numbers")
  }
  try builder.reserve(elements: Int(length))
  let elements = (0..<Int(length)).map { start + Double($0) * step }
  let tensor =
    isInteger
    ? try Tensor(shape: [elements.count], integer: elements.map { Int64($0) })
    : try Tensor(shape: [elements.count], real: elements.map { Float($0) })
  return [node.emit(constant: tensor, to: &builder)]
}

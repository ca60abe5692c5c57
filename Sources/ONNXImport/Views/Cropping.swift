import Equations
import TensorGraph

/// Brings axes to given sizes: the middle of a longer one, or zeros around a shorter one.
@Sendable
func importCenterCropPad(
  _ node: NodeView, _ builder: inout EquationGraphBuilder
) throws(GraphError) -> [ValueID] {
  var operand = try node.input(0)
  let shape = builder[operand].shape
  let sizes = try node.constantInts(1, "sizes", builder) ?? []
  let axes = try node.ints("axes") ?? Array(shape.indices)
  guard sizes.count == axes.count, sizes.allSatisfy({ $0 > 0 }) else {
    throw GraphError(.attribute, "its sizes \(sizes) do not fit the shape \(shape)")
  }
  var slices = shape.map { ViewStep.AxisSlice(all: $0) }
  var (before, after) = (shape.map { _ in 0 }, shape.map { _ in 0 })
  for (listed, size) in zip(axes, sizes) {
    let axis = try Shape.normalizedAxis(listed, rank: shape.count)
    if size < shape[axis] {
      slices[axis] = .init(start: (shape[axis] - size) / 2, count: size, step: 1)
    } else {
      before[axis] = (size - shape[axis]) / 2
      after[axis] = size - shape[axis] - before[axis]
    }
  }
  operand = try node.emit(.slice(slices), [operand], to: &builder, step: "cropped")
  return [try node.emit(.pad(before: before, after: after), [operand], to: &builder)]
}

/// Turns around the beginning of each sequence, as many elements as are listed for it.
@Sendable
func importReverseSequence(
  _ node: NodeView, _ builder: inout EquationGraphBuilder
) throws(GraphError) -> [ValueID] {
  let operand = try node.input(0)
  let shape = builder[operand].shape
  let (batch, time) = (
    try node.int("batch_axis", default: 1), try node.int("time_axis", default: 0)
  )
  guard let lengths = try node.constantInts(1, "lengths", builder), shape.count >= 2,
    Set([batch, time]) == [0, 1], lengths.count == shape[batch],
    lengths.allSatisfy({ $0 >= 0 && $0 <= shape[time] })
  else { throw GraphError(.attribute, "its lengths do not fit the shape \(shape)") }
  var parts: [ValueID] = []
  for (sequence, length) in lengths.enumerated() {
    var slices = shape.map { ViewStep.AxisSlice(all: $0) }
    slices[batch] = .init(start: sequence, count: 1, step: 1)
    let part = try node.emit(.slice(slices), [operand], to: &builder, step: "sequence")
    let places = (0..<shape[time]).map { $0 < length ? length - 1 - $0 : $0 }
    parts.append(
      try node.emit(takingFrom: part, axis: time, at: places, to: &builder, step: "turned"))
  }
  return [try node.emit(.concatenate(axis: batch), parts, to: &builder)]
}

/// In inference nothing is dropped; the second output, what was kept, is true everywhere.
@Sendable
func importDropout(
  _ node: NodeView, _ builder: inout EquationGraphBuilder
) throws(GraphError) -> [ValueID] {
  let operand = try node.input(0)
  if let mode = node.optionalInput(2) {
    let isTraining = builder.constantValue(mode)?.integers?.contains { $0 != 0 }
    let ratio = try node.constantReal(1, "ratio", builder) ?? 0.5
    guard isTraining == false || ratio == 0 else {
      throw GraphError(.unsupported, "it drops elements at random, as in training")
    }
  }
  guard node.outputs.count > 1, !node.outputs[1].isEmpty else { return [operand] }
  let shape = builder[operand].shape
  let count = try Shape.elementCount(shape)
  try builder.reserve(elements: count)
  let kept = try Tensor(shape: shape, integer: [Int64](repeating: 1, count: count))
  return [
    operand, builder.addConstant(named: node.valueName(1), kept, isBoolean: true),
  ]
}

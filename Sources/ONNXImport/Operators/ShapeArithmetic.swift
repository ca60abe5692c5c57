import TensorGraph

/// All shapes are known, so a shape is a constant.
@Sendable
func importShape(
  _ node: NodeView, _ builder: inout GraphBuilder
) throws(GraphError) -> [TensorID] {
  let shape = builder[try node.input(0)].shape
  func position(_ value: Int) -> Int {
    min(max(value < 0 ? value + shape.count : value, 0), shape.count)
  }
  let start = position(try node.int("start", default: 0))
  let end = position(try node.int("end", default: shape.count))
  let extents = shape[start..<max(start, end)].map(Int64.init)
  return [try addIntegers(node, extents, shape: [extents.count], &builder)]
}

@Sendable
func importSize(
  _ node: NodeView, _ builder: inout GraphBuilder
) throws(GraphError) -> [TensorID] {
  let count = try Shape.elementCount(builder[try node.input(0)].shape)
  return [try addIntegers(node, [Int64(count)], shape: [], &builder)]
}

private func addIntegers(
  _ node: NodeView, _ values: [Int64], shape: [Int], _ builder: inout GraphBuilder
) throws(GraphError) -> TensorID {
  guard let output = node.outputs.first else {
    throw GraphError(.structure, "the node has no output")
  }
  return builder.addConstant(named: output, try Tensor(shape: shape, integer: values))
}

/// Gathering at constant indices: a slice for each index, joined along the axis.
@Sendable
func importGather(
  _ node: NodeView, _ builder: inout GraphBuilder
) throws(GraphError) -> [TensorID] {
  let operand = try node.input(0)
  let shape = builder[operand].shape
  let axis = try Shape.normalizedAxis(node.int("axis", default: 0), rank: shape.count)
  guard let indices = builder.constantValue(try node.input(1)) else {
    throw GraphError(.unsupported, "gathering at indices that depend on an input")
  }
  if let value = builder.constantValue(operand) {
    return [try node.gathered(value, indices, axis: axis, &builder)]
  }
  guard let positions = indices.integers, !positions.isEmpty, positions.count <= maximumGathered
  else {
    throw GraphError(
      .unsupported, "gathering at \(indices.count) indices; 1 to \(maximumGathered) integers are")
  }
  var parts: [TensorID] = []
  for position in positions {
    let index = try place(position, along: shape[axis])
    var slices = shape.map { Operation.AxisSlice(start: 0, count: $0) }
    slices[axis] = .init(start: index, count: 1)
    parts.append(try node.emit(.slice(slices), [operand], to: &builder, step: "part"))
  }
  let joined =
    parts.count == 1
    ? parts[0] : try node.emit(.concatenate(axis: axis), parts, to: &builder, step: "joined")
  let target = shape[..<axis] + indices.shape + shape[(axis + 1)...]
  return [try node.emit(.reshape(Array(target)), [joined], to: &builder)]
}

/// Beyond this, one slice per index would make the graph unwieldy.
private let maximumGathered = 1024

/// A position that counts from the end where it is negative.
private func place(_ position: Int64, along extent: Int) throws(GraphError) -> Int {
  guard position >= -Int64(extent), position < Int64(extent) else {
    throw GraphError(.value, "index \(position) is outside an axis of extent \(extent)")
  }
  return Int(position) + (position < 0 ? extent : 0)
}

extension NodeView {
  /// Gathering from a constant, which is one too.
  fileprivate func gathered(
    _ value: Tensor, _ indices: Tensor, axis: Int, _ builder: inout GraphBuilder
  ) throws(GraphError) -> TensorID {
    guard let positions = indices.integers else {
      throw GraphError(.elementType, "its indices are not integers")
    }
    let (shape, strides) = (value.shape, Shape.strides(value.shape))
    let target = Array(shape[..<axis] + indices.shape + shape[(axis + 1)...])
    try builder.reserve(elements: Shape.elementCount(target))
    var chosen: [Int] = []
    for position in positions { chosen.append(try place(position, along: shape[axis])) }
    let outer = Shape.offsets(Array(strides[..<axis]), over: Array(shape[..<axis]))
    let inner = Shape.offsets(Array(strides[(axis + 1)...]), over: Array(shape[(axis + 1)...]))
    let places = outer.flatMap { base in
      chosen.flatMap { index in inner.map { base + index * strides[axis] + $0 } }
    }
    let taken = try value.taking(places, shape: target)
    return builder.addConstant(named: outputs.first ?? name, taken)
  }
}

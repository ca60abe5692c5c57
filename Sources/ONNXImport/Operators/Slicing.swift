import TensorGraph

@Sendable
func importConcat(
  _ node: NodeView, _ builder: inout GraphBuilder
) throws(GraphError) -> [TensorID] {
  let operands = try node.allInputs()
  guard let axis = try node.int("axis") else {
    throw GraphError(.attribute, "the attribute \"axis\" is missing")
  }
  let position = try Shape.normalizedAxis(axis, rank: builder[operands[0]].shape.count)
  return [try node.emit(.concatenate(axis: position), operands, to: &builder)]
}

/// Starts, ends and axes are attributes before opset 10; since then they are operands, with steps.
@Sendable
func importSlice(
  _ node: NodeView, _ builder: inout GraphBuilder
) throws(GraphError) -> [TensorID] {
  let operand = try node.input(0)
  let shape = builder[operand].shape
  let byOperands = node.opset >= 10
  let starts = byOperands ? try node.constantInts(1, "starts", builder) : try node.ints("starts")
  let ends = byOperands ? try node.constantInts(2, "ends", builder) : try node.ints("ends")
  let axes = byOperands ? try node.constantInts(3, "axes", builder) : try node.ints("axes")
  let steps = byOperands ? try node.constantInts(4, "steps", builder) : nil
  guard let starts, let ends, starts.count == ends.count,
    axes.map({ $0.count == starts.count }) ?? (starts.count <= shape.count),
    steps.map({ $0.count == starts.count }) ?? true
  else {
    throw GraphError(.attribute, "starts, ends, axes and steps do not match each other")
  }
  var slices = shape.map { Operation.AxisSlice(start: 0, count: $0) }
  var sliced: Set<Int> = []
  for index in starts.indices {
    let axis = try Shape.normalizedAxis(axes?[index] ?? index, rank: shape.count)
    guard sliced.insert(axis).inserted else {
      throw GraphError(.attribute, "axis \(axis) is sliced twice")
    }
    slices[axis] = try Operation.AxisSlice(
      start: starts[index], end: ends[index], step: steps?[index] ?? 1, extent: shape[axis])
  }
  return [try node.emit(.slice(slices), [operand], to: &builder)]
}

extension Operation.AxisSlice {
  /// ONNX's rule: negative positions count from the end, then positions are clamped to the axis.
  fileprivate init(start: Int, end: Int, step: Int, extent: Int) throws(GraphError) {
    // The most negative step means "beyond the axis" and could not be negated.
    guard step != 0, step > Int.min else {
      throw GraphError(.attribute, "a slice of step \(step)")
    }
    let low = step > 0 ? 0 : -1
    let high = step > 0 ? extent : extent - 1
    func clamped(_ position: Int, _ lowest: Int) -> Int {
      min(max(position < 0 ? position + extent : position, lowest), high)
    }
    let first = clamped(start, 0)
    let last = clamped(end, low)
    let distance = step > 0 ? last - first : first - last
    let count = distance > 0 ? (distance - 1) / abs(step) + 1 : 0
    self.init(start: count == 0 ? 0 : first, step: count <= 1 ? 1 : step, count: count)
  }
}

/// Each part is a slice of its own.
@Sendable
func importSplit(
  _ node: NodeView, _ builder: inout GraphBuilder
) throws(GraphError) -> [TensorID] {
  let operand = try node.input(0)
  let shape = builder[operand].shape
  let axis = try Shape.normalizedAxis(node.int("axis", default: 0), rank: shape.count)
  let sizes = try node.splitSizes(shape[axis], builder)
  guard sizes.allSatisfy({ $0 >= 0 && $0 <= shape[axis] }), sizes.count == node.outputs.count,
    sizes.reduce(0, +) == shape[axis]
  else {
    throw GraphError(.attribute, "parts of \(sizes) do not make up an axis of \(shape[axis])")
  }
  var results: [TensorID] = []
  var start = 0
  for (position, size) in sizes.enumerated() {
    var slices = shape.map { Operation.AxisSlice(start: 0, count: $0) }
    slices[axis] = .init(start: size == 0 ? 0 : start, count: size)
    results.append(try node.emit(.slice(slices), [operand], to: &builder, position: position))
    start += size
  }
  return results
}

extension NodeView {
  fileprivate func splitSizes(
    _ extent: Int, _ builder: GraphBuilder
  ) throws(GraphError) -> [Int] {
    let listed = opset < 13 ? try ints("split") : try constantInts(1, "split sizes", builder)
    if let listed { return listed }
    let parts = outputs.count
    guard try int("num_outputs", default: parts) == parts, parts > 0, parts <= max(1, extent)
    else {
      throw GraphError(.attribute, "an axis of \(extent) is split into \(parts) outputs")
    }
    guard extent % parts == 0 || opset >= 18 else {
      throw GraphError(.shape, "an axis of \(extent) does not split into \(parts) equal parts")
    }
    let size = (extent + parts - 1) / parts
    return (0..<parts).map { max(0, min(size, extent - $0 * size)) }
  }
}

/// Pads are attributes before opset 11 and operands since; a negative pad cuts cells off.
@Sendable
func importPad(
  _ node: NodeView, _ builder: inout GraphBuilder
) throws(GraphError) -> [TensorID] {
  let mode = try node.string("mode") ?? "constant"
  guard mode == "constant" else {
    throw GraphError(.unsupported, "padding of mode \"\(mode)\"")
  }
  let operand = try node.input(0)
  let shape = builder[operand].shape
  let value: Float
  let listed: [Int]?
  if node.opset < 11 {
    (listed, value) = (try node.ints("pads"), try node.float("value") ?? 0)
  } else {
    listed = try node.constantInts(1, "pads", builder)
    value = try node.padValue(builder)
  }
  let (before, after) = try node.pads(listed, rank: shape.count, builder)
  return [try node.pad(operand, by: before, after, value, &builder)]
}

extension NodeView {
  fileprivate func padValue(_ builder: GraphBuilder) throws(GraphError) -> Float {
    guard let id = optionalInput(2) else { return 0 }
    if case .integer(let values) = builder.constantValue(id)?.elements {
      guard values.count == 1, let value = Float(exactly: values[0]) else {
        throw GraphError(.value, "the padding value \(values) is not one exact number")
      }
      return value
    }
    return try constantReal(2, "padding value", builder) ?? 0
  }

  fileprivate func pads(
    _ listed: [Int]?, rank: Int, _ builder: GraphBuilder
  ) throws(GraphError) -> ([Int], [Int]) {
    let axes = try constantInts(3, "axes", builder) ?? Array(0..<rank)
    guard let listed, listed.count == 2 * axes.count else {
      throw GraphError(.attribute, "the pads do not match a tensor of rank \(rank)")
    }
    var before = [Int](repeating: 0, count: rank)
    var after = before
    for (index, listedAxis) in axes.enumerated() {
      let axis = try Shape.normalizedAxis(listedAxis, rank: rank)
      (before[axis], after[axis]) = (listed[index], listed[index + axes.count])
    }
    return (before, after)
  }

  fileprivate func pad(
    _ operand: TensorID, by before: [Int], _ after: [Int], _ value: Float,
    _ builder: inout GraphBuilder
  ) throws(GraphError) -> TensorID {
    var operand = operand
    if (before + after).contains(where: { $0 < 0 }) {
      var slices: [Operation.AxisSlice] = []
      for (axis, extent) in builder[operand].shape.enumerated() {
        let cut = (min(0, before[axis]), min(0, after[axis]))
        guard cut.0 >= -extent, cut.1 >= -extent, extent + cut.0 + cut.1 > 0 else {
          throw GraphError(.attribute, "negative pads leave nothing of axis \(axis)")
        }
        slices.append(.init(start: -cut.0, count: extent + cut.0 + cut.1))
      }
      operand = try emit(.slice(slices), [operand], to: &builder, step: "cut")
    }
    let operation = Operation.pad(
      before: before.map { max(0, $0) }, after: after.map { max(0, $0) }, value: value)
    return try emit(operation, [operand], to: &builder)
  }
}

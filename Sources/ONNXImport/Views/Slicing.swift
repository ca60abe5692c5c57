import Equations
import TensorGraph

@Sendable
func importConcat(
  _ node: NodeView, _ builder: inout EquationGraphBuilder
) throws(GraphError) -> [ValueID] {
  let operands = try node.allInputs()
  guard let axis = try node.int("axis") ?? (node.opset < 4 ? 1 : nil) else {
    throw GraphError(.attribute, "the attribute \"axis\" is missing")
  }
  let position = try Shape.normalizedAxis(axis, rank: builder[operands[0]].shape.count)
  return [try node.emit(.concatenate(axis: position), operands, to: &builder)]
}

/// Starts, ends and axes are attributes before opset 10; since then they are operands, with steps.
@Sendable
func importSlice(
  _ node: NodeView, _ builder: inout EquationGraphBuilder
) throws(GraphError) -> [ValueID] {
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
  var slices = shape.map { ViewStep.AxisSlice(all: $0) }
  var sliced: Set<Int> = []
  for index in starts.indices {
    let axis = try Shape.normalizedAxis(axes?[index] ?? index, rank: shape.count)
    guard sliced.insert(axis).inserted else {
      throw GraphError(.attribute, "axis \(axis) is sliced twice")
    }
    slices[axis] = try ViewStep.AxisSlice(
      start: starts[index], end: ends[index], step: steps?[index] ?? 1, extent: shape[axis])
  }
  return [try node.emit(.slice(slices), [operand], to: &builder)]
}

extension ViewStep.AxisSlice {
  /// A whole axis.
  init(all extent: Int) { self.init(start: 0, count: extent, step: 1) }

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
    self.init(start: count == 0 ? 0 : first, count: count, step: count <= 1 ? 1 : step)
  }
}

/// Each part is a slice of its own.
@Sendable
func importSplit(
  _ node: NodeView, _ builder: inout EquationGraphBuilder
) throws(GraphError) -> [ValueID] {
  let operand = try node.input(0)
  let shape = builder[operand].shape
  let axis = try Shape.normalizedAxis(node.int("axis", default: 0), rank: shape.count)
  let sizes = try node.splitSizes(shape[axis], builder)
  guard sizes.allSatisfy({ $0 >= 0 && $0 <= shape[axis] }), sizes.count == node.outputs.count,
    sizes.reduce(0, +) == shape[axis]
  else {
    throw GraphError(.attribute, "parts of \(sizes) do not make up an axis of \(shape[axis])")
  }
  var results: [ValueID] = []
  var start = 0
  for (position, size) in sizes.enumerated() {
    var slices = shape.map { ViewStep.AxisSlice(all: $0) }
    slices[axis] = .init(start: size == 0 ? 0 : start, count: size, step: 1)
    results.append(try node.emit(.slice(slices), [operand], to: &builder, position: position))
    start += size
  }
  return results
}

extension NodeView {
  fileprivate func splitSizes(
    _ extent: Int, _ builder: EquationGraphBuilder
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

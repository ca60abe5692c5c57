import Equations
import TensorGraph

@Sendable
func importFlatten(
  _ node: NodeView, _ builder: inout EquationGraphBuilder
) throws(GraphError) -> [ValueID] {
  let operand = try node.input(0)
  let shape = builder[operand].shape
  let axis = try node.int("axis", default: 1)
  guard axis >= -shape.count, axis <= shape.count else {
    throw GraphError(.attribute, "axis \(axis) is outside a tensor of shape \(shape)")
  }
  let split = axis < 0 ? axis + shape.count : axis
  let target = [
    try Shape.elementCount(Array(shape[..<split])), try Shape.elementCount(Array(shape[split...])),
  ]
  return [try node.emit(.reshape(target), [operand], to: &builder)]
}

/// In the target, 0 stands for the operand's extent and -1 for what is left over.
@Sendable
func importReshape(
  _ node: NodeView, _ builder: inout EquationGraphBuilder
) throws(GraphError) -> [ValueID] {
  let operand = try node.input(0)
  let shape = builder[operand].shape
  let listed =
    node.opset < 5 ? try node.ints("shape") : try node.constantInts(1, "target shape", builder)
  guard let requested = listed else {
    throw GraphError(.structure, "the target shape is missing")
  }
  let literalZeros = try node.flag("allowzero")
  var target: [Int] = []
  for (axis, extent) in requested.enumerated() {
    guard extent >= -1, extent != 0 || literalZeros || axis < shape.count else {
      throw GraphError(.shape, "\(shape) can't be reshaped to \(requested)")
    }
    target.append(extent == 0 && !literalZeros ? shape[axis] : extent)
  }
  if let free = target.firstIndex(of: -1) {
    target[free] = 1
    let known = try Shape.elementCount(target)
    let count = try Shape.elementCount(shape)
    guard known > 0, count % known == 0 else {
      throw GraphError(.shape, "\(shape) can't be reshaped to \(requested)")
    }
    target[free] = count / known
  }
  return [try node.emit(.reshape(target), [operand], to: &builder)]
}

@Sendable
func importSqueeze(
  _ node: NodeView, _ builder: inout EquationGraphBuilder
) throws(GraphError) -> [ValueID] {
  let operand = try node.input(0)
  let shape = builder[operand].shape
  let axes =
    try node.axes(rank: shape.count, builder)
    ?? Set(shape.indices.filter { shape[$0] == 1 })
  guard axes.allSatisfy({ shape[$0] == 1 }) else {
    throw GraphError(.shape, "an axis of \(shape) that is squeezed away is not of extent 1")
  }
  let target = shape.indices.filter { !axes.contains($0) }.map { shape[$0] }
  return [try node.emit(.reshape(target), [operand], to: &builder)]
}

@Sendable
func importUnsqueeze(
  _ node: NodeView, _ builder: inout EquationGraphBuilder
) throws(GraphError) -> [ValueID] {
  let operand = try node.input(0)
  let shape = builder[operand].shape
  guard let count = try node.listedAxes(builder)?.count else {
    throw GraphError(.attribute, "the axes to insert are missing")
  }
  let rank = shape.count + count
  let axes = try node.axes(rank: rank, builder) ?? []
  guard axes.count == count else {
    throw GraphError(.attribute, "an axis to insert is given twice")
  }
  var extents = shape.makeIterator()
  let target = (0..<rank).map { axes.contains($0) ? 1 : extents.next() ?? 1 }
  return [try node.emit(.reshape(target), [operand], to: &builder)]
}

extension NodeView {
  /// Axes as the node lists them: an attribute before opset 13, an operand since.
  fileprivate func listedAxes(_ builder: EquationGraphBuilder) throws(GraphError) -> [Int]? {
    opset < 13 ? try ints("axes") : try constantInts(1, "axes", builder)
  }

  fileprivate func axes(
    rank: Int, _ builder: EquationGraphBuilder
  ) throws(GraphError) -> Set<Int>? {
    guard let listed = try listedAxes(builder) else { return nil }
    var result: Set<Int> = []
    for axis in listed { result.insert(try Shape.normalizedAxis(axis, rank: rank)) }
    return result
  }
}

@Sendable
func importTranspose(
  _ node: NodeView, _ builder: inout EquationGraphBuilder
) throws(GraphError) -> [ValueID] {
  let operand = try node.input(0)
  let permutation = try node.ints("perm") ?? Array(builder[operand].shape.indices.reversed())
  return [try node.emit(.transpose(permutation), [operand], to: &builder)]
}

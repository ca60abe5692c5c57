import Equations
import TensorGraph

/// Repeats a tensor along axes of extent 1 until it has, with the operand's own axes, a shape.
@Sendable
func importExpand(
  _ node: NodeView, _ builder: inout EquationGraphBuilder
) throws(GraphError) -> [ValueID] {
  let operand = try node.input(0)
  guard let shape = try node.constantInts(1, "target shape", builder) else {
    throw GraphError(.structure, "the target shape is missing")
  }
  let target = try Shape.broadcast(builder[operand].shape, shape)
  return [try node.emit(.broadcast(target), [operand], to: &builder)]
}

/// Repeats a tensor as often along each axis as `repeats` says; in the first version along one axis.
@Sendable
func importTile(
  _ node: NodeView, _ builder: inout EquationGraphBuilder
) throws(GraphError) -> [ValueID] {
  let operand = try node.input(0)
  let shape = builder[operand].shape
  let repeats: [Int]
  if node.opset < 6 {
    let times = try node.constantInts(1, "number of tiles", builder) ?? [1]
    let axis = try node.constantInts(2, "axis", builder) ?? [0]
    guard times.count == 1, axis.count == 1, shape.indices.contains(axis[0]) else {
      throw GraphError(.attribute, "\(times) tiles along the axes \(axis) of \(shape)")
    }
    repeats = shape.indices.map { $0 == axis[0] ? times[0] : 1 }
  } else {
    repeats = try node.constantInts(1, "repeats", builder) ?? []
  }
  guard repeats.count == shape.count, repeats.allSatisfy({ $0 >= 0 }) else {
    throw GraphError(.attribute, "its repeats \(repeats) do not fit the shape \(shape)")
  }
  var target: [Int] = []
  for (extent, times) in zip(shape, repeats) {
    let (product, overflow) = extent.multipliedReportingOverflow(by: times)
    guard !overflow else { throw GraphError(.tooLarge, "an axis of \(extent) times \(times)") }
    target.append(product)
  }
  _ = try Shape.elementCount(target)
  // A new axis in front of each is what the repeats run along.
  let split = try node.emit(
    .reshape(shape.flatMap { [1, $0] }), [operand], to: &builder, step: "split")
  let repeated = try node.emit(
    .broadcast(zip(repeats, shape).flatMap { [$0, $1] }), [split], to: &builder, step: "repeated")
  return [try node.emit(.reshape(target), [repeated], to: &builder)]
}

/// Blocks of channels become blocks of positions.
@Sendable
func importDepthToSpace(
  _ node: NodeView, _ builder: inout EquationGraphBuilder
) throws(GraphError) -> [ValueID] {
  let (operand, shape, block) = try node.blocks(builder)
  guard shape[1] % (block * block) == 0 else {
    throw GraphError(.shape, "\(shape[1]) channels do not make blocks of \(block) by \(block)")
  }
  let channels = shape[1] / (block * block)
  let isColumnRow = try node.string("mode") == "CRD"
  let split =
    isColumnRow
    ? [shape[0], channels, block, block, shape[2], shape[3]]
    : [shape[0], block, block, channels, shape[2], shape[3]]
  let order = isColumnRow ? [0, 1, 4, 2, 5, 3] : [0, 3, 4, 1, 5, 2]
  let target = [shape[0], channels, shape[2] * block, shape[3] * block]
  return [try node.rearranged(operand, split, order, target, &builder)]
}

/// Blocks of positions become blocks of channels.
@Sendable
func importSpaceToDepth(
  _ node: NodeView, _ builder: inout EquationGraphBuilder
) throws(GraphError) -> [ValueID] {
  let (operand, shape, block) = try node.blocks(builder)
  guard shape[2] % block == 0, shape[3] % block == 0 else {
    throw GraphError(.shape, "\(shape) does not split into blocks of \(block) by \(block)")
  }
  let (rows, columns) = (shape[2] / block, shape[3] / block)
  let split = [shape[0], shape[1], rows, block, columns, block]
  let target = [shape[0], shape[1] * block * block, rows, columns]
  return [try node.rearranged(operand, split, [0, 3, 5, 1, 2, 4], target, &builder)]
}

extension NodeView {
  fileprivate func blocks(
    _ builder: EquationGraphBuilder
  ) throws(GraphError) -> (ValueID, [Int], Int) {
    let operand = try input(0)
    let shape = builder[operand].shape
    guard let block = try int("blocksize"), block > 0, block <= 1 << 15 else {
      throw GraphError(.attribute, "the attribute \"blocksize\" is missing or out of range")
    }
    guard shape.count == 4 else {
      throw GraphError(.shape, "it takes 4 axes, and \(shape) has \(shape.count)")
    }
    return (operand, shape, block)
  }

  fileprivate func rearranged(
    _ operand: ValueID, _ split: [Int], _ order: [Int], _ target: [Int],
    _ builder: inout EquationGraphBuilder
  ) throws(GraphError) -> ValueID {
    let parts = try emit(.reshape(split), [operand], to: &builder, step: "split")
    let turned = try emit(.transpose(order), [parts], to: &builder, step: "turned")
    return try emit(.reshape(target), [turned], to: &builder)
  }
}

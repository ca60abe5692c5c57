import ConstraintSystem
import Equations
import TensorGraph

/// Elements chosen along one axis, by an index for each.
@Sendable
func importGatherElements(
  _ node: NodeView, _ builder: inout EquationGraphBuilder
) throws(GraphError) -> [ValueID] {
  let (operand, index) = (try node.input(0), try node.input(1))
  let (shape, target) = (builder[operand].shape, builder[index].shape)
  let axis = try Shape.normalizedAxis(node.int("axis", default: 0), rank: shape.count)
  guard target.count == shape.count,
    shape.indices.allSatisfy({ $0 == axis || target[$0] <= shape[$0] })
  else {
    throw GraphError(.shape, "indices of the shape \(target) do not fit \(shape)")
  }
  guard builder[index].kind == .integer else {
    throw GraphError(.elementType, "its indices are not integers")
  }
  guard let indices = builder.constantValue(index)?.integers else {
    return [try node.pickedElements(operand, index, axis: axis, &builder)]
  }
  let strides = Shape.strides(shape)
  var places: [Int] = []
  for (position, index) in indices.enumerated() {
    let chosen = try NodeView.place(index, along: shape[axis])
    var (rest, place) = (position, 0)
    for other in target.indices.reversed() {
      place += strides[other] * (other == axis ? chosen : rest % target[other])
      rest /= target[other]
    }
    places.append(place)
  }
  if try node.isScattered(places, target + [shape[axis]], operand, builder) {
    return [try node.weighed(operand, index, along: axis, &builder)]
  }
  return [try node.taken(operand, places, target, &builder)]
}

/// Elements or blocks of them, chosen by an index for each of the first axes.
@Sendable
func importGatherND(
  _ node: NodeView, _ builder: inout EquationGraphBuilder
) throws(GraphError) -> [ValueID] {
  let (operand, index) = (try node.input(0), try node.input(1))
  let (shape, picks) = (builder[operand].shape, builder[index].shape)
  let batch = try node.int("batch_dims", default: 0)
  guard let depth = picks.last, batch >= 0, batch < picks.count, batch + depth <= shape.count,
    shape.prefix(batch) == picks.prefix(batch)
  else { throw GraphError(.shape, "indices of the shape \(picks) do not fit \(shape)") }
  guard builder[index].kind == .integer else {
    throw GraphError(.elementType, "its indices are not integers")
  }
  guard let indices = builder.constantValue(index)?.integers else {
    return [try node.pickedBlocks(operand, index, batch: batch, &builder)]
  }
  let strides = Shape.strides(shape)
  let block = shape[(batch + depth)...].reduce(1, *)
  let inBatch = picks.dropLast().dropFirst(batch).reduce(1, *)
  var places: [Int] = []
  try builder.reserve(elements: indices.count / max(depth, 1) * block)
  for tuple in 0..<picks.dropLast().reduce(1, *) {
    var start = batch == 0 ? 0 : tuple / inBatch * strides[batch - 1]
    for axis in 0..<depth {
      start +=
        strides[batch + axis]
        * (try NodeView.place(indices[tuple * depth + axis], along: shape[batch + axis]))
    }
    places += start..<start + block
  }
  let target = Array(picks.dropLast()) + shape[(batch + depth)...]
  return [try node.taken(operand, places, target, &builder)]
}

extension NodeView {
  /// Blocks that tuples of indices point to, behind leading axes that both have.
  fileprivate func pickedBlocks(
    _ operand: ValueID, _ index: ValueID, batch: Int, _ builder: inout EquationGraphBuilder
  ) throws(GraphError) -> ValueID {
    let (shape, picks) = (builder[operand].shape, builder[index].shape)
    let depth = batch + (picks.last ?? 0)
    let (axes, block) = (shape.prefix(depth), shape.dropFirst(depth))
    let starts = try starts(of: index, through: Array(axes), batch: batch, &builder)
    let matrix = try emit(
      .reshape([axes.reduce(1, *), block.reduce(1, *)]), [operand], to: &builder, step: "rows")
    let taken = try rows(of: matrix, at: starts, &builder, step: "taken")
    return try emit(.reshape(picks.dropLast() + block), [taken], to: &builder)
  }
}

/// What a list of truth values selects, along an axis or of all elements.
@Sendable
func importCompress(
  _ node: NodeView, _ builder: inout EquationGraphBuilder
) throws(GraphError) -> [ValueID] {
  let operand = try node.input(0)
  guard let condition = builder.constantValue(try node.input(1))?.integers else {
    throw GraphError(.unsupported, "its condition depends on an input of the network")
  }
  let shape = builder[operand].shape
  let axis = try node.int("axis").map { axis throws(GraphError) in
    try Shape.normalizedAxis(axis, rank: shape.count)
  }
  let extent = axis.map { shape[$0] } ?? shape.reduce(1, *)
  let places = condition.indices.filter { condition[$0] != 0 && $0 < extent }
  guard !places.isEmpty else {
    var target = axis == nil ? [0] : shape
    if let axis { target[axis] = 0 }
    return [try node.nothing(target, like: operand, &builder)]
  }
  guard let axis else { return [try node.taken(operand, places, [places.count], &builder)] }
  return [try node.emit(takingFrom: operand, axis: axis, at: places, to: &builder)]
}

extension NodeView {
  /// Of how many runs elements are moved, and how many weights are few.
  private static let maximumMovedRuns = 16
  static let maximumWeights = 1 << 22

  /// Whether places are so scattered that weights of 0 and 1 cost less than to move elements.
  ///
  /// - Parameter weights: the shape that the weights would have.
  func isScattered(
    _ places: [Int], _ weights: [Int], _ operand: ValueID, _ builder: EquationGraphBuilder
  ) throws(GraphError) -> Bool {
    guard builder[operand].kind == .real, builder.constantValue(operand) == nil,
      Self.runs(places).count > Self.maximumMovedRuns
    else { return false }
    return try Shape.elementCount(weights) <= Self.maximumWeights
  }

  /// The elements that indices choose along an axis, as sums with a weight of 1 where an index is the
  /// place and 0 elsewhere.
  fileprivate func weighed(
    _ operand: ValueID, _ index: ValueID, along axis: Int, _ builder: inout EquationGraphBuilder
  ) throws(GraphError) -> ValueID {
    let (extent, target) = (builder[operand].shape[axis], builder[index].shape)
    let indices = builder.constantValue(index)?.integers ?? []
    let count = try Shape.elementCount(target + [extent])
    try builder.reserve(elements: count)
    var values = [Float](repeating: 0, count: count)
    for (place, chosen) in indices.enumerated() {
      values[place * extent + (try Self.place(chosen, along: extent))] = 1
    }
    let weights = emit(
      constant: try Tensor(shape: target + [extent], real: values), to: &builder, step: "choice")
    func place(_ index: Int) -> ReadPosition { .affine(AffineIndex(index: index)) }
    let summed = target.count
    let product = RealExpression.binary(
      .multiply,
      .read(
        OperandRead(
          operand: 0, positions: target.indices.map { place($0 == axis ? summed : $0) })),
      .read(OperandRead(operand: 1, positions: (0...summed).map(place))))
    let equation = Equation(
      indices: (target + [extent]).enumerated().map {
        .init(name: "i\($0.offset)", size: $0.element)
      }, domainRank: summed, value: .reduce(.sum, over: [summed], product))
    return try emit(equation, [operand, weights], to: &builder)
  }

  /// The elements at places of the row-major order, in a shape.
  fileprivate func taken(
    _ operand: ValueID, _ places: [Int], _ target: [Int], _ builder: inout EquationGraphBuilder
  ) throws(GraphError) -> ValueID {
    let count = builder[operand].shape.reduce(1, *)
    let flat = try emit(.reshape([count]), [operand], to: &builder, step: "flat")
    let taken = try emit(takingFrom: flat, axis: 0, at: places, to: &builder, step: "taken")
    return try emit(.reshape(target), [taken], to: &builder)
  }
}

/// For each index a row that has one value at its place and another one elsewhere.
@Sendable
func importOneHot(
  _ node: NodeView, _ builder: inout EquationGraphBuilder
) throws(GraphError) -> [ValueID] {
  let (index, values) = (try node.input(0), try node.input(2))
  guard let depth = try node.constantReal(1, "depth", builder).flatMap({ Int(exactly: $0) }),
    depth > 0
  else { throw GraphError(.value, "its depth is not a positive integer") }
  guard builder[values].shape == [2] else {
    throw GraphError(.shape, "its values have the shape \(builder[values].shape), not [2]")
  }
  let shape = builder[index].shape
  let axis = try Shape.normalizedAxis(node.int("axis", default: -1), rank: shape.count + 1)
  var target = shape
  target.insert(depth, at: axis)
  let chosen = RealExpression.read(
    OperandRead(
      operand: 0,
      positions: shape.indices.map { .affine(AffineIndex(index: $0 < axis ? $0 : $0 + 1)) }))
  let place = RealExpression.index(AffineIndex(index: axis))
  // A negative index counts from the end, and one outside of the depth is nowhere.
  let isHere = RealExpression.binary(
    .or, .binary(.equal, chosen, place),
    .binary(.equal, .binary(.add, chosen, .constant(Double(depth))), place))
  func value(_ position: Int) -> RealExpression {
    .read(OperandRead(operand: 1, positions: [.affine(AffineIndex(constant: position))]))
  }
  let equation = Equation(
    indices: target.enumerated().map { .init(name: "i\($0.offset)", size: $0.element) },
    domainRank: target.count, value: .select(isHere, value(1), value(0)))
  return [
    try node.emit(equation, kind: builder[values].kind, [index, values], to: &builder)
  ]
}

/// The identity, or ones on another diagonal.
@Sendable
func importEyeLike(
  _ node: NodeView, _ builder: inout EquationGraphBuilder
) throws(GraphError) -> [ValueID] {
  let operand = try node.input(0)
  let shape = builder[operand].shape
  guard shape.count == 2 else { throw GraphError(.shape, "it takes a matrix, not \(shape)") }
  let diagonal = min(max(try node.int("k", default: 0), -shape[0]), shape[1])
  var kind = builder[operand].kind
  if let code = try node.int("dtype"), let type = Int32(exactly: code) {
    kind = try ElementFormat(type, of: builder[operand].name).kind
  }
  let count = try Shape.elementCount(shape)
  try builder.reserve(elements: count)
  let ones = (0..<count).map { $0 % shape[1] - $0 / shape[1] == diagonal }
  let tensor =
    kind == .real
    ? try Tensor(shape: shape, real: ones.map { $0 ? 1 : 0 })
    : try Tensor(shape: shape, integer: ones.map { $0 ? 1 : 0 })
  return [node.emit(constant: tensor, isBoolean: kind == .boolean, to: &builder)]
}

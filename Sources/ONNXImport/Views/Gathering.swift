import ConstraintSystem
import Equations
import TensorGraph

/// All shapes are known, so a shape is a constant.
@Sendable
func importShape(
  _ node: NodeView, _ builder: inout EquationGraphBuilder
) throws(GraphError) -> [ValueID] {
  let shape = builder[try node.input(0)].shape
  func position(_ value: Int) -> Int {
    min(max(value < 0 ? value + shape.count : value, 0), shape.count)
  }
  let start = position(try node.int("start", default: 0))
  let end = position(try node.int("end", default: shape.count))
  let extents = shape[start..<max(start, end)].map(Int64.init)
  return [node.emit(constant: try Tensor(shape: [extents.count], integer: extents), to: &builder)]
}

@Sendable
func importSize(
  _ node: NodeView, _ builder: inout EquationGraphBuilder
) throws(GraphError) -> [ValueID] {
  let count = try Shape.elementCount(builder[try node.input(0)].shape)
  return [node.emit(constant: try Tensor(shape: [], integer: [Int64(count)]), to: &builder)]
}

/// Rows, or elements of any axis, that are chosen by indices: known ones move elements, others read at
/// a place that is computed.
@Sendable
func importGather(
  _ node: NodeView, _ builder: inout EquationGraphBuilder
) throws(GraphError) -> [ValueID] {
  let (operand, index) = (try node.input(0), try node.input(1))
  let shape = builder[operand].shape
  let axis = try Shape.normalizedAxis(node.int("axis", default: 0), rank: shape.count)
  guard builder[index].kind == .integer else {
    throw GraphError(.elementType, "its indices are not integers")
  }
  guard let indices = builder.constantValue(index) else {
    return [try node.picked(operand, index, axis: axis, &builder)]
  }
  var places: [Int] = []
  for position in indices.integers ?? [] {
    places.append(try NodeView.place(position, along: shape[axis]))
  }
  let target = Array(shape[..<axis] + indices.shape + shape[(axis + 1)...])
  try builder.reserve(elements: places.count)
  guard !places.isEmpty else {
    return [try node.nothing(target, like: operand, &builder)]
  }
  let isScattered = try node.isScattered(places, [places.count, shape[axis]], operand, builder)
  let taken =
    isScattered
    ? try node.weighed(operand, axis: axis, at: places, &builder)
    : try node.emit(takingFrom: operand, axis: axis, at: places, to: &builder, step: "taken")
  return [try node.emit(.reshape(target), [taken], to: &builder)]
}

extension NodeView {
  /// A position that counts from the end where it is negative.
  static func place(_ position: Int64, along extent: Int) throws(GraphError) -> Int {
    guard position >= -Int64(extent), position < Int64(extent) else {
      throw GraphError(.value, "index \(position) is outside an axis of extent \(extent)")
    }
    return Int(position) + (position < 0 ? extent : 0)
  }

  /// data[…, index[…], …], where a negative index counts from the end.
  func picked(
    _ operand: ValueID, _ index: ValueID, axis: Int, _ builder: inout EquationGraphBuilder,
    step: String? = nil
  ) throws(GraphError) -> ValueID {
    let (data, picks) = (builder[operand].shape, builder[index].shape)
    let target = Array(data[..<axis] + picks + data[(axis + 1)...])
    let positions = data.indices.map { place -> ReadPosition in
      if place == axis {
        return Self.fromEitherEnd(Self.chosen(picks.indices.map { axis + $0 }), along: data[axis])
      }
      return .affine(AffineIndex(index: place < axis ? place : place + picks.count - 1))
    }
    return try emit(picking: positions, target, operand, index, &builder, step)
  }

  /// data[i, …, index[i, …], …], an index for each element of the result.
  ///
  /// - Parameter countsFromEnd: whether an index may be negative.
  func pickedElements(
    _ operand: ValueID, _ index: ValueID, axis: Int, countsFromEnd: Bool = true,
    _ builder: inout EquationGraphBuilder, step: String? = nil
  ) throws(GraphError) -> ValueID {
    let target = builder[index].shape
    let extent = builder[operand].shape[axis]
    let chosen = Self.chosen(Array(target.indices))
    let positions = target.indices.map { place -> ReadPosition in
      if place != axis { return Self.along(place) }
      return countsFromEnd ? Self.fromEitherEnd(chosen, along: extent) : .computed(chosen)
    }
    return try emit(picking: positions, target, operand, index, &builder, step)
  }

  /// The index at some indices of the result.
  private static func chosen(_ indices: [Int]) -> RealExpression {
    .read(OperandRead(operand: 1, positions: indices.map(Self.along)))
  }

  private func emit(
    picking positions: [ReadPosition], _ target: [Int], _ operand: ValueID, _ index: ValueID,
    _ builder: inout EquationGraphBuilder, _ step: String?
  ) throws(GraphError) -> ValueID {
    let equation = Equation(
      indices: target.enumerated().map { .init(name: "i\($0.offset)", size: $0.element) },
      domainRank: target.count, value: .read(OperandRead(operand: 0, positions: positions)))
    return try emit(
      equation, kind: builder[operand].kind, [operand, index], to: &builder, step: step)
  }

  /// The places of an axis that are listed, as sums with a weight of 1 where an element is the one and 0
  /// elsewhere.
  fileprivate func weighed(
    _ operand: ValueID, axis: Int, at places: [Int], _ builder: inout EquationGraphBuilder
  ) throws(GraphError) -> ValueID {
    var target = builder[operand].shape
    let (extent, summed) = (target[axis], target.count)
    target[axis] = places.count
    let count = try Shape.elementCount([places.count, extent])
    try builder.reserve(elements: count)
    var values = [Float](repeating: 0, count: count)
    for (row, place) in places.enumerated() { values[row * extent + place] = 1 }
    let weights = emit(
      constant: try Tensor(shape: [places.count, extent], real: values), to: &builder,
      step: "choice")
    func place(_ index: Int) -> ReadPosition { .affine(AffineIndex(index: index)) }
    let product = RealExpression.binary(
      .multiply,
      .read(
        OperandRead(
          operand: 0, positions: target.indices.map { place($0 == axis ? summed : $0) })),
      .read(OperandRead(operand: 1, positions: [place(axis), place(summed)])))
    let equation = Equation(
      indices: (target + [extent]).enumerated().map {
        .init(name: "i\($0.offset)", size: $0.element)
      }, domainRank: summed, value: .reduce(.sum, over: [summed], product))
    return try emit(equation, [operand, weights], to: &builder, step: "taken")
  }

  func nothing(
    _ shape: [Int], like operand: ValueID, _ builder: inout EquationGraphBuilder
  ) throws(GraphError) -> ValueID {
    let kind = builder[operand].kind
    let tensor =
      kind == .real ? try Tensor(shape: shape, real: []) : try Tensor(shape: shape, integer: [])
    return emit(constant: tensor, isBoolean: kind == .boolean, to: &builder)
  }
}

import ConstraintSystem
import Equations
import TensorGraph

/// Elements put at places along one axis, by an index for each.
@Sendable
func importScatterElements(
  _ node: NodeView, _ builder: inout EquationGraphBuilder
) throws(GraphError) -> [ValueID] {
  let (operand, index, updates) = (try node.input(0), try node.input(1), try node.input(2))
  let (shape, taken) = (builder[operand].shape, builder[index].shape)
  let axis = try Shape.normalizedAxis(node.int("axis", default: 0), rank: shape.count)
  guard taken.count == shape.count, builder[updates].shape == taken,
    shape.indices.allSatisfy({ $0 == axis || taken[$0] <= shape[$0] })
  else {
    throw GraphError(
      .shape,
      "indices of the shape \(taken) and updates of \(builder[updates].shape) do not fit \(shape)")
  }
  guard let indices = try node.knownIndices(index, builder) else {
    return [try node.scatteredPart(updates, into: operand, at: index, axis: axis, &builder)]
  }
  let strides = Shape.strides(shape)
  var places: [Int] = []
  for (position, index) in indices.enumerated() {
    let chosen = try NodeView.place(index, along: shape[axis])
    var (rest, place) = (position, 0)
    for other in taken.indices.reversed() {
      place += strides[other] * (other == axis ? chosen : rest % taken[other])
      rest /= taken[other]
    }
    places.append(place)
  }
  return [try node.scattered(updates, into: operand, at: places, &builder)]
}

/// Elements or blocks of them, put at places by an index for each of the first axes.
@Sendable
func importScatterND(
  _ node: NodeView, _ builder: inout EquationGraphBuilder
) throws(GraphError) -> [ValueID] {
  let (operand, index, updates) = (try node.input(0), try node.input(1), try node.input(2))
  let (shape, picks) = (builder[operand].shape, builder[index].shape)
  guard let depth = picks.last, depth <= shape.count,
    builder[updates].shape == Array(picks.dropLast()) + shape[depth...]
  else {
    throw GraphError(
      .shape,
      "indices of the shape \(picks) and updates of \(builder[updates].shape) do not fit \(shape)")
  }
  let block = shape[depth...].reduce(1, *)
  let tuples = picks.dropLast().reduce(1, *)
  guard let indices = try node.knownIndices(index, builder) else {
    return [try node.scatteredBlocks(updates, into: operand, at: index, &builder)]
  }
  let strides = Shape.strides(shape)
  try builder.reserve(elements: Shape.elementCount([tuples, block]))
  var places: [Int] = []
  for tuple in 0..<tuples {
    var start = 0
    for axis in 0..<depth {
      start +=
        strides[axis] * (try NodeView.place(indices[tuple * depth + axis], along: shape[axis]))
    }
    places += start..<start + block
  }
  return [try node.scattered(updates, into: operand, at: places, &builder)]
}

/// Blocks of an image put back where they were taken from; those that overlap are added.
@Sendable
func importCol2Im(
  _ node: NodeView, _ builder: inout EquationGraphBuilder
) throws(GraphError) -> [ValueID] {
  let operand = try node.input(0)
  let given = builder[operand].shape
  let image = try node.constantInts(1, "image's shape", builder) ?? []
  let window = try node.constantInts(2, "block's shape", builder) ?? []
  let rank = image.count
  let dilations = try node.ints("dilations") ?? [Int](repeating: 1, count: rank)
  let strides = try node.ints("strides") ?? [Int](repeating: 1, count: rank)
  let pads = try node.ints("pads") ?? [Int](repeating: 0, count: 2 * rank)
  let all = image + window + dilations + strides
  guard rank > 0, all.count == 4 * rank, pads.count == 2 * rank, given.count == 3,
    all.allSatisfy({ 1...Shape.maximumElements ~= $0 }),
    pads.allSatisfy({ 0...Shape.maximumElements ~= $0 })
  else { throw GraphError(.shape, "its sizes and pads do not fit blocks of the shape \(given)") }
  let blocks = image.indices.map { axis in
    let beyond = image[axis] + pads[axis] + pads[rank + axis] - dilations[axis] * (window[axis] - 1)
    return beyond > 0 ? (beyond - 1) / strides[axis] + 1 : 0
  }
  let taps = try Shape.elementCount(window)
  guard given[1] % taps == 0, try given[2] == Shape.elementCount(blocks) else {
    throw GraphError(
      .shape, "\(given) are not blocks of \(window), of which \(blocks) are in an image \(image)")
  }
  let target = [given[0], given[1] / taps] + image
  let spread = try node.spread(
    operand, outer: Array(target.prefix(2)) + window, blocks: blocks, strides: strides, &builder)
  // A place of the image reads up to as far before its own as a block reaches.
  let before = (0..<rank).map { max(0, dilations[$0] * (window[$0] - 1) - pads[$0]) }
  let after = (0..<rank).map { max(0, image[$0] + pads[$0] - blocks[$0] * strides[$0]) }
  let none = [Int](repeating: 0, count: 2 + rank)
  let room = try node.emit(
    .pad(before: none + before, after: none + after), [spread], to: &builder, step: "room")
  // Indices: the result's, then the place in a block along each axis.
  var positions = (0..<2).map(NodeView.along) + (0..<rank).map { NodeView.along(2 + rank + $0) }
  for axis in 0..<rank {
    positions.append(
      .affine(
        AffineIndex(
          constant: pads[axis] + before[axis],
          terms: [
            .init(index: 2 + axis, coefficient: 1),
            .init(index: 2 + rank + axis, coefficient: -dilations[axis]),
          ])))
  }
  let equation = Equation(
    indices: NodeView.indices(target + window), domainRank: target.count,
    value: .reduce(
      .sum, over: Array(target.count..<target.count + rank),
      .read(OperandRead(operand: 0, positions: positions))))
  return [
    try node.emit(equation, kind: builder[operand].kind, [room], to: &builder)
  ]
}

extension NodeView {
  /// Blocks along trailing axes, so far apart as their strides say, with zeros between.
  fileprivate func spread(
    _ operand: ValueID, outer: [Int], blocks: [Int], strides: [Int],
    _ builder: inout EquationGraphBuilder
  ) throws(GraphError) -> ValueID {
    var result = operand
    if strides.contains(where: { $0 > 1 }) {
      let apart = outer + blocks.flatMap { [$0, 1] }
      result = try emit(.reshape(apart), [result], to: &builder, step: "blocks")
      let after = outer.map { _ in 0 } + strides.flatMap { [0, $0 - 1] }
      result = try emit(
        .pad(before: after.map { _ in 0 }, after: after), [result], to: &builder, step: "apart")
    }
    let whole = outer + zip(blocks, strides).map { $0 * $1 }
    return try emit(.reshape(whole), [result], to: &builder, step: "spread")
  }
}

extension NodeView {
  /// The indices, if they are constants.
  fileprivate func knownIndices(
    _ index: ValueID, _ builder: EquationGraphBuilder
  ) throws(GraphError) -> [Int64]? {
    guard builder[index].kind == .integer else {
      throw GraphError(.elementType, "its indices are not integers")
    }
    return builder.constantValue(index)?.integers
  }

  /// Blocks of an operand, of which updates take the places that tuples of indices point to.
  fileprivate func scatteredBlocks(
    _ updates: ValueID, into operand: ValueID, at index: ValueID,
    _ builder: inout EquationGraphBuilder
  ) throws(GraphError) -> ValueID {
    let (shape, picks) = (builder[operand].shape, builder[index].shape)
    let depth = picks.last ?? 0
    let (rows, width) = (shape.prefix(depth).reduce(1, *), shape.dropFirst(depth).reduce(1, *))
    let tuples = picks.dropLast().reduce(1, *)
    let starts = try starts(of: index, through: Array(shape.prefix(depth)), batch: 0, &builder)
    let result = try scatteredRows(
      try emit(.reshape([tuples, width]), [updates], to: &builder, step: "updates"),
      into: try emit(.reshape([rows, width]), [operand], to: &builder, step: "rows"),
      at: try emit(.reshape([tuples]), [starts], to: &builder, step: "places"), &builder,
      step: "scattered")
    return try emit(.reshape(shape), [result], to: &builder)
  }

  /// An operand, of which updates take places along an axis as indices say; along other axes there may be
  /// fewer of them, and what is behind these stays as it is.
  fileprivate func scatteredPart(
    _ updates: ValueID, into operand: ValueID, at index: ValueID, axis: Int,
    _ builder: inout EquationGraphBuilder
  ) throws(GraphError) -> ValueID {
    var part = operand
    var rests: [(axis: Int, value: ValueID)] = []
    for other in builder[index].shape.indices where other != axis {
      let (shape, count) = (builder[part].shape, builder[index].shape[other])
      guard count < shape[other] else { continue }
      var slices = shape.map { ViewStep.AxisSlice(all: $0) }
      slices[other] = .init(start: count, count: shape[other] - count, step: 1)
      rests.append(
        (other, try emit(.slice(slices), [part], to: &builder, step: "rest \(other)")))
      slices[other] = .init(start: 0, count: count, step: 1)
      part = try emit(.slice(slices), [part], to: &builder, step: "part \(other)")
    }
    var result = try scatteredElements(
      updates, into: part, at: index, axis: axis, &builder, step: rests.isEmpty ? nil : "scattered")
    for (number, rest) in rests.enumerated().reversed() {
      result = try emit(
        .concatenate(axis: rest.axis), [result, rest.value], to: &builder,
        step: number == 0 ? nil : "joined \(rest.axis)")
    }
    return result
  }

  /// An operand, of which the updates take the places, the last one where there are several, or with
  /// which they are combined as the node says.
  func scattered(
    _ updates: ValueID, into operand: ValueID, at places: [Int],
    _ builder: inout EquationGraphBuilder
  ) throws(GraphError) -> ValueID {
    let shape = builder[operand].shape
    let count = shape.reduce(1, *)
    guard builder[updates].kind == builder[operand].kind else {
      throw GraphError(.elementType, "its updates are of another type than its data")
    }
    var written: [Int: [Int]] = [:]
    for (update, place) in places.enumerated() { written[place, default: []].append(update) }
    let data = try emit(.reshape([count]), [operand], to: &builder, step: "flat")
    let news = try emit(.reshape([places.count]), [updates], to: &builder, step: "updates")
    let result: ValueID
    switch try string("reduction") ?? "none" {
    case "none":
      let joined = try emit(.concatenate(axis: 0), [data, news], to: &builder, step: "joined")
      let chosen = (0..<count).map { place in written[place]?.last.map { count + $0 } ?? place }
      result = try emit(takingFrom: joined, axis: 0, at: chosen, to: &builder, step: "scattered")
    case "add" where count * places.count <= Self.maximumWeights && builder[data].kind == .real:
      result = try added(data, news, at: places, &builder)
    case "add": result = try combined(data, news, written, .add, neutral: 0, &builder)
    case "mul": result = try combined(data, news, written, .multiply, neutral: 1, &builder)
    case "max": result = try combined(data, news, written, .maximum, neutral: nil, &builder)
    case "min": result = try combined(data, news, written, .minimum, neutral: nil, &builder)
    case let word: throw GraphError(.attribute, "the attribute \"reduction\" is \"\(word)\"")
    }
    return try emit(.reshape(shape), [result], to: &builder)
  }

  /// Each element and all updates that come to it, as a sum with a weight of 1 for these and 0 for others.
  private func added(
    _ data: ValueID, _ updates: ValueID, at places: [Int], _ builder: inout EquationGraphBuilder
  ) throws(GraphError) -> ValueID {
    let count = builder[data].shape[0]
    try builder.reserve(elements: count * places.count)
    var values = [Float](repeating: 0, count: count * places.count)
    for (update, place) in places.enumerated() { values[place * places.count + update] = 1 }
    let weights = emit(
      constant: try Tensor(shape: [count, places.count], real: values), to: &builder, step: "choice"
    )
    func read(_ operand: Int, _ indices: Int...) -> RealExpression {
      .read(OperandRead(operand: operand, positions: indices.map(Self.along)))
    }
    let sum = RealExpression.reduce(
      .sum, over: [1], .binary(.multiply, read(1, 1), read(2, 0, 1)))
    let equation = Equation(
      indices: Self.indices([count, places.count]), domainRank: 1,
      value: .binary(.add, read(0, 0), sum))
    return try emit(equation, [data, updates, weights], to: &builder, step: "scattered")
  }

  /// How many updates of one element are combined one after the other.
  private static let maximumUpdates = 256

  /// - Parameters:
  ///   - written: for each place the updates that come there.
  ///   - neutral: what changes nothing; nil where that is the element itself.
  private func combined(
    _ data: ValueID, _ updates: ValueID, _ written: [Int: [Int]],
    _ operation: RealExpression.Binary,
    neutral: Float?, _ builder: inout EquationGraphBuilder
  ) throws(GraphError) -> ValueID {
    let (count, kind) = (builder[data].shape[0], builder[data].kind)
    guard kind != .boolean else { throw GraphError(.elementType, "truth values are combined") }
    let rounds = written.values.reduce(0) { max($0, $1.count) }
    guard rounds <= Self.maximumUpdates else {
      throw GraphError(
        .unsupported,
        "\(rounds) updates come to one element; up to \(Self.maximumUpdates) are supported")
    }
    var result = data
    for round in 0..<rounds {
      let other: ValueID =
        if let neutral {
          emit(
            constant: kind == .real
              ? try Tensor(shape: [1], real: [neutral])
              : try Tensor(shape: [1], integer: [Int64(neutral)]), to: &builder, step: "neutral")
        } else { result }
      let joined = try emit(
        .concatenate(axis: 0), [updates, other], to: &builder, step: "updates \(round)")
      let places = (0..<count).map { place -> Int in
        let own = written[place] ?? []
        return round < own.count
          ? own[round] : builder[updates].shape[0] + (neutral == nil ? place : 0)
      }
      let taken = try emit(takingFrom: joined, axis: 0, at: places, to: &builder, step: "taken")
      let equation = Equation.elementwise([count]) { .binary(operation, $0(0), $0(1)) }
      result = try emit(equation, kind: kind, [result, taken], to: &builder, step: "combined")
    }
    return result
  }
}

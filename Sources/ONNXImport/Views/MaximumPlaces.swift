import ConstraintSystem
import Equations
import TensorGraph

/// Maxima in windows and where they are, as numbers of elements of the whole operand.
@Sendable
func importMaxPoolPlaces(
  _ node: NodeView, _ builder: inout EquationGraphBuilder
) throws(GraphError) -> [ValueID] {
  let operand = try node.input(0)
  let shape = builder[operand].shape
  let windows = try node.windows(over: shape)
  let (rank, outer) = (windows.kernel.count, Array(shape.prefix(2)))
  let target = outer + windows.results
  let spread = try node.emit(
    windows.elements(outer, besides: builder[operand].kind == .real ? -1e30 : -0x1p40),
    kind: builder[operand].kind, [operand], to: &builder,
    step: "windows")
  let count = windows.kernel.reduce(1, *)
  let flat = try node.emit(
    .reshape(target + [count]), [spread], to: &builder, step: "candidates")
  let positions = (0...target.count).map(NodeView.along)
  let place = Equation(
    indices: NodeView.indices(target + [count]), domainRank: target.count,
    value: .reduce(
      .firstMaximum, over: [target.count], .read(OperandRead(operand: 0, positions: positions))))
  let chosen = try node.emit(place, kind: .integer, [flat], to: &builder, step: "place")
  let strides = windows.strides(isRowMajor: try node.int("storage_order", default: 0) == 0)
  let offsets = node.emit(
    constant: try Tensor(shape: [count], integer: windows.offsets(strides)), to: &builder,
    step: "offsets")
  let size = windows.sizes.reduce(1, *)
  var start = AffineIndex(constant: 0, terms: [])
  for axis in 0..<2 {
    start.terms.append(.init(index: axis, coefficient: axis == 0 ? shape[1] * size : size))
  }
  for axis in 0..<rank {
    start.constant -= windows.before[axis] * strides[axis]
    start.terms.append(
      .init(index: axis + 2, coefficient: windows.steps[axis] * strides[axis]))
  }
  let here = RealExpression.read(
    OperandRead(operand: 0, positions: target.indices.map(NodeView.along)))
  let number = RealExpression.binary(
    .add, .read(OperandRead(operand: 1, positions: [.computed(here)])), .index(start))
  let numbers = Equation(
    indices: NodeView.indices(target), domainRank: target.count, value: number)
  let greatest = Equation(
    indices: NodeView.indices(target + [count]), domainRank: target.count,
    value: .reduce(
      .maximum, over: [target.count], .read(OperandRead(operand: 0, positions: positions))))
  return [
    try node.emit(greatest, kind: builder[operand].kind, [flat], to: &builder),
    try node.emit(numbers, kind: .integer, [chosen, offsets], to: &builder, position: 1),
  ]
}

/// What `MaxPool` took, put back where it was; zero everywhere else.
@Sendable
func importMaxUnpool(
  _ node: NodeView, _ builder: inout EquationGraphBuilder
) throws(GraphError) -> [ValueID] {
  let (operand, index) = (try node.input(0), try node.input(1))
  let shape = builder[operand].shape
  guard builder[index].shape == shape, builder[index].kind == .integer, shape.count > 2 else {
    throw GraphError(
      .shape, "its indices of the shape \(builder[index].shape) do not fit \(shape)")
  }
  let windows = try node.unpooled(shape)
  let target = Array(shape.prefix(2)) + windows
  let count = try Shape.elementCount(target)
  try builder.reserve(elements: count)
  let nothing = node.emit(
    constant: try Tensor(shape: [count, 1], real: [Float](repeating: 0, count: count)),
    to: &builder, step: "zeros")
  let updates = shape.reduce(1, *)
  let news = try node.emit(.reshape([updates, 1]), [operand], to: &builder, step: "updates")
  let rows: ValueID
  if let places = builder.constantValue(index)?.integers {
    var known: [Int] = []
    for place in places {
      guard place >= 0 else { throw GraphError(.value, "its index \(place) is below zero") }
      known.append(try NodeView.place(place, along: count))
    }
    rows = try node.scattered(news, into: nothing, at: known, &builder)
  } else {
    let flat = try node.emit(.reshape([updates, 1]), [index], to: &builder, step: "indices")
    let starts = try node.starts(
      of: flat, through: [count], batch: 0, countsFromEnd: false, &builder)
    rows = try node.scatteredRows(news, into: nothing, at: starts, &builder, step: "scattered")
  }
  let whole = try node.emit(.reshape(target), [rows], to: &builder, step: "whole")
  let wanted = try node.constantInts(2, "output's shape", builder) ?? target
  guard wanted.count == target.count, wanted.allSatisfy({ $0 > 0 }) else {
    throw GraphError(.shape, "its output's shape \(wanted) does not fit \(target)")
  }
  let slices = zip(target, wanted).map { ViewStep.AxisSlice(all: min($0, $1)) }
  let cut = try node.emit(.slice(slices), [whole], to: &builder, step: "cut")
  let after = zip(target, wanted).map { max($1 - $0, 0) }
  return [
    try node.emit(.pad(before: target.map { _ in 0 }, after: after), [cut], to: &builder)
  ]
}

/// The windows of a pooling operator, along each axis behind the channels.
private struct PoolingWindows {
  var sizes: [Int]
  var kernel: [Int]
  var steps: [Int]
  var dilations: [Int]
  var before: [Int]
  /// How many windows there are.
  var results: [Int]

  /// The elements of each window, and something less than any element where there is none.
  func elements(_ outer: [Int], besides least: Double) -> Equation {
    let (rank, base) = (kernel.count, outer.count)
    var inside: RealExpression?
    let positions = (0..<rank).map { axis -> AffineIndex in
      let position = AffineIndex(
        constant: -before[axis],
        terms: [
          .init(index: base + axis, coefficient: steps[axis]),
          .init(index: base + rank + axis, coefficient: dilations[axis]),
        ])
      let reach = (results[axis] - 1) * steps[axis] + (kernel[axis] - 1) * dilations[axis]
      let tests: [RealExpression] =
        (before[axis] > 0 ? [.binary(.lessOrEqual, .constant(0), .index(position))] : [])
        + (reach - before[axis] >= sizes[axis]
          ? [.binary(.less, .index(position), .constant(Double(sizes[axis])))] : [])
      for test in tests { inside = inside.map { .binary(.and, $0, test) } ?? test }
      return position
    }
    let read = RealExpression.read(
      OperandRead(
        operand: 0,
        positions: (0..<base).map(NodeView.along) + positions.map { .affine($0) }))
    let value = inside.map { .select($0, read, .constant(least)) } ?? read
    return Equation(
      indices: NodeView.indices(outer + results + kernel), domainRank: base + 2 * rank, value: value
    )
  }

  /// How far elements along each axis are from each other in the order in which they are counted.
  func strides(isRowMajor: Bool) -> [Int] {
    isRowMajor
      ? Shape.strides(sizes) : Array(Shape.strides(Array(sizes.reversed())).reversed())
  }

  /// How far each element of a window is from its first one.
  func offsets(_ strides: [Int]) -> [Int64] {
    (0..<kernel.reduce(1, *)).map { tap in
      var (rest, offset) = (tap, 0)
      for axis in kernel.indices.reversed() {
        offset += rest % kernel[axis] * dilations[axis] * strides[axis]
        rest /= kernel[axis]
      }
      return Int64(offset)
    }
  }
}

extension NodeView {
  fileprivate func windows(over shape: [Int]) throws(GraphError) -> PoolingWindows {
    let sizes = Array(shape.dropFirst(2))
    let rank = sizes.count
    let ones = [Int](repeating: 1, count: rank)
    let kernel = try ints("kernel_shape") ?? []
    let (steps, dilations) = (try ints("strides") ?? ones, try ints("dilations") ?? ones)
    let pads = try ints("pads") ?? [Int](repeating: 0, count: 2 * rank)
    let lists = [kernel, steps, dilations]
    guard rank > 0, lists.allSatisfy({ $0.count == rank }), pads.count == 2 * rank,
      lists.joined().allSatisfy({ 1...1 << 20 ~= $0 }), pads.allSatisfy({ 0...1 << 20 ~= $0 })
    else { throw GraphError(.attribute, "its windows do not fit the shape \(shape)") }
    guard try ["NOTSET", "VALID"].contains(string("auto_pad") ?? "NOTSET") else {
      throw GraphError(.unsupported, "auto_pad together with the places of maxima")
    }
    let roundsUp = try flag("ceil_mode")
    var results: [Int] = []
    for axis in 0..<rank {
      let whole = sizes[axis] + pads[axis] + pads[rank + axis]
      let room = whole - (kernel[axis] - 1) * dilations[axis] - 1
      guard room >= 0 else { throw GraphError(.shape, "a window is larger than \(whole)") }
      guard max(pads[axis], pads[rank + axis]) <= (kernel[axis] - 1) * dilations[axis] else {
        throw GraphError(.unsupported, "pads \(pads) that hold whole windows")
      }
      var count = (room + (roundsUp ? steps[axis] - 1 : 0)) / steps[axis] + 1
      if (count - 1) * steps[axis] >= sizes[axis] + pads[axis] { count -= 1 }
      results.append(count)
    }
    return PoolingWindows(
      sizes: sizes, kernel: kernel, steps: steps, dilations: dilations,
      before: Array(pads.prefix(rank)), results: results)
  }

  /// The sizes that were pooled, unless the node says others.
  fileprivate func unpooled(_ shape: [Int]) throws(GraphError) -> [Int] {
    let rank = shape.count - 2
    let kernel = try ints("kernel_shape") ?? []
    let steps = try ints("strides") ?? [Int](repeating: 1, count: rank)
    let pads = try ints("pads") ?? [Int](repeating: 0, count: 2 * rank)
    guard kernel.count == rank, steps.count == rank, pads.count == 2 * rank,
      (kernel + steps + pads).allSatisfy({ 0...1 << 20 ~= $0 })
    else { throw GraphError(.attribute, "its windows do not fit the shape \(shape)") }
    let sizes = (0..<rank).map { axis in
      (shape[axis + 2] - 1) * steps[axis] - pads[axis] - pads[rank + axis] + kernel[axis]
    }
    guard sizes.allSatisfy({ $0 > 0 }) else {
      throw GraphError(.shape, "it gives an empty tensor of sizes \(sizes)")
    }
    return sizes
  }
}

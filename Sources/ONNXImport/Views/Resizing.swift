import ConstraintSystem
import Equations
import TensorGraph

/// Each axis is resized by itself: nearest elements are moved, others are sums with constant weights.
@Sendable
func importResize(
  _ node: NodeView, _ builder: inout EquationGraphBuilder
) throws(GraphError) -> [ValueID] {
  let operand = try node.input(0)
  let shape = builder[operand].shape
  let (scales, sizes, regions) = try node.resizing(shape, builder)
  var taps = ResizeTaps()
  taps.mode = try node.choice("mode", .nearest)
  if node.opset < 11 {
    (taps.coordinates, taps.nearest) = (.asymmetric, .floor)
  } else {
    taps.coordinates = try node.choice("coordinate_transformation_mode", .halfPixel)
    taps.nearest = try node.choice("nearest_mode", .preferFloor)
  }
  taps.cubicCoefficient = Double(try node.float("cubic_coeff_a") ?? -0.75)
  taps.excludesOutside = try node.flag("exclude_outside")
  taps.antialiases = try node.flag("antialias")
  let axes = shape.indices.map { axis in
    ResizeTaps.Axis(
      extent: shape[axis], result: sizes[axis], scale: scales[axis], region: regions[axis])
  }
  let outside = try node.float("extrapolation_value") ?? 0
  return [try node.resized(operand, axes, taps, outside: outside, &builder)]
}

/// What resizing was called before opset 10.
@Sendable
func importUpsample(
  _ node: NodeView, _ builder: inout EquationGraphBuilder
) throws(GraphError) -> [ValueID] {
  let operand = try node.input(0)
  let shape = builder[operand].shape
  var scales = try node.floats("scales")
  if let height = try node.float("height_scale"), let width = try node.float("width_scale") {
    scales = [1, 1, height, width]
  }
  if scales == nil { scales = try node.constantReals(1, "scales", builder) }
  guard let scales, scales.count == shape.count, scales.allSatisfy({ $0 >= 1 && $0 < 0x1p20 })
  else { throw GraphError(.attribute, "its scales are missing or do not fit the shape \(shape)") }
  let axes = zip(shape, scales).map { extent, scale in
    ResizeTaps.Axis(
      extent: extent, result: Int((Float(extent) * Float(scale)).rounded(.down)),
      scale: Double(scale))
  }
  let mode = try node.string("mode") ?? "nearest"
  var taps = ResizeTaps(coordinates: .asymmetric, nearest: .floor)
  taps.mode = mode.hasSuffix("linear") ? .linear : .nearest
  return [try node.resized(operand, axes, taps, outside: 0, &builder)]
}

extension NodeView {
  /// An attribute that is one of several words.
  fileprivate func choice<Choice: RawRepresentable<String>>(
    _ name: String, _ other: Choice
  ) throws(GraphError) -> Choice {
    guard let text = try string(name) else { return other }
    guard let choice = Choice(rawValue: text) else {
      throw GraphError(.unsupported, "the attribute \"\(name)\" is \"\(text)\"")
    }
    return choice
  }

  /// For each axis the scale, the size, and the region that is resized.
  fileprivate func resizing(
    _ shape: [Int], _ builder: EquationGraphBuilder
  ) throws(GraphError) -> ([Double], [Int], [ClosedRange<Double>]) {
    guard !shape.contains(0) else {
      throw GraphError(.unsupported, "it resizes an empty tensor of shape \(shape)")
    }
    let axes = try axesListed(rank: shape.count)
    var scales = [Double](repeating: 1, count: shape.count)
    var sizes = shape
    let listed = try constantReals(opset < 11 ? 1 : 2, "scales", builder) ?? []
    if !listed.isEmpty {
      guard listed.count == axes.count, listed.allSatisfy({ $0 > 0 && $0 < 0x1p20 }) else {
        throw GraphError(.attribute, "its scales \(listed) do not fit the shape \(shape)")
      }
      for (axis, scale) in zip(axes, listed) {
        scales[axis] = Double(scale)
        sizes[axis] = Int((Float(shape[axis]) * Float(scale)).rounded(.down))
      }
    } else {
      let wanted = opset < 11 ? nil : try constantInts(3, "sizes", builder)
      guard let wanted, wanted.count == axes.count, wanted.allSatisfy({ $0 > 0 }) else {
        throw GraphError(.attribute, "neither its scales nor its sizes fit the shape \(shape)")
      }
      try fit(wanted, axes, shape, &scales, &sizes)
    }
    guard !sizes.contains(0) else {
      throw GraphError(.unsupported, "it gives an empty tensor of shape \(sizes)")
    }
    return (scales, sizes, try regions(axes, shape, builder))
  }

  private func axesListed(rank: Int) throws(GraphError) -> [Int] {
    guard let listed = try ints("axes") else { return Array(0..<rank) }
    var axes: [Int] = []
    for axis in listed { axes.append(try Shape.normalizedAxis(axis, rank: rank)) }
    return axes
  }

  private func fit(
    _ wanted: [Int], _ axes: [Int], _ shape: [Int], _ scales: inout [Double], _ sizes: inout [Int]
  ) throws(GraphError) {
    let ratios = zip(axes, wanted).map { Double(Float($1) / Float(shape[$0])) }
    let common: Double?
    switch try string("keep_aspect_ratio_policy") ?? "stretch" {
    case "stretch": common = nil
    case "not_larger": common = ratios.min()
    case "not_smaller": common = ratios.max()
    case let policy:
      throw GraphError(.attribute, "the policy \"\(policy)\" for the ratio of its sides")
    }
    for (number, axis) in axes.enumerated() {
      scales[axis] = common ?? ratios[number]
      sizes[axis] =
        common.map { Int((Double(shape[axis]) * $0 + 0.5).rounded(.down)) } ?? wanted[number]
    }
  }

  private func regions(
    _ axes: [Int], _ shape: [Int], _ builder: EquationGraphBuilder
  ) throws(GraphError) -> [ClosedRange<Double>] {
    var regions = [ClosedRange<Double>](repeating: 0...1, count: shape.count)
    guard opset >= 11, try string("coordinate_transformation_mode") == "tf_crop_and_resize" else {
      return regions
    }
    let listed = try constantReals(1, "region", builder) ?? []
    guard listed.count == 2 * axes.count else {
      throw GraphError(.attribute, "its region does not fit the shape \(shape)")
    }
    for (number, axis) in axes.enumerated() {
      let (start, end) = (Double(listed[number]), Double(listed[number + axes.count]))
      guard start.isFinite, end.isFinite else {
        throw GraphError(.value, "its region from \(start) to \(end) is not finite")
      }
      guard start <= end else { throw GraphError(.unsupported, "a region that is turned around") }
      regions[axis] = start...end
    }
    return regions
  }

  fileprivate func resized(
    _ operand: ValueID, _ axes: [ResizeTaps.Axis], _ taps: ResizeTaps, outside: Float,
    _ builder: inout EquationGraphBuilder
  ) throws(GraphError) -> ValueID {
    _ = try Shape.elementCount(axes.map(\.result))
    var result = operand
    var missing: [[Bool]] = axes.map { [Bool](repeating: false, count: $0.result) }
    for (axis, change) in axes.enumerated() {
      // An element and its weight take the room of some elements of a tensor.
      try builder.reserve(elements: Shape.elementCount([16, change.result, taps.reach(change)]))
      let weights = (0..<change.result).map { taps.weights($0, change) }
      missing[axis] = weights.map { $0 == nil }
      result = try resize(result, axis, weights.map { $0 ?? [] }, &builder)
    }
    guard outside != 0, missing.contains(where: { $0.contains(true) }) else { return result }
    return try filled(result, missing, outside, &builder)
  }

  private func resize(
    _ operand: ValueID, _ axis: Int, _ weights: [[(element: Int, weight: Double)]],
    _ builder: inout EquationGraphBuilder
  ) throws(GraphError) -> ValueID {
    let shape = builder[operand].shape
    if weights.allSatisfy({ $0.count == 1 && $0[0].weight == 1 }) {
      return try emit(
        takingFrom: operand, axis: axis, at: weights.map { $0[0].element }, to: &builder,
        step: "axis \(axis)")
    }
    try builder.reserve(elements: Shape.elementCount([weights.count, shape[axis]]))
    var matrix = [Float](repeating: 0, count: weights.count * shape[axis])
    for (row, taps) in weights.enumerated() {
      guard taps.allSatisfy({ $0.weight.isFinite }) else {
        throw GraphError(.value, "the weights of element \(row) along axis \(axis) are not finite")
      }
      for tap in taps { matrix[row * shape[axis] + tap.element] += Float(tap.weight) }
    }
    let tensor = try Tensor(shape: [weights.count, shape[axis]], real: matrix)
    let constant = emit(constant: tensor, to: &builder, step: "weights \(axis)")
    var target = shape
    target[axis] = weights.count
    let summed = shape.count
    let positions = shape.indices.map {
      ReadPosition.affine(AffineIndex(index: $0 == axis ? summed : $0))
    }
    let product = RealExpression.binary(
      .multiply, .read(OperandRead(operand: 0, positions: positions)),
      .read(
        OperandRead(
          operand: 1,
          positions: [
            .affine(AffineIndex(index: axis)), .affine(AffineIndex(index: summed)),
          ])))
    let equation = Equation(
      indices: (target + [shape[axis]]).enumerated().map {
        .init(name: "i\($0.offset)", size: $0.element)
      }, domainRank: shape.count, value: .reduce(.sum, over: [summed], product))
    return try emit(equation, [operand, constant], to: &builder, step: "axis \(axis)")
  }

  /// The value that stands outside of a crop, where some axis lies outside.
  private func filled(
    _ operand: ValueID, _ missing: [[Bool]], _ value: Float,
    _ builder: inout EquationGraphBuilder
  ) throws(GraphError) -> ValueID {
    let shape = builder[operand].shape
    let count = try Shape.elementCount(shape)
    try builder.reserve(elements: count)
    var elements = [Float](repeating: 0, count: count)
    for position in 0..<count {
      var rest = position
      for axis in shape.indices.reversed() {
        if missing[axis][rest % shape[axis]] { elements[position] = value }
        rest /= shape[axis]
      }
    }
    let constant = emit(
      constant: try Tensor(shape: shape, real: elements), to: &builder, step: "outside")
    let sum = Equation.elementwise(shape) { .binary(.add, $0(0), $0(1)) }
    return try emit(sum, [operand, constant], to: &builder)
  }
}

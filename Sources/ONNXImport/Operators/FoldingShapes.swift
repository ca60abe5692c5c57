import TensorGraph

// Constants that are made along axes: counted out, repeated, cut to a triangle, or reduced.
extension NodeView {
  func foldRange(_ builder: inout GraphBuilder) throws(GraphError) -> Tensor {
    let values = try constants(&builder)
    guard values.count == 3, values.allSatisfy({ $0.count == 1 }) else {
      throw GraphError(.structure, "it takes a start, a limit and a step")
    }
    let numbers = try values.mapNumbers()
    let (start, limit, step) = (numbers[0], numbers[1], numbers[2])
    guard step != 0, step.isFinite, start.isFinite, limit.isFinite else {
      throw GraphError(.value, "a range from \(start) to \(limit) in steps of \(step)")
    }
    let length = max(0, ((limit - start) / step).rounded(.up))
    guard length <= Double(Shape.maximumElements) else {
      throw GraphError(.tooLarge, "a range of \(length) numbers")
    }
    try builder.reserve(elements: Int(length))
    let elements = (0..<Int(length)).map { start + Double($0) * step }
    return try values[0].replacing(elements, shape: [elements.count])
  }

  func foldTile(_ builder: inout GraphBuilder) throws(GraphError) -> Tensor {
    let value = try constant(0, &builder)
    guard let repeats = try constantInts(1, "repeats", builder),
      repeats.count == value.shape.count, repeats.allSatisfy({ $0 >= 0 })
    else { throw GraphError(.attribute, "its repeats do not fit the shape \(value.shape)") }
    let shape = try zip(value.shape, repeats).map { ($0, $1) }.products()
    try builder.reserve(elements: Shape.elementCount(shape))
    let strides = Shape.strides(value.shape)
    let places = Shape.offsets(
      strides.flatMap { [0, $0] }, over: zip(repeats, value.shape).flatMap { [$0, $1] })
    return try value.taking(places, shape: shape)
  }

  func foldTriangle(_ builder: inout GraphBuilder) throws(GraphError) -> Tensor {
    let value = try constant(0, &builder)
    let isUpper = try flag("upper", default: true)
    let diagonal = try constantInts(1, "diagonal", builder)?.first ?? 0
    guard value.shape.count >= 2 else {
      throw GraphError(.shape, "Trilu takes matrices, not the shape \(value.shape)")
    }
    let (rows, columns) = (value.shape[value.shape.count - 2], value.shape[value.shape.count - 1])
    // Beyond the matrix all diagonals are alike.
    let offset = min(max(diagonal, -rows), columns)
    let elements = try value.doubles().enumerated().map { place, element in
      let (row, column) = (place / columns % rows, place % columns)
      return (isUpper ? column - row >= offset : column - row <= offset) ? element : 0
    }
    return try value.replacing(elements, shape: value.shape)
  }
}

extension OperatorImport {
  /// A function of all elements along some axes.
  ///
  /// - Parameter axesSince: the opset since which the axes are an operand.
  static func reduction(
    axesSince: Int = 18, _ function: @escaping @Sendable ([Double]) -> Double
  ) -> OperatorImport {
    .folding(["axes", "keepdims", "noop_with_empty_axes"]) { node, builder throws(GraphError) in
      let value = try node.constant(0, &builder)
      let rank = value.shape.count
      let listed =
        node.opset < axesSince
        ? try node.ints("axes") : try node.constantInts(1, "axes", builder)
      var axes: Set<Int> = []
      for axis in listed ?? [] { axes.insert(try Shape.normalizedAxis(axis, rank: rank)) }
      if axes.isEmpty, try !node.flag("noop_with_empty_axes") { axes = Set(0..<rank) }
      return try value.reduced(
        over: axes, keepingAxes: try node.flag("keepdims", default: true), function)
    }
  }
}

extension Tensor {
  fileprivate func reduced(
    over axes: Set<Int>, keepingAxes: Bool, _ function: ([Double]) -> Double
  ) throws(GraphError) -> Tensor {
    let kept = shape.indices.map { axes.contains($0) ? 1 : shape[$0] }
    guard !shape.contains(0) else {
      throw GraphError(.unsupported, "a reduction of the empty shape \(shape)")
    }
    let strides = Shape.strides(kept)
    let places = Shape.offsets(
      shape.indices.map { axes.contains($0) ? 0 : strides[$0] }, over: shape)
    var groups = [[Double]](repeating: [], count: try Shape.elementCount(kept))
    for (place, element) in zip(places, try doubles()) { groups[place].append(element) }
    let target = keepingAxes ? kept : shape.indices.filter { !axes.contains($0) }.map { shape[$0] }
    return try replacing(groups.map(function), shape: target)
  }

  /// The elements at the given places.
  func taking(_ places: [Int], shape: [Int]) throws(GraphError) -> Tensor {
    if let integers {
      return try Tensor(shape: shape, integer: places.map { integers[$0] })
    }
    let reals = reals
    return try Tensor(shape: shape, real: places.map { reals[$0] })
  }
}

extension [Tensor] {
  /// The only element of each.
  fileprivate func mapNumbers() throws(GraphError) -> [Double] {
    var result: [Double] = []
    for tensor in self { result += try tensor.doubles() }
    return result
  }
}

extension [(Int, Int)] {
  /// The product of each pair, which must be an extent.
  fileprivate func products() throws(GraphError) -> [Int] {
    var result: [Int] = []
    for (extent, times) in self {
      let (product, overflow) = extent.multipliedReportingOverflow(by: times)
      guard !overflow else { throw GraphError(.tooLarge, "an axis of \(extent) times \(times)") }
      result.append(product)
    }
    return result
  }
}

extension Operation {
  /// The type of the operation's output for operands of the given types; throws when they do not
  /// fit the operation or each other, or when the output would be too large.
  public func outputType(_ inputs: [TensorType]) throws(GraphError) -> TensorType {
    guard operandCounts.contains(inputs.count) else {
      throw GraphError(
        .structure, "\(name) takes \(operandCounts) operands but has \(inputs.count)")
    }
    let type = TensorType(shape: try outputShape(inputs), element: try outputElement(inputs))
    _ = try Shape.elementCount(type.shape)
    return type
  }

  /// How many operands the operation takes.
  public var operandCounts: ClosedRange<Int> {
    switch self {
    case .gemm, .convolution: 2...3
    case .matrixMultiply, .add, .subtract, .multiply: 2...2
    case .batchNormalization: 5...5
    case .concatenate: 1...Int.max
    default: 1...1
    }
  }

  private func outputElement(_ inputs: [TensorType]) throws(GraphError) -> ElementType {
    let element = inputs[0].element
    guard inputs.allSatisfy({ $0.element == element }) else {
      throw GraphError(.elementType, "\(name) mixes real and integer operands")
    }
    switch self {
    case .argMax: return .integer
    case .add, .subtract, .multiply, .reshape, .transpose, .concatenate, .slice, .pad:
      return element
    default:
      guard element == .real else {
        throw GraphError(.unsupported, "\(name) of integers; it is computed on reals only")
      }
      return .real
    }
  }

  private func outputShape(_ inputs: [TensorType]) throws(GraphError) -> [Int] {
    let shapes = inputs.map(\.shape)
    let first = shapes[0]
    switch self {
    case .gemm(let gemm): return try gemm.outputShape(shapes)
    case .matrixMultiply: return try Self.productShape(first, shapes[1])
    case .convolution(let window, let groups):
      return try Self.convolutionShape(shapes, window, groups: groups)
    case .add, .subtract, .multiply: return try Shape.broadcast(first, shapes[1])
    case .relu, .leakyRelu: return first
    case .clip(let lower, let upper): return try Self.clippedShape(first, lower, upper)
    case .maxPool(let window), .averagePool(let window, _):
      return try Self.pooledShape(first, window)
    case .globalAveragePool:
      let spatial = try Self.spatialExtents(first, of: name)
      guard !spatial.contains(0) else {
        throw GraphError(.shape, "\(name) over an empty axis of \(first)")
      }
      return first.prefix(2) + spatial.map { _ in 1 }
    case .argMax(let axis, let keepingAxis):
      return try Self.argMaxShape(first, axis: axis, keepingAxis: keepingAxis)
    case .batchNormalization(let epsilon):
      return try Self.normalizedShape(shapes, epsilon: epsilon)
    case .reshape, .transpose, .concatenate, .slice, .pad:
      return try rearrangedShape(shapes)
    }
  }
}

extension Operation.Gemm {
  fileprivate func outputShape(_ shapes: [[Int]]) throws(GraphError) -> [Int] {
    guard shapes[0].count == 2, shapes[1].count == 2 else {
      throw GraphError(
        .shape, "Gemm takes matrices, not operands of shapes \(shapes[0]) and \(shapes[1])")
    }
    let a = transposeA ? shapes[0].reversed() : shapes[0]
    let b = transposeB ? shapes[1].reversed() : shapes[1]
    guard a[1] == b[0] else {
      throw GraphError(.shape, "Gemm of \(a) by \(b): the inner extents differ")
    }
    let product = [a[0], b[1]]
    if shapes.count == 3 {
      guard shapes[2].count <= 2, try Shape.broadcast(shapes[2], product) == product else {
        throw GraphError(.shape, "Gemm's bias \(shapes[2]) does not broadcast to \(product)")
      }
    }
    return product
  }
}

extension Operation {
  private static func productShape(_ a: [Int], _ b: [Int]) throws(GraphError) -> [Int] {
    guard a.count >= 2, b.count >= 2 else {
      throw GraphError(.shape, "MatMul takes operands of rank 2 or more, not \(a) and \(b)")
    }
    guard a[a.count - 1] == b[b.count - 2] else {
      throw GraphError(.shape, "MatMul of \(a) by \(b): the inner extents differ")
    }
    let leading = try Shape.broadcast(Array(a.dropLast(2)), Array(b.dropLast(2)))
    return leading + [a[a.count - 2], b[b.count - 1]]
  }

  private static func spatialExtents(_ shape: [Int], of name: String) throws(GraphError) -> [Int] {
    guard shape.count >= 3 else {
      throw GraphError(.shape, "\(name) takes [N, C, spatial...], not the shape \(shape)")
    }
    return Array(shape.dropFirst(2))
  }

  private static func convolutionShape(
    _ shapes: [[Int]], _ window: Window, groups: Int
  ) throws(GraphError) -> [Int] {
    let (x, w) = (shapes[0], shapes[1])
    let spatial = try spatialExtents(x, of: "Conv")
    guard w.count == x.count, Array(w.dropFirst(2)) == window.kernel else {
      throw GraphError(.shape, "Conv's weights \(w) do not fit \(x) and kernel \(window.kernel)")
    }
    guard groups >= 1, w[0] % groups == 0, x[1] % groups == 0, w[1] == x[1] / groups else {
      throw GraphError(.shape, "Conv's weights \(w) do not fit \(x) in \(groups) groups")
    }
    guard window.overhang.allSatisfy({ $0 == 0 }) else {
      throw GraphError(.attribute, "Conv does not round its output size up")
    }
    if shapes.count == 3, shapes[2] != [w[0]] {
      throw GraphError(.shape, "Conv's bias \(shapes[2]) should have the shape [\(w[0])]")
    }
    return [x[0], w[0]] + (try window.outputExtents(spatial))
  }

  private static func pooledShape(_ shape: [Int], _ window: Window) throws(GraphError) -> [Int] {
    let spatial = try spatialExtents(shape, of: "a pooling")
    let extents = try window.outputExtents(spatial)
    try window.checkEveryWindowReads(spatial)
    return shape.prefix(2) + extents
  }

  private static func clippedShape(
    _ shape: [Int], _ lower: Float, _ upper: Float
  ) throws(GraphError) -> [Int] {
    guard !lower.isNaN, !upper.isNaN else {
      throw GraphError(.attribute, "Clip has a bound that is not a number")
    }
    return shape
  }

  private static func argMaxShape(
    _ shape: [Int], axis: Int, keepingAxis: Bool
  ) throws(GraphError) -> [Int] {
    guard shape.indices.contains(axis), shape[axis] > 0 else {
      throw GraphError(.attribute, "ArgMax over axis \(axis) of a tensor of shape \(shape)")
    }
    var result = shape
    if keepingAxis { result[axis] = 1 } else { result.remove(at: axis) }
    return result
  }

  private static func normalizedShape(
    _ shapes: [[Int]], epsilon: Float
  ) throws(GraphError) -> [Int] {
    guard shapes[0].count >= 2 else {
      throw GraphError(.shape, "BatchNormalization takes [N, C, ...], not \(shapes[0])")
    }
    for parameter in shapes.dropFirst() where parameter != [shapes[0][1]] {
      throw GraphError(
        .shape, "a BatchNormalization parameter of shape \(parameter) is not [\(shapes[0][1])]")
    }
    guard epsilon.isFinite, epsilon >= 0 else {
      throw GraphError(.attribute, "BatchNormalization's epsilon \(epsilon) is not a small number")
    }
    return shapes[0]
  }
}

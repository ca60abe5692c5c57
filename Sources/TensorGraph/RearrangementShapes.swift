extension Operation {
  /// Output shapes of the operations that only move elements.
  func rearrangedShape(_ shapes: [[Int]]) throws(GraphError) -> [Int] {
    let shape = shapes[0]
    switch self {
    case .reshape(let target):
      guard try Shape.elementCount(target) == Shape.elementCount(shape) else {
        throw GraphError(.shape, "\(shape) can't be reshaped to \(target)")
      }
      return target
    case .transpose(let permutation):
      guard permutation.sorted() == Array(shape.indices) else {
        throw GraphError(
          .attribute, "\(permutation) is not a permutation of the axes of \(shape)")
      }
      return permutation.map { shape[$0] }
    case .concatenate(let axis):
      return try Self.concatenatedShape(shapes, axis: axis)
    case .slice(let slices):
      try Self.check(slices, shape)
      return slices.map(\.count)
    case .pad(let before, let after, let value):
      return try Self.paddedShape(shape, before, after, value)
    default:
      throw GraphError(.structure, "\(name) does not only move elements")
    }
  }

  private static func concatenatedShape(
    _ shapes: [[Int]], axis: Int
  ) throws(GraphError) -> [Int] {
    var result = shapes[0]
    guard result.indices.contains(axis) else {
      throw GraphError(.attribute, "Concat along axis \(axis) of \(result)")
    }
    for shape in shapes.dropFirst() {
      var expected = result
      guard shape.count == result.count else {
        throw GraphError(.shape, "Concat of \(shapes[0]) and \(shape)")
      }
      expected[axis] = shape[axis]
      guard shape == expected else {
        throw GraphError(.shape, "Concat of \(shapes[0]) and \(shape) along axis \(axis)")
      }
      result[axis] += shape[axis]
      guard result[axis] <= Shape.maximumElements else {
        throw GraphError(.tooLarge, "Concat gives an axis of \(result[axis])")
      }
    }
    return result
  }

  private static func check(_ slices: [AxisSlice], _ shape: [Int]) throws(GraphError) {
    guard slices.count == shape.count else {
      throw GraphError(.attribute, "a slice of \(slices.count) axes of the shape \(shape)")
    }
    for (slice, extent) in zip(slices, shape) {
      guard slice.step != 0, slice.count >= 0, slice.count <= extent else {
        throw GraphError(.attribute, "the slice \(slice) of an axis of extent \(extent)")
      }
      if slice.count == 0 { continue }
      let (reach, overflow) = slice.step.multipliedReportingOverflow(by: slice.count - 1)
      let (last, carry) = slice.start.addingReportingOverflow(reach)
      let positions = 0..<extent
      guard !overflow, !carry, positions.contains(slice.start), positions.contains(last) else {
        throw GraphError(.attribute, "the slice \(slice) leaves an axis of extent \(extent)")
      }
    }
  }

  private static func paddedShape(
    _ shape: [Int], _ before: [Int], _ after: [Int], _ value: Float
  ) throws(GraphError) -> [Int] {
    guard before.count == shape.count, after.count == shape.count else {
      throw GraphError(.attribute, "pads \(before) and \(after) for the shape \(shape)")
    }
    guard value.isFinite else {
      throw GraphError(.unsupported, "padding by \(value); finite values are supported")
    }
    var result: [Int] = []
    for axis in shape.indices {
      let pads = [before[axis], after[axis]]
      guard pads.allSatisfy({ $0 >= 0 && $0 <= Shape.maximumElements }) else {
        throw GraphError(.attribute, "pads \(pads) of axis \(axis) are outside the valid range")
      }
      result.append(shape[axis] + pads[0] + pads[1])
    }
    return result
  }
}

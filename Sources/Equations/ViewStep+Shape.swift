import TensorGraph

extension ViewStep {
  /// The shape that operands of the given shapes are moved into.
  ///
  /// Throws `.structure` for a wrong number of operands, `.shape` or `.attribute` where they do not
  /// fit the step, `.tooLarge` where no tensor holds the result.
  public func outputShape(_ shapes: [[Int]]) throws(GraphError) -> [Int] {
    guard let shape = shapes.first else { throw GraphError(.structure, "a view of nothing") }
    if case .concatenate(let axis) = self { return try Self.concatenated(shapes, axis) }
    guard shapes.count == 1 else {
      throw GraphError(.structure, "\(shapes.count) operands are moved where one can be")
    }
    let result = try moved(shape)
    _ = try Shape.elementCount(result)
    return result
  }

  private func moved(_ shape: [Int]) throws(GraphError) -> [Int] {
    switch self {
    case .reshape(let target):
      guard try Shape.elementCount(target) == Shape.elementCount(shape) else {
        throw GraphError(.shape, "\(shape) can't be reshaped to \(target)")
      }
      return target
    case .transpose(let permutation):
      guard permutation.sorted() == Array(shape.indices) else {
        throw GraphError(.attribute, "\(permutation) is not a permutation of the axes of \(shape)")
      }
      return permutation.map { shape[$0] }
    case .slice(let slices): return try Self.sliced(shape, slices)
    case .pad(let before, let after): return try Self.padded(shape, before, after)
    case .broadcast(let target):
      guard target.count >= shape.count, try Shape.broadcast(shape, target) == target else {
        throw GraphError(.shape, "the shape \(shape) does not broadcast to \(target)")
      }
      return target
    case .concatenate: return shape
    }
  }

  private static func concatenated(_ shapes: [[Int]], _ axis: Int) throws(GraphError) -> [Int] {
    var result = shapes[0]
    guard result.indices.contains(axis) else {
      throw GraphError(.attribute, "joining along axis \(axis) of \(result)")
    }
    for shape in shapes.dropFirst() {
      var expected = result
      guard shape.count == result.count else {
        throw GraphError(.shape, "\(shape) and \(result) can't be joined")
      }
      expected[axis] = shape[axis]
      guard shape == expected else {
        throw GraphError(.shape, "\(shape) and \(result) can't be joined along axis \(axis)")
      }
      result[axis] += shape[axis]
      _ = try Shape.elementCount(result)
    }
    return result
  }

  private static func sliced(_ shape: [Int], _ slices: [AxisSlice]) throws(GraphError) -> [Int] {
    guard slices.count == shape.count else {
      throw GraphError(.attribute, "\(slices.count) slices of the shape \(shape)")
    }
    for (slice, extent) in zip(slices, shape) where slice.count > 0 {
      let (distance, overflow) = (slice.count - 1).multipliedReportingOverflow(by: slice.step)
      let (last, far) = slice.start.addingReportingOverflow(distance)
      guard slice.step != 0, !overflow, !far, (0..<extent).contains(slice.start),
        (0..<extent).contains(last)
      else { throw GraphError(.attribute, "\(slice) is not within \(extent) elements") }
    }
    guard slices.allSatisfy({ $0.count >= 0 }) else {
      throw GraphError(.attribute, "a slice of a negative number of elements")
    }
    return slices.map(\.count)
  }

  private static func padded(
    _ shape: [Int], _ before: [Int], _ after: [Int]
  ) throws(GraphError) -> [Int] {
    guard before.count == shape.count, after.count == shape.count else {
      throw GraphError(.attribute, "padding \(before) and \(after) of the shape \(shape)")
    }
    let limit = 0...Shape.maximumElements
    guard (before + after).allSatisfy(limit.contains) else {
      throw GraphError(.attribute, "padding \(before) and \(after) is negative or too large")
    }
    return shape.indices.map { before[$0] + shape[$0] + after[$0] }
  }
}

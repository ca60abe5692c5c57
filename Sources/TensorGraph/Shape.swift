/// Arithmetic of shapes; a shape is a list of non-negative extents, outermost axis first.
public enum Shape {
  /// The largest number of elements any tensor of a graph may have.
  public static let maximumElements = 1 << 28

  /// The product of the extents, checked against `maximumElements`.
  public static func elementCount(_ shape: [Int]) throws(GraphError) -> Int {
    if shape.contains(0) { return 0 }
    var count = 1
    for extent in shape {
      guard extent > 0 else {
        throw GraphError(.shape, "the shape \(shape) has a negative extent")
      }
      let (product, overflow) = count.multipliedReportingOverflow(by: extent)
      guard !overflow, product <= maximumElements else {
        throw GraphError(
          .tooLarge, "the shape \(shape) has more than \(maximumElements) elements")
      }
      count = product
    }
    return count
  }

  /// Row-major strides, in elements.
  public static func strides(_ shape: [Int]) -> [Int] {
    var strides = [Int](repeating: 1, count: shape.count)
    for axis in shape.indices.dropLast().reversed() {
      strides[axis] = strides[axis + 1] * shape[axis + 1]
    }
    return strides
  }

  /// The shape that `left` and `right` broadcast to by numpy's rule.
  public static func broadcast(_ left: [Int], _ right: [Int]) throws(GraphError) -> [Int] {
    let rank = max(left.count, right.count)
    var result = [Int](repeating: 1, count: rank)
    for axis in 0..<rank {
      let a = extent(left, rank - axis)
      let b = extent(right, rank - axis)
      guard a == b || a == 1 || b == 1 else {
        throw GraphError(.shape, "the shapes \(left) and \(right) do not broadcast")
      }
      result[axis] = a == 1 ? b : a
    }
    return result
  }

  /// Strides that read a row-major tensor of `shape` as if it had been broadcast to `target`:
  /// zero along every repeated axis. `shape` must broadcast to `target`.
  public static func broadcastStrides(_ shape: [Int], to target: [Int]) -> [Int] {
    let offset = target.count - shape.count
    let own = strides(shape)
    return target.indices.map { axis in
      axis < offset || shape[axis - offset] == 1 ? 0 : own[axis - offset]
    }
  }

  /// `axis` counted from the front, where a negative one counts from the back of `rank` axes.
  public static func normalizedAxis(_ axis: Int, rank: Int) throws(GraphError) -> Int {
    guard axis >= -rank, axis < rank else {
      throw GraphError(.attribute, "axis \(axis) is outside a tensor of rank \(rank)")
    }
    return axis < 0 ? axis + rank : axis
  }

  private static func extent(_ shape: [Int], _ fromBack: Int) -> Int {
    fromBack <= shape.count ? shape[shape.count - fromBack] : 1
  }
}

/// The sliding window of a convolution or pooling over the spatial axes of [N, C, spatial...];
/// every list has one entry per spatial axis (one or two of them).
///
/// Output position o and kernel cell k read input position
/// `o * strides + k * dilations - padsBefore`. Positions outside the input are padding.
public struct Window: Hashable, Sendable {
  public var kernel: [Int]
  public var strides: [Int]
  public var dilations: [Int]
  public var padsBefore: [Int]
  public var padsAfter: [Int]
  /// Cells beyond `padsAfter` that the last window touches because the output size was rounded up
  /// (ONNX `ceil_mode`). They are never counted by an average. Zero for convolutions.
  public var overhang: [Int]

  public init(
    kernel: [Int], strides: [Int]? = nil, dilations: [Int]? = nil, padsBefore: [Int]? = nil,
    padsAfter: [Int]? = nil, overhang: [Int]? = nil
  ) {
    let ones = [Int](repeating: 1, count: kernel.count)
    let zeros = [Int](repeating: 0, count: kernel.count)
    self.kernel = kernel
    self.strides = strides ?? ones
    self.dilations = dilations ?? ones
    self.padsBefore = padsBefore ?? zeros
    self.padsAfter = padsAfter ?? zeros
    self.overhang = overhang ?? zeros
  }

  /// Extents are kept below this so that position arithmetic can't overflow.
  static let maximumExtent = 1 << 28

  /// Checks the lists' lengths and every entry's range; other methods rely on it.
  public func validate(spatialRank: Int) throws(GraphError) {
    guard (1...2).contains(spatialRank) else {
      throw GraphError(
        .unsupported, "windows over \(spatialRank) spatial axes are not supported; 1 or 2 are")
    }
    let positive = [kernel, strides, dilations]
    let natural = [padsBefore, padsAfter, overhang]
    for list in positive + natural where list.count != spatialRank {
      throw GraphError(
        .attribute, "a window over \(spatialRank) spatial axes has an attribute \(list)")
    }
    for list in positive where list.contains(where: { $0 < 1 || $0 > Self.maximumExtent }) {
      throw GraphError(.attribute, "kernel, strides and dilations must be positive, not \(list)")
    }
    for list in natural where list.contains(where: { $0 < 0 || $0 > Self.maximumExtent }) {
      throw GraphError(.attribute, "pads must not be negative, as in \(list)")
    }
  }

  /// The cells one window spans along `axis`, holes of dilation included; the window must be valid.
  public func span(_ axis: Int) -> Int { (kernel[axis] - 1) * dilations[axis] + 1 }

  /// Output extents over an input of extents `spatial`.
  public func outputExtents(_ spatial: [Int]) throws(GraphError) -> [Int] {
    try validate(spatialRank: spatial.count)
    var result: [Int] = []
    for axis in spatial.indices {
      let padded = spatial[axis] + padsBefore[axis] + padsAfter[axis] + overhang[axis]
      guard padded >= span(axis) else {
        throw GraphError(
          .shape,
          "a kernel spanning \(span(axis)) does not fit the padded extent \(padded)")
      }
      result.append((padded - span(axis)) / strides[axis] + 1)
    }
    return result
  }

  /// How many cells of each window an average divides by, at every output position (row-major
  /// over the output extents): the cells inside the input, or inside the padded input when
  /// `countingPads`.
  public func averageCounts(_ spatial: [Int], countingPads: Bool) throws(GraphError) -> [Int] {
    let extents = try outputExtents(spatial)
    var counts = [1]
    for axis in extents.indices {
      let low = countingPads ? -padsBefore[axis] : 0
      let high = spatial[axis] + (countingPads ? padsAfter[axis] : 0)
      let along = (0..<extents[axis]).map { cells(at: $0, axis: axis, within: low..<high).count }
      counts = counts.flatMap { outer in along.map { outer * $0 } }
    }
    return counts
  }

  /// Throws unless every window of a pooling over `spatial` reads at least one input.
  func checkEveryWindowReads(_ spatial: [Int]) throws(GraphError) {
    for (axis, extent) in try outputExtents(spatial).enumerated() {
      for position in 0..<extent
      where cells(at: position, axis: axis, within: 0..<spatial[axis]).isEmpty {
        throw GraphError(
          .attribute,
          "the pooling window at position \(position) of axis \(axis) reads only padding")
      }
    }
  }

  /// The kernel cells along `axis` whose reads fall into `range` at an output position.
  private func cells(at position: Int, axis: Int, within range: Range<Int>) -> Range<Int> {
    let start = position * strides[axis] - padsBefore[axis]
    let first = max(0, divideRoundingUp(range.lowerBound - start, dilations[axis]))
    let end = min(kernel[axis], divideRoundingUp(range.upperBound - start, dilations[axis]))
    return first..<max(first, end)
  }

  private func divideRoundingUp(_ value: Int, _ divisor: Int) -> Int {
    value > 0 ? (value - 1) / divisor + 1 : value / divisor
  }
}

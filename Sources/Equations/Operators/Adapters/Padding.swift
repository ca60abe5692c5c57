import TensorGraph

/// What surrounds the axes that a window slides over.
struct Padding: Equatable {
  var before: [Int]
  var after: [Int]
  /// What the last window needs beyond that, where sizes are rounded up.
  var extra: [Int]

  static let members = ["before", "after", "extra"]

  subscript(_ member: String) -> [Int]? {
    switch member {
    case "before": before
    case "after": after
    case "extra": extra
    default: nil
    }
  }
}

/// A window that slides over axes, with a value for each.
struct SlidingWindow {
  /// The axes' sizes.
  var sizes: [Int]
  var kernel: [Int]
  var strides: [Int]
  var dilations: [Int]

  /// Extents are kept below this so that position arithmetic can't overflow.
  private static let maximumExtent = 1 << 28

  /// Throws `.attribute` unless every list has one moderate value for each axis.
  func check() throws(GraphError) {
    guard sizes.allSatisfy({ (0...Self.maximumExtent).contains($0) }) else {
      throw GraphError(.tooLarge, "a window over axes of the sizes \(sizes)")
    }
    for list in [kernel, strides, dilations] {
      guard list.count == sizes.count else {
        throw GraphError(.attribute, "\(list) for \(sizes.count) axes")
      }
      guard list.allSatisfy({ (1...Self.maximumExtent).contains($0) }) else {
        throw GraphError(.attribute, "kernel, strides and dilations are positive, not \(list)")
      }
    }
  }

  /// How many elements one window spans along an axis, holes of dilation included.
  func span(_ axis: Int) -> Int { (kernel[axis] - 1) * dilations[axis] + 1 }

  /// The padding that ONNX's `pads` and `auto_pad` say.
  func padding(
    pads: [Int]?, automatic: String?, roundingUp: Bool
  ) throws(GraphError) -> Padding {
    try check()
    let rank = sizes.count
    let none = [Int](repeating: 0, count: rank)
    var padding = Padding(before: none, after: none, extra: none)
    switch automatic ?? "NOTSET" {
    case "NOTSET":
      let pads = pads ?? none + none
      guard pads.count == 2 * rank, pads.allSatisfy({ (0...Self.maximumExtent).contains($0) })
      else { throw GraphError(.attribute, "the pads \(pads) for \(rank) axes") }
      padding.before = Array(pads.prefix(rank))
      padding.after = Array(pads.suffix(rank))
    case "VALID": break
    case "SAME_UPPER", "SAME_LOWER":
      for axis in 0..<rank {
        let total = sameSizePadding(axis)
        let smaller = total / 2
        padding.before[axis] = automatic == "SAME_UPPER" ? smaller : total - smaller
        padding.after[axis] = total - padding.before[axis]
      }
    default:
      throw GraphError(.attribute, "the padding \"\(automatic ?? "")\" is not one of ONNX's")
    }
    try checkFit(padding)
    if roundingUp { roundUp(&padding) }
    return padding
  }

  /// The padding along an axis that gives ⌈size / stride⌉ windows.
  private func sameSizePadding(_ axis: Int) -> Int {
    let windows = (sizes[axis] + strides[axis] - 1) / strides[axis]
    return max(0, (windows - 1) * strides[axis] + span(axis) - sizes[axis])
  }

  private func checkFit(_ padding: Padding) throws(GraphError) {
    for axis in sizes.indices {
      let padded = sizes[axis] + padding.before[axis] + padding.after[axis]
      guard padded >= span(axis) else {
        throw GraphError(
          .shape, "a kernel that spans \(span(axis)) does not fit the padded size \(padded)")
      }
    }
  }

  /// Lets one more window hang over the padding where the stride leaves elements over, as long as
  /// it starts inside of the axis or the padding before it.
  private func roundUp(_ padding: inout Padding) {
    for axis in sizes.indices {
      let padded = sizes[axis] + padding.before[axis] + padding.after[axis]
      let left = (padded - span(axis)) % strides[axis]
      let start = padded - span(axis) - left + strides[axis]
      guard left != 0, start < sizes[axis] + padding.before[axis] else { continue }
      padding.extra[axis] = strides[axis] - left
    }
  }
}

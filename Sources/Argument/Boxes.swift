/// A part of an array whose sides are powers of two, placed at a multiple of its size
/// (`Paper/` section 5).
public struct Box: Equatable, Sendable {
  /// What it is a part of: a tensor, or another kind of array, as the owner numbers them.
  public var owner: Int
  /// For each axis the first position.
  public var starts: [Int]
  /// For each axis the logarithm of the number of positions.
  public var logs: [Int]
  /// Where its first cell lies. Its cells follow in row-major order.
  public var offset: Int = 0

  /// The logarithm of the number of cells.
  public var log: Int { logs.reduce(0, +) }
}

/// Arrays cut into boxes and stacked: the largest boxes first, so that each is aligned and nothing
/// is padded.
public struct BoxStack: Equatable, Sendable {
  /// By ascending offset.
  public private(set) var boxes: [Box] = []
  /// The number of cells.
  public private(set) var count = 0
  /// For each owner the positions of its boxes in `boxes`.
  public private(set) var byOwner: [[Int]]

  /// - Parameter shapes: each owner's shape, nil for an owner that has no cells here.
  public init(_ shapes: [[Int]?]) {
    byOwner = Array(repeating: [], count: shapes.count)
    var bySize: [[Box]] = []
    for (owner, shape) in shapes.enumerated() {
      guard let shape else { continue }
      for box in BoxStack.cut(shape, owner: owner) {
        while bySize.count <= box.log { bySize.append([]) }
        bySize[box.log].append(box)
      }
    }
    for size in bySize.reversed() {
      for var box in size {
        box.offset = count
        count += 1 << box.log
        byOwner[box.owner].append(boxes.count)
        boxes.append(box)
      }
    }
  }

  /// The number of bits of a cell's address.
  public var addressBits: Int { bitsNeeded(for: count) }

  /// All products of the axes' segments.
  private static func cut(_ shape: [Int], owner: Int) -> [Box] {
    var boxes = [Box(owner: owner, starts: [], logs: [])]
    for size in shape {
      var next: [Box] = []
      for box in boxes {
        for segment in segments(of: size) {
          next.append(
            Box(owner: owner, starts: box.starts + [segment.start], logs: box.logs + [segment.log]))
        }
      }
      boxes = next
    }
    return boxes
  }

  /// An axis of n positions as powers of two, the binary digits of n from the highest down.
  static func segments(of size: Int) -> [(start: Int, log: Int)] {
    var result: [(start: Int, log: Int)] = []
    var start = 0
    for log in stride(from: Int.bitWidth - 1 - size.leadingZeroBitCount, through: 0, by: -1)
    where size >> log & 1 == 1 {
      result.append((start, log))
      start += 1 << log
    }
    return result
  }
}

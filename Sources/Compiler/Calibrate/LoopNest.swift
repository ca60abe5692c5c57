import ConstraintSystem
import Equations

/// An element of a row-major array at positions that are affine in a nest's indices.
struct NestRead {
  /// For each index, how far a step of it moves along each axis.
  private let steps: [[Int]]
  private let constants: [Int]
  private let shape: [Int]
  private let strides: [Int]

  init(_ positions: [AffineIndex], shape: [Int], indices: Int) {
    let still = [Int](repeating: 0, count: shape.count)
    var steps = [[Int]](repeating: still, count: max(indices, 1))
    for (axis, position) in positions.enumerated() {
      for term in position.terms { steps[term.index][axis] += term.coefficient }
    }
    self.steps = steps
    constants = positions.map(\.constant)
    self.shape = shape
    strides = shape.rowMajorStrides
  }

  /// How far a step of an index moves in the array.
  func stride(along index: Int) -> Int {
    zip(steps[index], strides).reduce(0) { $0 + $1.0 * $1.1 }
  }

  /// What an innermost loop over one index reads while the others stand still.
  struct Run {
    /// The values of the index at which the position is inside of the array.
    var inside: Range<Int>
    var start: Int
    var stride: Int
  }

  /// - Parameter place: the values of all indices; that of `index` does not count.
  func run(along index: Int, size: Int, at place: [Int]) -> Run {
    var (low, high, start, stride) = (0, size, 0, 0)
    for axis in shape.indices {
      var position = constants[axis]
      for other in place.indices where other != index {
        position += steps[other][axis] * place[other]
      }
      let step = steps[index][axis]
      start += position * strides[axis]
      stride += step * strides[axis]
      Self.narrow(&low, &high, position, step, shape[axis])
    }
    return Run(inside: low..<max(low, high), start: start, stride: stride)
  }

  /// Leaves the values i with 0 ≤ position + step·i < size.
  private static func narrow(
    _ low: inout Int, _ high: inout Int, _ position: Int, _ step: Int, _ size: Int
  ) {
    if step == 0 {
      if position < 0 || position >= size { high = low }
    } else if step > 0 {
      low = max(low, ceilingQuotient(-position, step))
      high = min(high, ceilingQuotient(size - position, step))
    } else {
      low = max(low, ceilingQuotient(position - size + 1, -step))
      high = min(high, position < 0 ? 0 : position / -step + 1)
    }
  }

  private static func ceilingQuotient(_ a: Int, _ b: Int) -> Int {
    a > 0 ? (a + b - 1) / b : -(-a / b)
  }
}

/// Indices that run through all their values, the innermost of them in one go.
struct LoopNest {
  private let sizes: [Int]
  /// The index of the innermost loop: the one that makes the nest quickest.
  let inner: Int?

  /// - Parameter reads: what the innermost loop moves through.
  init(sizes: [Int], reads: [NestRead]) {
    self.sizes = sizes
    inner = sizes.indices.min { Self.cost($0, sizes, reads) < Self.cost($1, sizes, reads) }
  }

  /// What an element takes, about, in nanoseconds, with this index as the innermost: its share of
  /// beginning the loop, and twice as much for what does not lie side by side.
  private static func cost(_ index: Int, _ sizes: [Int], _ reads: [NestRead]) -> Double {
    let isDense = reads.allSatisfy { abs($0.stride(along: index)) <= 1 }
    return 200 / Double(sizes[index]) + (isDense ? 0.5 : 2)
  }

  /// Calls `body` for all values of the indices but the innermost one, whose value is 0 then.
  func visit(_ body: ([Int]) -> Void) {
    var place = [Int](repeating: 0, count: sizes.count)
    while true {
      body(place)
      var index = sizes.count - 1
      while index >= 0 {
        if index != inner {
          place[index] += 1
          if place[index] < sizes[index] { break }
          place[index] = 0
        }
        index -= 1
      }
      if index < 0 { return }
    }
  }
}

extension [Int] {
  /// How far a step along each axis of a row-major array of this shape moves.
  var rowMajorStrides: [Int] {
    var result = self
    var stride = 1
    for axis in indices.reversed() {
      result[axis] = stride
      stride *= self[axis]
    }
    return result
  }
}

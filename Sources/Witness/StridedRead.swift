import ConstraintSystem

/// A tensor read as an affine function of the indices into the row-major values, and the axes whose
/// position can lie outside of the tensor.
struct StridedRead: Sendable {
  /// An axis that must be watched: where its position is not in 0..<size the read is zero.
  struct Guard: Sendable {
    var constant: Int
    var size: Int
  }

  let tensor: Int
  /// The row-major position where all indices are zero.
  private(set) var origin = 0
  /// For each index of the statement, what it adds to the row-major position.
  private(set) var strides: [Int]
  private(set) var guards: [Guard] = []
  /// For each index of the statement, the guard whose position it moves, or −1, and by how much.
  private(set) var guardOfIndex: [Int]
  private(set) var guardSteps: [Int]

  /// A read of a tensor of the given shape under the statement's indices. It throws, as text, why
  /// the read is not one.
  init(
    _ read: TensorRead, shape: [Int], indices: [StatementIndex]
  ) throws(MalformedRead) {
    guard read.positions.count == shape.count else {
      throw MalformedRead(
        reason: "a read of a tensor of \(shape.count) axes has \(read.positions.count) positions")
    }
    self.init(tensor: read.tensor, indices: indices)
    var used = [Bool](repeating: false, count: indices.count)
    var axisStride = 1
    for axis in shape.indices.reversed() {
      let position = read.positions[axis]
      let range = try Self.range(of: position, indices: indices)
      for term in position.terms {
        guard !used[term.index] else {
          throw MalformedRead(reason: "\(indices[term.index].name) occurs twice in one read")
        }
        used[term.index] = true
      }
      addAxis(position, stride: axisStride)
      if range.lowerBound < 0 || range.upperBound >= shape[axis] {
        watchAxis(position, size: shape[axis])
      }
      axisStride *= shape[axis]
    }
  }

  /// The affine function itself, as if read from a tensor that holds its positions.
  init(position: AffineIndex, indices: [StatementIndex]) throws(MalformedRead) {
    _ = try Self.range(of: position, indices: indices)
    self.init(tensor: -1, indices: indices)
    addAxis(position, stride: 1)
  }

  private init(tensor: Int, indices: [StatementIndex]) {
    self.tensor = tensor
    strides = Array(repeating: 0, count: indices.count)
    guardOfIndex = Array(repeating: -1, count: indices.count)
    guardSteps = strides
  }

  private mutating func addAxis(_ position: AffineIndex, stride: Int) {
    origin += position.constant * stride
    for term in position.terms { strides[term.index] += term.coefficient * stride }
  }

  private mutating func watchAxis(_ position: AffineIndex, size: Int) {
    for term in position.terms {
      guardOfIndex[term.index] = guards.count
      guardSteps[term.index] = term.coefficient
    }
    guards.append(Guard(constant: position.constant, size: size))
  }

  /// The least and the greatest value of an affine function.
  private static func range(
    of position: AffineIndex, indices: [StatementIndex]
  ) throws(MalformedRead) -> ClosedRange<Int> {
    var least = position.constant
    var greatest = position.constant
    for term in position.terms {
      guard indices.indices.contains(term.index) else {
        throw MalformedRead(reason: "there is no index \(term.index)")
      }
      let reach = term.coefficient * (indices[term.index].size - 1)
      least += min(0, reach)
      greatest += max(0, reach)
    }
    return least...greatest
  }
}

/// What is wrong with a read.
struct MalformedRead: Error {
  var reason: String
}

import ConstraintSystem

/// A tensor read as an affine function of the indices into the row-major values, and the axes whose
/// position can lie outside of the tensor.
package struct StridedRead: Sendable {
  /// An axis that must be watched: where its position is not in 0..<size the read is zero.
  package struct Guard: Sendable {
    package var constant: Int
    package var size: Int
  }

  package let tensor: Int
  /// The row-major position where all indices are zero.
  private(set) var origin = 0
  /// For each index of the statement, what it adds to the row-major position.
  package private(set) var strides: [Int]
  package private(set) var guards: [Guard] = []
  /// For each index of the statement, the guard whose position it moves, or −1, and by how much.
  private(set) var guardOfIndex: [Int]
  private(set) var guardSteps: [Int]

  /// A read of a tensor of the given shape under the statement's indices. It throws, as text, why
  /// the read is not one.
  package init(
    _ read: TensorRead, shape: [Int], indices: [StatementIndex]
  ) throws(MalformedRead) {
    guard read.positions.count == shape.count else {
      throw MalformedRead(
        reason: "a read of a tensor of \(shape.count) axes has \(read.positions.count) positions")
    }
    self.init(tensor: read.tensor, indices: indices)
    var used = [Bool](repeating: false, count: indices.count)
    var axisStride = 1
    var room = Self.farthest
    for axis in shape.indices.reversed() {
      let position = read.positions[axis]
      let range = try Self.range(of: position, indices: indices)
      for term in position.terms {
        guard !used[term.index] else {
          throw MalformedRead(reason: "\(indices[term.index].name) occurs twice in one read")
        }
        used[term.index] = true
      }
      try reach(of: range, stride: axisStride, within: &room)
      addAxis(position, stride: axisStride, indices)
      if range.lowerBound < 0 || range.upperBound >= shape[axis] {
        watchAxis(position, size: shape[axis])
      }
      axisStride *= shape[axis]
    }
  }

  /// The affine function itself, as if read from a tensor that holds its positions.
  package init(position: AffineIndex, indices: [StatementIndex]) throws(MalformedRead) {
    let range = try Self.range(of: position, indices: indices)
    self.init(tensor: -1, indices: indices)
    var room = Self.farthest
    try reach(of: range, stride: 1, within: &room)
    addAxis(position, stride: 1, indices)
  }

  /// How far from the tensor's beginning a read may be, whether there is an element or not: what is
  /// added up on the way stays an integer.
  private static let farthest: UInt = 1 << 60

  /// Takes from the room how far the axis' positions are from the tensor's beginning.
  private func reach(
    of range: ClosedRange<Int>, stride: Int, within room: inout UInt
  ) throws(MalformedRead) {
    let extreme = max(range.lowerBound.magnitude, range.upperBound.magnitude)
    let (distance, overflow) = extreme.multipliedReportingOverflow(by: stride.magnitude)
    guard !overflow, distance <= room else {
      throw MalformedRead(reason: "a read is too far from the tensor")
    }
    room -= distance
  }

  private init(tensor: Int, indices: [StatementIndex]) {
    self.tensor = tensor
    strides = Array(repeating: 0, count: indices.count)
    guardOfIndex = Array(repeating: -1, count: indices.count)
    guardSteps = strides
  }

  private mutating func addAxis(
    _ position: AffineIndex, stride: Int, _ indices: [StatementIndex]
  ) {
    origin += position.constant * stride
    // An index of one value moves nothing, whatever its coefficient is.
    for term in position.terms where indices[term.index].size > 1 {
      strides[term.index] += term.coefficient * stride
    }
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
      let (reach, overflow) = term.coefficient.multipliedReportingOverflow(
        by: indices[term.index].size - 1)
      let (low, lowOverflow) = least.addingReportingOverflow(min(0, reach))
      let (high, highOverflow) = greatest.addingReportingOverflow(max(0, reach))
      guard !overflow, !lowOverflow, !highOverflow else {
        throw MalformedRead(reason: "a position is no integer of 64 bits")
      }
      (least, greatest) = (low, high)
    }
    return least...greatest
  }
}

/// What is wrong with a read.
package struct MalformedRead: Error {
  package var reason: String

  package init(reason: String) { self.reason = reason }
}

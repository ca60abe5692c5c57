import FieldArithmetic

/// A vector along one axis that is zero outside of a window.
public struct AxisVector: Equatable, Sendable {
  /// The position of the first value; may be negative in the course of a computation.
  public var start: Int
  public var values: [Fp3]

  @inlinable
  public init(start: Int = 0, _ values: [Fp3]) {
    self.start = start
    self.values = values
  }

  /// The position behind the last value.
  @inlinable public var end: Int { start + values.count }

  @inlinable
  public var sum: Fp3 {
    var sum = Fp3.zero
    for value in values { sum += value }
    return sum
  }

  /// The value at a position.
  @inlinable
  public subscript(_ position: Int) -> Fp3 {
    position >= start && position < end ? values[position - start] : .zero
  }

  /// The values within `0..<count`.
  public func clamped(to count: Int) -> AxisVector {
    let low = min(max(start, 0), count)
    let high = max(min(end, count), low)
    if low == start && high == end { return self }
    guard low < high else { return AxisVector([]) }
    return AxisVector(start: low, Array(values[(low - start)..<(high - start)]))
  }

  /// Σ over i of values[i] at position p + factor·i for each p of this vector: the vector of a sum
  /// of two independent positions.
  func convolved(with other: AxisVector, factor: Int) -> AxisVector {
    guard !values.isEmpty, !other.values.isEmpty else { return AxisVector([]) }
    if factor == 1, values.count == 1, values[0] == .one {
      return AxisVector(start: start + other.start, other.values)
    }
    let ends = [factor * other.start, factor * (other.end - 1)]
    let low = start + min(ends[0], ends[1])
    let high = end - 1 + max(ends[0], ends[1])
    var result = [Fp3](repeating: .zero, count: high - low + 1)
    for (i, weight) in other.values.enumerated() {
      let shift = start + factor * (other.start + i) - low
      for (j, value) in values.enumerated() { result[shift + j] += value * weight }
    }
    return AxisVector(start: low, result)
  }
}

/// The number of bits that tell `count` things apart: ⌈log2 count⌉.
@inlinable
public func bitsNeeded(for count: Int) -> Int {
  count <= 1 ? 0 : Int.bitWidth - (count - 1).leadingZeroBitCount
}

import ConstraintSystem
import Foundation
import TensorGraph
import Witness

/// Conversion between real numbers and integers with a number of fractional bits, or, where that is
/// `SingleOrder.scale`, places in the order of single precision.
public enum FixedPoint {
  /// The largest f with magnitude·2^f ≤ limit, both finite; nil for zero.
  static func fractionalBits(magnitude: Double, limit: Double) -> Int? {
    guard magnitude > 0 else { return nil }
    // Of a subnormal number the quotient may be infinite.
    var bits = Int((log2(limit) - log2(magnitude)).rounded(.down))
    // The logarithm may be off by one at powers of two.
    while scalbn(magnitude, bits + 1) <= limit { bits += 1 }
    while scalbn(magnitude, bits) > limit { bits -= 1 }
    return bits
  }

  /// The integers nearest to values·2^fractionalBits, halves away from zero.
  ///
  /// - Throws: `CompileError.outOfRange` for the first value that the range does not hold, also
  ///   where it is not a number.
  public static func quantise(
    _ values: [Float], fractionalBits: Int, range: ClosedRange<Int>, tensor: String,
    shape: [Int] = []
  ) throws(CompileError) -> [Int] {
    try quantised(values, fractionalBits, range, tensor, shape)
  }

  /// The same of a tensor's elements; integers stay what they are, also those that single precision
  /// rounds.
  public static func quantise(
    _ values: Tensor.Elements, fractionalBits: Int, range: ClosedRange<Int>, tensor: String,
    shape: [Int] = []
  ) throws(CompileError) -> [Int] {
    switch values {
    case .real(let values): try quantised(values, fractionalBits, range, tensor, shape)
    case .integer(let values):
      try quantised(values.map(Double.init), fractionalBits, range, tensor, shape)
    }
  }

  private static func quantised(
    _ values: [some BinaryFloatingPoint], _ fractionalBits: Int, _ range: ClosedRange<Int>,
    _ tensor: String, _ shape: [Int]
  ) throws(CompileError) -> [Int] {
    if fractionalBits == SingleOrder.scale { return try places(values, range, tensor, shape) }
    let scale = scalbn(1.0, fractionalBits)
    let (low, high) = (Double(range.lowerBound), Double(range.upperBound))
    var result = [Int](repeating: 0, count: values.count)
    for (position, value) in values.enumerated() {
      let scaled = (Double(value) * scale).rounded(.toNearestOrAwayFromZero)
      guard scaled >= low, scaled <= high else {
        throw .outOfRange(
          OutOfRange(
            tensor: tensor, position: position, shape: shape, value: Double(value),
            fractionalBits: fractionalBits, range: range))
      }
      result[position] = Int(scaled)
    }
    return result
  }

  /// The places of numbers in the order of single precision, to which they are rounded.
  private static func places(
    _ values: [some BinaryFloatingPoint], _ range: ClosedRange<Int>, _ tensor: String,
    _ shape: [Int]
  ) throws(CompileError) -> [Int] {
    try values.enumerated().map { ($0, $1) }.mapTyped { position, value throws(CompileError) in
      guard let place = SingleOrder.place(of: Float(value)), range.contains(place) else {
        throw .outOfRange(
          OutOfRange(
            tensor: tensor, position: position, shape: shape, value: Double(value),
            fractionalBits: SingleOrder.scale, range: range))
      }
      return place
    }
  }

  /// The integer nearest to value·2^fractionalBits, halves away from zero, as a real number.
  static func scaled(_ value: Double, fractionalBits: Int) -> Double {
    scalbn(value, fractionalBits).rounded(.toNearestOrAwayFromZero)
  }

  /// The real number that an integer stands for.
  public static func real(_ value: Int, fractionalBits: Int) -> Double {
    if fractionalBits == SingleOrder.scale {
      return SingleOrder.number(at: value).map(Double.init) ?? .nan
    }
    return scalbn(Double(value), -fractionalBits)
  }

  /// The integer for a bound of an activation, held to a range.
  static func bound(
    _ value: Double, fractionalBits: Int,
    within range: ClosedRange<Int> = CompileOptions.activationRange
  ) -> Int {
    let scaled = scalbn(value, fractionalBits).rounded(.toNearestOrAwayFromZero)
    return Int(min(max(scaled, Double(range.lowerBound)), Double(range.upperBound)))
  }
}

extension IntegerBuffer {
  /// The values in the narrowest width that the range needs.
  init(_ values: [Int], within range: ClosedRange<Int>) {
    if range.lowerBound >= Int(Int16.min), range.upperBound <= Int(Int16.max) {
      self.init(values.map { Int16(truncatingIfNeeded: $0) })
    } else if range.lowerBound >= Int(Int32.min), range.upperBound <= Int(Int32.max) {
      self.init(values.map { Int32(truncatingIfNeeded: $0) })
    } else {
      self.init(values)
    }
  }
}

import Equations
import Foundation

/// The ranges that committed real values are declared with.
enum IntegerWidth {
  /// In bits, the sign included. The last is for inputs alone, which cost least.
  static let all = [16, 18, 20, 22, 24, 28, 32, 46]
  /// The widest of an input, and of what is computed.
  static let ofInput = 46
  static let ofResult = 32

  static func range(_ width: Int) -> ClosedRange<Int> {
    -(1 << (width - 1))...(1 << (width - 1)) - 1
  }

  /// The narrowest that holds a magnitude at some number of fractional bits; the widest where none
  /// does.
  static func least(magnitude: Double, bits: Int) -> Int {
    all.first { scalbn(magnitude, bits) <= limit($0) } ?? all[all.count - 1]
  }

  /// The narrowest that has a range in it; the widest where none has.
  static func covering(_ inner: ClosedRange<Int>) -> ClosedRange<Int> {
    range(all.first { range($0).contains(inner) } ?? all[all.count - 1])
  }

  /// The greatest real number that rounds into a width.
  static func limit(_ width: Int) -> Double { Double(range(width).upperBound) + 0.49 }

  /// The most fractional bits with which a width holds the magnitude.
  static func mostBits(magnitude: Double, width: Int) -> Int? {
    FixedPoint.fractionalBits(magnitude: magnitude, limit: limit(width))
  }
}

extension FormGraph {
  /// A range without what the type of an input does not hold.
  func bounded(_ range: ClosedRange<Int>, _ id: ValueID) -> ClosedRange<Int> {
    self[id].bounds.map { range.clamped(to: $0) } ?? range
  }
}

extension ClosedRange<Int> {
  /// The greatest magnitude in it.
  var magnitude: Int { Swift.max(-lowerBound, upperBound) }
}

extension Int {
  /// How many binary digits a magnitude has.
  var magnitudeBits: Int { Int.bitWidth - Int(magnitude).leadingZeroBitCount }
}

import ConstraintSystem
import RealFunctions

/// From `low` to `high`, exactly.
struct BigInterval {
  var low: BigInteger
  var high: BigInteger

  static var zero: BigInterval { BigInterval(low: BigInteger(), high: BigInteger()) }

  init(low: BigInteger, high: BigInteger) {
    self.low = low
    self.high = high
  }

  init(_ interval: IntegerInterval) {
    self.init(low: BigInteger(interval.low), high: BigInteger(interval.high))
  }

  static func + (a: BigInterval, b: BigInterval) -> BigInterval {
    BigInterval(low: a.low + b.low, high: a.high + b.high)
  }

  static func * (a: BigInterval, b: BigInterval) -> BigInterval {
    let products = [a.low * b.low, a.low * b.high, a.high * b.low, a.high * b.high]
    return BigInterval(
      low: products.dropFirst().reduce(products[0], Self.least),
      high: products.dropFirst().reduce(products[0], Self.greatest))
  }

  func times(_ factor: Int) -> BigInterval {
    self * BigInterval(low: BigInteger(factor), high: BigInteger(factor))
  }

  func union(_ other: BigInterval) -> BigInterval {
    BigInterval(
      low: Self.least(low, other.low), high: Self.greatest(high, other.high))
  }

  private static func least(_ a: BigInteger, _ b: BigInteger) -> BigInteger { b < a ? b : a }

  private static func greatest(_ a: BigInteger, _ b: BigInteger) -> BigInteger { a < b ? b : a }
}

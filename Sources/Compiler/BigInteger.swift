import CGMP
import ConstraintSystem

/// An integer of any size, by GMP.
final class BigInteger {
  private var value = mpz_t()

  init(_ integer: Int = 0) {
    mpz_init(&value)
    mpz_set_si(&value, integer)
  }

  deinit { mpz_clear(&value) }

  private init(copying other: BigInteger) {
    mpz_init(&value)
    mpz_set(&value, &other.value)
  }

  // The copies keep one object from being lent to GMP twice at a time.
  static func + (a: BigInteger, b: BigInteger) -> BigInteger {
    let copy = BigInteger(copying: a)
    let sum = BigInteger()
    mpz_add(&sum.value, &copy.value, &b.value)
    return sum
  }

  static func * (a: BigInteger, b: BigInteger) -> BigInteger {
    let copy = BigInteger(copying: a)
    let product = BigInteger()
    mpz_mul(&product.value, &copy.value, &b.value)
    return product
  }

  static func < (a: BigInteger, b: BigInteger) -> Bool {
    let copy = BigInteger(copying: a)
    return mpz_cmp(&copy.value, &b.value) < 0
  }

  static func min(_ a: BigInteger, _ b: BigInteger) -> BigInteger { b < a ? b : a }

  static func max(_ a: BigInteger, _ b: BigInteger) -> BigInteger { a < b ? b : a }

  /// The number of binary digits of the magnitude; none for zero.
  var magnitudeBits: Int {
    let zero = BigInteger()
    return mpz_cmp(&value, &zero.value) == 0 ? 0 : mpz_sizeinbase(&value, 2)
  }

  /// In base ten.
  var decimal: String {
    if mpz_fits_slong_p(&value) != 0 { return String(mpz_get_si(&value)) }
    // Digits from the right, eighteen at a time.
    let base = BigInteger(1_000_000_000_000_000_000)
    let isNegative = self < BigInteger()
    var rest = isNegative ? self * BigInteger(-1) : self
    var groups: [String] = []
    while BigInteger() < rest {
      let digit = BigInteger()
      mpz_mod(&digit.value, &rest.value, &base.value)
      let group = String(mpz_get_si(&digit.value))
      let next = BigInteger()
      mpz_fdiv_q(&next.value, &rest.value, &base.value)
      rest = next
      let isLast = !(BigInteger() < rest)
      groups.append(isLast ? group : String(repeating: "0", count: 18 - group.count) + group)
    }
    return (isNegative ? "-" : "") + groups.reversed().joined()
  }
}

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
      low: products.dropFirst().reduce(products[0], BigInteger.min),
      high: products.dropFirst().reduce(products[0], BigInteger.max))
  }

  func times(_ factor: Int) -> BigInterval {
    self * BigInterval(low: BigInteger(factor), high: BigInteger(factor))
  }

  func union(_ other: BigInterval) -> BigInterval {
    BigInterval(
      low: BigInteger.min(low, other.low), high: BigInteger.max(high, other.high))
  }
}

import CGMP

/// An integer of any size, by GMP. Whoever makes one may change it; once it is given away it stays as
/// it is.
package final class BigInteger {
  // Behind a pointer, so that one number may be two operands of GMP's.
  private let pointer = UnsafeMutablePointer<__mpz_struct>.allocate(capacity: 1)

  package init() { mpz_init(pointer) }

  package convenience init(_ value: Int) {
    self.init()
    mpz_set_si(pointer, value)
  }

  convenience init(copying other: BigInteger) {
    self.init()
    mpz_set(pointer, other.pointer)
  }

  /// value · 2^places.
  convenience init(_ value: Int, shiftedLeft places: Int) {
    self.init(value)
    mpz_mul_2exp(pointer, pointer, UInt(places))
  }

  /// The number rounded towards zero.
  /// - Parameter value: finite.
  convenience init(truncating value: Double) {
    self.init()
    mpz_set_d(pointer, value)
  }

  deinit {
    mpz_clear(pointer)
    pointer.deallocate()
  }

  var sign: Int { Int(mpz_cmp_si(pointer, 0)).signum() }

  /// The number of binary digits of the magnitude; none for zero.
  package var bits: Int { sign == 0 ? 0 : mpz_sizeinbase(pointer, 2) }

  /// Itself where an `Int` holds it.
  package var integer: Int? { mpz_fits_slong_p(pointer) != 0 ? mpz_get_si(pointer) : nil }

  /// A fraction from ½ to less than 1, in magnitude at most that of the number, and the power of two
  /// that it is to be multiplied by.
  var scaled: (fraction: Double, exponent: Int) {
    var exponent = 0
    let fraction = mpz_get_d_2exp(&exponent, pointer)
    return (fraction, exponent)
  }
}

// What gives a new number.
extension BigInteger {
  package static func + (a: BigInteger, b: BigInteger) -> BigInteger {
    let result = BigInteger()
    mpz_add(result.pointer, a.pointer, b.pointer)
    return result
  }

  package static func - (a: BigInteger, b: BigInteger) -> BigInteger {
    let result = BigInteger()
    mpz_sub(result.pointer, a.pointer, b.pointer)
    return result
  }

  package static func * (a: BigInteger, b: BigInteger) -> BigInteger {
    let result = BigInteger()
    mpz_mul(result.pointer, a.pointer, b.pointer)
    return result
  }

  static prefix func - (a: BigInteger) -> BigInteger {
    let result = BigInteger()
    mpz_neg(result.pointer, a.pointer)
    return result
  }

  /// Times 2^places.
  static func << (a: BigInteger, places: Int) -> BigInteger {
    let result = BigInteger()
    mpz_mul_2exp(result.pointer, a.pointer, UInt(places))
    return result
  }

  /// ⌊a / 2^places⌋.
  static func >> (a: BigInteger, places: Int) -> BigInteger {
    BigInteger(copying: a).shiftRight(places)
  }

  package static func < (a: BigInteger, b: BigInteger) -> Bool { mpz_cmp(a.pointer, b.pointer) < 0 }

  static func == (a: BigInteger, b: BigInteger) -> Bool { mpz_cmp(a.pointer, b.pointer) == 0 }

  /// The quotient rounded down, and whether there is no remainder.
  func dividedDown(by divisor: BigInteger) -> (quotient: BigInteger, isExact: Bool) {
    let (quotient, remainder) = (BigInteger(), BigInteger())
    mpz_fdiv_qr(quotient.pointer, remainder.pointer, pointer, divisor.pointer)
    return (quotient, remainder.sign == 0)
  }

  /// - Parameter divisor: one that leaves no remainder.
  func dividedExactly(by divisor: BigInteger) -> BigInteger {
    let result = BigInteger()
    mpz_divexact(result.pointer, pointer, divisor.pointer)
    return result
  }

  static func greatestCommonDivisor(_ a: BigInteger, _ b: BigInteger) -> BigInteger {
    let result = BigInteger()
    mpz_gcd(result.pointer, a.pointer, b.pointer)
    return result
  }

  /// The greatest integer whose square is at most this one, which is not negative.
  var squareRoot: BigInteger {
    let result = BigInteger()
    mpz_sqrt(result.pointer, pointer)
    return result
  }

  /// The root rounded down, and whether it is one; of a number that is not negative.
  func root(_ degree: Int) -> (root: BigInteger, isExact: Bool) {
    let result = BigInteger()
    let isExact = mpz_root(result.pointer, pointer, UInt(degree)) != 0
    return (result, isExact)
  }

  func power(_ exponent: Int) -> BigInteger {
    let result = BigInteger()
    mpz_pow_ui(result.pointer, pointer, UInt(exponent))
    return result
  }

  /// In base ten.
  package var decimal: String {
    // Digits from the right, eighteen at a time.
    let base = BigInteger(1_000_000_000_000_000_000)
    var rest = magnitude
    var groups: [String] = []
    repeat {
      let quotient = rest.dividedDown(by: base).quotient
      let group = String((rest - quotient * base).integer ?? 0)
      let isLast = quotient.sign == 0
      groups.append(isLast ? group : String(repeating: "0", count: 18 - group.count) + group)
      rest = quotient
    } while rest.sign > 0
    return (sign < 0 ? "-" : "") + groups.reversed().joined()
  }

  var magnitude: BigInteger { sign < 0 ? -self : self }
}

// What changes the number itself.
extension BigInteger {
  func multiply(by factor: BigInteger) { mpz_mul(pointer, pointer, factor.pointer) }

  func multiply(by factor: Int) { mpz_mul_si(pointer, pointer, factor) }

  func add(_ other: BigInteger) { mpz_add(pointer, pointer, other.pointer) }

  func subtract(_ other: BigInteger) { mpz_sub(pointer, pointer, other.pointer) }

  /// - Parameter divisor: greater than zero.
  func divideDown(by divisor: Int) { _ = mpz_fdiv_q_ui(pointer, pointer, UInt(divisor)) }

  @discardableResult
  func shiftRight(_ places: Int) -> BigInteger {
    mpz_fdiv_q_2exp(pointer, pointer, UInt(places))
    return self
  }

  /// Times itself, both of so many binary places, rounded down to as many.
  func square(places: Int) {
    mpz_mul(pointer, pointer, pointer)
    mpz_fdiv_q_2exp(pointer, pointer, UInt(places))
  }

  /// Times a number of so many binary places, rounded down to as many.
  func multiply(by factor: BigInteger, places: Int) {
    mpz_mul(pointer, pointer, factor.pointer)
    mpz_fdiv_q_2exp(pointer, pointer, UInt(places))
  }
}

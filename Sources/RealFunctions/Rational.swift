/// A quotient of integers in lowest terms. Most are small, and those take no memory of their own.
struct Rational {
  private enum Parts {
    case small(Int, over: Int)
    case large(BigInteger, over: BigInteger)
  }

  private let parts: Parts

  init(_ value: Int) { parts = .small(value, over: 1) }

  init(whole: BigInteger) {
    if let value = whole.integer {
      parts = .small(value, over: 1)
    } else {
      parts = .large(whole, over: BigInteger(1))
    }
  }

  /// - Parameter denominator: not zero.
  init(_ numerator: BigInteger, _ denominator: BigInteger) {
    let isNegative = denominator.sign < 0
    let (top, bottom) = isNegative ? (-numerator, -denominator) : (numerator, denominator)
    let divisor = BigInteger.greatestCommonDivisor(top, bottom)
    self.init(
      lowest: top.dividedExactly(by: divisor), bottom.dividedExactly(by: divisor))
  }

  private init(lowest numerator: BigInteger, _ denominator: BigInteger) {
    if let top = numerator.integer, let bottom = denominator.integer {
      parts = .small(top, over: bottom)
    } else {
      parts = .large(numerator, over: denominator)
    }
  }

  /// A quotient of numbers that may have a common divisor, the second greater than zero.
  private init(_ numerator: Int, _ denominator: Int) {
    let zeros = min(numerator.trailingZeroBitCount, denominator.trailingZeroBitCount)
    let (top, bottom) = (numerator >> zeros, denominator >> zeros)
    var (a, b) = (top.magnitude, bottom.magnitude)
    while b > 1 { (a, b) = (b, a % b) }
    // Now b is 1, or 0 behind the greatest common divisor.
    let divisor = b == 1 ? 1 : Int(a)
    parts = .small(top / divisor, over: bottom / divisor)
  }

  var numerator: BigInteger {
    switch parts {
    case .small(let top, _): BigInteger(top)
    case .large(let top, _): top
    }
  }

  /// Greater than zero.
  var denominator: BigInteger {
    switch parts {
    case .small(_, let bottom): BigInteger(bottom)
    case .large(_, let bottom): bottom
    }
  }

  var sign: Int {
    switch parts {
    case .small(let top, _): top.signum()
    case .large(let top, _): top.sign
    }
  }

  /// Itself where it is an `Int`.
  var integer: Int? {
    if case .small(let top, over: 1) = parts { top } else { nil }
  }

  var isWhole: Bool {
    switch parts {
    case .small(_, let bottom): bottom == 1
    case .large(_, let bottom): bottom.bits == 1
    }
  }

  /// n where the number is an `Int` over 2^n.
  var dyadic: (numerator: Int, exponent: Int)? {
    guard case .small(let top, let bottom) = parts, bottom.nonzeroBitCount == 1 else { return nil }
    return (top, bottom.trailingZeroBitCount)
  }

  /// Digits of both parts.
  var bits: Int {
    switch parts {
    case .small(let top, let bottom):
      2 * Int.bitWidth - top.magnitude.leadingZeroBitCount - bottom.leadingZeroBitCount
    case .large(let top, let bottom): top.bits + bottom.bits
    }
  }

  static func + (a: Rational, b: Rational) -> Rational {
    if case .small(let p, let q) = a.parts, case .small(let r, let s) = b.parts,
      max(p.magnitude, r.magnitude) < 1 << 31, max(q, s) < 1 << 31
    {
      return q == 1 && s == 1 ? Rational(p + r) : Rational(p * s + r * q, q * s)
    }
    return Rational(
      a.numerator * b.denominator + b.numerator * a.denominator, a.denominator * b.denominator)
  }

  static func * (a: Rational, b: Rational) -> Rational {
    if case .small(let p, let q) = a.parts, case .small(let r, let s) = b.parts {
      let (top, overflow) = p.multipliedReportingOverflow(by: r)
      let (bottom, overflows) = q.multipliedReportingOverflow(by: s)
      if !overflow && !overflows && top > .min { return Rational(top, bottom) }
    }
    return Rational(a.numerator * b.numerator, a.denominator * b.denominator)
  }

  static prefix func - (a: Rational) -> Rational {
    if case .small(let top, let bottom) = a.parts, top > .min {
      return Rational(parts: .small(-top, over: bottom))
    }
    return Rational(lowest: -a.numerator, a.denominator)
  }

  private init(parts: Parts) { self.parts = parts }

  static func - (a: Rational, b: Rational) -> Rational { a + (-b) }

  static func < (a: Rational, b: Rational) -> Bool { (a - b).sign < 0 }

  /// 1 / a, of a number that is not zero.
  var inverse: Rational {
    sign < 0
      ? Rational(lowest: -denominator, -numerator) : Rational(lowest: denominator, numerator)
  }

  var magnitude: Rational { sign < 0 ? -self : self }

  /// The power with a whole exponent that is not negative.
  func power(_ exponent: Int) -> Rational {
    exponent == 1 ? self : Rational(lowest: numerator.power(exponent), denominator.power(exponent))
  }

  /// The root of a number that is not negative, if it is rational.
  func root(_ degree: Int) -> Rational? {
    let (top, isExact) = numerator.root(degree)
    guard isExact else { return nil }
    let (bottom, isWhole) = denominator.root(degree)
    return isWhole ? Rational(lowest: top, bottom) : nil
  }
}

/// All real numbers near one: `middle`·2^−places, give or take `radius`·2^−places. The number of binary
/// places is known from where the ball is used.
struct Ball {
  let middle: BigInteger
  /// Finite and not negative. What is computed of radii is made a little larger than rounding could
  /// make it too small.
  let radius: Double

  /// - Returns: nil where nothing is known, the radius being infinite.
  init?(_ middle: BigInteger, radius: Double) {
    guard radius < .infinity else { return nil }
    self.middle = middle
    self.radius = radius
  }

  /// More than what rounding some operations on doubles that are not negative may take away.
  static let slack = 1 + 0x1p-40

  /// The nearest number of so many places below a rational one.
  init(_ rational: Rational, places: Int) {
    if let (numerator, exponent) = rational.dyadic, exponent <= places {
      (middle, radius) = (BigInteger(numerator, shiftedLeft: places - exponent), 0)
      return
    }
    let shifted = rational.numerator << places
    if rational.isWhole {
      (middle, radius) = (shifted, 0)
    } else {
      let (quotient, isExact) = shifted.dividedDown(by: rational.denominator)
      (middle, radius) = (quotient, isExact ? 0 : 1)
    }
  }

  /// The ends, as numbers of the same places.
  var low: BigInteger { radius == 0 ? middle : middle - wholeRadius }
  var high: BigInteger { radius == 0 ? middle : middle + wholeRadius }

  private var wholeRadius: BigInteger { BigInteger(truncating: radius.rounded(.up)) }

  /// −1, 0 for the ball that is zero alone, 1, or nil if there are numbers of several signs in it.
  var sign: Int? {
    if radius == 0 { return middle.sign }
    let (low, high) = (self.low.sign, self.high.sign)
    return low > 0 ? 1 : high < 0 ? -1 : nil
  }

  static prefix func - (a: Ball) -> Ball { Ball(middle: -a.middle, radius: a.radius) }

  private init(middle: BigInteger, radius: Double) {
    self.middle = middle
    self.radius = radius
  }

  /// An upper bound of the magnitude of what the middle stands for.
  func magnitude(places: Int) -> Double {
    let (fraction, exponent) = middle.scaled
    return Self.scale(fraction.magnitude * Self.slack, exponent - places)
  }

  /// A lower bound of the magnitude of all numbers in the ball; not more than 0 if there is none.
  func leastMagnitude(places: Int) -> Double {
    let (fraction, exponent) = middle.scaled
    let middle = min(
      Self.scale(fraction.magnitude, exponent - places), .greatestFiniteMagnitude)
    return middle * (1 - 0x1p-40) - Self.scale(radius * Self.slack, -places)
  }

  /// How many digits numbers of the ball have before the point, at most.
  func exponent(places: Int) -> Int {
    let wide = radius < 1 ? 0 : Int(radius.exponent) + 1
    return max(middle.bits, wide) + 1 - places
  }

  /// The product of upper bounds, which is 0 for 0 times infinity.
  static func bound(_ a: Double, _ b: Double) -> Double { a == 0 || b == 0 ? 0 : a * b }

  /// fraction · 2^exponent; infinite where it is too large, zero where it is too small.
  static func scale(_ fraction: Double, _ exponent: Int) -> Double {
    guard fraction > 0 else { return 0 }
    if exponent > 4000 { return .infinity }
    if exponent < -4000 { return .leastNonzeroMagnitude }
    // In two steps, because the power alone may be too large.
    let half = exponent / 2
    let scaled = Double(sign: .plus, exponent: half, significand: fraction)
    return max(
      Double(sign: .plus, exponent: exponent - half, significand: scaled), .leastNonzeroMagnitude)
  }
}

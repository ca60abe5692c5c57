/// What is known of a value.
enum Value {
  case exact(Rational)
  case ball(Ball)
  /// Of magnitude 2^exponent at least, infinity included.
  case huge(isNegative: Bool, exponent: Int)

  /// The exponent of a value that is infinite.
  static let infiniteExponent = 1 << 40

  static func infinite(isNegative: Bool) -> Value {
    .huge(isNegative: isNegative, exponent: infiniteExponent)
  }

  static var zero: Value { .exact(Rational(0)) }
  static var one: Value { .exact(Rational(1)) }

  /// A value that is known without a doubt.
  var rational: Rational? { if case .exact(let value) = self { value } else { nil } }
}

/// Why a value is not known.
enum NoValue: Error {
  /// There is none.
  case undefined
  /// More places may tell.
  case unknown
}

/// Operations on values with some binary places.
struct Arithmetic {
  let places: Int
  /// Whether there will be no more places: what is not decided then counts as equal.
  let isLast: Bool
  let constants: Constants

  /// Balls of a greater exponent are huge. That of what the exponential function gives is less.
  private var largestExponent: Int { 32 * places }
  /// Rational numbers of more digits become balls.
  private static let largestRational = 1 << 13

  func ball(_ value: Value) throws(NoValue) -> Ball {
    switch value {
    case .exact(let rational): return Ball(rational, places: places)
    case .ball(let ball): return ball
    case .huge: throw .unknown
    }
  }

  /// A ball as a value.
  func value(_ ball: Ball?) throws(NoValue) -> Value {
    guard let ball else { throw .unknown }
    if ball.middle.bits - places > largestExponent, let sign = ball.sign {
      let least = (sign < 0 ? ball.high : ball.low).bits - 1 - places
      return try huge(isNegative: sign < 0, exponent: least)
    }
    return .ball(ball)
  }

  /// A rational number as a value.
  func value(_ rational: Rational) throws(NoValue) -> Value {
    rational.bits <= Self.largestRational
      ? .exact(rational) : try value(Ball(rational, places: places))
  }

  /// A huge value, of an exponent that leaves room for what is done with it.
  func huge(isNegative: Bool, exponent: Int) throws(NoValue) -> Value {
    guard exponent >= 64 else { throw .unknown }
    return .huge(isNegative: isNegative, exponent: min(exponent, Value.infiniteExponent))
  }

  /// −1, 0 or 1; on the last occasion 0 for what may be 0.
  func sign(_ value: Value) throws(NoValue) -> Int {
    switch value {
    case .exact(let rational): return rational.sign
    case .huge(let isNegative, _): return isNegative ? -1 : 1
    case .ball(let ball):
      if let sign = ball.sign { return sign }
      guard isLast else { throw .unknown }
      return 0
    }
  }

  /// An upper bound of the exponent of a ball or rational.
  private func exponent(_ value: Value) throws(NoValue) -> Int {
    try ball(value).exponent(places: places)
  }
}

// Sums, products and quotients.
extension Arithmetic {
  func negated(_ a: Value) -> Value {
    switch a {
    case .exact(let rational): .exact(-rational)
    case .ball(let ball): .ball(-ball)
    case .huge(let isNegative, let exponent): .huge(isNegative: !isNegative, exponent: exponent)
    }
  }

  func sum(_ a: Value, _ b: Value) throws(NoValue) -> Value {
    switch (a, b) {
    case (.exact(let x), .exact(let y)): return try value(x + y)
    case (.huge(let p, let e), .huge(let q, let f)):
      guard p == q else { throw .unknown }
      return try huge(isNegative: p, exponent: max(e, f))
    case (.huge(let isNegative, let exponent), let other),
      (let other, .huge(let isNegative, let exponent)):
      guard try self.exponent(other) < exponent - 1 else { throw .unknown }
      return try huge(isNegative: isNegative, exponent: exponent - 1)
    default:
      let (x, y) = (try ball(a), try ball(b))
      return try value(
        Ball(x.middle + y.middle, radius: (x.radius + y.radius) * Ball.slack))
    }
  }

  func difference(_ a: Value, _ b: Value) throws(NoValue) -> Value { try sum(a, negated(b)) }

  func product(_ a: Value, _ b: Value) throws(NoValue) -> Value {
    switch (a, b) {
    case (.exact(let x), .exact(let y)): return try value(x * y)
    case (.exact(let x), _) where x.sign == 0: return try timesZero(b)
    case (_, .exact(let y)) where y.sign == 0: return try timesZero(a)
    case (.huge(let isNegative, let exponent), let other),
      (let other, .huge(let isNegative, let exponent)):
      return try product(isNegative, exponent, other)
    case (.exact(let x), .ball(let ball)), (.ball(let ball), .exact(let x)):
      return try value(product(ball, x))
    case (.ball(let x), .ball(let y)):
      let (p, q) = (x.magnitude(places: places), y.magnitude(places: places))
      let cross = Ball.bound(Ball.scale(x.radius, -places), y.radius)
      let radius =
        (Ball.bound(p, y.radius) + Ball.bound(q, x.radius) + cross) * Ball.slack + 1
      return try value(Ball((x.middle * y.middle).shiftRight(places), radius: radius))
    }
  }

  private func timesZero(_ a: Value) throws(NoValue) -> Value {
    if case .huge(_, let exponent) = a, exponent >= Value.infiniteExponent / 2 {
      throw .undefined
    }
    return .zero
  }

  private func product(
    _ isNegative: Bool, _ exponent: Int, _ other: Value
  ) throws(NoValue) -> Value {
    var least = exponent
    let otherIsNegative: Bool
    if case .huge(let sign, let exponent) = other {
      least += exponent
      otherIsNegative = sign
    } else {
      let ball = try ball(other)
      guard let sign = ball.sign, sign != 0 else { throw .unknown }
      otherIsNegative = sign < 0
      let end = sign < 0 ? ball.high : ball.low
      least += end.bits - 1 - places
    }
    return try huge(isNegative: isNegative != otherIsNegative, exponent: least)
  }

  private func product(_ ball: Ball, _ factor: Rational) -> Ball? {
    let (middle, isExact) =
      factor.isWhole
      ? (ball.middle * factor.numerator, true)
      : (ball.middle * factor.numerator).dividedDown(by: factor.denominator)
    guard ball.radius > 0, factor.sign != 0 else { return Ball(middle, radius: isExact ? 0 : 1) }
    let (top, bottom) = (factor.numerator.scaled, factor.denominator.scaled)
    let size = Ball.scale(
      top.fraction.magnitude * Ball.slack / bottom.fraction, top.exponent - bottom.exponent)
    return Ball(middle, radius: ball.radius * size * Ball.slack + (isExact ? 0 : 1))
  }

  /// - Parameter limits: whether a / 0 is infinite.
  func quotient(_ a: Value, _ b: Value, limits: Bool) throws(NoValue) -> Value {
    switch (a, b) {
    case (_, .exact(let y)) where y.sign == 0:
      guard limits else { throw .undefined }
      let sign = try sign(a)
      guard sign != 0 else { throw .undefined }
      return .infinite(isNegative: sign < 0)
    case (_, .exact(let y)): return try product(a, .exact(y.inverse))
    case (.exact(let x), _) where x.sign == 0: return .zero
    case (.huge, .huge): throw .unknown
    case (_, .huge(_, let exponent)):
      let least = try self.exponent(a) - exponent
      return try value(Ball(BigInteger(), radius: Ball.scale(1, least + places) * Ball.slack))
    case (.huge, .ball(let y)):
      guard let sign = y.sign else { throw .unknown }
      let top = y.exponent(places: places)
      guard case .huge(let isNegative, let exponent) = a else { throw .unknown }
      return try huge(isNegative: isNegative != (sign < 0), exponent: exponent - top)
    case (_, .ball(let y)):
      let x = try ball(a)
      let least = y.leastMagnitude(places: places)
      guard least > 0, y.middle.sign != 0 else { throw .unknown }
      let middle = (x.middle << places).dividedDown(by: y.middle).quotient
      let size = Ball(middle, radius: 0)?.magnitude(places: places) ?? .infinity
      let unit = Ball.scale(1, -places)
      let spread = (x.radius + Ball.bound(size + unit, y.radius)) / least
      return try value(Ball(middle, radius: spread * Ball.slack + 1))
    }
  }

  func minimum(_ a: Value, _ b: Value) throws(NoValue) -> Value {
    negated(try maximum(negated(a), negated(b)))
  }

  func maximum(_ a: Value, _ b: Value) throws(NoValue) -> Value {
    switch (a, b) {
    case (.exact(let x), .exact(let y)): return x < y ? b : a
    case (.huge(let p, _), .huge(let q, _)):
      guard p != q else { throw .unknown }
      return p ? b : a
    case (.huge(let isNegative, let exponent), let other),
      (let other, .huge(let isNegative, let exponent)):
      guard try self.exponent(other) < exponent else { throw .unknown }
      return isNegative ? other : .huge(isNegative: false, exponent: exponent)
    default:
      let (x, y) = (try ball(a), try ball(b))
      if !(x.high < y.low) && !(y.high < x.low) { return try hull(x, y) }
      return x.high < y.low ? b : a
    }
  }

  /// The greater of two numbers of balls that meet.
  private func hull(_ x: Ball, _ y: Ball) throws(NoValue) -> Value {
    let low = x.low < y.low ? y.low : x.low
    let high = x.high < y.high ? y.high : x.high
    let middle = (low + high).shiftRight(1)
    let (fraction, exponent) = (high - low).scaled
    return try value(
      Ball(middle, radius: Ball.scale(fraction.magnitude * Ball.slack, exponent - 1) + 1))
  }
}

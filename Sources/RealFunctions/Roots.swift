// Roots and powers.
extension Arithmetic {
  /// - Parameter limits: whether the root of a negative number is 0.
  func squareRoot(_ value: Value, limits: Bool) throws(NoValue) -> Value {
    switch value {
    case .exact(let rational):
      guard rational.sign >= 0 else { return try edge(.zero, limits) }
      if let root = rational.root(2) { return .exact(root) }
    case .huge(let isNegative, let exponent):
      guard !isNegative else { return try edge(.zero, limits) }
      return try huge(isNegative: false, exponent: exponent / 2)
    case .ball(let ball) where ball.sign == -1: return try edge(.zero, limits)
    case .ball: break
    }
    let argument = try ball(value)
    guard argument.sign == 1 else {
      // From 0 to the root of the upper end.
      let top = (argument.high << places).squareRoot + BigInteger(1)
      let (fraction, exponent) = top.scaled
      return try self.value(
        Ball(top >> 1, radius: Ball.scale(fraction * Ball.slack, exponent - 1) + 1))
    }
    let root = (argument.middle << places).squareRoot
    // √(m + r) − √m ≤ r / (2·√(m − r)), and that in both directions.
    let least = Ball.scale(argument.leastMagnitude(places: places), 0).squareRoot()
    guard argument.radius == 0 || least > 0 else { throw .unknown }
    let spread = argument.radius == 0 ? 0 : argument.radius / least
    return try self.value(Ball(root, radius: spread * Ball.slack + 1))
  }

  /// The real root, negative for a negative number.
  func cubeRoot(_ value: Value) throws(NoValue) -> Value {
    switch value {
    case .exact(let rational):
      if let root = rational.magnitude.root(3) { return .exact(rational.sign < 0 ? -root : root) }
    case .huge(let isNegative, let exponent):
      return try huge(isNegative: isNegative, exponent: exponent / 3)
    case .ball: break
    }
    let argument = try ball(value)
    let isNegative = argument.middle.sign < 0
    let size = (argument.middle.magnitude << (2 * places)).root(3).root
    guard argument.sign == 1 || argument.sign == -1 else {
      // No number of the ball has a greater root than the sum of both radii.
      let top = (argument.middle.magnitude + (argument.high - argument.low)) << (2 * places)
      let (fraction, exponent) = top.root(3).root.scaled
      return try self.value(
        Ball(BigInteger(), radius: Ball.scale(fraction * Ball.slack, exponent) + 2))
    }
    // The slope is 1 / (3·m^(2/3)), and m^(2/3) ≥ min(1, m).
    let least = min(1, argument.leastMagnitude(places: places))
    guard least > 0 else { throw .unknown }
    return try self.value(
      Ball(
        isNegative ? -size : size, radius: argument.radius / least * Ball.slack + 1))
  }

  /// What a function is at the edge of its domain, for an argument beyond.
  func edge(_ value: Value, _ limits: Bool) throws(NoValue) -> Value {
    guard limits else { throw .undefined }
    return value
  }

  /// - Parameters:
  ///   - denominator: of the exponent, greater than zero.
  ///   - limits: as for quotients and roots.
  func power(
    _ base: Value, _ numerator: Int, _ denominator: Int, limits: Bool
  ) throws(NoValue) -> Value {
    guard numerator != 0 else { return .one }
    if numerator < 0 {
      let positive = try power(base, -numerator, denominator, limits: limits)
      return try quotient(.one, positive, limits: limits)
    }
    let root: Value =
      switch denominator {
      case 1: base
      case 2: try squareRoot(base, limits: limits)
      default: try self.root(base, denominator, limits: limits)
      }
    return try wholePower(root, numerator)
  }

  private func root(_ base: Value, _ degree: Int, limits: Bool) throws(NoValue) -> Value {
    if let rational = base.rational {
      guard rational.sign >= 0 else { return try edge(.zero, limits) }
      if let root = rational.root(degree) { return .exact(root) }
    } else if try sign(base) < 0 {
      return try edge(.zero, limits)
    } else if try sign(base) == 0 {
      return .zero
    }
    let logarithm = try log(base, limits: limits)
    return try exp(
      try quotient(logarithm, .exact(Rational(degree)), limits: limits))
  }

  private func wholePower(_ base: Value, _ exponent: Int) throws(NoValue) -> Value {
    if let rational = base.rational,
      exponent <= Self.largestPower / max(1, rational.bits)
    {
      return try value(rational.power(exponent))
    }
    var (result, square, rest) = (Value.one, base, exponent)
    while true {
      if rest & 1 == 1 { result = try product(result, square) }
      rest >>= 1
      if rest == 0 { return result }
      square = try product(square, square)
    }
  }

  /// The digits of powers that are computed exactly.
  private static let largestPower = 1 << 13
}

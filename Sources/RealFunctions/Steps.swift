// Functions that are integers.
extension Arithmetic {
  /// A function that never falls and takes whole numbers only.
  struct Step {
    /// At the quotient of two integers, the second of which is greater than zero.
    let exact: (BigInteger, BigInteger) -> BigInteger
    /// Of the values on both sides of a step, that at the step itself.
    let atStep: (_ before: BigInteger, _ after: BigInteger) -> BigInteger
  }

  static var floor: Step {
    Step(exact: { $0.dividedDown(by: $1).quotient }, atStep: { $1 })
  }

  static var ceil: Step {
    Step(exact: { -(-$0).dividedDown(by: $1).quotient }, atStep: { before, _ in before })
  }

  /// Towards zero.
  static var trunc: Step {
    Step(
      exact: { $0.sign < 0 ? ceil.exact($0, $1) : floor.exact($0, $1) },
      atStep: { before, after in after.sign > 0 ? after : before })
  }

  /// The nearest, of two the greater.
  static var roundUp: Step {
    Step(exact: { nearest($0, $1).quotient }, atStep: { $1 })
  }

  /// The nearest, of two the even one.
  static var roundEven: Step {
    Step(
      exact: { top, bottom in
        let (up, isTie) = nearest(top, bottom)
        return isTie && isOdd(up) ? up - BigInteger(1) : up
      },
      atStep: { before, after in isOdd(before) ? after : before })
  }

  /// The nearest integer, of two the greater, and whether there are two.
  private static func nearest(
    _ top: BigInteger, _ bottom: BigInteger
  ) -> (quotient: BigInteger, isExact: Bool) {
    ((top << 1) + bottom).dividedDown(by: bottom << 1)
  }

  private static func isOdd(_ value: BigInteger) -> Bool {
    !value.dividedDown(by: BigInteger(2)).isExact
  }

  /// The step function's value, as an exact one.
  func step(_ step: Step, _ value: Value) throws(NoValue) -> Value {
    switch value {
    case .exact(let rational):
      return .exact(Rational(whole: step.exact(rational.numerator, rational.denominator)))
    case .huge(let isNegative, let exponent):
      return try huge(isNegative: isNegative, exponent: exponent - 1)
    case .ball(let ball): return .exact(Rational(whole: try whole(step, ball)))
    }
  }

  private func whole(_ step: Step, _ ball: Ball) throws(NoValue) -> BigInteger {
    let unit = BigInteger(1) << places
    let low = step.exact(ball.low, unit)
    let high = step.exact(ball.high, unit)
    if low == high { return low }
    // Where nothing more can tell, the value counts as where the step is.
    guard isLast, low + BigInteger(1) == high else { throw .unknown }
    return step.atStep(low, high)
  }

  func signValue(_ value: Value) throws(NoValue) -> Value {
    .exact(Rational(try sign(value)))
  }

  func magnitude(_ value: Value) throws(NoValue) -> Value {
    switch value {
    case .exact(let rational): return .exact(rational.magnitude)
    case .huge(_, let exponent): return .huge(isNegative: false, exponent: exponent)
    case .ball(let ball):
      if ball.sign != nil { return try sign(value) < 0 ? negated(value) : value }
      return try self.value(Ball(ball.middle.magnitude, radius: ball.radius))
    }
  }
}

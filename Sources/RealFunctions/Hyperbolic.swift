// The hyperbolic functions and their inverses, from exponentials, logarithms and roots.
extension Arithmetic {
  func hyperbolic(
    _ name: RealFunction.Name, _ value: Value, limits: Bool
  ) throws(NoValue) -> Value {
    let isZero = value.rational?.sign == 0
    switch name {
    case .cosh:
      return isZero ? .one : try halved(try sum(try exp(value), try exp(negated(value))))
    case .acosh: return try areaCosine(value, limits: limits)
    case _ where isZero: return .zero
    case .sinh: return try halved(try difference(try exp(value), try exp(negated(value))))
    case .tanh: return try hyperbolicTangent(value)
    case .asinh: return try areaSine(value)
    default: return try areaTangent(value, limits: limits)
    }
  }

  /// sign(x)·(1 − 2p / (1 + p)) for p = e^(−2·|x|), which is never large.
  private func hyperbolicTangent(_ value: Value) throws(NoValue) -> Value {
    let isNegative: Bool
    switch value {
    case .ball(let ball): isNegative = ball.middle.sign < 0
    case .huge(let isBelow, _): isNegative = isBelow
    case .exact(let rational): isNegative = rational.sign < 0
    }
    // Of a ball that zero lies in, either formula holds for all its numbers.
    let size = isNegative ? negated(value) : value
    let power = try exp(negated(try sum(size, size)))
    let rest = try quotient(try sum(power, power), try sum(.one, power), limits: false)
    let result = try difference(.one, rest)
    return isNegative ? negated(result) : result
  }

  private func halved(_ value: Value) throws(NoValue) -> Value {
    try product(value, .exact(Rational(BigInteger(1), BigInteger(2))))
  }

  /// sign(x)·log(|x| + √(x² + 1)).
  private func areaSine(_ value: Value) throws(NoValue) -> Value {
    let isNegative: Bool
    switch value {
    case .ball(let ball): isNegative = ball.middle.sign < 0
    default: isNegative = try sign(value) < 0
    }
    // Of a ball that zero lies in, either formula holds for all its numbers.
    let size = isNegative ? negated(value) : value
    let root = try squareRoot(try sum(try product(size, size), .one), limits: false)
    let result = try log(try sum(size, root), limits: false)
    return isNegative ? negated(result) : result
  }

  private func areaCosine(_ value: Value, limits: Bool) throws(NoValue) -> Value {
    let above = try difference(value, .one)
    if let rational = above.rational, rational.sign <= 0 {
      return rational.sign == 0 ? .zero : try edge(.zero, limits)
    }
    if case .huge(true, _) = value { return try edge(.zero, limits) }
    if case .ball(let ball) = above, ball.sign == -1 { return try edge(.zero, limits) }
    let root = try squareRoot(try product(above, try sum(value, .one)), limits: limits)
    return try log(try sum(value, root), limits: limits)
  }

  /// log((1 + x) / (1 − x)) / 2.
  private func areaTangent(_ value: Value, limits: Bool) throws(NoValue) -> Value {
    let (below, above) = (try difference(.one, value), try sum(.one, value))
    for (gap, isNegative) in [(below, false), (above, true)] {
      let sign: Int? =
        switch gap {
        case .exact(let rational): rational.sign
        case .huge(let isNegative, _): isNegative ? -1 : 1
        case .ball(let ball): ball.sign
        }
      guard let sign else { throw .unknown }
      if sign <= 0 {
        guard limits else { throw .undefined }
        return .infinite(isNegative: isNegative)
      }
    }
    return try halved(try log(try quotient(above, below, limits: false), limits: false))
  }
}

// Sine and cosine.
extension Arithmetic {
  func sine(_ value: Value) throws(NoValue) -> Value {
    if let rational = value.rational, rational.sign == 0 { return .zero }
    return try circle(value, quarter: 0)
  }

  func cosine(_ value: Value) throws(NoValue) -> Value {
    if let rational = value.rational, rational.sign == 0 { return .one }
    return try circle(value, quarter: 1)
  }

  /// sin(x + quarter·π/2). No slope of it is more than 1.
  private func circle(_ value: Value, quarter: Int) throws(NoValue) -> Value {
    if case .huge = value { return try anything() }
    let argument = try ball(value)
    let digits = max(0, argument.middle.bits - places)
    guard digits <= 1 << 10 else { return try anything() }
    // With digits before the point, as many more of π are needed.
    let wide = places + 16
    let unit = constants.halfOfPi(places: wide + digits + 2)
    let scaled = argument.middle << (wide + digits + 2 - places)
    let turns = (scaled + (unit >> 1)).dividedDown(by: unit).quotient
    let rest = (scaled - turns * unit).shiftRight(digits + 2)
    let place = turns + BigInteger(quarter)
    let four = BigInteger(4)
    let quadrant = (place - place.dividedDown(by: four).quotient * four).integer ?? 0
    let result =
      quadrant & 1 == 0
      ? seriesOfSine(rest, places: wide) : seriesOfCosine(rest, places: wide)
    let signed = quadrant & 2 == 0 ? result : -result
    return try self.value(
      Ball(signed.shiftRight(wide - places), radius: argument.radius * Ball.slack + 2))
  }

  /// All from −1 to 1.
  private func anything() throws(NoValue) -> Value {
    try value(Ball(BigInteger(), radius: Ball.scale(1, places)))
  }

  /// The sine of a number of magnitude less than 1, off by less than one unit for each term.
  private func seriesOfSine(_ r: BigInteger, places: Int) -> BigInteger {
    alternating(first: BigInteger(copying: r), square: (r * r).shiftRight(places), places, next: 2)
  }

  private func seriesOfCosine(_ r: BigInteger, places: Int) -> BigInteger {
    let one = BigInteger(1) << places
    return alternating(first: one, square: (r * r).shiftRight(places), places, next: 1)
  }

  /// first · (1 − s / (n·(n + 1)) + …): each term is the one before times −s / (n·(n + 1)), n growing by 2.
  private func alternating(
    first: BigInteger, square: BigInteger, _ places: Int, next: Int
  ) -> BigInteger {
    let sum = BigInteger(copying: first)
    let term = first
    var (number, isNegative) = (next, true)
    while term.bits > 1 {
      term.multiply(by: square, places: places)
      term.divideDown(by: number * (number + 1))
      if isNegative { sum.subtract(term) } else { sum.add(term) }
      number += 2
      isNegative.toggle()
    }
    return sum
  }

  func tangent(_ value: Value) throws(NoValue) -> Value {
    if let rational = value.rational, rational.sign == 0 { return .zero }
    return try quotient(try sine(value), try cosine(value), limits: false)
  }
}

// The inverse functions.
extension Arithmetic {
  func arcTangent(_ value: Value) throws(NoValue) -> Value {
    if let rational = value.rational, rational.sign == 0 { return .zero }
    if case .huge(let isNegative, let exponent) = value {
      // What is missing is less than 1 / x.
      let half = constants.halfOfPi(places: places)
      return try self.value(
        Ball(
          isNegative ? -half : half, radius: Ball.scale(1, places - exponent) * Ball.slack + 2))
    }
    let argument = try ball(value)
    return try self.value(
      Ball(
        arcTangentOfMiddle(argument.middle), radius: argument.radius * Ball.slack + 2))
  }

  /// The arc tangent of a number of so many places, less than two units off.
  ///
  /// It is π/2 minus that of 1 / x where x is more than 1. Each of s times, x / (1 + √(1 + x²)) halves it,
  /// and what the step before was off; rounding adds less than four units. The series then is less than
  /// two units off for each term, and all of that is multiplied by 2^s.
  private func arcTangentOfMiddle(_ middle: BigInteger) -> BigInteger {
    let halvings = 3 + Int(Double(places).squareRoot() / 3)
    let wide = places + 24 + halvings
    let one = BigInteger(1) << wide
    var x = middle.magnitude << (wide - places)
    let isInverse = one < x
    if isInverse { x = (one << wide).dividedDown(by: x).quotient }
    for _ in 0..<halvings {
      let root = ((x * x) + (one << wide)).squareRoot
      x = (x << wide).dividedDown(by: one + root).quotient
    }
    let square = (x * x).shiftRight(wide)
    let sum = BigInteger()
    let power = BigInteger(copying: x)
    var number = 1
    while power.bits > 1 {
      let term = BigInteger(copying: power)
      term.divideDown(by: number)
      if number & 2 == 0 { sum.add(term) } else { sum.subtract(term) }
      power.multiply(by: square, places: wide)
      number += 2
    }
    var result = sum << halvings
    if isInverse { result = constants.halfOfPi(places: wide) - result }
    if middle.sign < 0 { result = -result }
    return result.shiftRight(wide - places)
  }

  /// ±π/2, and for the arc cosine what it is taken from.
  private func halfOfPi(isNegative: Bool = false) throws(NoValue) -> Value {
    let half = constants.halfOfPi(places: places)
    return try value(Ball(isNegative ? -half : half, radius: 1))
  }

  func arcSine(_ value: Value, limits: Bool) throws(NoValue) -> Value {
    if let rational = value.rational, rational.sign == 0 { return .zero }
    let gap = try difference(.one, try product(value, value))
    if let rational = gap.rational, rational.sign <= 0 {
      let end = try halfOfPi(isNegative: try sign(value) < 0)
      return rational.sign == 0 ? end : try edge(end, limits)
    }
    if case .huge(let isNegative, _) = value {
      return try edge(try halfOfPi(isNegative: isNegative), limits)
    }
    if case .ball(let ball) = gap, ball.sign == -1 {
      return try edge(try halfOfPi(isNegative: try sign(value) < 0), limits)
    }
    let root = try squareRoot(gap, limits: limits)
    return try arcTangent(try quotient(value, root, limits: false))
  }

  func arcCosine(_ value: Value, limits: Bool) throws(NoValue) -> Value {
    if let rational = value.rational, Rational(0) < rational,
      !(rational < Rational(1))
    {
      return rational.integer == 1 ? .zero : try edge(.zero, limits)
    }
    return try difference(try halfOfPi(), try arcSine(value, limits: limits))
  }
}

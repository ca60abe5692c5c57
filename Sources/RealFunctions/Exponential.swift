// The exponential function and the logarithm.
extension Arithmetic {
  /// Values of greater arguments are huge, so that no number takes much time.
  private var greatestArgument: Int { min(16 * places, 1 << 12) }

  func exp(_ value: Value) throws(NoValue) -> Value {
    if let rational = value.rational, rational.sign == 0 { return .one }
    if case .huge(let isNegative, let exponent) = value {
      return isNegative
        ? try self.value(Ball(BigInteger(), radius: 1))
        : .huge(isNegative: false, exponent: exponent)
    }
    let argument = try ball(value)
    let whole = argument.middle >> places
    guard let integer = whole.integer, integer < greatestArgument else {
      if whole.sign > 0 { return try expOfLarge(argument) }
      return try expOfSmall(argument)
    }
    if integer < -places - 2 { return try expOfSmall(argument) }
    let spread = Ball.scale(argument.radius, -places)
    guard spread <= 1 else { throw .unknown }
    let result = expOfMiddle(argument.middle)
    guard argument.radius > 0, let certain = Ball(result, radius: 2) else {
      return try self.value(Ball(result, radius: 2))
    }
    // e^spread is less than 3, and the value less than its middle and two units.
    let slope = 3 * (certain.magnitude(places: places) + Ball.scale(2, -places))
    guard let ball = Ball(result, radius: (argument.radius * slope) * Ball.slack + 2) else {
      return try expOfLarge(argument)
    }
    return try self.value(ball)
  }

  private func expOfLarge(_ argument: Ball) throws(NoValue) -> Value {
    let least = argument.low >> places
    guard least.sign > 0 else { throw .unknown }
    // e^n is more than 2^n.
    return try huge(isNegative: false, exponent: least.integer.map { min($0, 1 << 30) } ?? 1 << 30)
  }

  private func expOfSmall(_ argument: Ball) throws(NoValue) -> Value {
    let greatest = argument.high >> places
    // e^−n is less than 2^−n.
    guard greatest < BigInteger(-places - 1) else { throw .unknown }
    return try value(Ball(BigInteger(), radius: 1))
  }

  /// The function at a number of so many places, less than two units off.
  ///
  /// With n the nearest integer to x / log 2, r = (x − n·log 2) / 2^s is less than 2^(−s − 1) in
  /// magnitude. The series for e^r, evaluated from its end, is less than 3 units off, and each of s
  /// squarings multiplies that by less than 2.9. The guard places are more than that and than what n
  /// shifts to the left.
  private func expOfMiddle(_ middle: BigInteger) -> BigInteger {
    let squarings = 4 + Int(Double(places).squareRoot() / 3)
    let estimate = (middle.scaled.fraction, middle.scaled.exponent - places)
    let real = Double(sign: .plus, exponent: estimate.1, significand: estimate.0)
    let shift = Int((real / 0.693147180559945309).rounded())
    let wide = places + 16 + 2 * squarings + max(0, shift)
    let rest = (middle << (wide + 16 - places))
    let logarithm = BigInteger(copying: constants.logarithmOfTwo(places: wide + 16))
    logarithm.multiply(by: shift)
    rest.subtract(logarithm)
    rest.shiftRight(16 + squarings)
    let result = seriesOfExp(rest, places: wide, smallness: squarings + 1)
    for _ in 0..<squarings { result.square(places: wide) }
    return result.shiftRight(wide - places - shift)
  }

  /// e^r for a number of magnitude at most 2^−smallness.
  private func seriesOfExp(_ r: BigInteger, places: Int, smallness: Int) -> BigInteger {
    // The last term is less than a unit: r^n / n! ≤ 2^−(n·smallness) / n!.
    var (terms, bits) = (1, 0)
    while bits < places + 2 {
      terms += 1
      bits = terms * smallness + Self.factorialBits(terms)
    }
    let one = BigInteger(1) << places
    let result = BigInteger(copying: one)
    for number in stride(from: terms, to: 0, by: -1) {
      result.multiply(by: r, places: places)
      result.divideDown(by: number)
      result.add(one)
    }
    return result
  }

  /// A lower bound of log₂ n!.
  static func factorialBits(_ n: Int) -> Int {
    // n! ≥ (n / e)^n, and e < 2^1.5.
    guard n > 3 else { return 0 }
    let log = Int.bitWidth - 1 - n.leadingZeroBitCount
    return max(0, n * log - n - n / 2)
  }

  /// - Parameter limits: whether the logarithm of what is not greater than zero is −∞.
  func log(_ value: Value, limits: Bool) throws(NoValue) -> Value {
    if case .huge(let isNegative, let exponent) = value {
      guard !isNegative else { return try belowDomain(limits) }
      guard exponent < Value.infiniteExponent else { return value }
      // log x > log₂ x / 2.
      return try huge(
        isNegative: false, exponent: Int.bitWidth - 2 - exponent.leadingZeroBitCount)
    }
    if let rational = value.rational {
      if rational.sign <= 0 { return try belowDomain(limits) }
      if rational.integer == 1 { return .zero }
    }
    let argument = try ball(value)
    guard argument.sign != -1 else { return try belowDomain(limits) }
    let least = argument.leastMagnitude(places: places)
    guard argument.sign == 1, least > 0 else { throw .unknown }
    return try self.value(
      Ball(logOfMiddle(argument.middle), radius: argument.radius / least * Ball.slack + 2))
  }

  private func belowDomain(_ limits: Bool) throws(NoValue) -> Value {
    guard limits else { throw .undefined }
    return .infinite(isNegative: true)
  }

  /// The logarithm of a number of so many places that is greater than zero, less than two units off.
  ///
  /// The number is 2^n·f with f from ½ to 1. s roots bring f to a number f' near 1, and log f is
  /// 2^(s + 1) times the area tangent of (f' − 1) / (f' + 1). Each root at most halves what the one before
  /// was off (times 1.5, f being at least ½) and adds a unit; the guard places are more than that and the
  /// series lose, times 2^(s + 1).
  private func logOfMiddle(_ middle: BigInteger) -> BigInteger {
    let roots = 4 + Int(Double(places).squareRoot() / 3)
    let wide = places + 24 + roots
    let digits = middle.bits
    var near =
      digits <= wide ? middle << (wide - digits) : middle >> (digits - wide)
    for _ in 0..<roots { near = (near << wide).squareRoot }
    let one = BigInteger(1) << wide
    let z = ((near - one) << wide).dividedDown(by: near + one).quotient
    let square = z * z
    square.shiftRight(wide)
    let sum = BigInteger()
    let power = z
    var number = 1
    while power.sign != 0 && power.bits > 1 {
      let term = BigInteger(copying: power)
      term.divideDown(by: number)
      sum.add(term)
      power.multiply(by: square, places: wide)
      number += 2
    }
    let result = sum << (roots + 1)
    let logarithm = BigInteger(copying: constants.logarithmOfTwo(places: wide + 16))
    logarithm.multiply(by: digits - places)
    logarithm.shiftRight(16)
    result.add(logarithm)
    return result.shiftRight(wide - places)
  }
}

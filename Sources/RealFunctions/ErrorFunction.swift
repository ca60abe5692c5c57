/// The error function to some places, by Taylor series about the multiples of 1/32.
///
/// With y the derivative, y'(t) = −2·t·y(t). So the coefficients bₙ of y about c follow from
/// (n + 1)·bₙ₊₁ = −2·c·bₙ − 2·bₙ₋₁, and those of erf are aₙ₊₁ = bₙ / (n + 1). On the circle of radius 1
/// about c the error function is less than 5, so that |aₙ| < 5, and at distances up to 1/64 the terms from
/// N on are together less than 6·64^−N.
final class ErrorFunction {
  private struct Series {
    /// a₀, a₁, …, of `wide` places.
    let coefficients: [BigInteger]
    /// How far the sum may be off, in units of those places.
    let error: Double
  }

  private let places: Int
  private let constants: Constants
  private let terms: Int
  private var series: [Int: Series] = [:]

  init(places: Int, constants: Constants) {
    self.places = places
    self.constants = constants
    terms = (places + 8) / 6 + 2
  }

  /// More places than those of the values: what the recurrence multiplies errors by is less than
  /// e^(2·c + 2), which is less than 2^(3·c + 3).
  private func guardPlaces(_ step: Int) -> Int { 24 + 3 * step / 32 + 3 }

  /// erf(x) for a number of so many places, and how far it may be off in units of the last.
  func value(_ middle: BigInteger) -> (value: BigInteger, error: Double) {
    let size = middle.magnitude
    // Beyond, what is missing to 1 is less than e^−x², and that less than a unit: x² > 0.7·places.
    let greatest = 2 + Int(Double(places).squareRoot())
    guard size < BigInteger(greatest) << places else {
      let one = BigInteger(1) << places
      return (middle.sign < 0 ? -one : one, 1)
    }
    let half = BigInteger(1) << (places - 1)
    let step = ((size << 5) + half).shiftRight(places).integer ?? 0
    let series = series(at: step)
    let wide = places + guardPlaces(step)
    let distance = (size << (wide - places)) - (BigInteger(step) << (wide - 5))
    let sum = BigInteger(copying: series.coefficients[terms - 1])
    for number in stride(from: terms - 2, through: 0, by: -1) {
      sum.multiply(by: distance, places: wide)
      sum.add(series.coefficients[number])
    }
    sum.shiftRight(wide - places)
    // Each step of the sum is off by a unit more, which the next ones divide by 64.
    let error = Ball.scale((series.error + 2) * Ball.slack, places - wide) + 2
    return (middle.sign < 0 ? -sum : sum, error)
  }

  private func series(at step: Int) -> Series {
    if let known = series[step] { return known }
    let wide = places + guardPlaces(step)
    let (start, slope) = beginning(at: step, places: wide)
    // bₙ and aₙ, and how far they may be off in units.
    var derivative = [slope]
    var coefficients = [start, slope]
    var errors: [Double] = [3]
    var total = 3 + 3.0 / 64
    var power = 1.0 / 64
    let argument = Double(step) / 32
    for number in 0..<max(0, terms - 2) {
      let next = derivative[number] * BigInteger(-2 * step)
      next.shiftRight(5)
      if number > 0 { next.subtract(derivative[number - 1] << 1) }
      next.divideDown(by: number + 1)
      derivative.append(next)
      let before = number > 0 ? errors[number - 1] : 0
      errors.append(
        ((2 * argument * errors[number] + 2 * before + 1) / Double(number + 1) + 1) * Ball.slack)
      let coefficient = BigInteger(copying: next)
      coefficient.divideDown(by: number + 2)
      coefficients.append(coefficient)
      power /= 64
      total += power * (errors[number + 1] + 1)
    }
    let result = Series(coefficients: coefficients, error: total * Ball.slack)
    series[step] = result
    return result
  }

  /// erf(c) and 2/√π·e^(−c²) at c = step / 32, less than three units off.
  ///
  /// erf(c) = 2/√π·e^(−c²)·Σ 2ⁿ·c^(2n + 1) / (1·3·5⋯(2n + 1)). The sum is less than c·e^(c²), which many
  /// guard places take care of.
  private func beginning(at step: Int, places: Int) -> (BigInteger, BigInteger) {
    let square = step * step / 1024 + 1
    let wide = places + 2 * square + 32
    let inner = Arithmetic(places: wide, isLast: false, constants: constants)
    let one = BigInteger(1) << wide
    // 2/√π = √(4/π) = √(2 / (π/2)).
    let ratio = (one << (wide + 1)).dividedDown(by: constants.halfOfPi(places: wide)).quotient
    let factor = (ratio << wide).squareRoot
    let exponent = Rational(BigInteger(-step * step), BigInteger(1024))
    guard let decay = try? inner.ball(try inner.exp(.exact(exponent))) else {
      preconditionFailure("the exponential function has a value everywhere")
    }
    let slope = (decay.middle * factor).shiftRight(wide)
    let sum = BigInteger()
    let term = (BigInteger(step) << wide).shiftRight(5)
    var number = 1
    while term.bits > 1 {
      sum.add(term)
      number += 2
      // Times 2·c² / (2n + 1).
      term.multiply(by: step * step)
      term.shiftRight(9)
      term.divideDown(by: number)
    }
    let start = (sum * slope).shiftRight(wide)
    return (start >> (wide - places), slope >> (wide - places))
  }
}

/// Numbers that many values need, of as many places as are asked for; for one thread.
final class Constants {
  private var logarithms: [Int: BigInteger] = [:]
  private var quarters: [Int: BigInteger] = [:]
  private var errorFunctions: [Int: ErrorFunction] = [:]

  /// log 2, at most a unit of the last place too small or too large.
  func logarithmOfTwo(places: Int) -> BigInteger {
    if let known = logarithms[places] { return known }
    let wide = places + Self.guardPlaces
    let sum = BigInteger()
    for (factor, base) in [(18, 26), (-2, 4801), (8, 8749)] {
      let series = Self.inverseSeries(of: base, places: wide, alternates: false)
      series.multiply(by: factor)
      sum.add(series)
    }
    let result = sum.shiftRight(Self.guardPlaces)
    logarithms[places] = result
    return result
  }

  /// π / 2, at most a unit of the last place too small or too large.
  func halfOfPi(places: Int) -> BigInteger {
    if let known = quarters[places] { return known }
    let wide = places + Self.guardPlaces
    let sum = BigInteger()
    for (factor, base) in [(8, 5), (-2, 239)] {
      let series = Self.inverseSeries(of: base, places: wide, alternates: true)
      series.multiply(by: factor)
      sum.add(series)
    }
    let result = sum.shiftRight(Self.guardPlaces)
    quarters[places] = result
    return result
  }

  /// What the error function is computed from.
  func errorFunction(places: Int) -> ErrorFunction {
    if let known = errorFunctions[places] { return known }
    let result = ErrorFunction(places: places, constants: self)
    errorFunctions[places] = result
    return result
  }

  /// As many as a sum of up to 2^24 terms that are each wrong by up to 2^5 units may spoil.
  private static let guardPlaces = 32

  /// The area tangent of 1 / base, or the arc tangent: Σ ±1 / (base^(2i + 1) · (2i + 1)).
  private static func inverseSeries(of base: Int, places: Int, alternates: Bool) -> BigInteger {
    let sum = BigInteger()
    let power = BigInteger(1) << places
    power.divideDown(by: base)
    var number = 1
    while power.sign > 0 {
      let term = BigInteger(copying: power)
      term.divideDown(by: number)
      if alternates && number & 2 != 0 { sum.subtract(term) } else { sum.add(term) }
      power.divideDown(by: base * base)
      number += 2
    }
    return sum
  }
}

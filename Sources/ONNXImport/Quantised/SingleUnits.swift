import Equations
import TensorGraph

/// A scale as a multiple of its own last place in single precision, and integers in that unit: what single
/// precision makes of an integer times the scale is a multiple of it as well.
struct SingleUnits {
  /// The scale's last place, a power of two.
  let unit: Double
  /// The scale in units, of 24 bits.
  let factor: Double
  /// What an integer without its zero point is at the least and at the most.
  let integers: ClosedRange<Int>

  /// Digits of single precision.
  static let digits = 24

  /// Nil where the scale or the zero point is not a known number, or one that single precision has not all
  /// digits of.
  init?(
    _ source: Dequantised, _ integers: ClosedRange<Int>, _ builder: EquationGraphBuilder
  ) {
    guard let scale = builder.constantValue(source.scale.value)?.reals.first, scale.isNormal,
      scale > 0
    else { return nil }
    var zero = 0
    if let point = source.zero {
      guard let known = builder.constantValue(point.value)?.integers?.first else { return nil }
      zero = Int(known)
    }
    self.init(
      scale, min(integers.lowerBound - zero, 0)...max(integers.upperBound - zero, 0))
  }

  /// - Parameter scale: normal, and above zero.
  init(_ scale: Float, _ integers: ClosedRange<Int>) {
    unit = Double(scale.ulp)
    factor = Double(scale) / unit
    self.integers = integers
  }

  private var magnitude: Int { max(-integers.lowerBound, integers.upperBound) }

  /// By how many digits the sum of so many products may be longer than single precision.
  func excess(_ count: Int) -> Int {
    max(0, Int(most(count).exponent) + 1 - Self.digits)
  }

  /// What the sum of so many products is, rounded or not.
  func range(_ count: Int) -> ClosedRange<Int> {
    let most = Int(most(count).rounded(.up))
    return (integers.lowerBound < 0 ? -most : 0)...most
  }

  private func most(_ count: Int) -> Double {
    Double(magnitude * count) * factor + error(count)
  }

  /// What rounding comes to in all, in units at the most, when so many products are rounded and added up in
  /// any order, each sum rounded again.
  func error(_ count: Int) -> Double {
    let product = Double(magnitude) * factor
    let half = Double(sign: .plus, exponent: -Self.digits, significand: 1)
    let sums = Double(count) * (product * Double(count)) * half * 1.001
    return Double(count) * product * half + sums
  }

  /// Whether no sum of so many products is rounded.
  func isExact(_ count: Int) -> Bool {
    var odd = factor
    while odd.truncatingRemainder(dividingBy: 2) == 0 { odd /= 2 }
    return odd * Double(magnitude * count) <= Double(1 << Self.digits)
  }

  /// All sums of so many integers.
  func sums(_ count: Int) -> ClosedRange<Int> {
    integers.lowerBound * count...integers.upperBound * count
  }
}

/// Sums of integers in units, of which averages are made and quantised.
struct SettledSums {
  let units: SingleUnits
  /// How many integers a sum is of.
  let count: Int
  /// What sums are divided by.
  let divisors: Set<Double>
  let scale: Double
  let zero: Double
  let limits: ClosedRange<Double>

  /// Nil where the quantiser's scale or zero point is not one known number.
  init?(
    _ units: SingleUnits, count: Int, divisors: Set<Double>, _ quantiser: Quantiser,
    _ builder: EquationGraphBuilder
  ) {
    guard let scale = builder.constantValue(quantiser.scale.value)?.reals, scale.count == 1,
      scale[0] > 0
    else { return nil }
    var zero = 0.0
    if let point = quantiser.zero {
      guard let known = builder.constantValue(point.value)?.integers, known.count == 1 else {
        return nil
      }
      zero = Double(known[0])
    }
    self.zero = zero
    self.scale = Double(scale[0])
    (self.units, self.count, self.divisors) = (units, count, divisors)
    limits = quantiser.limits
  }

  /// Whether every sum becomes the same integer, in whatever order single precision adds it up, and however
  /// it then divides it by the divisor and the scale and moves it by the zero point.
  var areAll: Bool {
    let error = units.isExact(count) ? 0 : units.error(count)
    return divisors.allSatisfy { divisor in
      let factor = units.unit / (divisor * scale)
      return units.sums(count).allSatisfy { sum in
        let quotient = Double(sum) * units.factor * factor
        let margin = error * factor + abs(quotient) * 0x1p-21 + limits.magnitude * 0x1p-23
        return integer(quotient - margin) == integer(quotient + margin)
      }
    }
  }

  private func integer(_ quotient: Double) -> Double {
    min(max(quotient.rounded(.toNearestOrEven) + zero, limits.lowerBound), limits.upperBound)
  }
}

extension ClosedRange<Double> {
  fileprivate var magnitude: Double { Swift.max(abs(lowerBound), abs(upperBound)) }
}

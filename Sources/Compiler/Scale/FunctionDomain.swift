import Equations
import Foundation

/// The arguments that a table of a function is needed for (`Paper/` section 18.3).
struct FunctionDomain: Equatable {
  /// From the least argument to the greatest, over real numbers.
  var range: ClosedRange<Double>

  /// Whether no argument is above zero, whatever else it is: what a value is less than the greatest one.
  var isBelowZero = false

  var magnitude: Double { max(-range.lowerBound, range.upperBound) }

  /// Beyond calibration, a side that has no tail reaches this part of the magnitude at the least.
  private static let slack = 1.0 / 16

  /// - Parameters:
  ///   - span: what calibration and headroom say that the argument may be, zero included.
  ///   - unit: the distance of neighbouring results.
  ///   - isBelowZero: whether no argument is above zero.
  init(
    _ function: RealExpression, span: ClosedRange<Double>, unit: Double, isBelowZero: Bool = false
  ) {
    self.isBelowZero = isBelowZero
    defer { if isBelowZero { range = min(range.lowerBound, 0)...0 } }
    guard span.lowerBound < span.upperBound else {
      // Calibration says nothing of it.
      range = -0.5...0.5
      return
    }
    let tails = FunctionTails(function, tolerance: unit / 4)
    let span = tails.reach(span)
    let low = tails.end(.below, from: span.lowerBound, to: span.upperBound)
    let high = tails.end(.above, from: span.upperBound, to: span.lowerBound)
    let inner = (low ?? span.lowerBound, high ?? span.upperBound)
    guard inner.0 < inner.1 else {
      range = span
      return
    }
    let slack = Self.slack * max(-inner.0, inner.1)
    let least = low ?? min(inner.0, -slack)
    range = least...(high ?? max(inner.1, slack))
  }

  /// The steepest slope between neighbours of a grid.
  func steepestSlope(of function: RealExpression) -> Double {
    let steps = 1 << 10
    let step = (range.upperBound - range.lowerBound) / Double(steps)
    guard step > 0 else { return 0 }
    let values = (0...steps).map { function.value(at: range.lowerBound + Double($0) * step) }
    return zip(values, values.dropFirst()).reduce(0) { steepest, pair in
      let slope = abs(pair.1 - pair.0) / step
      return slope.isFinite ? max(steepest, slope) : steepest
    }
  }
}

/// Where a function no longer changes: beyond, the argument can be held to the last place where it does.
struct FunctionTails {
  enum Side: Double {
    case below = -1
    case above = 1
  }

  let function: RealExpression
  /// Values that differ by no more count as the same.
  let tolerance: Double

  /// As far out as a function is looked at.
  private static let farthest = 0x1p40
  private static let steps = 1 << 9

  init(_ function: RealExpression, tolerance: Double) {
    self.function = function
    self.tolerance = tolerance
  }

  /// A span without what is farther out than a function is looked at, on sides where it no longer changes
  /// there.
  func reach(_ span: ClosedRange<Double>) -> ClosedRange<Double> {
    let isLow = span.lowerBound < -Self.farthest && isFlat(.below, from: -Self.farthest)
    let isHigh = span.upperBound > Self.farthest && isFlat(.above, from: Self.farthest)
    return (isLow ? -Self.farthest : span.lowerBound)...(isHigh ? Self.farthest : span.upperBound)
  }

  /// Whether from x on outwards the function stays the same.
  func isFlat(_ side: Side, from x: Double) -> Bool {
    guard let limit = limit(side) else { return false }
    guard isNear(x, limit) else { return false }
    for exponent in -8...40 {
      for fraction in [1, 1.1, 1.25, 1.4, 1.6, 1.8] {
        let distance = scalbn(fraction, exponent)
        if distance <= Self.farthest, !isNear(x + side.rawValue * distance, limit) { return false }
      }
    }
    return true
  }

  /// The innermost place, seen from one end of a span on the way to the other, from which on outwards
  /// the function stays the same; nil where it changes at that end, or never at all.
  func end(_ side: Side, from start: Double, to end: Double) -> Double? {
    guard start != end, let limit = limit(side), isFlat(side, from: start) else { return nil }
    var flat = start
    for x in points(from: start, to: end) {
      guard !isNear(x, limit) else {
        flat = x
        continue
      }
      return boundary(flat, x, limit)
    }
    return nil
  }

  private func limit(_ side: Side) -> Double? {
    let value = function.value(at: side.rawValue * Self.farthest)
    return value.isFinite ? value : nil
  }

  private func isNear(_ x: Double, _ limit: Double) -> Bool {
    abs(function.value(at: x) - limit) <= tolerance
  }

  /// A grid of equal steps and one of equal ratios, from one end to the other.
  private func points(from start: Double, to end: Double) -> [Double] {
    let (low, high) = (min(start, end), max(start, end))
    var points = (0...Self.steps).map {
      start + (end - start) * Double($0) / Double(Self.steps)
    }
    for exponent in -20...40 {
      for fraction in stride(from: 1.0, to: 2.0, by: 1.0 / 16) {
        let x = scalbn(fraction, exponent)
        points += [x, -x].filter { $0 > low && $0 < high }
      }
    }
    return points.sorted { abs($0 - start) < abs($1 - start) }
  }

  private func boundary(_ flat: Double, _ changing: Double, _ limit: Double) -> Double {
    var (flat, changing) = (flat, changing)
    for _ in 0..<40 {
      let middle = (flat + changing) / 2
      if isNear(middle, limit) { flat = middle } else { changing = middle }
    }
    return flat
  }
}

import Equations

/// What the scales of a network are chosen for.
public enum CompileTarget: String, CaseIterable, Sendable {
  /// An error as small as is cheap: a tenth of the tolerance.
  case accuracy
  /// The narrowest values and the smallest tables with which the error stays within half of the
  /// tolerance.
  case speed
}

/// How precise values and the arguments of tables are (`Paper/` section 18.10).
struct ScaleEffort: Equatable {
  /// Rounding a value may change the result of what reads it by 2^slack units of one of 16 bits.
  var slack: Double
  /// Rounding an argument may change a function's result by this part of its greatest magnitude.
  var tablePrecision: Double
  /// The least and the greatest number of binary digits of an argument.
  var tableWidths: ClosedRange<Int>
  /// Whether values of more than 16 bits leave the weights that they are multiplied by their share of a
  /// sum's digits.
  var isBalanced = false
  /// Fractional bits that some values are to have at the least, whatever else is said of them.
  var wanted: [ValueID: Int] = [:]

  static let standard = ScaleEffort(slack: 6, tablePrecision: 0x1p-11, tableWidths: 12...16)
  static let balanced = ScaleEffort(
    slack: 6, tablePrecision: 0x1p-11, tableWidths: 12...16, isBalanced: true)
  static let fine = ScaleEffort(slack: 3, tablePrecision: 0x1p-13, tableWidths: 13...16)
  static let finest = ScaleEffort(slack: 1, tablePrecision: 0x1p-15, tableWidths: 14...16)
  static let coarse = ScaleEffort(slack: 8, tablePrecision: 0x1p-8, tableWidths: 8...14)
}

extension CompileTarget {
  /// What is tried, in this order.
  var efforts: [ScaleEffort] {
    switch self {
    case .accuracy: [.standard, .balanced, .fine, .finest]
    case .speed: [.coarse, .standard, .balanced, .fine]
    }
  }

  /// The error that is as good as none, as a fraction of an output's range.
  func goal(tolerance: Double) -> Double {
    switch self {
    case .accuracy: tolerance / 10
    case .speed: tolerance / 2
    }
  }
}

/// What came of an effort.
struct EffortResult: Equatable {
  /// The greatest error of an output as a fraction of its range.
  var error: Double
  /// Committed values, lookups and rows of tables.
  var cost: Int

  /// More than this many times the cost is no longer cheap.
  private static let cheap = 1.25

  /// Whether it takes the place of an earlier result that misses the goal: its error is clearly smaller,
  /// and it is cheap or the other is beyond half of the tolerance.
  func improves(on other: EffortResult, tolerance: Double) -> Bool {
    let isNeeded = other.error > tolerance / 2
    guard error < (isNeeded ? 0.9 : 0.7) * other.error else { return false }
    return isNeeded || Double(cost) <= Self.cheap * Double(other.cost)
  }

  /// Whether it takes the place of an earlier result that misses the goal and of which some values have
  /// fewer bits.
  func refines(_ other: EffortResult, tolerance: Double) -> Bool {
    guard error < 0.9 * other.error else { return false }
    return Double(cost) <= Self.cheap * Double(other.cost) || other.error > tolerance / 2
  }
}

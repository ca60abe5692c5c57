/// A public table of integer rows: first column `first`, `first` + 1, …; the others functions of it.
public struct LookupTable: Equatable, Sendable {
  public var name: String
  /// The first row's value of the first column.
  public var first: Integer
  /// The number of rows, at most `LookupTable.maximalRows`.
  public var rows: Int
  /// The columns after the first, as functions of the first column's value.
  public var functions: [TableExpression]

  /// The largest table that a verifier accepts.
  public static let maximalRows = 1 << 16

  public init(name: String, first: Integer, rows: Int, functions: [TableExpression] = []) {
    self.name = name
    self.first = first
    self.rows = rows
    self.functions = functions
  }

  public var columns: Int { 1 + functions.count }

  /// A column's values at consecutive rows; nil if its function has none at one of them.
  /// - Parameter rows: within `0..<self.rows`. A few hundred at a time take the least time for each.
  public func values(ofColumn column: Int, rows: Range<Int>) -> [Integer]? {
    let arguments = rows.map { first + Integer($0) }
    guard column > 0 else { return arguments }
    let block = functions[column - 1].values(at: arguments)
    return block.isDefined == nil ? block.values : nil
  }

  /// The least and the greatest value of each column.
  /// - Throws: `tableValue` when some row has no value, or one beyond the limit.
  func columnRanges() throws(ConstraintSystemError) -> [IntegerInterval] {
    var ranges = [IntegerInterval(low: first, high: first + Integer(rows) - 1)]
    for column in 1..<columns {
      var range: IntegerInterval?
      for start in stride(from: 0, to: rows, by: Self.blockRows) {
        let block = values(ofColumn: column, rows: start..<min(start + Self.blockRows, rows))
        guard let low = block?.min(), let high = block?.max() else {
          throw ConstraintSystemError(.tableValue, name)
        }
        let found = IntegerInterval(low: low, high: high)
        range = range?.joined(with: found) ?? found
      }
      guard let range, range.magnitude <= ConstraintSystemLimits.value.magnitude else {
        throw ConstraintSystemError(.tableValue, name)
      }
      ranges.append(range)
    }
    return ranges
  }

  /// How many rows are best computed at a time.
  public static let blockRows = 512
}

/// An integer function of one integer argument, closed under what quantised activations need.
public indirect enum TableExpression: Equatable, Sendable {
  case argument
  case constant(Integer)
  case add(TableExpression, TableExpression)
  case subtract(TableExpression, TableExpression)
  case multiply(TableExpression, TableExpression)
  /// Quotient rounded towards −∞ by a positive constant.
  case floorDivide(TableExpression, by: Integer)
  case minimum(TableExpression, TableExpression)
  case maximum(TableExpression, TableExpression)
  /// The second where the first is negative, otherwise the third.
  case ifNegative(TableExpression, TableExpression, otherwise: TableExpression)

  /// The value at x, or nil when it leaves the 64-bit integers.
  public func value(at x: Integer) -> Integer? {
    switch self {
    case .argument: return x
    case .constant(let value): return value
    case .add(let a, let b): return combine(a, b, x) { $0.addingReportingOverflow($1) }
    case .subtract(let a, let b): return combine(a, b, x) { $0.subtractingReportingOverflow($1) }
    case .multiply(let a, let b): return combine(a, b, x) { $0.multipliedReportingOverflow(by: $1) }
    case .floorDivide(let a, let divisor):
      guard divisor > 0, let dividend = a.value(at: x) else { return nil }
      return Self.floor(dividend, divisor)
    case .minimum(let a, let b): return combine(a, b, x) { (min($0, $1), false) }
    case .maximum(let a, let b): return combine(a, b, x) { (max($0, $1), false) }
    case .ifNegative(let condition, let a, let b):
      guard let sign = condition.value(at: x) else { return nil }
      return sign < 0 ? a.value(at: x) : b.value(at: x)
    }
  }

  private func combine(
    _ a: TableExpression, _ b: TableExpression, _ x: Integer,
    _ operation: (Integer, Integer) -> (partialValue: Integer, overflow: Bool)
  ) -> Integer? {
    guard let left = a.value(at: x), let right = b.value(at: x) else { return nil }
    let result = operation(left, right)
    return result.overflow ? nil : result.partialValue
  }

  static func floor(_ dividend: Integer, _ divisor: Integer) -> Integer {
    let (quotient, remainder) = dividend.quotientAndRemainder(dividingBy: divisor)
    return remainder < 0 ? quotient - 1 : quotient
  }
}

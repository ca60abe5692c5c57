/// A public table of integer rows: first column `first`, `first` + 1, …; the others by their values.
public struct LookupTable: Equatable, Sendable {
  /// What the table is for people, and for whoever recomputes it: of a table of real functions, their
  /// formulas (`Paper/` section 3.10).
  public var name: String
  /// The first row's value of the first column.
  public var first: Integer
  /// The number of rows, at most `LookupTable.maximalRows`.
  public var rows: Int
  /// The values of each column after the first, one for each row.
  public var columns: [[Integer]]

  /// The largest table that a verifier accepts.
  public static let maximalRows = 1 << 16

  public init(name: String, first: Integer, rows: Int, columns: [[Integer]] = []) {
    self.name = name
    self.first = first
    self.rows = rows
    self.columns = columns
  }

  /// The number of all columns, the first one included.
  public var columnCount: Int { 1 + columns.count }

  /// The least and the greatest value of each column.
  /// - Throws: `tableValue` when some row has no value, or one beyond the limit.
  func columnRanges() throws(ConstraintSystemError) -> [IntegerInterval] {
    var ranges = [IntegerInterval(low: first, high: first + Integer(rows) - 1)]
    for column in columns {
      guard column.count == rows, let low = column.min(), let high = column.max() else {
        throw ConstraintSystemError(.tableValue, name)
      }
      let range = IntegerInterval(low: low, high: high)
      guard range.magnitude <= ConstraintSystemLimits.value.magnitude else {
        throw ConstraintSystemError(.tableValue, name)
      }
      ranges.append(range)
    }
    return ranges
  }
}

import ConstraintSystem

/// The columns of a system's lookup tables as arrays.
public struct TableColumns: Sendable {
  private let tables: [LookupTable]
  /// For each table the columns after the first.
  private let further: [[[Int64]]]

  /// - Throws: `malformed` for a table with a column that does not have a value for each row.
  public init(of tables: [LookupTable]) throws(EvaluationError) {
    for table in tables where !table.columns.allSatisfy({ $0.count == table.rows }) {
      throw .malformed(
        step: "table \(table.name)", reason: "a column does not have a value for each row")
    }
    self.tables = tables
    further = tables.map { table in table.columns.map { $0.map { Int64($0) } } }
  }

  var count: Int { tables.count }

  func contains(column: Int, ofTable table: Int) -> Bool {
    tables.indices.contains(table) && (0..<tables[table].columnCount).contains(column)
  }

  public func first(ofTable table: Int) -> Int { tables[table].first }

  public func rows(ofTable table: Int) -> Int { tables[table].rows }

  public func columns(ofTable table: Int) -> Int { tables[table].columnCount }

  public func name(ofTable table: Int) -> String { tables[table].name }

  /// A value of column `column`, 0 being the first column.
  @inline(__always)
  func value(table: Int, column: Int, row: Int) -> Int64 {
    column == 0 ? Int64(tables[table].first + row) : further[table][column - 1][row]
  }

  /// The values of a column, 0 being the first column, in the order of the rows.
  public func column(_ column: Int, ofTable table: Int) -> [Int64] {
    guard column == 0 else { return further[table][column - 1] }
    let first = Int64(tables[table].first)
    return (0..<Int64(tables[table].rows)).map { first + $0 }
  }
}

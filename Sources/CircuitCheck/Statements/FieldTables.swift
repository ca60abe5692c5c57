import ConstraintSystem
import FieldArithmetic
import Witness

/// The rows of a system's tables as elements of the field.
struct FieldTables: Sendable {
  private let first: [Int]
  private let rows: [Int]
  /// For each table its columns after the first.
  private let columns: [[[Fp]]]

  init(of tables: [LookupTable]) throws(EvaluationError) {
    let values = try TableColumns(of: tables)
    first = tables.indices.map { values.first(ofTable: $0) }
    rows = tables.indices.map { values.rows(ofTable: $0) }
    columns = tables.indices.map { table in
      (1..<values.columns(ofTable: table)).map { values.column($0, ofTable: table).map { Fp($0) } }
    }
  }

  func count(_ table: Int) -> Int { rows[table] }

  func width(_ table: Int) -> Int { 1 + columns[table].count }

  /// The row whose first column has the value.
  func row(_ table: Int, of value: Fp) -> Int? {
    let row = (value - Fp(first[table])).canonical
    return row < UInt64(rows[table]) ? Int(row) : nil
  }

  func value(_ table: Int, row: Int, column: Int) -> Fp {
    column == 0 ? Fp(first[table] + row) : columns[table][column - 1][row]
  }

  func contains(_ tuple: [Fp], _ table: Int) -> Bool {
    guard let row = row(table, of: tuple[0]) else { return false }
    return columns[table].indices.allSatisfy { columns[table][$0][row] == tuple[$0 + 1] }
  }

  /// The first rows that have the value in a column, at most so many.
  func rows(_ table: Int, column: Int, value: Fp, limit: Int) -> [Int] {
    guard column > 0 else { return row(table, of: value).map { [$0] } ?? [] }
    var found: [Int] = []
    for row in columns[table][column - 1].indices where columns[table][column - 1][row] == value {
      found.append(row)
      if found.count == limit { break }
    }
    return found
  }
}

import ConstraintSystem

/// A table with its parameters put in, whose values may not be known yet.
struct ResolvedTable: Hashable {
  enum Columns: Hashable {
    /// None after the first.
    case none
    case integers(IntegerFormula)
    case reals([RealFormula])
  }

  let name: String
  let first: Int
  let rows: Int
  let columns: Columns
  /// Where it is defined.
  let location: SourceLocation?

  /// 0, 1, …
  static func range(_ rows: Int) -> ResolvedTable {
    ResolvedTable(name: "range(\(rows))", first: 0, rows: rows, columns: .none, location: nil)
  }

  var columnCount: Int {
    switch columns {
    case .none: 1
    case .integers: 2
    case .reals(let formulas): 1 + formulas.count
    }
  }

  /// What computing the values costs beside building the circuit; see `charge`.
  var work: Int {
    switch columns {
    case .none: 1
    case .integers(let formula): 1 + rows * formula.nodeCount / Self.rowsPerUnit
    case .reals(let formulas): 1 + rows * formulas.count / Self.rowsPerUnit
    }
  }

  /// How many values of a table take about as long as a read of a statement.
  static let rowsPerUnit = 64

  static func == (a: ResolvedTable, b: ResolvedTable) -> Bool {
    a.name == b.name && a.first == b.first && a.rows == b.rows && a.columns == b.columns
  }

  func hash(into hasher: inout Hasher) {
    hasher.combine(name)
    hasher.combine(first)
    hasher.combine(rows)
    hasher.combine(columns)
  }
}

// A system's tables.
extension CircuitBuilder {
  /// The number of the table, which is added unless it has been.
  mutating func tableIndex(_ table: ResolvedTable) throws(CircuitLanguageError) -> Int {
    try charge(1 + table.name.utf8.count / 16)
    if let known = resolvedTables[table] { return known }
    try charge(table.work)
    let number = try addTable(table)
    resolvedTables[table] = number
    return number
  }

  private mutating func addTable(_ table: ResolvedTable) throws(CircuitLanguageError) -> Int {
    switch table.columns {
    case .none: return try self.table(name: table.name, first: table.first, rows: table.rows)
    case .integers(let formula):
      guard let values = formula.values(first: table.first, rows: table.rows) else {
        throw CircuitLanguageError(
          "the table '\(table.name)' has no value within 64 bits for one of its arguments",
          at: table.location)
      }
      return try self.table(
        name: table.name, first: table.first, rows: table.rows, columns: [values])
    case .reals(let formulas):
      let columns: [[Integer]]
      do {
        columns = try realTables.values(of: formulas, first: table.first, rows: table.rows)
      } catch {
        throw CircuitLanguageError(error.message, at: table.location)
      }
      let number = try self.table(
        name: table.name, first: table.first, rows: table.rows, columns: columns)
      realTableNumbers.insert(number)
      return number
    }
  }

  /// The number of a table of these values, which is added unless there already is one with the same
  /// rows.
  ///
  /// - Parameters:
  ///   - name: what the table is called if it is added. One that is called after the formulas of its
  ///     columns (`RealFormula.tableName`) is one with other such tables only if their formulas are the
  ///     same.
  ///   - first: the first row's value of the first column.
  ///   - rows: from 1 to `LookupTable.maximalRows`.
  ///   - columns: the columns after the first, of a value for each row.
  /// - Throws: when a column has another number of values, or one beyond 2^48.
  public mutating func table(
    name: String, first: Int, rows: Int, columns: [[Int]] = []
  ) throws(CircuitLanguageError) -> Int {
    let limit = ConstraintSystemLimits.value.magnitude
    guard rows >= 1, rows <= LookupTable.maximalRows, first.magnitude <= limit,
      columns.allSatisfy({ $0.count == rows && $0.allSatisfy { $0.magnitude <= limit } })
    else {
      throw CircuitLanguageError(
        "the table '\(name)' does not have a value of at most 2^48 in each of at most "
          + "\(LookupTable.maximalRows) rows")
    }
    let table = LookupTable(name: name, first: first, rows: rows, columns: columns)
    var key = table
    if RealFormula.columns(ofTableNamed: name) == nil { key.name = "" }
    if let known = tables[key] { return known }
    system.tables.append(table)
    tables[key] = system.tables.count - 1
    return system.tables.count - 1
  }
}

extension ResolvedTable {
  /// - Throws: for what no table may have.
  init(_ request: RealTableRequest) throws(CircuitLanguageError) {
    try request.check()
    self.init(
      name: request.name, first: request.first, rows: request.rows,
      columns: .reals(request.formulas), location: nil)
  }
}

extension LookupTable: Hashable {
  public func hash(into hasher: inout Hasher) {
    hasher.combine(name)
    hasher.combine(first)
    hasher.combine(rows)
    hasher.combine(columns)
  }
}

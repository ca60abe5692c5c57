import ConstraintSystem

/// The columns of a system's lookup tables as arrays.
public struct TableColumns: Sendable {
  private let tables: [LookupTable]
  /// For each table the columns after the first.
  private let functions: [[[Int64]]]

  /// Computes every column. An overflow or a division by a number that is not positive is an error
  /// that names the table, the column and the row.
  public init(of tables: [LookupTable]) throws(EvaluationError) {
    var functions: [[[Int64]]] = []
    for table in tables {
      var columns: [[Int64]] = []
      for (number, function) in table.functions.enumerated() {
        columns.append(try Self.column(function, number: number + 1, of: table))
      }
      functions.append(columns)
    }
    self.tables = tables
    self.functions = functions
  }

  private init() {
    tables = []
    functions = []
  }

  var count: Int { tables.count }

  func contains(column: Int, ofTable table: Int) -> Bool {
    tables.indices.contains(table) && (0..<tables[table].columns).contains(column)
  }

  public func first(ofTable table: Int) -> Int { tables[table].first }

  public func rows(ofTable table: Int) -> Int { tables[table].rows }

  public func columns(ofTable table: Int) -> Int { tables[table].columns }

  public func name(ofTable table: Int) -> String { tables[table].name }

  /// A value of column `column`, 0 being the first column.
  @inline(__always)
  func value(table: Int, column: Int, row: Int) -> Int64 {
    column == 0 ? Int64(tables[table].first + row) : functions[table][column - 1][row]
  }

  /// The values of a column, 0 being the first column, in the order of the rows.
  public func column(_ column: Int, ofTable table: Int) -> [Int64] {
    guard column == 0 else { return functions[table][column - 1] }
    let first = Int64(tables[table].first)
    return (0..<Int64(tables[table].rows)).map { first + $0 }
  }

  private static func column(
    _ function: TableExpression, number: Int, of table: LookupTable
  ) throws(EvaluationError) -> [Int64] {
    let rows = [StatementIndex(name: "row", size: table.rows)]
    let evaluation = try ExpressionEvaluation(
      HintExpression(function, first: table.first), indices: rows, domainRank: 1,
      step: "table \(table.name), column \(number)", shape: [table.rows],
      tensors: TensorElements([]), tables: TableColumns())
    return try evaluation.values()
  }
}

extension HintExpression {
  /// A table's function, whose argument is the index 0 plus `first`.
  fileprivate init(_ function: TableExpression, first: Int) {
    switch function {
    case .argument:
      self = .index(AffineIndex(constant: first, terms: [.init(index: 0, coefficient: 1)]))
    case .constant(let value): self = .constant(value)
    case .add(let a, let b): self = .add(.init(a, first: first), .init(b, first: first))
    case .subtract(let a, let b): self = .subtract(.init(a, first: first), .init(b, first: first))
    case .multiply(let a, let b): self = .multiply(.init(a, first: first), .init(b, first: first))
    case .floorDivide(let a, let divisor):
      self = .floorDivide(.init(a, first: first), .constant(divisor))
    case .minimum(let a, let b): self = .minimum(.init(a, first: first), .init(b, first: first))
    case .maximum(let a, let b): self = .maximum(.init(a, first: first), .init(b, first: first))
    case .ifNegative(let condition, let a, let b):
      self = .select(
        .less(.init(condition, first: first), .constant(0)), .init(a, first: first),
        .init(b, first: first))
    }
  }
}

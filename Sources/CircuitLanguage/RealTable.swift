import ConstraintSystem

/// Where the values of tables of real functions come from: the compiler computes them, and whoever
/// derives a key's system again takes those that the key has.
public protocol RealTableSource: Sendable {
  /// The nearest integer to each formula's value, the greater of two, at x = `first`, `first` + 1, …
  ///
  /// - Parameter formulas: without parameters.
  /// - Returns: for each formula as many values as there are rows.
  /// - Throws: where a formula has no value, with the argument.
  func values(
    of formulas: [RealFormula], first: Integer, rows: Int
  ) throws(CircuitLanguageError) -> [[Integer]]
}

/// No source: circuits without tables of real functions need none.
public struct NoRealTables: RealTableSource {
  public init() {}

  public func values(
    of formulas: [RealFormula], first: Integer, rows: Int
  ) throws(CircuitLanguageError) -> [[Integer]] {
    throw CircuitLanguageError(
      "nothing here computes the real functions of the table \(RealFormula.tableName(of: formulas))"
    )
  }
}

/// The tables that a system has, by their names.
struct SystemTables: RealTableSource {
  private struct Key: Hashable {
    let name: String
    let first: Integer
    let rows: Int
  }

  private let tables: [Key: LookupTable]

  init(_ system: ConstraintSystem) {
    tables = Dictionary(
      system.tables.map { (Key(name: $0.name, first: $0.first, rows: $0.rows), $0) },
      uniquingKeysWith: { first, _ in first })
  }

  func values(
    of formulas: [RealFormula], first: Integer, rows: Int
  ) throws(CircuitLanguageError) -> [[Integer]] {
    let name = RealFormula.tableName(of: formulas)
    guard let table = tables[Key(name: name, first: first, rows: rows)],
      table.columns.count == formulas.count
    else { throw CircuitLanguageError("there is no table \(name)") }
    return table.columns
  }
}

/// A table of real functions for values in fixed point: the argument x stands for x·2^−argumentBits,
/// and a result y for y·2^−outputBits. So one function serves at any scale, and the units of what is
/// looked up follow from the request.
public struct RealTableRequest: Hashable, Sendable {
  /// The functions of the further columns, over the real numbers that arguments stand for.
  public var functions: [RealFormula]
  public var argumentBits: Int
  public var outputBits: Int
  /// Where results end. The table has the next integer for those beyond, and where it has, each result is
  /// shown to be in the range: so nothing has a result there.
  public var range: ClosedRange<Int>
  /// The least argument, as an integer.
  public var first: Int
  /// How many arguments there are, from 1 to `LookupTable.maximalRows`.
  public var rows: Int

  public init(
    _ functions: [RealFormula], argumentBits: Int, outputBits: Int,
    range: ClosedRange<Int> = -(1 << 15)...(1 << 15) - 1, first: Int = -(1 << 15),
    rows: Int = 1 << 16
  ) {
    self.functions = functions
    self.argumentBits = argumentBits
    self.outputBits = outputBits
    self.range = range
    self.first = first
    self.rows = rows
  }

  /// The further columns as functions of the integer x: round(2^outputBits · f(x / 2^argumentBits)),
  /// a step beyond the ends of the range at the most.
  public var formulas: [RealFormula] {
    functions.map { function in
      let scaled = function.mapping { $0 == .argument ? Self.scaled(.argument, -argumentBits) : $0 }
      return .function(
        .min,
        [
          .function(
            .max, [Self.scaled(scaled, outputBits), .number(max(range.lowerBound, .min + 1) - 1)]),
          .number(min(range.upperBound, .max - 1) + 1),
        ])
    }
  }

  /// What the table is called.
  public var name: String { RealFormula.tableName(of: formulas) }

  /// The formula times 2^bits.
  private static func scaled(_ formula: RealFormula, _ bits: Int) -> RealFormula {
    guard bits != 0 else { return formula }
    let power = RealFormula.binary(.power, .integer(2), .integer(abs(bits)))
    return .binary(bits < 0 ? .divide : .multiply, formula, power)
  }

  /// The most bits of a scale.
  private static let maximalBits = 1 << 10

  /// - Throws: what no table may have.
  func check() throws(CircuitLanguageError) {
    let limit = ConstraintSystemLimits.value
    guard rows >= 1, rows <= LookupTable.maximalRows, first.magnitude <= limit.magnitude,
      range.lowerBound >= -limit, range.upperBound <= limit,
      argumentBits.magnitude <= Self.maximalBits, outputBits.magnitude <= Self.maximalBits
    else { throw CircuitLanguageError("a table of real functions exceeds what tables may have") }
    for formula in formulas {
      guard formula.height <= RealFormula.maximalHeight,
        formula.nodeCount <= RealFormula.maximalNodes
      else { throw CircuitLanguageError("a formula of a table has too many parts") }
    }
  }
}

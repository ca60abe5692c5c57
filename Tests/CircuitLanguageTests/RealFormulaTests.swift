import ConstraintSystem
import Synchronization
import Testing

@testable import CircuitLanguage

/// A source that gives the row's number in each column, and notes what it was asked.
private final class RowNumbers: RealTableSource {
  let asked = Mutex<[String]>([])

  func values(
    of formulas: [RealFormula], first: Integer, rows: Int
  ) throws(CircuitLanguageError) -> [[Integer]] {
    asked.withLock { $0.append(RealFormula.tableName(of: formulas)) }
    return formulas.map { _ in (0..<rows).map { Integer($0) } }
  }
}

@Suite struct RealFormulaTests {
  private func text(_ formula: String) throws -> String { try RealFormula(formula).text }

  @Test(arguments: [
    "x", "2^15 / (1 + exp(-x / 2^12))", "x - (1 - x)", "x - 1 - x", "(x * 2)^3", "-x^2", "(-x)^2",
    "x^(1 / 3)", "2^2^3", "(2^2)^3", "-(x + 1)", "--x", "x / (2 / 3) / 4", "min(x, max(1, -x))",
    "select(x < 3, sqrt(x + 3), limit(log(x)))", "x * -2", "2^-x_is_no_name",
  ])
  func textReadsBack(formula: String) throws {
    guard !formula.hasSuffix("name") else {
      #expect(throws: CircuitLanguageError.self) { try RealFormula(formula) }
      return
    }
    #expect(try text(formula) == formula)
  }

  @Test func needlessParenthesesGo() throws {
    #expect(try text("((x) + (2 * (3)))") == "x + 2 * 3")
    #expect(try text("(x^2)^(2)") == "(x^2)^2")
    #expect(RealFormula.columns(ofTableNamed: "round((x))") == nil)
    #expect(RealFormula.columns(ofTableNamed: "round(x), round(-x)")?.count == 2)
    for name in [
      "", "relu", "round", "round(", "round(x) ", "round(x),", "round(y)", "round(3, 4)",
    ] {
      #expect(RealFormula.columns(ofTableNamed: name) == nil, "\(name)")
    }
  }

  static let errors = [
    LanguageErrorTests.Case("table t(x: i8) = round(«y)", "neither the table's argument nor"),
    LanguageErrorTests.Case("table t(x: i8) = round(«ln(x))", "there is no real function 'ln'"),
    LanguageErrorTests.Case("table t(x: i8) = round(«exp(x, 2))", "'exp' takes 1 operand"),
    LanguageErrorTests.Case("table t(x: i8) = round(«min(x))", "'min' takes 2 operands"),
    LanguageErrorTests.Case("table t(x: i8) = round(2 «^ x)", "an exponent is a number"),
    LanguageErrorTests.Case("table t(x: i8) = round(select(x «, 1, 2))", "expected '<'"),
    LanguageErrorTests.Case("table t(x: i8) = round(x«", "expected ')'"),
    LanguageErrorTests.Case("table t(x: i8) = round(x), «x", "expected 'round('"),
    LanguageErrorTests.Case("table «round(x: i8) = x", "can not be called 'round'"),
    LanguageErrorTests.Case("table t(x: «q8) = round(x)", "unknown type 'q8'"),
  ]

  @Test(arguments: errors) func whatIsWrongIsSaidWhereItIs(
    error: LanguageErrorTests.Case
  ) throws {
    let parts = error.source.split(separator: "«", omittingEmptySubsequences: false)
    var library = CircuitLibrary()
    let found = #expect(throws: CircuitLanguageError.self) {
      try library.add(source: parts.joined(), file: "t.circuit")
    }
    #expect(found?.message.contains(error.message) == true, "\(found?.message ?? "")")
    #expect(found?.location?.column == parts[0].count + 1)
  }

  @Test func largeFormulasAreRefused() {
    for formula in [
      String(repeating: "(", count: 100_000) + "x", String(repeating: "-", count: 100_000) + "x",
      "x" + String(repeating: " + x", count: 100_000),
      String(repeating: "exp(", count: 100_000) + "x",
      String(repeating: "2^", count: 100_000) + "2",
    ] {
      let error = #expect(throws: CircuitLanguageError.self) { try RealFormula(formula) }
      #expect(error?.message.contains("at most") == true)
      #expect(RealFormula.columns(ofTableNamed: "round(\(formula))") == nil)
    }
  }

  private static let source = """
    table curve(v: int(-20, 20); bits: nat, slope: int) =
      round(2^bits * tanh(slope * v / 2^bits)), round(v * slope)
    table pair(v: range(9)) = round(v / 2), round(v^2)
    circuit c(x: any[n]) -> (y: u16[n], z: u16[n]) {
      hint y[i] = table pair(x[i])
      hint z[i] = x[i] * x[i]
      lookup (x[i], y[i], z[i]) in table pair
      lookup (x[i], y[i], z[i]) in table curve(3, -2)
      lookup (x[i], y[i], z[i]) in table curve(3, -2)
    }
    """

  /// The table's name is its formula, in x, with the parameters put in; it is asked for once.
  @Test func tablesAreNamedByTheirFormulas() throws {
    var library = CircuitLibrary()
    try library.add(source: Self.source, file: "t.circuit")
    let source = RowNumbers()
    var builder = CircuitBuilder(library: library, realTables: source)
    let x = builder.addTensor(
      TensorDeclaration(name: "x", shape: [4], role: .publicInput, range: 0...8))
    _ = try builder.instantiate("c", [x], name: "l", fractionalBits: 0)
    let names = [
      "round(x / 2), round(x^2)", "round(2^3 * tanh(-2 * x / 2^3)), round(x * -2)",
    ]
    #expect(builder.system.tables.map(\.name) == names)
    #expect(source.asked.withLock { $0 } == names)
    #expect(builder.system.tables[1].first == -20)
    #expect(builder.system.tables[1].columns == [Array(0...40), Array(0...40)])
  }

  @Test func withoutASourceTheTableIsNamed() throws {
    var library = CircuitLibrary()
    try library.add(source: Self.source, file: "t.circuit")
    var builder = CircuitBuilder(library: library)
    let x = builder.addTensor(
      TensorDeclaration(name: "x", shape: [4], role: .publicInput, range: 0...8))
    let error = #expect(throws: CircuitLanguageError.self) {
      try builder.instantiate("c", [x], name: "l", fractionalBits: 0)
    }
    #expect(error?.message.contains("round(x / 2), round(x^2)") == true)
    #expect(error?.location?.line == 5)
  }

  @Test func tablesGivenByTheirValues() throws {
    var builder = CircuitBuilder(library: try .standard())
    #expect(try builder.table(name: "a", first: 3, rows: 2, columns: [[5, 7]]) == 0)
    #expect(try builder.table(name: "b", first: 3, rows: 2, columns: [[5, 8]]) == 1)
    // The same values under another name, unless the names say what they are of.
    #expect(try builder.table(name: "c", first: 3, rows: 2, columns: [[5, 7]]) == 0)
    #expect(try builder.table(name: "round(2 * x - 1)", first: 3, rows: 2, columns: [[5, 7]]) == 2)
    #expect(try builder.table(name: "round(2 * x - 1)", first: 3, rows: 2, columns: [[5, 7]]) == 2)
    for (rows, column) in [
      (0, []), (2, [5]), (1, [1 << 49]), (65537, Array(repeating: 0, count: 65537)),
    ] {
      #expect(throws: CircuitLanguageError.self) {
        try builder.table(name: "d", first: 0, rows: rows, columns: [column])
      }
    }
    #expect(builder.system.tables.count == 3)
  }

  @Test func requestsAreScaledFormulas() throws {
    let sigmoid = try RealFormula("1 / (1 + exp(-x))")
    let request = RealTableRequest([sigmoid], argumentBits: 12, outputBits: 15)
    #expect(
      request.name == "round(min(max(1 / (1 + exp(-(x / 2^12))) * 2^15, -32769), 32768))")
    let plain = RealTableRequest([.argument], argumentBits: 0, outputBits: -2, range: 0...7)
    #expect(plain.name == "round(min(max(x / 2^2, -1), 8))")
    for wrong in [
      RealTableRequest([sigmoid], argumentBits: 12, outputBits: 5000),
      RealTableRequest([sigmoid], argumentBits: 12, outputBits: 15, rows: 0),
      RealTableRequest([sigmoid], argumentBits: 12, outputBits: 15, rows: 65537),
      RealTableRequest([sigmoid], argumentBits: 12, outputBits: 15, range: 0...Int.max),
      RealTableRequest([sigmoid], argumentBits: 12, outputBits: 15, first: .min),
    ] {
      #expect(throws: CircuitLanguageError.self) { try ResolvedTable(wrong) }
    }
  }
}

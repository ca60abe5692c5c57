import CommandSupport
import ConstraintSystem
import Prover
import RealTables
import Testing
import Verifier
import Witness

@testable import CircuitLanguage

/// A layer with a table of real functions from a circuit file, and a table that was asked for.
private struct Network {
  let circuit: Circuit
  let derivation: Derivation

  static let text = """
    table softplus(x: i16; bits: nat) = round(2^bits * log1p(exp(x / 2^bits)))
    circuit softplus(x: i16[...]; bits: nat) -> (y: i16[...]) {
      hint y[...] = table softplus(x[...]; bits)
      lookup (x[...], y[...]) in table softplus(bits)
    }
    """

  static let request = RealTableRequest(
    [.function(.sin, [.argument])], argumentBits: 6, outputBits: 7, range: -100...100, first: -300,
    rows: 601)

  init() throws {
    var library = try CircuitLibrary.standard()
    try library.add(source: Self.text, file: "soft.circuit")
    var builder = DerivationBuilder(library: library, realTables: ComputedTables())
    let x = try builder.addTensor(
      TensorDeclaration(
        name: "x", shape: [6], role: .publicInput, range: -32768...32767, fractionalBits: 12))
    let angles = try builder.addTensor(
      TensorDeclaration(
        name: "angles", shape: [6], role: .publicInput, range: -300...300, fractionalBits: 6))
    builder.beginLayer(name: "soft", operation: "Softplus")
    let y = try builder.instantiate(
      "softplus", [x], parameters: ["bits": 12], name: "soft", fractionalBits: 12)[0]
    _ = try builder.apply(TableRequest(Self.request), angles, name: "sine", fractionalBits: 7)
    builder.beginOutputs()
    _ = try builder.markOutput(y, name: "y")
    derivation = builder.derivation
    circuit = try builder.finish()
  }

  /// The verifying key of a system that differs from the circuit's.
  func key(_ change: (inout ConstraintSystem) -> Void = { _ in }) throws -> VerifyingKey {
    var changed = circuit
    change(&changed.system)
    return try ProvingKey.make(circuit: changed, model: [:], derivation: derivation.bytes)
      .verifyingKey
  }
}

@Suite("Tables of real functions in keys") struct DerivedTableTests {
  @Test func valuesAreThoseOfTheFormula() throws {
    let tables = try Network().circuit.system.tables
    #expect(tables[0].name == "round(2^12 * log1p(exp(x / 2^12)))")
    #expect(tables[0].columns[0][32768] == 2839)
    #expect(tables[1].name == Network.request.name)
    // What is beyond the request's range is one beyond it, and no result.
    #expect(tables[1].columns[0].max() == 101)
    #expect(
      try Network().circuit.system.tensors.contains { $0.name == "sine" && $0.range == -100...100 })
    #expect(tables.allSatisfy { $0.fault() == nil })
  }

  @Test func aDerivationHoldsFormulasAndNoValues() throws {
    let network = try Network()
    let bytes = network.derivation.bytes
    #expect(bytes.count < 1000)
    #expect(try Derivation(bytes: bytes) == network.derivation)
    #expect(
      network.derivation.layers[0].steps[1].action
        == .table(TableRequest(Network.request), fractionalBits: 7))
  }

  /// A function of x in units of 2^-6 is another one in other units: whoever says that a tensor has
  /// these, or that the result has others than the table's, has no layer of Assay's own.
  @Test(arguments: [(6, 7, true), (5, 7, false), (6, 8, false), (7, 6, false)])
  func aTableSaysWhichUnitsItTakesAndGives(argument: Int, result: Int, isOwn: Bool) throws {
    var builder = DerivationBuilder(library: try .standard(), realTables: ComputedTables())
    let angles = try builder.addTensor(
      TensorDeclaration(
        name: "angles", shape: [6], role: .publicInput, range: -300...300,
        fractionalBits: argument))
    builder.beginLayer(name: "sine", operation: "Sin")
    let sines = try builder.apply(
      TableRequest(Network.request), angles, name: "sine", fractionalBits: result)
    builder.beginOutputs()
    _ = try builder.markOutput(sines, name: "y")
    let bytes = builder.derivation.bytes
    let audit = try DerivationAudit(bytes, of: try builder.finish().system)
    #expect(audit.layers.map(\.isOwn) == [isOwn])
    #expect(audit.layers.map(\.keepsUnits) == [isOwn])
  }

  @Test func anAuditTakesTheKeysValuesAndSaysSo() throws {
    let network = try Network()
    let audit = try DerivationAudit(network.derivation.bytes, of: network.circuit.system)
    #expect(audit.realTables.map(\.name) == network.circuit.system.tables.prefix(2).map(\.name))
    let report = OriginReport(try network.key())
    #expect(report.text.contains("2 tables of real functions are taken on trust"))
    #expect(report.text.contains("--check-tables"))
    #expect(report.tables == nil)
    let checked = OriginReport(try network.key(), checksTables: true)
    #expect(checked.tables?.fault == nil && checked.tables?.count == 2)
    #expect(checked.text.contains("all 2 tables of real functions are those of their formulas"))
  }

  @Test(arguments: [(0, 0), (0, 40_000), (0, 65_535), (1, 300)])
  func oneChangedValueIsFound(table: Int, row: Int) throws {
    let network = try Network()
    let right = network.circuit.system.tables[table].columns[0][row]
    let key = try network.key { $0.tables[table].columns[0][row] += 1 }
    // Whoever does not look finds nothing.
    #expect(OriginReport(key).audit != nil)
    let fault = try #require(OriginReport(key, checksTables: true).tables?.fault)
    let x = network.circuit.system.tables[table].first + row
    #expect(fault.contains("has \(right + 1) at x = \(x), where \(right) is right"), "\(fault)")
    #expect(fault.contains(network.circuit.system.tables[table].name))
  }

  @Test func whatATableIsNamedByCountsToo() throws {
    let network = try Network()
    // Formulas that take too long, that have no values, or that are of another number of columns.
    for name in ["round(log(exp(x / 2)))", "round(log(x))", "round(x), round(x)"] {
      let key = try network.key { $0.tables[0].name = name }
      #expect(OriginReport(key).audit == nil, "the formula is not that of the circuit")
      let report = OriginReport(key, checksTables: true)
      #expect(report.tables?.fault?.contains(name) == true)
    }
    // No formula at all, in a system that comes of nothing.
    let key = try network.key { $0.tables[1].name = "sine" }
    let fault = OriginReport(key, checksTables: true).tables?.fault
    #expect(fault?.contains("nothing says what it holds") == true)
  }

  @Test func aTableThatTheKeyDoesNotHaveIsNoticed() throws {
    let network = try Network()
    var system = network.circuit.system
    system.tables[0].first -= 1
    #expect(throws: DerivationError.self) {
      try DerivationAudit(network.derivation.bytes, of: system)
    }
  }

  /// A table of integers with the same values is another one, and each is found again.
  @Test func tablesOfTheSameValuesStayApart() throws {
    var library = try CircuitLibrary.standard()
    try library.add(
      source: """
        table plain(x: range(9)) = 2 * x
        table real(x: range(9)) = round(2 * x)
        circuit both(x: any[n]) -> (y: u16[n]) {
          hint y[i] = table plain(x[i])
          lookup (x[i], y[i]) in table plain
          lookup (x[i], y[i]) in table real
        }
        """, file: "both.circuit")
    var builder = DerivationBuilder(library: library, realTables: ComputedTables())
    let x = try builder.addTensor(
      TensorDeclaration(name: "x", shape: [6], role: .publicInput, range: 0...8))
    builder.beginLayer(name: "both", operation: "")
    let y = try builder.instantiate("both", [x], name: "both", fractionalBits: 0)[0]
    builder.beginOutputs()
    _ = try builder.markOutput(y, name: "y")
    let derivation = builder.derivation
    let system = try builder.finish().system
    #expect(system.tables.map(\.name) == ["plain", "round(2 * x)"])
    let audit = try DerivationAudit(derivation.bytes, of: system)
    #expect(audit.realTables.map(\.name) == ["round(2 * x)"])
  }

  /// What is no function somewhere is refused when a network is compiled, with the argument.
  @Test func aFormulaWithoutAValueIsRefusedWithItsArgument() throws {
    var library = try CircuitLibrary.standard()
    try library.add(
      source: """
        table bad(x: i8) = round(8 / x)
        circuit bad(x: any[n]) -> (y: i16[n]) {
          hint y[i] = table bad(x[i])
          lookup (x[i], y[i]) in table bad
        }
        """, file: "bad.circuit")
    var builder = CircuitBuilder(library: library, realTables: ComputedTables())
    let x = builder.addTensor(
      TensorDeclaration(name: "x", shape: [6], role: .publicInput, range: 0...8))
    let error = #expect(throws: CircuitLanguageError.self) {
      try builder.instantiate("bad", [x], name: "bad", fractionalBits: 0)
    }
    #expect(error?.message.contains("round(8 / x)") == true)
    #expect(error?.message.contains("at x = 0") == true)
    #expect(error?.location?.line == 3)
  }

  /// Reading `round` requests of a derivation is bounded, and there is one form of each.
  @Test func requestsHaveOneForm() throws {
    let network = try Network()
    let bytes = network.derivation.bytes
    let text = Array("sin(x)".utf8)
    let place = try #require(
      bytes.indices.first { bytes[$0...].starts(with: text) })
    for other in ["sin(y)", "sin((", "(x+1) ", "sinh(x"] {
      var changed = bytes
      changed.replaceSubrange(place..<place + text.count, with: Array(other.utf8))
      #expect(throws: DerivationError.self) { try Derivation(bytes: changed) }
    }
  }
}

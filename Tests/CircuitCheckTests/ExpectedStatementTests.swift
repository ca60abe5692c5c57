import CircuitLanguage
import CircuitTestSupport
import FieldArithmetic
import Testing

@testable import CircuitCheck

@Suite("Changes are refused by the statements that are there to refuse them")
struct ExpectedStatementTests {
  struct Case: CustomTestStringConvertible, Sendable {
    var circuit: String
    var sizes: TrialSizes
    var values: [[Int]]
    var form = TrialCircuit.Form.tensor
    /// By tensor what the statements that refuse changes of it alone begin with: exactly these.
    var refused: [String: Set<String>]

    var testDescription: String { "\(circuit) \(form)" }
  }

  static let cases = [
    Case(
      circuit: "rescale", sizes: .init(rest: [3], parameters: ["shift": 4]),
      values: [[-9, 100, 7]],
      refused: [
        "y": [
          "lookup acc[...] + half - y[...] * 2^shift in range(2^shift)", "lookup y[...] in i16",
        ]
      ]),
    Case(
      circuit: "rescale", sizes: .init(rest: [2], parameters: ["shift": 4]),
      values: [[30, -100], [30, 20]], form: .product,
      refused: [
        "y": ["assert acc[...] + half == y[...] * 2^shift + r[...]", "lookup y[...] in i16"],
        "rescale.round_shift.r": [
          "assert acc[...] + half == y[...] * 2^shift + r[...]", "lookup r[...] in range(2^shift)",
        ],
      ]),
    Case(
      circuit: "relu", sizes: .init(rest: [3]), values: [[-5, 0, 9]],
      refused: [
        "y": [
          "assert y[...] * (y[...] - x[...]) == 0", "lookup y[...] in nonnegative(2^bits_of(x))",
          "lookup y[...] - x[...] in nonnegative(2^(bits_of(x) + 1))",
        ]
      ]),
    Case(
      circuit: "copy", sizes: .init(rest: [2]), values: [[3, -4]],
      refused: ["y": ["assert y[...] == x[...]"]]),
    Case(
      circuit: "private_input", sizes: .init(rest: [2]), values: [[-32768, 32767]],
      refused: ["x": ["lookup x[...] in like(x)"]]),
  ]

  @Test(arguments: cases)
  func refusals(_ test: Case) throws {
    let library = try CircuitLibrary.withExamples()
    let report = try Trials.report(
      test.circuit, test.sizes, values: test.values, form: test.form)
    let found = report.caught.mapValues { statements in
      Set(statements.keys.compactMap { library.source(ofStatement: $0)?.text })
    }
    for (tensor, statements) in test.refused { #expect(found[tensor] == statements, "\(tensor)") }
    #expect(report.isPinned)
  }

  /// The example of `Paper/` section 3.5: quotients and their maximum may all move by 2^-s modulo p.
  @Test("fractions of the field are tried")
  func fractions() throws {
    var library = try CircuitLibrary.standard()
    try library.add(
      source: """
        circuit c(a: i16[n], b: i16[n]) -> (y: i16[n]) {
          hint p[i]: i16 = a[i] / 8
          hint q[i]: i16 = b[i] / 8
          hint y[i] = max(p[i], q[i])
          lookup a[i] - 8 * p[i] in range(8)
          lookup b[i] - 8 * q[i] in range(8)
          lookup y[i] - p[i] in u16
          lookup y[i] - q[i] in u16
          assert (y[i] - p[i]) * (y[i] - q[i]) == 0
          lookup y[i] in i16
        }
        """, file: "c.circuit")
    let sizes = TrialSizes(sizes: ["n": 1])
    let values = [[804], [1603]]
    // The search through all assignments must not be what finds it.
    let effort = WrongHintEffort(searchWork: 0)
    #expect(
      try Trials.report("c", sizes, values: values, effort: effort, library: library).isPinned)
    let bound = try #require(
      try TrialCircuit("c", of: library, sizes).circuit.statementNames.indices.first { number in
        let names = try TrialCircuit("c", of: library, sizes).circuit.statementNames
        return library.source(ofStatement: names[number])?.text == "lookup y[i] in i16"
      })
    let report = try Trials.report(
      "c", sizes, values: values, effort: effort, without: bound, library: library)
    let forged = try #require(report.undetected.first { $0.meaning == .output })
    let shift = try #require(forged.values.first { $0.tensor == "y" })
    // A small number divided by a power of two: of the divisor, and of the limbs of y's range.
    let difference = Fp(shift.forged) - Fp(shift.honest)
    #expect((3...20).contains { abs((Fp(1 << $0) * difference).signed) < 1 << 17 })
    #expect(abs(shift.forged) > 1 << 40)
  }

  @Test("the same attacks in each run")
  func deterministic() throws {
    let reports = try (0..<2).map { _ in
      try CircuitTester(.withExamples()).verdict(on: "argmax").report
    }
    #expect(reports[0].attempts == reports[1].attempts)
    #expect(reports[0].caught == reports[1].caught)
  }
}

import CircuitCheck
import CircuitLanguage
import Compiler
import Equations
import OperatorCheck
import TensorGraph
import Testing

@Suite("Operators by themselves")
struct OperatorTesterTests {
  private static func operators(_ text: String) throws -> OperatorLibrary {
    var library = try OperatorLibrary.standard()
    try library.add(files: [SourceFile(name: "lab.circuit", text: text)])
    return library
  }

  private static let gated = """
    operator GatedUnit(x: real[...], gate: real[...]; slope: real = 1) -> (y: real[...]) custom "lab"
    { y[...] = x[...] * sigmoid(slope * gate[...]) }
    """

  private static func brief() -> CircuitTester.Effort {
    var effort = CircuitTester.Effort.brief
    effort.hints.nodes = 500
    return effort
  }

  @Test func soundOperator() throws {
    let operators = try Self.operators(Self.gated)
    let tester = OperatorTester(
      operators, try .standard(), tolerance: 0.01, effort: Self.brief())
    let verdict = try tester.verdict(on: "GatedUnit")
    #expect(verdict.isAccepted, "\(verdict.faults)")
    #expect(verdict.trials.count >= 4)
    #expect(verdict.greatestError > 0 && verdict.greatestError < 0.002)
    #expect(verdict.report.attempts > 100)
    // Something refuses changes of each output.
    #expect(verdict.report.caught["y"]?.isEmpty == false)
    #expect(verdict.trials.allSatisfy { $0.trial.refusal == nil })
  }

  /// The circuit of a network can't be as exact as its equations.
  @Test func inaccuracyIsAFault() throws {
    let tester = OperatorTester(
      try Self.operators(Self.gated), try .standard(), tolerance: 1e-9, effort: Self.brief())
    let verdict = try tester.verdict(on: "GatedUnit")
    guard case .inaccurate(let sample, let output)? = verdict.faults.first else {
      Issue.record("\(verdict.faults)")
      return
    }
    #expect(output.name == "y" && output.error > 0)
    #expect(!sample.packs.isEmpty)
  }

  /// Of what its circuit does not pin an operator is not accepted.
  @Test func unpinnedCircuitIsAFault() throws {
    var circuits = try CircuitLibrary.standard()
    try circuits.add(
      source: """
        circuit relu(x: any[...]) -> (y: like(x)[...]) {
          hint y[...] = max(x[...], 0)
          lookup y[...] in i16
        }
        """, file: "loose.circuit")
    let tester = OperatorTester(
      try .standard(), circuits, tolerance: 0.01, effort: Self.brief())
    let verdict = try tester.verdict(on: "Relu")
    guard case .circuit(_, .wrongHint)? = verdict.faults.first else {
      Issue.record("\(verdict.faults)")
      return
    }
  }

  @Test func givenSizesAndAttributes() throws {
    let tester = OperatorTester(
      try Self.operators(Self.gated), try .standard(), tolerance: 0.01, effort: Self.brief())
    let fixed = OperatorSample(packs: ["...": [3, 2]], attributes: ["slope": .real(0.5)])
    let verdict = try tester.verdict(on: "GatedUnit", fixed: fixed)
    #expect(verdict.trials.count == 1)
    #expect(verdict.trials[0].trial.sample.description == "...=3×2; slope=0.5")
    #expect(
      verdict.trials[0].trial.compilation.model.interface.outputs.map(\.shape) == [[3, 2]])
  }

  /// Where an operator has values for some numbers only, it is tried with these.
  @Test(arguments: [
    ("sqrt(x[...])", Float(0.25)), ("acosh(x[...])", 1.25), ("asin(x[...])", -0.875),
  ])
  func domains(formula: String, low: Float) throws {
    let operators = try Self.operators(
      "operator F(x: real[...]) -> (y: real[...]) custom \"lab\" { y[...] = \(formula) }")
    let trial = try OperatorTester(operators, .standard(), tolerance: 1).example(of: "F")
    #expect(trial.domain.low == low)
  }

  @Test func whatCanNotBeTriedSaysWhy() throws {
    let operators = try Self.operators(
      """
      operator Odd(x: real[n]) -> (y: real[n]) custom "lab" { require n > 100
        y[i] = 2 * x[i] }
      operator None(x: real[n]) -> (y: real[n]) custom "lab" { y[i] = i + 0 * count(n) + 0 * x[0] * 0 }
      operator Same(x: real[n]) -> (y: real[n]) custom "lab" { y[i] = x[i] }
      """)
    let tester = OperatorTester(operators, try .standard(), tolerance: 0.01)
    let odd = #expect(throws: OperatorCheckError.self) { try tester.verdict(on: "Odd") }
    #expect(odd?.description.contains("say --sizes") == true)
    #expect(odd?.description.contains("n > 100") == true)
    let fixed = OperatorSample(sizes: ["n": 101])
    #expect(try tester.trials(of: "Odd", fixed).count == 1)
    let same = #expect(throws: OperatorCheckError.self) { try tester.verdict(on: "Same") }
    #expect(same?.description.contains("nothing to prove") == true)
    #expect(throws: OperatorCheckError.self) { try tester.verdict(on: "Nobody") }
  }

  /// A text can't ask for more than there is.
  @Test func largeSizesAreRefused() throws {
    let tester = OperatorTester(
      try Self.operators(Self.gated), try .standard(), tolerance: 0.01)
    let error = #expect(throws: OperatorCheckError.self) {
      try tester.trials(
        of: "GatedUnit", OperatorSample(packs: ["...": [1 << 20, 1 << 20, 1 << 20]]))
    }
    #expect(error?.description.isEmpty == false)
  }
}

import ArgumentParser
import CircuitCheck
import CircuitLanguage
import CommandSupport
import Equations
import OperatorCheck

struct CircuitTestCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "test",
    abstract: "Tries circuits and operators, attacks hints, and proves an instance.",
    discussion: """
      A hint says what an honest prover computes. What a dishonest one may claim is all that the \
      statements accept, whatever the hint says and whatever range is declared for it. So this command \
      plays the dishonest prover: at several sizes and for inputs that are hard on a circuit it looks \
      for other values, of one hint or of many at once, that all statements accept. Where a circuit can \
      be had with values of \(CircuitTester.narrowBits) bits in place of 16 it goes through all \
      assignments of some small instances.

      A circuit whose outputs can be chosen so is rejected, with the values that show it. The report \
      says of each tensor which statements refused changes of it alone. That nothing is found is no \
      proof, except where outputs are said to be the only ones.

      An operator is compiled at several sizes, for inputs that are hard on it: zeros, equal numbers, \
      ends of ranges, numbers a unit apart. What the circuit makes of them is compared with the \
      equations, and the circuit is attacked as others are. Results further off than --tolerance, or \
      that can be chosen, reject it.

      Then one instance is proven, and the proof verified. Sizes are 1, 2, 3, 5 and mixtures of them, \
      and parameters small numbers, unless they are given:

        assay circuit test relu.circuit
        assay circuit test round.circuit --sizes ...=3x5 --parameters shift=4,width=16
        assay circuit test gated.circuit --circuit GatedUnit

      Exit status 1: a circuit or an operator is rejected.
      """)

  @Argument(
    help: "A circuit file; - for standard input.", completion: .file(extensions: ["circuit"]))
  var file: String

  @OptionGroup var choice: CircuitSizeOptions
  @OptionGroup var machine: MachineOptions

  @Option(
    help: ArgumentHelp(
      "Greatest error of an operator's result that is accepted, as a fraction of its range.",
      valueName: "fraction|percent%"))
  var tolerance = Tolerance(fraction: 0.01)

  @Flag(help: "Print the report as JSON.")
  var json = false

  func run() throws {
    machine.apply()
    let text = try CircuitText(file, named: choice.circuit)
    let clock = StageClock.logging()
    var reports: [CircuitTestReport] = []
    for signature in text.chosenCircuits {
      let report = try clock.stage("test \(signature.name)") { try test(signature, text) }
      reports.append(report)
      if !json { try Console.write(report.text) }
    }
    var operators: [OperatorTestReport] = []
    var untried: [CommandError] = []
    for operation in text.chosenOperators {
      clock.note("test \(operation.name)")
      do throws(CommandError) {
        let report = try test(operation, text)
        operators.append(report)
        if !json { try Console.write(report.text) }
      } catch {
        // The others are not worse for it.
        untried.append(error)
      }
    }
    if json {
      try Console.write(
        JSONValue.object([
          "circuits": .array(reports.map(\.json)), "operators": .array(operators.map(\.json)),
          "untried": .array(untried.map { .string("\($0)") }),
        ]).text)
    }
    try refuse(
      reports.filter { !$0.verdict.isAccepted }.map(\.signature.name),
      operators.filter { !$0.verdict.isAccepted }.map(\.description.name))
    try refuse(untried)
  }

  /// - Throws: for operators that could not be tried.
  private func refuse(_ untried: [CommandError]) throws {
    guard !untried.isEmpty else { return }
    let error = CommandError.input(untried.map { "\($0)" }.joined(separator: "\n"))
    // With --json all has been said.
    if json { throw ReportedError(error) }
    throw error
  }

  private func refuse(_ circuits: [String], _ operators: [String]) throws {
    var reasons: [String] = []
    if !circuits.isEmpty {
      reasons.append(
        "the statements do not pin what they should: " + circuits.joined(separator: ", "))
    }
    if !operators.isEmpty {
      reasons.append(
        "the circuits do not prove what the equations say: " + operators.joined(separator: ", "))
    }
    guard reasons.isEmpty else {
      throw ReportedError(.rejected(reasons.joined(separator: "\n")))
    }
  }

  private func test(
    _ signature: CircuitSignature, _ text: CircuitText
  ) throws -> CircuitTestReport {
    let (given, isRestGiven) = try choice.given()
    try CircuitSizeOptions.check(given, signature)
    do throws(CircuitCheckError) {
      let verdict = try CircuitTester(text.circuits).verdict(
        on: signature.name, fixed: given, isRestFixed: isRestGiven)
      var report = CircuitTestReport(
        signature: signature, verdict: verdict, library: text.circuits)
      if verdict.isAccepted, let trial = verdict.trials.last(where: { $0.bits == nil }) {
        report.proofBytes = try CircuitProof.bytes(of: trial, signature.name, text.circuits)
      }
      return report
    } catch {
      throw CommandError.input("\(signature.name): \(error)")
    }
  }

  private func test(
    _ operation: OperatorDescription, _ text: CircuitText
  ) throws(CommandError) -> OperatorTestReport {
    let given = try choice.given(for: operation)
    do throws(OperatorCheckError) {
      let tester = OperatorTester(text.operators, text.circuits, tolerance: tolerance.fraction)
      let verdict = try tester.verdict(on: operation.name, fixed: given)
      var report = OperatorTestReport(
        description: operation, verdict: verdict, library: text.circuits)
      if verdict.isAccepted, let trial = verdict.trials.last?.trial {
        report.proofBytes = try CircuitProof.bytes(of: trial)
      }
      return report
    } catch {
      throw .input("\(operation.name): \(error)")
    }
  }
}

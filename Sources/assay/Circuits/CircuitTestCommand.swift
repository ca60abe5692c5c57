import ArgumentParser
import CircuitCheck
import CircuitLanguage
import CommandSupport

struct CircuitTestCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "test",
    abstract: "Tries circuits, attacks their hints, and proves an instance.",
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

      Then one instance is proven, and the proof verified. Sizes are 1, 2, 3, 5 and mixtures of them, \
      and parameters small numbers, unless they are given:

        assay circuit test relu.circuit
        assay circuit test round.circuit --sizes ...=3x5 --parameters shift=4,width=16

      Exit status 1: a circuit is rejected.
      """)

  @Argument(
    help: "A circuit file; - for standard input.", completion: .file(extensions: ["circuit"]))
  var file: String

  @OptionGroup var choice: CircuitSizeOptions
  @OptionGroup var machine: MachineOptions

  @Flag(help: "Print the report as JSON.")
  var json = false

  func run() throws {
    machine.apply()
    let file = try CircuitFiles.read(self.file)
    let library = try CircuitFiles.library([file])
    let (given, isRestGiven) = try choice.given()
    let clock = StageClock.logging()
    var reports: [CircuitTestReport] = []
    for signature in try CircuitFiles.circuits(of: file, in: library, named: choice.circuit) {
      try CircuitSizeOptions.check(given, signature)
      let report = try clock.stage("test \(signature.name)") {
        try test(signature, library, given, isRestGiven)
      }
      reports.append(report)
      if !json { try Console.write(report.text) }
    }
    if json {
      try Console.write(JSONValue.object(["circuits": .array(reports.map(\.json))]).text)
    }
    let rejected = reports.filter { !$0.verdict.isAccepted }.map(\.signature.name)
    guard rejected.isEmpty else {
      throw ReportedError(
        .rejected("the statements do not pin what they should: " + rejected.joined(separator: ", "))
      )
    }
  }

  private func test(
    _ signature: CircuitSignature, _ library: CircuitLibrary, _ given: TrialSizes,
    _ isRestGiven: Bool
  ) throws -> CircuitTestReport {
    do throws(CircuitCheckError) {
      let verdict = try CircuitTester(library).verdict(
        on: signature.name, fixed: given, isRestFixed: isRestGiven)
      var report = CircuitTestReport(signature: signature, verdict: verdict, library: library)
      if verdict.isAccepted, let trial = verdict.trials.last(where: { $0.bits == nil }) {
        report.proofBytes = try CircuitProof.bytes(of: trial, signature.name, library)
      }
      return report
    } catch {
      throw CommandError.input("\(signature.name): \(error)")
    }
  }
}

import ArgumentParser
import CommandSupport
import Compiler
import Prover
import Verifier

struct SetupCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "setup", abstract: "Commits to a model and writes its keys.",
    discussion: """
      There is no ceremony. The verifying key is what verifiers need to have from a source that \
      they trust. It holds a proof that all weights lie in their declared ranges, which takes about \
      as long as proving an inference.

      The proving key holds the model and the secrets that hide it: keep it where only the prover \
      can read it, keep one copy, and restore none, for it counts the proofs. Beside it lies the \
      commitment in use, a file that may be deleted at any time.

      Each proof shows some positions of a private model's commitment, so that a key serves a limited \
      number of them. --proofs N says how many. They are shared out to up to \
      \(VerifyingKey.maximalRoots) commitments: set-up takes time for each, and a commitment takes \
      longer, and makes proofs longer, the more proofs it serves. The report says what N has cost, \
      and where that is more than half a minute or a gigabyte set-up says so before. \
      assay rekey makes room for more of the same model, a number of times that grows with N. A \
      public model has no such limits.
      """)

  @Argument(help: "The compiled model; - for standard input.", completion: .file())
  var model: String

  @Option(help: "Where to write what the prover needs.", completion: .file())
  var provingKey: String

  @Option(
    help: "Where to write what verifiers need; - for standard output.", completion: .file())
  var verifyingKey: String

  @Option(help: "How many proofs of a private model the key must serve.")
  var proofs = 1000

  @Flag(
    name: .customLong("no-zk"),
    help: "Make a key of proofs that hide nothing, to measure what hiding costs.")
  var isPlain = false

  @Flag(help: "Print the report as JSON.")
  var json = false

  @OptionGroup var replacement: ReplacementOptions
  @OptionGroup var machine: MachineOptions

  func validate() throws {
    guard proofs >= 1 else { throw ValidationError("--proofs must be at least 1") }
  }

  func run() throws {
    machine.apply()
    var plan = FilePlan(replacement)
    try plan.reads(self.model, as: "the compiled model")
    _ = try plan.writes(provingKey, as: "--proving-key", .provingKey)
    try plan.keeps(beside: provingKey, CommitmentFiles.suffix, as: "--proving-key")
    let file = try plan.writes(verifyingKey, as: "--verifying-key", .verifyingKey)
    let clock = StageClock.logging()
    let model = try Artifacts.readModel(self.model)
    SetupEstimate(model, proofs: proofs, isPlain: isPlain)?.announce()
    let key = try clock.stage("setup") {
      let key = try Artifacts.makeKey(model, proofs: proofs, isPlain: isPlain, clock: clock)
      try KeyFiles(provingKey: provingKey, verifyingKey: file).write(key)
      return key
    }
    let report = try KeyReport(key, path: provingKey)
    try plan.report(json ? report.json(clock).text : report.text(clock))
  }
}

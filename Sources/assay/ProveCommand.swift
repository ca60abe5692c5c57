import ArgumentParser
import CommandSupport
import Compiler
import Prover
import Transcript
import Verifier

struct ProveCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "prove", abstract: "Computes a model's output and proves it.",
    discussion: """
      Inputs may have a further leading axis, or a longer one where the network's own has the extent \
      1: then one proof shows all these inferences, and counts as one of those that the key serves. \
      More of them than a proof or the memory holds are refused at once. When no proof is left prove \
      ends with status 4, and assay rekey makes room for more.

      With --opening the proof also shows that a private tensor is the data of a commitment. \
      --commit-output and --output-opening make a commitment to a private output, which can be the \
      input of another model's proof.

      --context ties the proof to a case, such as a request's number or a document: verifiers who ask \
      for it accept no proof of another.
      """)

  @Option(help: "The proving key that setup wrote.", completion: .file())
  var provingKey: String

  @Option(
    help: ArgumentHelp("An input of the network (.npy, .pb or .json).", valueName: "[name=]file"))
  var input: [String] = []

  @Option(
    help: ArgumentHelp(
      "The opening (assay commit) of a commitment that a private tensor is to be the data of. An "
        + "input is read from it, and need not be given.", valueName: "name=file"))
  var opening: [String] = []

  @OptionGroup var committedOutputs: CommittedOutputs

  @OptionGroup var purpose: ContextOption

  @Option(help: "Where to write the proof; - for standard output.", completion: .file())
  var proof: String

  @Option(
    help: ArgumentHelp("Folder to write the outputs to, as .npy.", valueName: "folder"),
    completion: .directory)
  var outputDir: String?

  @Flag(
    name: .customLong("no-zk"),
    help: "Make a proof that hides nothing, to measure what hiding costs.")
  var isPlain = false

  @Flag(help: "Print the report as JSON.")
  var json = false

  @OptionGroup var profiling: ProfileOptions
  @OptionGroup var replacement: ReplacementOptions
  @OptionGroup var machine: MachineOptions

  func run() throws {
    machine.apply()
    // A proof is counted, so its file must be sure before it.
    var plan = FilePlan(replacement)
    try plan.reads(provingKey, as: "--proving-key")
    try plan.keeps(beside: provingKey, CommitmentFiles.suffix, as: "--proving-key")
    try plan.reads(named: input, as: "--input")
    try plan.reads(named: opening, as: "--opening")
    try purpose.plan(&plan)
    let proofFile = try plan.writes(proof, as: "--proof", .proof)
    let (profile, traceFile) = (profiling.profile, try profiling.plan(&plan))
    let clock = StageClock.logging()
    let key = try clock.stage("load") { try Artifacts.readKey(provingKey) }
    guard isPlain || key.verifyingKey.isHiding else {
      throw CommandError.input(
        "\(provingKey): proofs under this key hide nothing, because setup was told --no-zk: run "
          + "setup without it, or say --no-zk here too")
    }
    let context = try purpose.read()
    let interface = ModelInterface(key.circuit.system)
    let opened = try OpenedTensors(opening, interface)
    let committed = try committedOutputs.plan(interface, opened, &plan)
    let outputFiles = try outputDir.map { try OutputFiles.plan(interface, in: $0, &plan) }
    let inputs = try opened.samples(input, interface)
    try BatchLimit(key: key.verifyingKey, isPlain: isPlain).check(inputs.samples.count)
    let batch = try clock.stage("witness") {
      try Artifacts.evaluate(key, interface, inputs.samples, profile: profile)
    }
    try opened.check(batch)
    let made = try clock.stage("prove") {
      try Artifacts.prove(
        key, batch, isPlain: isPlain, data: opened.sources.merging(committed.sources) { $1 },
        context: context, profile: profile, path: provingKey, clock: clock)
    }
    let bytes = made.proof
    try clock.stage("check") { try check(bytes, key.verifyingKey) }
    try committed.write(made)
    try proofFile.write(bytes)
    try traceFile?.write(TraceFile(clock, profile).bytes)
    let costs = profiling.profileTime ? profile.map { ProfileReport($0) } : nil
    let outputs = realOutputs(interface, batch, of: inputs)
    if let outputFiles { try OutputFiles.write(outputs, to: outputFiles) }
    let left = try KeyReport(key, path: provingKey).usage?.proofs.freeCount
    guard json else {
      try plan.report(OutputFiles.table(outputs))
      let count = batch.count == 1 ? "" : " of \(batch.count) inferences"
      try plan.report("\nproof\(count) \(Quantity.bytes(bytes.count)), \(clock.text)")
      if let context { try plan.report(context.text) }
      if let left { try plan.report("\(BudgetReport.count(left, "proof")) left under this key") }
      if let costs { try plan.report("\n" + costs.text) }
      return
    }
    let members: [JSONValue.Member] = [
      .init("outputs", OutputFiles.json(outputs)), .init("batch", .integer(batch.count)),
      .init("context", context?.json ?? .null),
      .init("proofs_left", left.map(JSONValue.integer) ?? .null), .init("timings", clock.json),
      .init("proof_bytes", .integer(bytes.count)),
      .init("peak_rss_bytes", .integer(Console.peakResidentBytes)),
    ]
    try plan.report(
      JSONValue.object(members + (costs.map { [.init("profile", $0.json)] } ?? [])).text)
  }

  /// A proof that would be rejected is not written: the model's commitment in its file may be
  /// damaged, of which only the opened parts are read.
  private func check(_ proof: [UInt8], _ key: VerifyingKey) throws {
    do {
      // The key's own proof is for verifiers to check.
      let unproven = key.pinnedRoot == nil ? key : try key.with(certificate: [])
      _ = try Verifier.verify(key: unproven, proof: proof, allowsPlain: true, allowsUnproven: true)
    } catch {
      throw CommandError.input(
        "\(provingKey): the proof would be rejected, because the commitment in a file beside the key "
          + "is damaged: delete \(provingKey).commitment-*, and prove again")
    }
  }
}

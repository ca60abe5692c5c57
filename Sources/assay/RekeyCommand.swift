import ArgumentParser
import CommandSupport
import Prover
import Verifier

struct RekeyCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "rekey", abstract: "Makes room for more proofs of the same model.",
    discussion: """
      Commits to the weights afresh and proves that they are the same. The proving key is replaced, \
      with the proofs that it had left; where it is a symbolic link the file that it leads to is, and \
      a file with several names (hard links) is refused. The model digest, which others may have \
      pinned, stays.

      Proofs made before are checked with the verifying key from before, and those made from now on \
      with the new one: publish it, and keep the old one as long as its proofs are of use. So the new \
      one gets a name of its own; an existing verifying key is not replaced unless --force is given.
      """)

  @Option(help: "The proving key; it is replaced.", completion: .file())
  var provingKey: String

  @Option(
    help: "Where to write the new verifying key, a new file; - for standard output.",
    completion: .file())
  var verifyingKey: String

  @Option(help: "How many proofs the new keys must serve; as many as the old ones unless given.")
  var proofs: Int?

  @Flag(help: "Print the report as JSON.")
  var json = false

  @OptionGroup var replacement: ReplacementOptions
  @OptionGroup var machine: MachineOptions

  func validate() throws {
    if let proofs, proofs < 1 { throw ValidationError("--proofs must be at least 1") }
  }

  func run() throws {
    machine.apply()
    var plan = FilePlan(replacement)
    try plan.reads(provingKey, as: "--proving-key")
    try plan.keeps(beside: provingKey, CommitmentFiles.suffix, as: "--proving-key")
    let file = try plan.writes(verifyingKey, as: "--verifying-key", .verifyingKey)
    let clock = StageClock.logging()
    let old = try clock.stage("load") { try Artifacts.readKey(provingKey) }
    let count = proofs ?? old.verifyingKey.roots.count * old.verifyingKey.openings
    try Artifacts.probe(provingKey, room: room(old, count, besides: file))
    let key = try clock.stage("rekey") { try rekey(old, count, clock) }
    try KeyFiles(provingKey: provingKey, verifyingKey: file).write(key)
    let report = try KeyReport(key, path: provingKey)
    try plan.report(json ? report.json(clock).text : report.text(clock))
  }

  /// What the new keys take at least, so that no rekeying is spent on a disk that can't hold them.
  private func room(_ key: ProvingKey, _ proofs: Int, besides file: PlannedOutput) -> Int {
    let privacy = ProvingKey.Privacy.model(proofs: max(proofs, 1))
    guard let cost = try? SetupCost(circuit: key.circuit, model: key.model, privacy: privacy) else {
      return 0
    }
    let verifyingKey = file.isBeside(provingKey) ? cost.verifyingKeyBytes : 0
    // Sizes are known to within a few per cent.
    return (cost.provingKeyBytes + verifyingKey) / 10 * 9
  }

  private func rekey(_ key: ProvingKey, _ proofs: Int, _ clock: StageClock) throws -> ProvingKey {
    do {
      return try key.rekeyed(proofs: max(proofs, 1)) { clock.note($0.description) }
    } catch OpeningSlotsError.exhausted {
      throw CommandError.exhausted(
        "\(provingKey): the model can't be rekeyed any more, because the commitment that its digest "
          + "names is used up: run assay setup, which makes a key of another digest")
    } catch let error as OpeningSlotsError {
      throw CommandError.input("\(error)")
    } catch {
      throw CommandError.input("\(provingKey): \(error)")
    }
  }
}

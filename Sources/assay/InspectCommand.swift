import ArgumentParser
import CircuitLanguage
import CommandSupport
import Compiler
import Prover
import Transcript
import Verifier

struct InspectCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "inspect",
    abstract: "Shows what a compiled model, key, proof, commitment or opening holds.",
    discussion: """
      Of a verifying key it also checks the key's own proof, and derives the key's statements again \
      from what the key says that they were made from: so the layers that it lists are those that \
      proofs are about. Tables of real functions are in a key as values, and taken on trust unless \
      --check-tables computes them again. Secrets are never shown.
      """)

  @Argument(
    help: "A compiled model, proving or verifying key, proof, commitment or opening.",
    completion: .file())
  var file: String

  @Flag(help: "Print JSON.")
  var json = false

  @Flag(help: "Leave out the circuit's text.")
  var brief = false

  @Flag(help: "Of a verifying key, show each layer's steps and statements, and foreign circuits.")
  var statements = false

  @Flag(
    help: ArgumentHelp(
      "Of a verifying or proving key, compute the tables of real functions again from their "
        + "formulas. Exit status 1 if one has another value."))
  var checkTables = false

  func run() throws {
    let prefix = try ArtifactFile.prefix(file, count: 16)
    let isKey = prefix.starts(with: VerifyingKey.magic) || prefix.starts(with: ProvingKey.magic)
    guard isKey || !checkTables else {
      throw CommandError.input("\(file): --check-tables goes with a verifying or a proving key")
    }
    if CompiledModel.claims(prefix) {
      try inspectModel()
    } else if prefix.starts(with: VerifyingKey.magic) {
      try inspect(try Artifacts.readVerifyingKey(file), nil)
    } else if prefix.starts(with: Proof.magic) {
      try inspectProof()
    } else if prefix.starts(with: ProvingKey.magic) {
      let key = try Artifacts.readKey(file)
      try inspect(key.verifyingKey, try KeyReport(key, path: file).usage)
    } else if prefix.starts(with: DataCommitment.magic) {
      try inspect(try DataFiles.readCommitment(file), nil)
    } else if prefix.starts(with: StoredDataOpening.magic) {
      let stored = try DataFiles.read(file)
      let states: OpeningSlotStates
      do { states = try stored.slots.states() } catch { throw CommandError.input("\(error)") }
      try inspect(stored.opening.commitment, states)
    } else {
      throw CommandError.input("\(file): is none of Assay's files")
    }
  }

  private func inspectModel() throws {
    let model = try Artifacts.readModel(file)
    if json {
      try Console.write(ModelReport(model).json(StageClock(isShown: false)).text)
    } else {
      if !brief { try Console.write(describe(model.circuit.readable)) }
      try Console.write(ModelReport(model).text)
    }
  }

  /// - Parameter usage: what is counted in a proving key's file.
  private func inspect(_ key: VerifyingKey, _ usage: ProvingKey.Usage?) throws {
    let inspection = KeyInspection(
      key, usage, showsStatements: statements, checksTables: checkTables)
    try Console.write(json ? inspection.json.text : inspection.text)
    if let fault = inspection.tableFault { throw ReportedError(.rejected(fault)) }
  }

  /// - Parameter states: those of an opening.
  private func inspect(_ commitment: DataCommitment, _ states: OpeningSlotStates?) throws {
    let root = hexadecimal(commitment.root.bytes)
    guard !json else {
      try Console.write(
        JSONValue.object([
          "root": .string(root), "integers": .integer(commitment.shape.count),
          "fractional_bits": .integer(commitment.fractionalBits),
          "proofs": .integer(commitment.shape.openings),
          "proofs_left": states.map { .integer($0.freeCount) } ?? .null,
        ]).text)
      return
    }
    try Console.write("commitment \(root)")
    try Console.write(
      "to \(BudgetReport.count(commitment.shape.count, "integer")) of "
        + "\(Quantity.unit(commitment.fractionalBits)), for "
        + BudgetReport.count(commitment.shape.openings, "proof"))
    if let states {
      try Console.write("an opening, secret; \(BudgetReport.count(states.freeCount, "proof")) left")
    }
  }

  /// A proof's header; what else it says takes its key to read.
  private func inspectProof() throws {
    let bytes = try ArtifactFile.read(file, limit: Proof.maximalLength)
    let digestStart = Proof.magic.count + 4
    guard bytes.count > digestStart + 37 else {
      throw CommandError.input("\(file): the proof is truncated")
    }
    func integer(_ range: Range<Int>) -> Int {
      bytes[range].reversed().reduce(0) { $0 << 8 | Int($1) }
    }
    let version = integer(Proof.magic.count..<digestStart)
    guard version == Int(Proof.version) else {
      throw CommandError.input(
        "\(file): a proof of version \(version); this program reads version \(Proof.version): use "
          + "the program that made it, or prove again with a new key")
    }
    let digest = hexadecimal(Array(bytes[digestStart..<digestStart + 32]))
    let isHiding = bytes[digestStart + 32] == 1
    let batch = integer(digestStart + 33..<digestStart + 37)
    if json {
      try Console.write(
        JSONValue.object([
          "version": .integer(version), "model_digest": .string(digest),
          "proof_bytes": .integer(bytes.count), "zero_knowledge": .boolean(isHiding),
          "batch": .integer(batch),
        ]).text)
    } else {
      try Console.write(
        "proof of version \(version), \(Quantity.bytes(bytes.count))\nmodel digest \(digest)")
      try Console.write(isHiding ? "zero-knowledge" : "hides nothing (--no-zk)")
      try Console.write("\(batch) inference\(batch == 1 ? "" : "s")")
    }
  }
}

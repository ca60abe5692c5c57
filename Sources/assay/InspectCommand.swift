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
    discussion: "Of a verifying key it also checks the key's own proof. Secrets are never shown.")

  @Argument(
    help: "A compiled model, proving or verifying key, proof, commitment or opening.",
    completion: .file())
  var file: String

  @Flag(help: "Print JSON.")
  var json = false

  @Flag(help: "Leave out the circuit's text.")
  var brief = false

  func run() throws {
    let prefix = try ArtifactFile.prefix(file, count: 16)
    if CompiledModel.claims(prefix) {
      try inspectModel()
    } else if prefix.starts(with: VerifyingKey.magic) {
      inspect(try Artifacts.readVerifyingKey(file), nil)
    } else if prefix.starts(with: Proof.magic) {
      try inspectProof()
    } else if prefix.starts(with: ProvingKey.magic) {
      let key = try Artifacts.readKey(file)
      inspect(key.verifyingKey, try KeyReport(key, path: file).usage)
    } else if prefix.starts(with: DataCommitment.magic) {
      inspect(try DataFiles.readCommitment(file), nil)
    } else if prefix.starts(with: StoredDataOpening.magic) {
      let stored = try DataFiles.read(file)
      do { inspect(stored.opening.commitment, try stored.slots.states()) } catch {
        throw CommandError.input("\(error)")
      }
    } else {
      throw CommandError.input("\(file): is none of Assay's files")
    }
  }

  private func inspectModel() throws {
    let model = try Artifacts.readModel(file)
    if json {
      print(ModelReport(model).json(StageClock(isShown: false)).text)
    } else {
      if !brief { print(Text.lines(describe(model.circuit.readable))) }
      print(ModelReport(model).text)
    }
  }

  /// - Parameter usage: what is counted in a proving key's file.
  private func inspect(_ key: VerifyingKey, _ usage: ProvingKey.Usage?) {
    let inspection = KeyInspection(key, usage)
    print(json ? inspection.json.text : inspection.text)
  }

  /// - Parameter states: those of an opening.
  private func inspect(_ commitment: DataCommitment, _ states: OpeningSlotStates?) {
    let root = hexadecimal(commitment.root.bytes)
    guard !json else {
      print(
        JSONValue.object([
          "root": .string(root), "integers": .integer(commitment.shape.count),
          "fractional_bits": .integer(commitment.fractionalBits),
          "proofs": .integer(commitment.shape.openings),
          "proofs_left": states.map { .integer($0.freeCount) } ?? .null,
        ]).text)
      return
    }
    print("commitment \(root)")
    print(
      "to \(BudgetReport.count(commitment.shape.count, "integer")) of "
        + "2^(-\(commitment.fractionalBits)), for "
        + BudgetReport.count(commitment.shape.openings, "proof"))
    if let states {
      print("an opening, secret; \(BudgetReport.count(states.freeCount, "proof")) left")
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
      throw CommandError.input("\(file): a proof of version \(version), which is not supported")
    }
    let digest = hexadecimal(Array(bytes[digestStart..<digestStart + 32]))
    let isHiding = bytes[digestStart + 32] == 1
    let batch = integer(digestStart + 33..<digestStart + 37)
    if json {
      print(
        JSONValue.object([
          "version": .integer(version), "model_digest": .string(digest),
          "proof_bytes": .integer(bytes.count), "zero_knowledge": .boolean(isHiding),
          "batch": .integer(batch),
        ]).text)
    } else {
      print("proof of version \(version), \(Quantity.bytes(bytes.count))\nmodel digest \(digest)")
      print(isHiding ? "zero-knowledge" : "hides nothing (--no-zk)")
      print("\(batch) inference\(batch == 1 ? "" : "s")")
    }
  }
}

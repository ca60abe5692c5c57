import CommandSupport
import Compiler
import Prover
import Transcript
import Verifier

/// The files of this package, and what is lost with each.
extension FileKind {
  static let model = FileKind("a compiled model") { CompiledModel.claims($0) }

  static let proof = FileKind("a proof") { $0.starts(with: Proof.magic) }

  static let provingKey = FileKind(
    "a proving key", isSecret: true, isCounted: true,
    claims: { $0.starts(with: ProvingKey.magic) },
    loss: { path in
      guard let key = try? ProvingKey(path: path) else { return "(damaged, or of another version)" }
      let digest = hexadecimal(key.verifyingKey.identityDigest.bytes)
      guard let usage = try? key.usage() else { return "of the model \(digest)" }
      return "of the model \(digest), which nobody could prove anything of any more, with "
        + BudgetReport.count(usage.proofs.freeCount, "proof") + " and "
        + BudgetReport.count(usage.certificates.freeCount, "rekey") + " left"
    })

  static let verifyingKey = FileKind(
    "a verifying key", claims: { $0.starts(with: VerifyingKey.magic) },
    loss: { path in
      guard let bytes = try? ArtifactFile.read(path, limit: VerifyingKey.maximalLength),
        let key = try? VerifyingKey(bytes)
      else { return "(damaged, or of another version)" }
      return
        "of the model \(hexadecimal(key.identityDigest.bytes)), without which proofs made under "
        + "it can't be checked"
    })

  static let commitment = FileKind(
    "a commitment to data", claims: { $0.starts(with: DataCommitment.magic) },
    loss: { path in
      guard let commitment = try? DataFiles.readCommitment(path) else { return "(damaged)" }
      return
        "with the root \(hexadecimal(commitment.root.bytes)), which proofs may have been made with"
    })

  static let opening = FileKind(
    "an opening of a commitment to data", isSecret: true, isCounted: true,
    claims: { $0.starts(with: StoredDataOpening.magic) },
    loss: { path in
      guard let stored = try? DataFiles.read(path) else { return "(damaged)" }
      let left = (try? stored.slots.states().freeCount) ?? 0
      return
        "with the root \(hexadecimal(stored.opening.commitment.root.bytes)), which nobody could prove "
        + "anything of any more, with \(BudgetReport.count(left, "proof")) left"
    })

  static let trace = FileKind("a trace") { $0.starts(with: TraceFile.prefix) }

  static let all = [model, proof, provingKey, verifyingKey, commitment, opening, array, trace]
}

extension FilePlan {
  /// A plan that knows this package's files.
  init(_ options: ReplacementOptions) { self.init(FileKind.all, force: options.force) }
}

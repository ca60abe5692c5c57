import CommandSupport
import Hashing
import Verifier

/// Everything that each of some proofs has to meet.
struct ProofCheck {
  /// The key with what is known of its own proof, or why no proof under it is accepted.
  let key: Swift.Result<KnownKey, Rejection>
  let demands: Demands
  let commitments: [DemandedCommitment]
  let context: ContextArgument?
  /// Whether values are part of the verdict, rather than written to files.
  let listsValues: Bool

  /// What became of one proof.
  struct Outcome {
    let path: String
    /// BLAKE3 of the file; nil if it can't be read.
    let digest: Digest?
    let result: Result

    /// Of an accepted proof.
    var verdict: Verdict? {
      guard case .accepted(let verdict) = result else { return nil }
      return verdict
    }
  }

  enum Result {
    case accepted(Verdict)
    case rejected(Rejection)
    /// There is no such file, or it can't be read.
    case unread(CommandError)
  }

  func run(_ path: String) -> Outcome {
    let bytes: [UInt8]
    do throws(CommandError) {
      bytes = try ArtifactFile.read(path, limit: Proof.maximalLength)
    } catch {
      return Outcome(path: path, digest: nil, result: .unread(error))
    }
    let digest = Digest(hashing: bytes)
    do throws(Rejection) {
      return Outcome(path: path, digest: digest, result: .accepted(try verdict(bytes)))
    } catch {
      return Outcome(path: path, digest: digest, result: .rejected(error))
    }
  }

  private func verdict(_ proof: [UInt8]) throws(Rejection) -> Verdict {
    let key = try key.get()
    let verified = try demands.verify(key, proof)
    for demand in commitments { try demand.check(verified) }
    if let context { try check(context, verified) }
    return Verdict(
      verified: verified, key: key, demanded: commitments, context: context,
      listsValues: listsValues)
  }

  /// Checks that the proof was made for the case that it is shown for.
  private func check(
    _ demanded: ContextArgument, _ verified: VerifiedInference
  ) throws(Rejection) {
    guard let found = verified.context else {
      throw Rejection(
        "the proof was made for no context, so that it may have been shown before, for another case; "
          + "--context asks for \(demanded.source) (\(hexadecimal(demanded.digest.bytes)))")
    }
    guard found == demanded.digest else {
      throw Rejection(
        "the proof was made for another context, \(hexadecimal(found.bytes)); --context asks for "
          + "\(demanded.source) (\(hexadecimal(demanded.digest.bytes)))")
    }
  }
}

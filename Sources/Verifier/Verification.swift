import Argument
import Commitment
import ConstraintSystem
import Hashing
import Transcript

public enum Verifier {
  /// Accepts a proof, or says why not.
  ///
  /// If the key has a certificate that has not been checked yet, it is checked as well. Without one
  /// nothing ties the commitments that proofs open to the model that the key names.
  /// - Parameters:
  ///   - allowsPlain: whether a proof that hides nothing will do.
  ///   - allowsUnproven: whether a key will do that has a model and no certificate. What is accepted
  ///     under it names no model. A certificate that does not hold is never taken.
  /// - Throws: `unproven`, `badCertificate`, or why the proof is not accepted.
  public static func verify(
    key: VerifyingKey, proof: [UInt8], allowsPlain: Bool = false, allowsUnproven: Bool = false
  ) throws(ProofError) -> VerifiedInference {
    guard proof.count <= Proof.maximalLength else { throw .foreign }
    let opened = try Proof.open(proof, for: key)
    guard opened.mode.isHiding || allowsPlain else { throw .notHiding }
    let proven = try checked(key, allowsUnproven: allowsUnproven)
    let statement = try Statement(
      layout: opened.mode.layout, header: opened.header.bytes, publicValues: opened.publicValues,
      commitments: opened.header.data)
    let root = opened.header.modelRoot ?? key.pinnedRoot
    try run(
      VerifierContext(
        domain: Proof.domain, statement: statement.bytes, proof: proof, start: opened.start),
      statement, opened.mode, modelRoots: root.map { [$0] } ?? [])
    return VerifiedInference(statement, opened, proven)
  }

  /// Checks that all commitments of a key hold the same weights, each in its declared range.
  ///
  /// Proofs under the key then show what they say without trust in whoever made the key.
  /// - Returns: the key, which is known to be proven from here on.
  /// - Throws: `unproven` if there is no certificate, or why it is not accepted.
  @discardableResult
  public static func verify(certificateOf key: VerifyingKey) throws(ProofError) -> VerifyingKey {
    guard let root = key.pinnedRoot else { return key }
    guard !key.certificate.isEmpty, let mode = try? key.certificateMode() else {
      throw .unproven
    }
    let statement = try key.certificateStatement(mode)
    try run(
      VerifierContext(
        domain: Certificate.domain, statement: statement.bytes, proof: key.certificate),
      statement, mode, modelRoots: [root] + key.roots)
    return key.proven(by: mode.security)
  }

  /// The key, as proven as it has to be.
  private static func checked(
    _ key: VerifyingKey, allowsUnproven: Bool
  ) throws(ProofError) -> VerifyingKey {
    guard !key.isProven else { return key }
    guard !key.certificate.isEmpty else {
      guard allowsUnproven else { throw .unproven }
      return key
    }
    do { return try verify(certificateOf: key) } catch { throw .badCertificate }
  }

  private static func run(
    _ context: consuming VerifierContext, _ statement: Statement, _ mode: ProofMode,
    modelRoots: [Digest]
  ) throws(ProofError) {
    if mode.isHiding {
      var masked = MaskedContext(context)
      try Inference.run(&masked, statement, mode, modelRoots: modelRoots) { _ in }
      try masked.unwrap().finish()
    } else {
      try Inference.run(&context, statement, mode, modelRoots: modelRoots) { _ in }
      try context.finish()
    }
  }
}

/// The whole protocol, as the verifier runs it and the prover replays it.
public enum Inference {
  /// - Parameters:
  ///   - modelRoots: the commitments to the model, as many as the mode's copies; none without one.
  ///   - prepare: told what is opened, between the argument and the opening.
  public static func run<C: ReadingContext & ~Copyable>(
    _ context: inout C, _ statement: Statement, _ mode: ProofMode, modelRoots: [Digest],
    prepare: (OpeningClaim) -> Void
  ) throws(ProofError) {
    let claim = try reduceToOpening(
      &context, statement, work: mode.security.work, modelCopies: max(modelRoots.count, 1))
    prepare(claim)
    try verifyOpening(
      &context,
      OpeningStatement(
        parameters: mode.parameters,
        committed: claim.committed(statement, modelRoots: modelRoots),
        witnessRoot: claim.witnessRoot),
      form: TensorForm(layout: mode.layout, claim: claim), value: claim.value)
  }
}

import Argument
import Commitment
import ConstraintSystem
import Hashing
import Transcript

/// What an accepted proof says. Only `Verifier.verify` makes one.
public struct VerifiedInference: Sendable {
  public struct PublicTensor: Sendable {
    public let name: String
    public let shape: [Int]
    public let isInput: Bool
    /// Row-major. A value v stands for v·2^−fractionalBits.
    public let values: [Integer]
    public let fractionalBits: Int
  }

  public let tensors: [PublicTensor]
  /// Names the model: its constraint system and its weights.
  public let modelDigest: Digest
  /// Every challenge errs with probability at most 2^−`securityBits`.
  public let securityBits: Int
  /// Whether the proof hides the witness and the model.
  public let zeroKnowledge: Bool

  init(_ statement: Statement, _ key: VerifyingKey, _ mode: ProofMode) {
    var tensors: [PublicTensor] = []
    for (tensor, values) in zip(key.system.tensors, statement.values) {
      guard let values else { continue }
      tensors.append(
        PublicTensor(
          name: tensor.name, shape: tensor.shape, isInput: tensor.role == .publicInput,
          values: values, fractionalBits: tensor.fractionalBits))
    }
    self.tensors = tensors
    modelDigest = key.digest
    securityBits = mode.security.bits
    zeroKnowledge = mode.isHiding
  }
}

public enum Verifier {
  /// Accepts a proof, or says why not.
  /// - Parameter allowsPlain: whether a proof that hides nothing will do, under a key whose proofs
  ///   may hide.
  public static func verify(key: VerifyingKey, proof: [UInt8], allowsPlain: Bool = false)
    throws(ProofError) -> VerifiedInference
  {
    guard proof.count <= Proof.maximalLength else { throw .foreign }
    let (mode, values, start) = try Proof.read(proof, for: key)
    guard mode.isHiding || key.hiding == nil || allowsPlain else { throw .notHiding }
    let statement = try Statement(
      layout: mode.layout, keyDigest: key.digest, publicValues: values)
    let context = VerifierContext(
      domain: Proof.domain, statement: statement.bytes, proof: proof, start: start)
    if mode.isHiding {
      var masked = MaskedContext(context)
      try Inference.run(&masked, statement, key, mode) { _ in }
      try masked.unwrap().finish()
    } else {
      var plain = context
      try Inference.run(&plain, statement, key, mode) { _ in }
      try plain.finish()
    }
    return VerifiedInference(statement, key, mode)
  }
}

/// The whole protocol, as the verifier runs it and the prover replays it.
public enum Inference {
  /// - Parameter prepare: told what is opened, between the argument and the opening.
  public static func run<C: ReadingContext & ~Copyable>(
    _ context: inout C, _ statement: Statement, _ key: VerifyingKey, _ mode: ProofMode,
    prepare: (OpeningClaim) -> Void
  ) throws(ProofError) {
    let claim = try reduceToOpening(&context, statement, work: mode.security.work)
    prepare(claim)
    var committed: [OpeningStatement.Committed] = []
    if let root = key.modelRoot {
      committed.append(.init(root: root, laneWeights: claim.laneWeights(mode.layout)))
    }
    try verifyOpening(
      &context,
      OpeningStatement(
        parameters: mode.parameters, committed: committed, witnessRoot: claim.witnessRoot),
      form: TensorForm(layout: mode.layout, terms: claim.terms), value: claim.value)
  }
}

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

  init(_ statement: Statement, _ key: VerifyingKey) {
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
    securityBits = key.security.bits
    zeroKnowledge = false
  }
}

public enum Verifier {
  /// Accepts a proof, or says why not.
  public static func verify(key: VerifyingKey, proof: [UInt8]) throws(ProofError)
    -> VerifiedInference
  {
    guard proof.count <= Proof.maximalLength else { throw .foreign }
    let (values, start) = try Proof.read(proof, for: key)
    let statement = try Statement(
      layout: key.layout, keyDigest: key.digest, publicValues: values)
    var context = VerifierContext(
      domain: Proof.domain, statement: statement.bytes, proof: proof, start: start)
    let claim = try reduceToOpening(&context, statement, work: key.security.work)
    try verifyOpening(
      &context, claim.statement(key), form: TensorForm(layout: key.layout, terms: claim.terms),
      value: claim.value)
    try context.finish()
    return VerifiedInference(statement, key)
  }
}

extension OpeningClaim {
  /// What is opened under a key.
  public func statement(_ key: VerifyingKey) -> OpeningStatement {
    OpeningStatement(
      parameters: key.parameters, modelRoot: key.modelRoot, witnessRoot: witnessRoot,
      lanePoint: lanePoint)
  }
}

import Argument
import Commitment
import ConstraintSystem
import Hashing

/// What an accepted proof says. Only `Verifier.verify` makes one.
public struct VerifiedInference: Sendable {
  public struct PublicTensor: Sendable {
    /// The tensor's number in the key's system. It tells tensors apart; names are for people.
    public let tensor: Int
    public let name: String
    /// The tensor's own shape; the batch is a leading axis if there are several inferences.
    public let shape: [Int]
    public let isInput: Bool
    /// Row-major. A value v stands for v·2^−fractionalBits; with `SingleOrder.scale` for the number of
    /// single precision at that place.
    public let values: [Integer]
    public let fractionalBits: Int
  }

  /// A private input or output whose values are those of a commitment.
  public struct CommittedTensor: Sendable {
    /// The tensor's number in the key's system. It tells tensors apart; names are for people.
    public let tensor: Int
    public let name: String
    /// The tensor's own shape; the batch is a leading axis if there are several inferences. The
    /// commitment holds its values row-major.
    public let shape: [Int]
    public let isInput: Bool
    /// To be compared with the commitment that was published.
    public let commitment: DataCommitment
  }

  public let tensors: [PublicTensor]
  /// What the proof says of commitments to data, in the order of the system's tensors.
  public let commitments: [CommittedTensor]
  /// How many inferences are shown.
  public let batch: Int
  /// What the proof was made for, as `ProofContext.digest` names it: to be compared with what it was
  /// asked for. nil if it was made for nothing in particular, so that it can be shown for anything.
  public let context: Digest?
  /// Names the model: its constraint system and its weights. nil if the key is not proven: it may
  /// name whatever it likes then, and list commitments to other weights.
  public let modelDigest: Digest?
  /// Which of a hidden model's commitments the proof opens; nil if the model is not hidden.
  public let modelRoot: Digest?
  /// Whether it is proven, too, that the weights lie in their declared ranges, and that all of the
  /// key's commitments hold those of the model that it names. If not, whoever made the key is trusted
  /// in all of this.
  public let isKeyProven: Bool
  /// Every challenge errs with probability at most 2^−`securityBits`.
  public let securityBits: Int
  /// Whether the proof hides the witness, and the model if the key hides that.
  public let zeroKnowledge: Bool
  /// The error terms of this very proof, and of the key's certificate.
  public let security: SecurityBudget
  /// What limits how long the model stays hidden; nil if it is not.
  public let zeroKnowledgeBudget: ZeroKnowledgeBudget?

  init(_ statement: Statement, _ opened: Proof.Opened, _ key: VerifyingKey) {
    let mode = opened.mode
    var tensors: [PublicTensor] = []
    for (number, tensor) in mode.system.tensors.enumerated() {
      guard let values = statement.values[number] else { continue }
      tensors.append(
        PublicTensor(
          tensor: number, name: tensor.name, shape: tensor.shape,
          isInput: tensor.role == .publicInput,
          values: values, fractionalBits: tensor.fractionalBits))
    }
    self.tensors = tensors
    commitments = zip(statement.commitments, statement.dataShapes).map { binding, shape in
      let tensor = mode.system.tensors[binding.tensor]
      return CommittedTensor(
        tensor: binding.tensor, name: tensor.name, shape: tensor.shape,
        isInput: tensor.role == .privateInput,
        commitment: DataCommitment(
          shape: shape, fractionalBits: tensor.fractionalBits, root: binding.root))
    }
    batch = mode.batch
    context = opened.header.context
    modelDigest = key.isProven ? key.identityDigest : nil
    modelRoot = opened.header.modelRoot
    isKeyProven = key.isProven
    security = key.securityBudget(of: mode)
    securityBits = security.bits
    zeroKnowledge = mode.isHiding
    zeroKnowledgeBudget = key.zeroKnowledgeBudget(of: mode)
  }
}

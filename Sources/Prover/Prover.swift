import Argument
import CKernels
import Commitment
import ConstraintSystem
import FieldArithmetic
import Hashing
import Kernels
import Transcript
import Verifier
import Witness

/// A proof with what it took to make it.
public struct ProofResult: Sendable {
  /// The proof, as it is stored.
  public let proof: [UInt8]
  /// The public tensors' values by tensor, nil for the others.
  public let publicValues: [[Int]?]
}

/// What the prover is doing, for those who wait.
public enum ProverStage: String, Sendable, CaseIterable {
  case evaluating = "evaluating the network"
  case committing = "committing to the witness"
  case arguing = "proving lookups and equalities"
  case opening = "opening the commitments"
}

public enum Prover {
  /// Proves one inference.
  /// - Parameters:
  ///   - inputs: the integers of every tensor that the circuit does not compute.
  ///   - progress: called at the beginning of each stage.
  /// - Throws: `EvaluationError` when the inputs do not fit the circuit.
  public static func prove(
    _ key: ProvingKey, inputs: [Int: IntegerBuffer],
    progress: (ProverStage) -> Void = { _ in }
  ) throws -> ProofResult {
    progress(.evaluating)
    let assignment = try Evaluator.evaluate(key.circuit, model: key.model, inputs: inputs)
    return try prove(key, assignment: assignment, progress: progress)
  }

  /// Proves that an assignment satisfies the circuit's system.
  public static func prove(
    _ key: ProvingKey, assignment: Assignment, progress: (ProverStage) -> Void = { _ in }
  ) throws -> ProofResult {
    try ProvingRun(key, assignment).prove(progress) { $0 }
  }
}

/// One proof in the making.
struct ProvingRun {
  let key: ProvingKey
  let assignment: Assignment
  let multiplicities: Multiplicities

  private var layout: Layout { key.verifyingKey.layout }

  init(_ key: ProvingKey, _ assignment: Assignment) throws {
    let multiplicities = try Multiplicities(
      of: key.circuit.system, in: assignment, columns: key.columns)
    self.init(key, assignment, multiplicities)
  }

  /// For multiplicities that need not be those of the assignment.
  init(_ key: ProvingKey, _ assignment: Assignment, _ multiplicities: Multiplicities) {
    self.key = key
    self.assignment = assignment
    self.multiplicities = multiplicities
  }

  /// - Parameter wrap: what stands between the protocol and the honest responder; tests put a
  ///   cheating prover there.
  func prove<R: Responder>(
    _ progress: (ProverStage) -> Void, wrap: (ProofResponder) -> R
  ) throws -> ProofResult {
    progress(.committing)
    let cells = commitWitness()
    let publicValues = layout.system.tensors.enumerated().map { index, tensor in
      tensor.role.isPublic ? assignment[index].values : nil
    }
    let statement = try Statement(
      layout: layout, keyDigest: key.verifyingKey.digest, publicValues: publicValues)
    let responder = ProofResponder(
      ArgumentResponder(
        layout: layout, assignment: assignment, multiplicities: multiplicities,
        columns: key.columns, model: key.matrix), witnessRoot: cells?.commitment.root)
    var context = ProverContext(
      domain: Proof.domain, statement: statement.bytes, responder: wrap(responder),
      prefix: Proof.header(
        keyDigest: key.verifyingKey.digest, publicValues: publicValues, layout.system))
    progress(.arguing)
    let claim = try reduceToOpening(
      &context, statement, work: key.verifyingKey.security.work)
    progress(.opening)
    responder.opening = OpeningProver(
      parameters: key.verifyingKey.parameters,
      witness: openingWitness(claim, cells, responder.argument.foldedModel))
    try verifyOpening(
      &context, claim.statement(key.verifyingKey),
      form: TensorForm(layout: layout, terms: claim.terms), value: claim.value)
    return ProofResult(proof: context.proof, publicValues: publicValues)
  }

  private struct CommittedCells {
    let cells: BaseVector
    let commitment: MatrixCommitment
  }

  private func commitWitness() -> CommittedCells? {
    guard let group = key.verifyingKey.parameters.witness else { return nil }
    let count = group.shape.rows * group.shape.lanes
    let integers = WitnessCells(layout: layout).integers(
      assignment, multiplicities, count: count)
    let cells = BaseVector(zeros: count)
    integers.withUnsafeBufferPointer { ck_from_int(CK_I64, $0.baseAddress, cells.words, count) }
    return CommittedCells(
      cells: cells,
      commitment: MatrixCommitment(
        messages: cells, lanes: group.shape.lanes, domainLog: group.domainLog))
  }

  private func openingWitness(
    _ claim: OpeningClaim<Fp3>, _ cells: CommittedCells?, _ folded: ExtensionVector?
  ) -> OpeningWitness {
    var model: OpeningWitness.Model?
    if let commitment = key.commitment, let folded {
      let weights = ExtensionVector(zeros: folded.count)
      FormVectors(stack: layout.modelRows).add(claim.terms, to: weights.raw)
      model = OpeningWitness.Model(commitment: commitment, folded: folded, weights: weights)
    }
    var witness: OpeningWitness.Cells?
    if let cells {
      let weights = ExtensionVector(zeros: cells.cells.count)
      FormVectors(stack: layout.witness).add(claim.terms, to: weights.raw)
      witness = OpeningWitness.Cells(
        commitment: cells.commitment, cells: cells.cells, weights: weights)
    }
    return OpeningWitness(model: model, cells: witness)
  }
}

/// Answers the whole protocol: the argument first, then the opening.
final class ProofResponder: Responder {
  let argument: ArgumentResponder
  private let witnessRoot: Digest?
  var opening: OpeningProver?

  init(_ argument: ArgumentResponder, witnessRoot: Digest?) {
    self.argument = argument
    self.witnessRoot = witnessRoot
  }

  func message(_ label: MessageLabel, count: Int) -> [Fp3] {
    argument.message(label) ?? opening?.message(label, count: count) ?? []
  }

  func digest(_ label: MessageLabel) -> Digest {
    if label == .witnessRoot, let witnessRoot { return witnessRoot }
    return opening?.digest(label) ?? Digest(hashing: [])
  }

  func hintElements(_ label: MessageLabel, count: Int) -> [Fp] {
    opening?.hintElements(label, count: count) ?? []
  }

  func hintDigests(_ label: MessageLabel, count: Int) -> [Digest] {
    opening?.hintDigests(label, count: count) ?? []
  }

  func learn(_ label: MessageLabel, challenges: [Fp3]) {
    argument.learn(label, challenges)
    opening?.learn(label, challenges: challenges)
  }

  func learn(_ label: MessageLabel, indices: [Int]) { opening?.learn(label, indices: indices) }
}

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
  /// - Parameter hides: whether the proof hides all but the public tensors, if the key allows that.
  public static func prove(
    _ key: ProvingKey, assignment: Assignment, hides: Bool = true,
    progress: (ProverStage) -> Void = { _ in }
  ) throws -> ProofResult {
    try ProvingRun(key, assignment, hides: hides).prove(progress) { $0 }
  }
}

/// One proof in the making.
struct ProvingRun {
  let key: ProvingKey
  let assignment: Assignment
  let multiplicities: Multiplicities
  let mode: ProofMode

  private var layout: Layout { mode.layout }

  init(_ key: ProvingKey, _ assignment: Assignment, hides: Bool = true) throws {
    let multiplicities = try Multiplicities(
      of: key.circuit.system, in: assignment, columns: key.columns)
    self.init(key, assignment, multiplicities, hides: hides)
  }

  /// For multiplicities that need not be those of the assignment.
  init(
    _ key: ProvingKey, _ assignment: Assignment, _ multiplicities: Multiplicities,
    hides: Bool = true
  ) {
    self.key = key
    self.assignment = assignment
    self.multiplicities = multiplicities
    mode = hides ? key.verifyingKey.standard : key.verifyingKey.plain
  }

  /// - Parameter wrap: what stands between the protocol and the honest responder; tests put a
  ///   cheating prover there.
  func prove<R: Responder>(
    _ progress: (ProverStage) -> Void, wrap: (ProofResponder) -> R
  ) throws -> ProofResult {
    progress(.committing)
    var entropy = SystemEntropy()
    let pads = mode.isHiding ? try Pads(layout.pads, entropy: &entropy) : nil
    let cells = try commitWitness(pads, &entropy)
    defer { cells?.wipe() }
    let publicValues = layout.system.tensors.enumerated().map { index, tensor in
      tensor.role.isPublic ? assignment[index].values : nil
    }
    let statement = try Statement(
      layout: layout, keyDigest: key.verifyingKey.digest, publicValues: publicValues)
    let responder = ProofResponder(
      ArgumentResponder(
        layout: layout, assignment: assignment, multiplicities: multiplicities,
        columns: key.columns, model: key.matrix), witnessRoot: cells?.commitment.root)
    let header = Proof.header(
      keyDigest: key.verifyingKey.digest, isHiding: mode.isHiding, publicValues: publicValues,
      layout.system)
    let prepare = { (claim: OpeningClaim) in
      progress(.opening)
      responder.opening = OpeningProver(
        parameters: mode.parameters,
        witness: openingWitness(claim, cells, responder.argument.foldedModel))
    }
    progress(.arguing)
    let proof =
      if let pads {
        try hidden(MaskingResponder(wrap(responder), pads: pads), statement, header, prepare)
      } else {
        try plain(wrap(responder), statement, header, prepare)
      }
    return ProofResult(proof: proof, publicValues: publicValues)
  }

  private func plain<R: Responder>(
    _ responder: R, _ statement: Statement, _ header: [UInt8], _ prepare: (OpeningClaim) -> Void
  ) throws -> [UInt8] {
    var context = ProverContext(
      domain: Proof.domain, statement: statement.bytes, responder: responder, prefix: header)
    try Inference.run(&context, statement, key.verifyingKey, mode, prepare: prepare)
    return context.proof
  }

  private func hidden<R: Responder>(
    _ responder: R, _ statement: Statement, _ header: [UInt8], _ prepare: (OpeningClaim) -> Void
  ) throws -> [UInt8] {
    var context = MaskedContext(
      ProverContext(
        domain: Proof.domain, statement: statement.bytes, responder: responder, prefix: header))
    try Inference.run(&context, statement, key.verifyingKey, mode, prepare: prepare)
    return context.unwrap().proof
  }

  private struct CommittedCells {
    let cells: BaseVector
    let masks: OpeningMasks?
    let commitment: MatrixCommitment

    /// Overwrites what hides the proof.
    func wipe() {
      guard let masks else { return }
      masks.wipe()
      cells.wipe()
      commitment.wipe()
    }
  }

  private func commitWitness(_ pads: Pads?, _ entropy: inout SystemEntropy) throws
    -> CommittedCells?
  {
    guard let group = mode.parameters.witness else { return nil }
    let count = group.shape.rows * group.shape.lanes
    let integers = WitnessCells(layout: layout).integers(
      assignment, multiplicities, count: count)
    let cells = BaseVector(zeros: count)
    integers.withUnsafeBufferPointer { ck_from_int(CK_I64, $0.baseAddress, cells.words, count) }
    guard let pads else {
      return CommittedCells(
        cells: cells, masks: nil,
        commitment: MatrixCommitment(
          messages: cells, lanes: group.shape.lanes, domainLog: group.domainLog))
    }
    pads.place(in: cells, layout)
    let masks = try OpeningMasks(parameters: mode.parameters, entropy: &entropy)
    return CommittedCells(
      cells: cells, masks: masks,
      commitment: MatrixCommitment(cells: cells, masks: masks, parameters: mode.parameters))
  }

  private func openingWitness(
    _ claim: OpeningClaim, _ cells: CommittedCells?, _ folded: ExtensionVector?
  ) -> OpeningWitness {
    var committed: [OpeningWitness.Committed] = []
    if let commitment = key.commitment, let folded {
      let weights = ExtensionVector(zeros: layout.modelRowCount)
      FormVectors(stack: layout.modelRows).add(claim.terms, to: weights.raw)
      committed.append(
        OpeningWitness.Committed(
          copies: [commitment], folded: key.withTail(folded, at: claim.lanePoint),
          weights: weights))
    }
    var witness: OpeningWitness.Cells?
    if let cells {
      let weights = ExtensionVector(zeros: cells.cells.count)
      FormVectors(stack: layout.witness).add(claim.terms, to: weights.raw)
      witness =
        if let masks = cells.masks {
          OpeningWitness.Cells(
            commitment: cells.commitment, cells: cells.cells, masks: masks, weights: weights)
        } else {
          OpeningWitness.Cells(
            commitment: cells.commitment, cells: cells.cells, weights: weights)
        }
    }
    return OpeningWitness(committed: committed, cells: witness)
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

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

/// The commitments to a model that a proof opens.
struct OpenedModel: Sendable {
  let commitments: ModelCommitments
  /// Their numbers and roots.
  let copies: [(index: Int, root: Digest)]

  init(_ commitments: ModelCommitments, copies: [(index: Int, root: Digest)]) {
    self.commitments = commitments
    self.copies = copies
  }

  var matrices: [any CommittedMatrix] {
    copies.map { DeferredCommitment(commitments: commitments, index: $0.index, root: $0.root) }
  }
}

/// Makes one proof, of an inference or of a key.
struct ProofMaker {
  let mode: ProofMode
  /// The protocol's name.
  let domain: StaticString
  let statement: Statement
  /// What the proof's bytes begin with.
  let prefix: [UInt8]
  let assignment: Assignment
  let multiplicities: Multiplicities
  let columns: TableColumns
  /// nil without a model.
  let model: OpenedModel?
  /// The commitments to data that are opened.
  var data = ProvenData()
  /// The slots of all secrets that are opened.
  var slots: [Int] = []
  /// Where the secrets' randomness comes from.
  var source: any EntropySource = SystemEntropy()
  /// What measures the proof, if anything does.
  var profile: ProofProfile?

  private var layout: Layout { mode.layout }

  /// - Parameter wrap: what stands between the protocol and the honest responder.
  func make<R: Responder>(
    _ progress: (ProverStage) -> Void, wrap: (ProofResponder) -> R
  ) throws -> [UInt8] {
    progress(.committing)
    let session = try begin()
    defer { session.wipe() }
    progress(.arguing)
    let responder = wrap(session.responder)
    guard let pads = session.secrets?.pads else {
      var context = context(responder)
      try run(&context, session) { _ in progress(.opening) }
      return context.proof
    }
    var context = MaskedContext(context(MaskingResponder(responder, pads: pads)))
    try run(&context, session) { _ in progress(.opening) }
    return context.unwrap().proof
  }

  private func context<R: Responder>(_ responder: R) -> ProverContext<R> {
    ProverContext(
      domain: domain, statement: statement.bytes, responder: responder, prefix: prefix)
  }

  /// Commits to the witness, behind secrets that are drawn unless they are given.
  func begin(secrets: ProofSecrets? = nil) throws -> Session {
    let witness = try profile.measure(.commitment) { try commitWitness(secrets) }
    return Session(
      witness: witness,
      responder: ProofResponder(
        ArgumentResponder(
          layout: layout, assignment: assignment, multiplicities: multiplicities,
          columns: columns, model: model?.commitments.matrix),
        witnessRoot: witness?.commitment.root))
  }

  /// Runs the protocol over any context that asks the session's responder for the messages.
  /// - Parameter progress: told what is opened, when the argument is done.
  func run<C: ReadingContext & ~Copyable>(
    _ context: inout C, _ session: Session, progress: (OpeningClaim) -> Void
  ) throws(ProofError) {
    try Inference.run(&context, statement, mode, modelRoots: roots) { claim in
      progress(claim)
      let responder = session.responder
      profile.measure(.modelCommitment) { holdModel() }
      let model = profile.measure(.modelForm) {
        openedModel(claim, responder.argument.foldedModel)
      }
      let cells = profile.measure(.witnessForm) { openedCells(claim, session.witness) }
      responder.opening = profile.measure(.openingRounds) {
        OpeningProver(
          parameters: mode.parameters,
          witness: OpeningWitness(
            committed: [model].compactMap { $0 } + data.committed(claim.data), cells: cells))
      }
    }
  }

  private var roots: [Digest] { model?.copies.map(\.root) ?? [] }

  private func commitWitness(_ given: ProofSecrets?) throws -> CommittedWitness? {
    guard let group = mode.parameters.witness else { return nil }
    let count = group.shape.rows * group.shape.lanes
    let integers = WitnessCells(layout: layout).integers(
      assignment, multiplicities, count: count)
    let cells = BaseVector(zeros: count)
    integers.withUnsafeBufferPointer { ck_from_int(CK_I64, $0.baseAddress, cells.words, count) }
    guard mode.isHiding else {
      return CommittedWitness(
        cells: cells,
        commitment: MatrixCommitment(
          messages: cells, lanes: group.shape.lanes, domainLog: group.domainLog))
    }
    let secrets = try given ?? drawSecrets(cells)
    secrets.pads.place(in: cells, layout)
    return CommittedWitness(
      cells: cells,
      commitment: MatrixCommitment(
        cells: cells, masks: secrets.masks, parameters: mode.parameters),
      secrets: secrets)
  }

  private func drawSecrets(_ cells: BaseVector) throws -> ProofSecrets {
    var entropy = try entropy(cells)
    return ProofSecrets(
      pads: try Pads(layout.pads, entropy: &entropy),
      masks: try OpeningMasks(parameters: mode.parameters, entropy: &entropy))
  }

  /// The proof's randomness, which depends on all that it is a proof of. The witness enters by a
  /// tree of hashes of wide leaves, which is the fastest digest of a long vector.
  private func entropy(_ cells: BaseVector) throws -> HedgedEntropy {
    // At least 32 lanes, four blocks of the hash, if the length allows for it.
    let rows = max(1, (cells.count & -cells.count) >> 5)
    let tree = MerkleTree(
      lanes: (0..<cells.count / rows).map { cells[$0 * rows..<($0 + 1) * rows] },
      leafKey: MerkleHash.leafKey, nodeKey: MerkleHash.nodeKey)
    let witness = tree.root.bytes
    var hasher = Blake3Hasher()
    for part in [Digest(hashing: statement.bytes).bytes, witness] { hasher.update(part) }
    for slot in slots { hasher.update(littleEndian(UInt64(slot))) }
    var fresh = source
    return try HedgedEntropy(context: hasher.digest(), fresh: &fresh)
  }

  /// Reads the commitment that is opened from its file, or makes it where the one before is used up.
  private func holdModel() {
    // A single commitment is at hand from here on, with its tails.
    guard let model, model.copies.count == 1 else { return }
    _ = model.commitments.commitment(model.copies[0].index, root: model.copies[0].root)
  }

  private func openedModel(
    _ claim: OpeningClaim, _ folded: ExtensionVector?
  ) -> OpeningWitness.Committed? {
    guard let model, let folded, let group = mode.parameters.committed.first else { return nil }
    let weights = ExtensionVector(zeros: layout.modelRowCount)
    FormVectors(stack: layout.modelRows).add(claim.terms, to: weights.raw)
    let lanes = ExtensionVector.equalityTable(at: claim.lanePoint, count: group.shape.lanes)
    let copies = zip(model.copies, claim.copyWeights).map { (index: $0.index, weight: $1) }
    return OpeningWitness.Committed(
      copies: model.matrices,
      folded: model.commitments.withTails(folded, copies: copies, laneWeights: lanes),
      weights: weights)
  }

  private func openedCells(
    _ claim: OpeningClaim, _ witness: CommittedWitness?
  ) -> OpeningWitness.Cells? {
    guard let witness else { return nil }
    let weights = ExtensionVector(zeros: witness.cells.count)
    FormVectors(stack: layout.witness).add(claim.terms, to: weights.raw)
    guard let masks = witness.secrets?.masks else {
      return OpeningWitness.Cells(
        commitment: witness.commitment, cells: witness.cells, weights: weights)
    }
    return OpeningWitness.Cells(
      commitment: witness.commitment, cells: witness.cells, masks: masks, weights: weights)
  }
}

import Argument
import Commitment
import ConstraintSystem
import Hashing
import Transcript
import Verifier
import Witness

/// A proof with what it took to make it.
public struct ProofResult: Sendable {
  /// The proof, as it is stored.
  public let proof: [UInt8]
  /// The public tensors' values by tensor, nil for the others; those of a batch one behind the other.
  public let publicValues: [[Int]?]
  /// What opens the commitments to data that the proof is about, by tensor. A new one has used the
  /// first of its openings: whoever writes it to a file has to say so.
  public var openings: [Int: DataOpening] = [:]
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
  ///   - data: for private inputs and outputs, by tensor, the commitments that they are shown to hold.
  ///   - context: what the proof is made for (`ProofContext.digest`), to which it is bound.
  ///   - profile: measures the proof, if it is to be measured.
  ///   - progress: called at the beginning of each stage.
  /// - Throws: `EvaluationError` when the inputs do not fit the circuit, `OpeningSlotsError` when the
  ///   model's commitments can't be opened once more.
  public static func prove(
    _ key: ProvingKey, inputs: [Int: IntegerBuffer], data: [Int: DataSource] = [:],
    context: Digest? = nil, profile: ProofProfile? = nil,
    progress: (ProverStage) -> Void = { _ in }
  ) throws -> ProofResult {
    progress(.evaluating)
    let assignment = try profile.whole {
      try profile.measure(.evaluation) {
        try Evaluator.evaluate(key.circuit, model: key.model, inputs: inputs)
      }
    }
    return try prove(
      key, assignment: assignment, data: data, context: context, profile: profile,
      progress: progress)
  }

  /// Proves that an assignment satisfies the circuit's system.
  ///
  /// Under a key that hides the model this opens one of its commitments, which the key's file counts
  /// before the proof is begun and again before it is returned.
  /// - Parameters:
  ///   - hides: whether the proof hides what the key allows it to hide.
  ///   - data: for private inputs and outputs, by tensor, the commitments that they are shown to hold.
  ///   - context: what the proof is made for (`ProofContext.digest`), to which it is bound.
  ///   - profile: measures the proof, if it is to be measured.
  /// - Throws: `OpeningSlotsError` when the model's commitments, or those to data, can't be opened
  ///   once more, `ProverError.plainProofOfHiddenModel`, `DataOpeningError`.
  public static func prove(
    _ key: ProvingKey, assignment: Assignment, hides: Bool = true, data: [Int: DataSource] = [:],
    context: Digest? = nil, profile: ProofProfile? = nil,
    progress: (ProverStage) -> Void = { _ in }
  ) throws -> ProofResult {
    try prove(
      key, batch: [assignment], hides: hides, data: data, context: context, profile: profile,
      progress: progress)
  }

  /// Proves several inferences at once, in one proof that opens the model's commitment once.
  /// - Parameters:
  ///   - batch: for each inference an assignment of the circuit's system.
  ///   - data: as for one assignment. A commitment holds the tensor's values of all inferences, one
  ///     behind the other.
  ///   - context, profile: as for one assignment.
  /// - Throws: as for one assignment; `ProverError.batchSize`; `KeyError` when there are no parameters
  ///   for so many, `EvaluationError` when their tensors have different shapes.
  public static func prove(
    _ key: ProvingKey, batch: [Assignment], hides: Bool = true, data: [Int: DataSource] = [:],
    context: Digest? = nil, profile: ProofProfile? = nil,
    progress: (ProverStage) -> Void = { _ in }
  ) throws -> ProofResult {
    guard (1...Proof.maximalBatch).contains(batch.count) else {
      throw ProverError.batchSize(batch.count)
    }
    return try profile.whole {
      let system = try key.verifyingKey.system.batched(batch.count)
      let assignment = try Assignment(batch: batch, of: system)
      let plan = try DataPlan(data, system, assignment)
      var run = try ProvingRun(
        key, assignment, data: plan,
        mode: ProvingRun.mode(key, hides: hides, batch: batch.count, data: plan.shapes),
        profile: profile)
      run.purpose = context
      guard let profile else { return try run.prove(progress) { $0 } }
      return try run.prove(progress) { MeasuringResponder($0, profile) }
    }
  }
}

/// One proof of an inference in the making.
struct ProvingRun {
  let key: ProvingKey
  let assignment: Assignment
  let multiplicities: Multiplicities
  let data: DataPlan
  /// What the proof is made for.
  var purpose: Digest?
  /// Where the proof's randomness comes from.
  var source: any EntropySource = SystemEntropy()
  let mode: ProofMode
  /// What measures the proof, if anything does.
  var profile: ProofProfile?

  static func mode(
    _ key: ProvingKey, hides: Bool, batch: Int = 1, data: [DataShape] = []
  ) throws -> ProofMode {
    guard hides || !key.verifyingKey.hidesModel else { throw ProverError.plainProofOfHiddenModel }
    let isHiding = hides && key.verifyingKey.isHiding
    guard isHiding || data.isEmpty else { throw DataOpeningError.plainProof }
    return try key.verifyingKey.mode(isHiding: isHiding, batch: batch, data: data)
  }

  init(_ key: ProvingKey, _ assignment: Assignment, hides: Bool = true) throws {
    try self.init(key, assignment, mode: try Self.mode(key, hides: hides))
  }

  init(
    _ key: ProvingKey, _ assignment: Assignment, data: DataPlan = DataPlan(), mode: ProofMode,
    profile: ProofProfile? = nil
  ) throws {
    profile?.work = ProofWork(mode.layout)
    let multiplicities = try profile.measure(.counting) {
      try Multiplicities(of: mode.system, in: assignment, columns: key.columns)
    }
    self.init(key, assignment, multiplicities, data: data, mode: mode)
    self.profile = profile
  }

  /// For multiplicities that need not be those of the assignment.
  init(
    _ key: ProvingKey, _ assignment: Assignment, _ multiplicities: Multiplicities,
    data: DataPlan = DataPlan(), mode: ProofMode? = nil
  ) {
    self.key = key
    self.assignment = assignment
    self.multiplicities = multiplicities
    self.data = data
    self.mode = mode ?? key.verifyingKey.standard
  }

  /// - Parameter wrap: what stands between the protocol and the honest responder; tests put a
  ///   cheating prover there.
  func prove<R: Responder>(
    _ progress: (ProverStage) -> Void, wrap: (ProofResponder) -> R
  ) throws -> ProofResult {
    let (token, dataTokens) = try profile.measure(.slots) { try reserve() }
    let model = openedModel(token)
    let slots = (token.map { [$0.index] } ?? []) + dataTokens.map { $0?.index ?? 0 }
    let (maker, opened) = try profile.measure(.statement) { try prepared(model, slots) }
    let proof = try maker.make(progress, wrap: wrap)
    try profile.measure(.slots) {
      if let token { try release(token) }
      try data.release(dataTokens)
    }
    return ProofResult(
      proof: proof, publicValues: publicValues, openings: opened.byTensor)
  }

  private var publicValues: [[Int]?] {
    mode.system.tensors.enumerated().map { index, tensor in
      tensor.role.isPublic ? assignment[index].values : nil
    }
  }

  private func reserve() throws -> (OpeningSlots.Token?, [OpeningSlots.Token?]) {
    try data.requireFreeSlots()
    return (try key.ledger.map { try $0.reserve(in: $0.proofs) }, try data.reserve())
  }

  private func prepared(
    _ model: OpenedModel?, _ slots: [Int]
  ) throws -> (ProofMaker, ProvenData) {
    var fresh = source
    let opened = try data.made(context(slots), fresh: &fresh)
    let header = header(model, opened)
    let publicValues = publicValues
    let maker = ProofMaker(
      mode: mode, domain: Proof.domain,
      statement: try Statement(
        layout: mode.layout, header: header.bytes, publicValues: publicValues,
        commitments: opened.bindings),
      prefix: Proof.prefix(header, publicValues: publicValues, mode.system),
      assignment: assignment, multiplicities: multiplicities, columns: key.columns, model: model,
      data: opened, slots: slots, source: source, profile: profile)
    return (maker, opened)
  }

  /// A digest of what decides which positions a proof opens, but for its commitments to data.
  private func context(_ slots: [Int]) -> Digest {
    var hasher = Blake3Hasher()
    hasher.update(key.verifyingKey.identityDigest.bytes)
    hasher.update(littleEndian: purpose == nil ? 0 : 1)
    hasher.update(purpose?.bytes ?? [])
    for number in [mode.batch] + slots { hasher.update(littleEndian: UInt64(number)) }
    // The key's identity stands for the weights.
    for (tensor, declaration) in mode.system.tensors.enumerated()
    where declaration.role != .model && !data.shapes.isEmpty {
      assignment.withValues(of: tensor) {
        for value in $0 { hasher.update(littleEndian: UInt64(bitPattern: value)) }
      }
    }
    return hasher.digest()
  }

  private func header(_ model: OpenedModel?, _ data: ProvenData) -> ProofHeader {
    let verifyingKey = key.verifyingKey
    return ProofHeader(
      identityDigest: verifyingKey.identityDigest, isHiding: mode.isHiding, batch: mode.batch,
      modelRoot: verifyingKey.hidesModel ? model?.copies[0].root : nil, data: data.bindings,
      context: purpose)
  }

  private func release(_ token: OpeningSlots.Token) throws {
    guard let ledger = key.ledger else { return }
    try ledger.release(token)
    guard let states = try? ledger.states(), states.firstFree(in: ledger.proofs) == nil else {
      return
    }
    // There is nothing left to open but for those who are at it already.
    key.commitments?.forget(before: 1 + key.verifyingKey.roots.count)
  }

  /// The commitment that a slot is one of.
  private func openedModel(_ token: OpeningSlots.Token?) -> OpenedModel? {
    guard let commitments = key.commitments, let pinned = key.verifyingKey.pinnedRoot else {
      return nil
    }
    guard let token else { return OpenedModel(commitments, copies: [(0, pinned)]) }
    let index = token.index / key.verifyingKey.openings
    // Slots are reserved in order: nobody opens the earlier commitments any more.
    commitments.forget(before: 1 + index)
    return OpenedModel(commitments, copies: [(1 + index, key.verifyingKey.roots[index])])
  }
}

import Commitment
import ConstraintSystem
import Hashing
import Verifier
import Witness

/// What the set-up of a key is doing, for those who wait.
public enum SetupStage: Equatable, Sendable, CustomStringConvertible {
  /// Commitments are numbered from 0, the pinned one.
  case committing(Int, of: Int)
  case certifying(ProverStage)

  public var description: String {
    switch self {
    case .committing(let index, let count): "committing to the model, \(index + 1) of \(count)"
    case .certifying(let stage): "certifying the weights: \(stage.rawValue)"
    }
  }
}

extension ProvingKey {
  /// Commits to a model.
  /// - Parameters:
  ///   - model: the integers of every tensor of role `model`.
  ///   - privacy: what proofs hide.
  ///   - certifies: whether the verifying key comes with a proof that the weights are in their ranges
  ///     and the same in all commitments. It takes as long as a proof that reads each weight once.
  ///   - derivation: what the circuit's system was made from, which the verifying key says.
  ///   - progress: called at the beginning of each stage.
  /// - Throws: `ProverError` when a tensor is missing or does not fit its declaration, or when there
  ///   are too many proofs for one key; `KeyError` when the circuit's system breaks a rule, or is too
  ///   large.
  public static func make(
    circuit: Circuit, model: [Int: IntegerBuffer], privacy: Privacy = .none,
    certifies: Bool = false, derivation: [UInt8] = [],
    progress: (SetupStage) -> Void = { _ in }
  ) throws -> ProvingKey {
    try make(
      circuit: circuit, model: model, privacy: privacy, certifies: certifies,
      derivation: derivation, source: SystemEntropy(), progress: progress)
  }

  /// - Parameter source: where the seeds of tails come from.
  static func make(
    circuit: Circuit, model: [Int: IntegerBuffer], privacy: Privacy, certifies: Bool = false,
    derivation: [UInt8] = [], source: some EntropySource, progress: (SetupStage) -> Void = { _ in }
  ) throws -> ProvingKey {
    do { try circuit.system.validate() } catch { throw KeyError.malformed }
    try checkModel(circuit.system, model)
    let plan = try SetupPlan(circuit.system, privacy)
    let mode = try VerifyingKey.standardMode(
      circuit.system, isHiding: privacy != .none, openings: plan.openings)
    let commitments = try mode.parameters.committed.first.map { group in
      ModelCommitments(
        matrix: ModelMatrix(layout: mode.layout) { model[$0] ?? IntegerBuffer([Int16]()) },
        group: group,
        seeds: plan.openings == 0
          ? nil : try .made(TailContext(circuit.system, model, openings: plan.openings), source))
    }
    let ledger =
      plan.openings == 0
      ? nil
      : OpeningLedger(
        proofs: .init(free: plan.commitments * plan.openings),
        certificates: .init(free: plan.certificates))
    let key = try ProvingKey(
      circuit: circuit, model: model, isHiding: privacy != .none, plan, commitments,
      ledger: ledger, derivation: derivation, progress)
    guard certifies, commitments != nil else { return key }
    let token = try ledger.map { try $0.reserve(in: $0.certificates) }
    let certified = try key.certified(progress)
    if let token { try ledger?.release(token) }
    return certified
  }

  /// - Parameter ledger: nil unless the model is hidden.
  private init(
    circuit: Circuit, model: [Int: IntegerBuffer], isHiding: Bool, _ plan: SetupPlan,
    _ commitments: ModelCommitments?, ledger: OpeningLedger?, derivation: [UInt8],
    _ progress: (SetupStage) -> Void
  ) throws {
    let count = commitments == nil ? 0 : 1 + plan.commitments
    var roots: [Digest] = []
    for index in 0..<count {
      progress(.committing(index, of: count))
      if let commitments { roots.append(commitments.commitment(index, root: nil).root) }
    }
    let key = try VerifyingKey(
      system: circuit.system, pinnedRoot: roots.first, isHiding: isHiding,
      openings: plan.openings, roots: Array(roots.dropFirst()), derivation: derivation)
    try self.init(
      circuit: circuit, verifyingKey: key, model: model, commitments: commitments, ledger: ledger)
  }

  init(
    circuit: Circuit, verifyingKey: VerifyingKey, model: [Int: IntegerBuffer],
    commitments: ModelCommitments?, ledger: OpeningLedger?
  ) throws {
    self.circuit = circuit
    self.verifyingKey = verifyingKey
    self.model = model
    self.commitments = commitments
    self.ledger = ledger
    columns = try TableColumns(of: circuit.system.tables)
  }

  /// A key of the same identity for further proofs: with fresh commitments, and a certificate that they
  /// hold the same weights.
  ///
  /// The certificate opens the pinned commitment once more, which this key's file counts. The new
  /// key has to be stored, in place of this one or elsewhere, before it can be rekeyed in turn.
  /// - Parameter proofs: for how many proofs, at the least.
  /// - Throws: `ProverError`, `OpeningSlotsError.exhausted` when the pinned commitment has been opened
  ///   as often as it may be: the model then needs a key of another identity.
  public func rekeyed(
    proofs: Int, progress: (SetupStage) -> Void = { _ in }
  ) throws -> ProvingKey {
    try rekeyed(proofs: proofs, source: SystemEntropy(), progress: progress)
  }

  /// - Parameter source: where the seed of tails comes from.
  func rekeyed(
    proofs: Int, source: some EntropySource, progress: (SetupStage) -> Void = { _ in }
  ) throws -> ProvingKey {
    guard let ledger, let commitments, let seeds = commitments.seeds else {
      throw ProverError.nothingToRekey
    }
    try ledger.slots?.requireOneName()
    let certificates = ledger.certificates.count
    let plan = try SetupPlan(verifyingKey, certificates: certificates, proofs: proofs)
    let token = try ledger.reserve(in: ledger.certificates)
    let context = TailContext(
      circuit.system, model, openings: plan.openings,
      rekeying: (verifyingKey.pinnedRoot, slot: token.index))
    let fresh = ModelCommitments(
      matrix: commitments.matrix, group: commitments.group,
      seeds: .init(
        pinned: seeds.pinned, others: try ModelCommitments.Seeds.made(context, source).others))
    var key = try ProvingKey(
      circuit: circuit, model: model, isHiding: true, plan, fresh,
      ledger: OpeningLedger(
        proofs: .init(free: plan.commitments * plan.openings),
        certificates: .init(spent: certificates)), derivation: verifyingKey.derivation, progress)
    key = try key.certified(progress)
    try ledger.release(token)
    key.predecessor = ledger
    return key
  }
}

/// How many commitments a key gets, and how many proofs each of them serves.
struct SetupPlan {
  /// For each commitment but the pinned one; zero if the model is not hidden.
  let openings: Int
  /// Besides the pinned one.
  let commitments: Int
  /// How often certificates may open the pinned commitment.
  let certificates: Int

  /// - Throws: `ProverError.tooManyProofs`, `KeyError`.
  init(_ system: ConstraintSystem, _ privacy: ProvingKey.Privacy) throws {
    guard case .model(let proofs) = privacy else {
      (openings, commitments, certificates) = (0, 0, 0)
      return
    }
    let limit = VerifyingKey.maximalRoots * VerifyingKey.maximalOpenings
    guard proofs >= 1, proofs <= limit else { throw ProverError.tooManyProofs(limit: limit) }
    // The shortest tail makes the shortest proofs; within it, the fewest commitments.
    let least = (proofs - 1) / VerifyingKey.maximalRoots + 1
    let capacity = try VerifyingKey.capacity(of: system, openings: least)
    openings = capacity?.openings ?? 0
    commitments = capacity.map { (proofs - 1) / $0.openings + 1 } ?? 0
    certificates = capacity?.certificates ?? 0
  }

  /// The same code, for so many proofs more.
  init(_ key: VerifyingKey, certificates: Int, proofs: Int) throws {
    openings = key.openings
    self.certificates = certificates
    let limit = VerifyingKey.maximalRoots * openings
    guard proofs >= 1, proofs <= limit else { throw ProverError.tooManyProofs(limit: limit) }
    commitments = (proofs - 1) / openings + 1
  }
}

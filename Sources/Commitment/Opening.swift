import FieldArithmetic
import Hashing
import Polynomials
import Transcript

/// The linear form whose value is opened, as the verifier knows it: by the multilinear extensions
/// of its coefficients.
///
/// A point's first coordinate belongs to the most significant bit of a position. The coefficients
/// of missing lanes are zero.
public protocol OpeningForm {
  /// At `rowsLog` coordinates: of the coefficients of a committed group's folded lane.
  /// - Parameter index: which of the parameters' committed groups.
  func committedWeight(_ index: Int, at point: [Fp3]) -> Fp3
  /// At `lanesLog + rowsLog` coordinates: of the witness's coefficients, lane after lane.
  func witnessWeight(at point: [Fp3]) -> Fp3
}

/// What is opened: the commitments, and how the lanes of those that are no witness are folded.
public struct OpeningStatement: Sendable {
  /// A committed group: the combination Σ weight·matrix of some matrices of one shape.
  public struct Committed: Sendable {
    /// The matrices' roots, as many as the group's copies.
    public let roots: [Digest]
    /// What each matrix counts. Drawn after the roots were fixed.
    public let copyWeights: [Fp3]
    /// What each lane counts, as many as the group's lanes. Drawn after the roots were fixed, and
    /// before anything that the form depends on.
    public let laneWeights: [Fp3]

    public init(roots: [Digest], copyWeights: [Fp3], laneWeights: [Fp3]) {
      self.roots = roots
      self.copyWeights = copyWeights
      self.laneWeights = laneWeights
    }

    /// One matrix, as it is.
    public init(root: Digest, laneWeights: [Fp3]) {
      self.init(roots: [root], copyWeights: [.one], laneWeights: laneWeights)
    }

    /// Whether there is a root and a weight for all that the parameters have.
    func fits(_ group: OpeningParameters.Group) -> Bool {
      roots.count == group.copies && copyWeights.count == group.copies
        && laneWeights.count == group.shape.lanes
    }
  }

  public let parameters: OpeningParameters
  /// In the order of the parameters.
  public let committed: [Committed]
  /// The witness's root; needed if the parameters have a witness.
  public let witnessRoot: Digest?

  public init(parameters: OpeningParameters, committed: [Committed], witnessRoot: Digest?) {
    self.parameters = parameters
    self.committed = committed
    self.witnessRoot = witnessRoot
  }

  /// Whether each group has its roots and weights.
  var isComplete: Bool {
    guard committed.count == parameters.committed.count else { return false }
    for (committed, group) in zip(committed, parameters.committed) {
      guard committed.fits(group) else { return false }
    }
    return parameters.witness == nil || witnessRoot != nil
  }
}

/// Shows that Σ ⟨F_g, w_g⟩ + ⟨f, w⟩ = value for the committed witness f and the committed groups'
/// folded lanes F_g (`Paper/` section 9).
///
/// The witness's lanes are folded by a sum-check; what is then a vector over E is committed again at
/// a lower rate and folded, until it is short enough to be sent. Opened positions of each
/// commitment become linear forms on the next vector. If the parameters hide the data, the rounds
/// over the lanes and the folded vector are masked first.
/// - Throws: `merklePath`, `openingFinalVector`, `openingFinalClaim`, `openingMaskFactor`,
///   `grinding`, or an error of reading.
public func verifyOpening<C: ReadingContext & ~Copyable>(
  _ context: inout C, _ statement: OpeningStatement, form: some OpeningForm, value: Fp3
) throws(ProofError) {
  let parameters = statement.parameters
  guard !parameters.committed.isEmpty || parameters.witness != nil else {
    // A form of nothing is zero.
    return try context.require(value == .zero, .openingFinalClaim)
  }
  try context.require(statement.isComplete, .merklePath)
  var masks = parameters.hiding == nil ? nil : try MaskedClaim(&context)
  var claim = FoldedClaim(value: masks?.masked(value) ?? value)
  let witnessLanes = parameters.witness?.shape.lanesLog ?? 0
  try claim.fold(&context, rounds: witnessLanes, work: parameters.witness?.foldWork ?? 0)
  let lanePoint = claim.takePoint()
  try claim.add(&context, &masks, parameters)
  var oracles = baseOracles(statement, witnessPoint: lanePoint, masks)
  for round in parameters.rounds {
    let root = try context.readDigest(.openingRoot)
    try context.requireWork(.openingGrinding, bits: parameters.queryWork)
    try claim.combine(&context, oracles)
    try claim.fold(&context, rounds: round.lanesLog, work: round.foldWork)
    let lanes = Array(claim.point.suffix(round.lanesLog))
    oracles = OracleSet(round: round, root: root, lanePoint: lanes)
  }
  let final = try context.readClear(.openingFinal, count: 1 << parameters.finalLog)
  try context.requireWork(.openingGrinding, bits: parameters.queryWork)
  for (oracle, answers) in zip(oracles.oracles, try oracles.open(&context)) {
    for answer in answers {
      try context.require(
        oracle.value(of: final, at: answer.x) == answer.value, .openingFinalVector)
    }
  }
  try claim.fold(&context, rounds: parameters.finalLog, work: 0)
  try context.require(
    claim.holds(of: final, form, parameters, lanePoint: lanePoint, factor: masks?.factor ?? .one),
    .openingFinalClaim)
}

/// The commitments to the groups, as oracles for the vector of the folded groups.
private func baseOracles(
  _ statement: OpeningStatement, witnessPoint: [Fp3], _ masks: MaskedClaim?
) -> OracleSet {
  let parameters = statement.parameters
  let layout = parameters.layout
  var oracles: [Oracle] = []
  for (i, committed) in statement.committed.enumerated() {
    var oracle = Oracle(
      roots: committed.roots, copyWeights: committed.copyWeights,
      laneWeights: committed.laneWeights, domainLog: parameters.committed[i].domainLog,
      pieces: layout.committed[i], vectorLog: layout.log)
    oracle.mask = parameters.maskElement(ofCommitted: i)
    oracles.append(oracle)
  }
  if let witness = parameters.witness, let root = statement.witnessRoot {
    let lanes = Multilinear.equalityTable(at: witnessPoint, count: witness.shape.lanes)
    var oracle = Oracle(
      roots: [root], copyWeights: [.one],
      laneWeights: lanes + Array(repeating: .one, count: parameters.roundLanes),
      domainLog: witness.domainLog, pieces: layout.witness, vectorLog: layout.log)
    oracle.maskLanes = parameters.maskLanes
    oracle.mask = parameters.witnessMaskElement
    oracles.append(oracle)
  }
  return OracleSet(
    oracles: oracles, queries: parameters.queries, positionsLog: parameters.positionsLog,
    maskFold: masks?.fold)
}

extension OracleSet {
  /// A folded vector's commitment.
  fileprivate init(round: OpeningParameters.Round, root: Digest, lanePoint: [Fp3]) {
    var oracle = Oracle(
      roots: [root], copyWeights: [.one],
      laneWeights: Multilinear.equalityTable(at: lanePoint, count: round.lanes),
      domainLog: round.domainLog, pieces: FoldedLayout.whole(log: round.rowsLog),
      vectorLog: round.rowsLog)
    oracle.degree = Fp3.degree
    self.init(
      oracles: [oracle], queries: round.queries, positionsLog: round.domainLog, maskFold: nil)
  }
}

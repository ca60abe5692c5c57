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
  /// At `rowsLog` coordinates: of the model's folded lane's coefficients.
  func modelWeight(at point: [Fp3]) -> Fp3
  /// At `lanesLog + rowsLog` coordinates: of the witness's coefficients, lane after lane.
  func witnessWeight(at point: [Fp3]) -> Fp3
}

/// What is opened: the commitments, and how the model's lanes are folded.
public struct OpeningStatement: Sendable {
  public let parameters: OpeningParameters
  /// The model's root; needed if the parameters have a model.
  public let modelRoot: Digest?
  /// The witness's root; needed if the parameters have a witness.
  public let witnessRoot: Digest?
  /// The model's lanes are folded by eq(lanePoint, lane): drawn after the model's commitment, and
  /// before anything that the form depends on.
  public let lanePoint: [Fp3]

  /// - Parameter lanePoint: `lanesLog` coordinates of the model's shape; none without a model.
  public init(
    parameters: OpeningParameters, modelRoot: Digest?, witnessRoot: Digest?, lanePoint: [Fp3]
  ) {
    self.parameters = parameters
    self.modelRoot = modelRoot
    self.witnessRoot = witnessRoot
    self.lanePoint = lanePoint
  }

  /// Whether each group has its root, and the model its lane point.
  var isComplete: Bool {
    if let model = parameters.model {
      guard modelRoot != nil, lanePoint.count == model.shape.lanesLog else { return false }
    }
    return parameters.witness == nil || witnessRoot != nil
  }
}

/// Shows that ⟨F, w_M⟩ + ⟨f, w_X⟩ = value for the committed witness f and the committed model's
/// folded lane F (`Paper/` section 9).
///
/// The witness's lanes are folded by a sum-check; what is then a vector over E is committed again at
/// a lower rate and folded, until it is short enough to be sent. Opened positions of each
/// commitment become linear forms on the next vector. If the parameters hide the data, the rounds
/// over the lanes and the folded vector are masked first.
/// - Throws: `merklePath`, `openingFinalVector`, `openingFinalClaim`, `openingMaskFactor`,
///   `openingMaskVector`, `grinding`, or an error of reading.
public func verifyOpening<C: ReadingContext & ~Copyable>(
  _ context: inout C, _ statement: OpeningStatement, form: some OpeningForm, value: Fp3
) throws(ProofError) {
  let parameters = statement.parameters
  guard parameters.model != nil || parameters.witness != nil else {
    // A form of nothing is zero.
    return try context.require(value == .zero, .openingFinalClaim)
  }
  try context.require(statement.isComplete, .merklePath)
  var masks = parameters.hiding == nil ? nil : try MaskedClaim(&context, parameters)
  var claim = FoldedClaim(value: masks?.masked(value) ?? value)
  let witnessLanes = parameters.witness?.shape.lanesLog ?? 0
  try claim.fold(&context, rounds: witnessLanes, work: parameters.witness?.foldWork ?? 0)
  let lanePoint = claim.takePoint()
  try claim.add(&context, &masks, parameters, at: lanePoint)
  var oracles = baseOracles(statement, witnessPoint: lanePoint, masks)
  for round in parameters.rounds {
    let root = try context.readDigest(.openingRoot)
    try context.requireWork(.openingGrinding, bits: parameters.queryWork)
    try claim.combine(&context, oracles)
    try claim.fold(&context, rounds: round.lanesLog, work: round.foldWork)
    let lanes = Array(claim.point.suffix(round.lanesLog))
    oracles = [Oracle(round: round, root: root, lanePoint: lanes)]
  }
  let final = try context.readClear(.openingFinal, count: 1 << parameters.finalLog)
  try context.requireWork(.openingGrinding, bits: parameters.queryWork)
  for oracle in oracles {
    for answer in try oracle.open(&context) {
      try context.require(
        oracle.value(of: final, at: answer.x) == answer.value, .openingFinalVector)
    }
  }
  try claim.fold(&context, rounds: parameters.finalLog, work: 0)
  let weight = claim.weight(
    form, parameters, lanePoint: lanePoint, factor: masks?.factor ?? .one)
  let last = Multilinear.value(of: final, at: Array(claim.point.suffix(parameters.finalLog)))
  try context.require(last * weight == claim.value, .openingFinalClaim)
}

/// The commitments to the groups, as oracles for the vector of the folded groups.
private func baseOracles(
  _ statement: OpeningStatement, witnessPoint: [Fp3], _ masks: MaskedClaim?
) -> [Oracle] {
  let parameters = statement.parameters
  let layout = FoldedLayout(model: parameters.model?.shape, witness: parameters.witness?.shape)
  var oracles: [Oracle] = []
  if let model = parameters.model, let root = statement.modelRoot {
    oracles.append(
      Oracle(
        group: model, root: root, pieces: layout.model, vectorLog: layout.log,
        lanePoint: statement.lanePoint, mask: masks?.modelMask))
  }
  if let witness = parameters.witness, let root = statement.witnessRoot {
    oracles.append(
      Oracle(
        group: witness, root: root, pieces: layout.witness, vectorLog: layout.log,
        lanePoint: witnessPoint, mask: masks?.witnessMask))
  }
  return oracles
}

/// What is claimed of the current vector: that a linear form has a value.
private struct FoldedClaim {
  private(set) var value: Fp3
  /// The challenges so far.
  private(set) var point: [Fp3] = []
  private var forms: [PowerForms] = []

  init(value: Fp3) { self.value = value }

  /// The challenges so far, which belong to the witness's lanes and not to the vector.
  mutating func takePoint() -> [Fp3] {
    defer { point = [] }
    return point
  }

  /// Replaces the folded vector by its sum with the masks, if there are any.
  mutating func add<C: ReadingContext & ~Copyable>(
    _ context: inout C, _ masks: inout MaskedClaim?, _ parameters: OpeningParameters,
    at point: [Fp3]
  ) throws(ProofError) {
    guard let hiding = parameters.hiding else { return }
    value = try masks?.add(&context, hiding, to: value, at: point) ?? value
  }

  /// Rounds of sum-check that fold the vector's leading halves onto each other.
  mutating func fold<C: ReadingContext & ~Copyable>(
    _ context: inout C, rounds: Int, work: Int
  ) throws(ProofError) {
    for _ in 0..<rounds {
      let message = try context.readClear(.openingRound, count: 2)
      try context.requireWork(.openingGrinding, bits: work)
      let challenge = context.challenge(.openingFold)
      value = Univariate.quadraticValue(
        c0: message[0], c2: message[1], sum: value, at: challenge)
      point.append(challenge)
    }
  }

  /// Opens positions of the oracles, and adds what they say of the vector to the claim.
  mutating func combine<C: ReadingContext & ~Copyable>(
    _ context: inout C, _ oracles: [Oracle]
  ) throws(ProofError) {
    var answers: [[Oracle.Answer]] = []
    for oracle in oracles { answers.append(try oracle.open(&context)) }
    let combiner = context.challenge(.openingCombiner)
    var coefficient = Fp3.one
    for (oracle, answers) in zip(oracles, answers) {
      var points: [(x: Fp, coefficient: Fp3)] = []
      for answer in answers {
        coefficient *= combiner
        points.append((answer.x, coefficient))
        value += coefficient * answer.value
      }
      forms.append(PowerForms(pieces: oracle.pieces, log: oracle.vectorLog, points: points))
    }
  }

  /// The multilinear extension of the vector's whole form at the point of all challenges.
  /// - Parameter factor: what the data's form is multiplied by.
  func weight(
    _ form: some OpeningForm, _ parameters: OpeningParameters, lanePoint: [Fp3], factor: Fp3
  ) -> Fp3 {
    let layout = FoldedLayout(model: parameters.model?.shape, witness: parameters.witness?.shape)
    var sum = Fp3.zero
    if let piece = layout.model.first {
      // Each round over the witness's lanes takes the model's constant part in equal halves.
      let share = Fp(2).power(UInt64(lanePoint.count)).inverse
      let weight = form.modelWeight(at: Array(point.suffix(piece.log)))
      sum += weight * piece.selector(at: point) * share
    }
    if let piece = layout.witness.first {
      let weight = form.witnessWeight(at: lanePoint + point.suffix(piece.log))
      sum += weight * piece.selector(at: point)
    }
    return forms.reduce(factor * sum) { $0 + $1.value(at: point) }
  }
}

import Commitment
import FieldArithmetic
import Hashing
import Polynomials
import Prover
import Transcript

/// Deterministic pseudo-random elements.
struct Random {
  private var state: UInt64

  init(seed: UInt64) { state = seed }

  mutating func word() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var z = state
    z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
    z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
    return z ^ (z >> 31)
  }

  mutating func base() -> Fp { Fp(word()) }
  mutating func element() -> Fp3 { Fp3(base(), base(), base()) }
  mutating func base(_ count: Int) -> [Fp] { (0..<count).map { _ in base() } }
  mutating func elements(_ count: Int) -> [Fp3] { (0..<count).map { _ in element() } }
}

/// What hides an instance's opening.
struct InstanceMasks {
  let lane: [Fp3]
  let rounds: [Fp3]
  let roundsMask: [Fp3]
  let model: [Fp3]?
  let modelCommitment: ReferenceCommitment?

  init(
    lane: [Fp3], rounds: [Fp3], roundsMask: [Fp3], model: [Fp3]?,
    modelCommitment: ReferenceCommitment?
  ) {
    self.lane = lane
    self.rounds = rounds
    self.roundsMask = roundsMask
    self.model = model
    self.modelCommitment = modelCommitment
  }

  /// Random masks; nil if the parameters do not hide.
  init?(_ parameters: OpeningParameters, _ random: inout Random) {
    guard let hiding = parameters.hiding, let witness = parameters.witness else { return nil }
    lane = random.elements(witness.shape.messageLength)
    rounds = random.elements(hiding.vectorLength)
    roundsMask = random.elements(hiding.vectorLength)
    model = parameters.model.map { random.elements($0.shape.messageLength) }
    modelCommitment = model.flatMap { mask in
      parameters.model.map { ReferenceCommitment(lanes: [mask], domainLog: $0.domainLog) }
    }
  }

  /// The lanes that are committed with the witness.
  var witnessLanes: [[Fp]] {
    [lane, rounds, roundsMask].flatMap { mask in
      let zeros = Array(repeating: Fp3.zero, count: lane.count - mask.count)
      return [\Fp3.c0, \.c1, \.c2].map { coordinate in
        (mask + zeros).map { $0[keyPath: coordinate] }
      }
    }
  }
}

/// Committed random data with a random linear form on them.
struct OpeningInstance: OpeningForm {
  let parameters: OpeningParameters
  let model: [[Fp]]
  let witness: [[Fp]]
  let lanePoint: [Fp3]
  let foldedModel: [Fp3]
  let modelWeights: [Fp3]
  let witnessWeights: [[Fp3]]
  let modelCommitment: ReferenceCommitment?
  let witnessCommitment: ReferenceCommitment?
  let masks: InstanceMasks?

  /// - Parameters:
  ///   - other: an instance whose data are opened in place of what is committed.
  ///   - model: whether the model's data are replaced.
  ///   - witness: whether the witness's data are replaced.
  ///   - isBlank: whether the data are all zero; tails are random all the same.
  init(
    parameters: OpeningParameters, seed: UInt64 = 1, replacing other: OpeningInstance? = nil,
    model replacesModel: Bool = false, witness replacesWitness: Bool = false,
    isBlank: Bool = false
  ) {
    var random = Random(seed: seed)
    func messages(_ shape: GroupShape?) -> [[Fp]] {
      guard let shape else { return [] }
      return (0..<shape.lanes).map { _ in
        let message = random.base(shape.messageLength)
        return message.enumerated().map { isBlank && $0 < shape.rows ? .zero : $1 }
      }
    }
    self.parameters = parameters
    let committedModel = messages(parameters.model?.shape)
    let committedWitness = messages(parameters.witness?.shape)
    model = replacesModel ? other?.model ?? [] : committedModel
    witness = replacesWitness ? other?.witness ?? [] : committedWitness
    lanePoint = random.elements(parameters.model?.shape.lanesLog ?? 0)
    let laneFactors = Multilinear.equalityTable(at: lanePoint)
    var folded = Array(repeating: Fp3.zero, count: parameters.model?.shape.messageLength ?? 0)
    for (lane, factor) in zip(model, laneFactors) {
      for (i, value) in lane.enumerated() { folded[i] += factor * value }
    }
    foldedModel = folded
    modelWeights = random.elements(parameters.model?.shape.rows ?? 0)
    let rows = parameters.witness?.shape.rows ?? 0
    witnessWeights = witness.map { _ in random.elements(rows) }
    modelCommitment = parameters.model.map {
      ReferenceCommitment(lanes: committedModel, domainLog: $0.domainLog)
    }
    let masks = InstanceMasks(parameters, &random)
    witnessCommitment = parameters.witness.map {
      ReferenceCommitment(
        lanes: committedWitness + (masks?.witnessLanes ?? []), domainLog: $0.domainLog)
    }
    self.masks = masks
  }

  var value: Fp3 {
    var sum = innerProduct(foldedModel, modelWeights)
    for (lane, weights) in zip(witness, witnessWeights) { sum += innerProduct(weights, lane) }
    return sum
  }

  var statement: OpeningStatement {
    OpeningStatement(
      parameters: parameters, modelRoot: modelCommitment?.root,
      witnessRoot: witnessCommitment?.root,
      lanePoint: lanePoint)
  }

  func modelWeight(at point: [Fp3]) -> Fp3 { Multilinear.value(of: modelWeights, at: point) }

  func witnessWeight(at point: [Fp3]) -> Fp3 {
    Multilinear.value(of: witnessWeights.flatMap { $0 }, at: point)
  }

  func prove(_ responder: some Responder, value: Fp3? = nil) throws(ProofError) -> [UInt8] {
    var context = ProverContext(domain: "opening test", statement: [], responder: responder)
    try verifyOpening(&context, statement, form: self, value: value ?? self.value)
    return context.proof
  }

  func verify(_ proof: [UInt8], value: Fp3? = nil) throws(ProofError) {
    var context = VerifierContext(domain: "opening test", statement: [], proof: proof)
    try verifyOpening(&context, statement, form: self, value: value ?? self.value)
    try context.finish()
  }

  /// The error with which a proof is rejected; nil for an accepted one.
  func rejection(of proof: [UInt8], value: Fp3? = nil) -> ProofError? {
    do throws(ProofError) {
      try verify(proof, value: value)
      return nil
    } catch {
      return error
    }
  }
}

import FieldArithmetic
import Hashing
import Kernels
import Polynomials
import Transcript

@testable import Commitment
@testable import Prover

/// A context whose challenges and positions do not depend on the messages, which it records: the
/// whole view of a verifier, but for the hashes. Checks count only for `strict` contexts.
struct ProgrammedContext: ReadingContext, ~Copyable {
  typealias Value = Fp3

  private let responder: any Responder
  private var random: Random
  // The first of the positions that are opened, and a challenge that is zero.
  private let firstPosition: Int
  private let zero: MessageLabel?
  private let isStrict: Bool
  private(set) var view: [Fp] = []

  init(
    _ responder: any Responder, seed: UInt64, firstPosition: Int, zero: MessageLabel? = nil,
    isStrict: Bool = false
  ) {
    self.responder = responder
    random = Random(seed: seed)
    self.firstPosition = firstPosition
    self.zero = zero
    self.isStrict = isStrict
  }

  mutating func read(_ label: MessageLabel, count: Int) throws(ProofError) -> [Fp3] {
    try readClear(label, count: count)
  }

  mutating func readClear(_ label: MessageLabel, count: Int) throws(ProofError) -> [Fp3] {
    let values = responder.message(label, count: count)
    view += values.flatMap { [$0.c0, $0.c1, $0.c2] }
    return values
  }

  mutating func readDigest(_ label: MessageLabel) throws(ProofError) -> Digest {
    responder.digest(label)
  }

  mutating func hintElements(_ label: MessageLabel, count: Int) throws(ProofError) -> [Fp] {
    let elements = responder.hintElements(label, count: count)
    view += elements
    return elements
  }

  mutating func hintDigests(_ label: MessageLabel, count: Int) throws(ProofError) -> [Digest] {
    responder.hintDigests(label, count: count)
  }

  mutating func challenges(_ label: MessageLabel, count: Int) -> [Fp3] {
    let drawn = random.elements(count)
    let challenges = label == zero ? drawn.map { _ in .zero } : drawn
    responder.learn(label, challenges: challenges)
    return challenges
  }

  mutating func queryIndices(_ label: MessageLabel, count: Int, bits: Int) -> [Int] {
    let indices = (0..<count).map { (firstPosition + $0) % (1 << bits) }
    responder.learn(label, indices: indices)
    return indices
  }

  mutating func requireWork(_ label: MessageLabel, bits: Int) throws(ProofError) {}
  mutating func product(_ a: Fp3, _ b: Fp3) -> Fp3 { a * b }
  mutating func requireZero(_ value: Fp3, _ check: Check) throws(ProofError) {
    try require(value == .zero, check)
  }
  mutating func requireNonzero(_ value: Fp3, _ check: Check) throws(ProofError) {
    try require(value != .zero, check)
  }
  mutating func require(_ condition: Bool, _ check: Check) throws(ProofError) {
    guard condition || !isStrict else { throw .rejected(check) }
  }
}

/// What the secrets of some openings of one model are, element of F by element.
struct OpeningSecrets {
  enum Part: CaseIterable {
    // The data.
    case model, cells
    // What hides them. The mask of the rounds has two parts.
    case modelTails, tails, lane, polynomial, polynomialTail, polynomialMask, modelLane

    var isData: Bool { self == .model || self == .cells }
    /// Whether all proofs have it in common.
    var isShared: Bool { self == .model || self == .modelTails }
  }

  /// One element of F: a coordinate if the part is over E.
  struct Slot {
    let part: Part
    let proof: Int
    let index: Int
    let coordinate: Int
  }

  let parameters: OpeningParameters
  let proofs: Int

  private func size(_ part: Part) -> (count: Int, coordinates: Int) {
    let (model, witness) = (parameters.model?.shape, parameters.witness?.shape)
    let modelLanes = model?.lanes ?? 0
    let (lanes, length) = (witness?.lanes ?? 0, parameters.hiding?.vectorLength ?? 0)
    let rounds = 3 * (witness?.lanesLog ?? 0)
    switch part {
    case .model: return (modelLanes * (model?.rows ?? 0), 1)
    case .cells: return (lanes * (witness?.rows ?? 0), 1)
    case .modelTails: return (modelLanes * (model?.tail ?? 0), 1)
    case .tails: return (lanes * (witness?.tail ?? 0), 1)
    case .lane: return (witness?.messageLength ?? 0, 3)
    case .polynomial: return (rounds, 3)
    case .polynomialTail: return (length - rounds, 3)
    case .polynomialMask: return (length, 3)
    case .modelLane: return (model?.messageLength ?? 0, 3)
    }
  }

  var slots: [Slot] {
    Part.allCases.flatMap { part in
      let (count, coordinates) = size(part)
      return (0..<(part.isShared ? 1 : proofs)).flatMap { proof in
        (0..<count * coordinates).map {
          Slot(part: part, proof: proof, index: $0 / coordinates, coordinate: $0 % coordinates)
        }
      }
    }
  }

  /// A part for one proof as the prover takes it, from some slots' values; the others are zero.
  func elements(_ part: Part, _ proof: Int, _ values: [(Slot, Fp)]) -> [Fp3] {
    var elements = Array(repeating: [Fp.zero, .zero, .zero], count: size(part).count)
    for (slot, value) in values
    where slot.part == part && (part.isShared || slot.proof == proof) {
      elements[slot.index][slot.coordinate] += value
    }
    return elements.map { Fp3($0[0], $0[1], $0[2]) }
  }

  func vector(_ part: Part, _ proof: Int, _ values: [(Slot, Fp)]) -> BaseVector {
    BaseVector(elements(part, proof, values).map(\.c0))
  }
}

/// The real prover as the linear map from its secrets to the verifier's view.
struct OpeningView {
  let secrets: OpeningSecrets
  /// Whether all proofs use the masks of the first one.
  var reusesMasks = false

  private var parameters: OpeningParameters { secrets.parameters }

  private struct Weightless: OpeningForm {
    func modelWeight(at point: [Fp3]) -> Fp3 { .zero }
    func witnessWeight(at point: [Fp3]) -> Fp3 { .zero }
  }

  /// What is opened in one proof, and the value: public coefficients do not depend on the secrets.
  private func opening(
    _ proof: Int, _ values: [(OpeningSecrets.Slot, Fp)]
  ) throws -> (witness: OpeningWitness, lanePoint: [Fp3], value: Fp3) {
    var random = Random(seed: UInt64(77 + proof))
    let lanePoint = random.elements(parameters.model?.shape.lanesLog ?? 0)
    let modelWeights = random.elements(parameters.model?.shape.rows ?? 0)
    let cells = secrets.vector(.cells, proof, values)
    let weights = random.elements(cells.count)
    var value = innerProduct(weights, cells.elements)
    var model: OpeningWitness.Model?
    if let group = parameters.model {
      let (data, tails) = (
        secrets.vector(.model, proof, values), secrets.vector(.modelTails, proof, values)
      )
      let shape = group.shape
      let factors = Multilinear.equalityTable(at: lanePoint, count: shape.lanes)
      var folded = Array(repeating: Fp3.zero, count: shape.messageLength)
      for (lane, factor) in factors.enumerated() {
        for i in 0..<shape.rows { folded[i] += factor * data[lane * shape.rows + i] }
        for i in 0..<shape.tail { folded[shape.rows + i] += factor * tails[lane * shape.tail + i] }
      }
      value += innerProduct(modelWeights, Array(folded.prefix(shape.rows)))
      model = .init(
        commitment: MatrixCommitment(
          cells: data, tails: tails, shape: shape, domainLog: group.domainLog),
        folded: ExtensionVector(folded), weights: ExtensionVector(modelWeights))
    }
    let witness = parameters.witness.map { group in
      let masks = masks(proof, values)
      return OpeningWitness.Cells(
        commitment: MatrixCommitment(cells: cells, masks: masks, group: group), cells: cells,
        masks: masks, weights: ExtensionVector(weights))
    }
    return (OpeningWitness(model: model, cells: witness), lanePoint, value)
  }

  private func masks(_ proof: Int, _ values: [(OpeningSecrets.Slot, Fp)]) -> OpeningMasks {
    let owner = reusesMasks ? 0 : proof
    func mask(_ parts: OpeningSecrets.Part...) -> ExtensionVector {
      ExtensionVector(parts.flatMap { secrets.elements($0, owner, values) })
    }
    return OpeningMasks(
      parameters: parameters, tails: secrets.vector(.tails, proof, values), lane: mask(.lane),
      rounds: mask(.polynomial, .polynomialTail), roundsMask: mask(.polynomialMask),
      model: parameters.model == nil ? nil : mask(.modelLane))
  }

  /// The seed of a proof's challenges.
  static func seed(_ proof: Int) -> UInt64 { UInt64(99 + proof) }

  /// What the secrets lead to.
  struct Image {
    /// The claimed values, three coordinates each.
    var claims: [Fp] = []
    /// The views of all proofs.
    var messages: [Fp] = []
    /// Leaves that stay closed: of the witness, of the model, and of the model's mask.
    var closed: [[Fp]] = [[], [], []]
  }

  func callAsFunction(_ values: [(OpeningSecrets.Slot, Fp)]) throws -> Image {
    var image = Image()
    for proof in 0..<secrets.proofs {
      let (witness, lanePoint, value) = try opening(proof, values)
      let queries = max(parameters.model?.queries ?? 0, parameters.witness?.queries ?? 0)
      var context = ProgrammedContext(
        OpeningProver(parameters: parameters, witness: witness), seed: Self.seed(proof),
        firstPosition: 1 + proof * queries)
      let statement = OpeningStatement(
        parameters: parameters, modelRoot: witness.model?.commitment.root,
        witnessRoot: witness.cells?.commitment.root, lanePoint: lanePoint)
      try verifyOpening(&context, statement, form: Weightless(), value: value)
      image.claims += [value.c0, value.c1, value.c2]
      image.messages += context.view
      let matrices = [
        witness.cells?.commitment, witness.model?.commitment,
        witness.cells?.masks?.modelCommitment,
      ]
      for (i, matrix) in matrices.enumerated() { image.closed[i] += matrix?.leaf(0) ?? [] }
    }
    return image
  }
}

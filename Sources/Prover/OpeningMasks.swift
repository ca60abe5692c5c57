import Commitment
import FieldArithmetic
import Kernels

/// The secrets that hide one opening, drawn before the witness is committed. They serve one proof
/// only: two proofs with the same masks show differences of the data.
public struct OpeningMasks: Sendable {
  /// The tails of the witness's lanes, one after the other.
  public let tails: BaseVector
  /// What is added to the witness's folded lane, of a lane's whole length.
  let lane: ExtensionVector
  /// The coefficients of the random polynomial of the rounds, three for each, then random elements.
  let rounds: ExtensionVector
  /// What is added to `rounds`.
  let roundsMask: ExtensionVector
  /// What is added to the model's folded lane, of a lane's whole length, and its commitment.
  let model: ExtensionVector?
  let modelCommitment: MatrixCommitment?

  /// Draws the masks.
  /// - Parameter parameters: those of a hiding opening.
  /// - Throws: the error of the source.
  public init(parameters: OpeningParameters, entropy: inout some EntropySource) throws {
    guard let hiding = parameters.hiding, let witness = parameters.witness?.shape else {
      preconditionFailure("an opening that does not hide needs no masks")
    }
    var stream = MaskStream(seed: try entropy.seed())
    self.init(
      parameters: parameters, tails: stream.base(witness.lanes * witness.tail),
      lane: stream.elements(witness.messageLength), rounds: stream.elements(hiding.vectorLength),
      roundsMask: stream.elements(hiding.vectorLength),
      model: parameters.model.map { stream.elements($0.shape.messageLength) })
  }

  init(
    parameters: OpeningParameters, tails: BaseVector, lane: ExtensionVector,
    rounds: ExtensionVector, roundsMask: ExtensionVector, model: ExtensionVector?
  ) {
    self.tails = tails
    self.lane = lane
    self.rounds = rounds
    self.roundsMask = roundsMask
    self.model = model
    modelCommitment = model.flatMap { mask in
      parameters.model.map {
        MatrixCommitment(messages: mask, lanes: 1, domainLog: $0.domainLog)
      }
    }
  }

  /// Overwrites the masks. No proof can be made with them after that.
  public func wipe() {
    tails.wipe()
    for vector in [lane, rounds, roundsMask, model] { vector?.wipe() }
    modelCommitment?.wipe()
  }
}

/// What `MaskedClaim` asks of the prover.
struct MaskedRounds {
  let masks: OpeningMasks
  private let roundCount: Int
  /// The challenges of the rounds so far.
  private var point: [Fp3] = []
  /// The value of the polynomials of the rounds so far at their challenges.
  private var bound = Fp3.zero
  /// What the data's form is multiplied by.
  var factor = Fp3.one

  init(_ masks: OpeningMasks, rounds: Int) {
    self.masks = masks
    roundCount = rounds
  }

  /// The three coefficients of a round's polynomial.
  private func coefficients(_ round: Int) -> [Fp3] {
    (0..<3).map { masks.rounds[3 * round + $0] }
  }

  /// The sum over 0 and 1 of each round's polynomial, from a round on.
  private func sums(from first: Int) -> Fp3 {
    var sum = Fp3.zero
    for round in first..<max(first, roundCount) {
      let c = coefficients(round)
      sum += c[0] + c[0] + c[1] + c[2]
    }
    return sum
  }

  /// The sum of the random polynomial over all lanes.
  var sum: Fp3 { roundCount == 0 ? .zero : sums(from: 0) * Fp(1 << (roundCount - 1)) }

  /// Masks a round over the witness's lanes.
  func masked(atZero: Fp3, leading: Fp3) -> [Fp3] {
    let round = point.count
    let c = coefficients(round)
    let scale = Fp(1 << (roundCount - 1 - round))
    let later = sums(from: round + 1) * (scale * Fp(2).inverse)
    return [
      factor * atZero + (bound + c[0]) * scale + later, factor * leading + c[2] * scale,
    ]
  }

  mutating func bind(_ challenge: Fp3) {
    let c = coefficients(point.count)
    bound += c[0] + challenge * (c[1] + challenge * c[2])
    point.append(challenge)
  }

  /// The masks of the folded lanes in the vector of all of them.
  func vector(_ layout: FoldedLayout) -> ExtensionVector {
    let vector = ExtensionVector(zeros: 1 << layout.log)
    for (pieces, mask) in [(layout.model, masks.model), (layout.witness, masks.lane)] {
      guard let mask else { continue }
      for piece in pieces {
        let source = mask[piece.exponent..<piece.exponent + 1 << piece.log]
        vector[piece.offset..<piece.offset + 1 << piece.log].assign(source)
      }
    }
    return vector
  }

  /// The value on the masks of the form on the vector and the rounds' polynomials.
  /// - Parameters:
  ///   - vector: the masks of the folded lanes.
  ///   - weights: the data's form.
  func value(_ vector: ExtensionVector, _ weights: ExtensionVector) -> Fp3 {
    var value = factor * vector.dot(weights)
    for (i, x) in point.enumerated() {
      let c = (0..<3).map { masks.roundsMask[3 * i + $0] }
      value += c[0] + x * (c[1] + x * c[2])
    }
    return value
  }

  /// The mask of the rounds, multiplied and masked.
  func announced(_ fold: Fp3) -> [Fp3] {
    (0..<masks.rounds.count).map { masks.roundsMask[$0] + fold * masks.rounds[$0] }
  }
}

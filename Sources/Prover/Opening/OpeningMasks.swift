import Commitment
import FieldArithmetic
import Kernels

/// The secrets that hide one opening, drawn before the witness is committed. They serve one proof
/// only: two proofs with the same masks show differences of the data.
public struct OpeningMasks: Sendable {
  /// The tails of the witness's lanes, one after the other. They end in zeros where the mask of the
  /// rounds has its polynomials.
  public let tails: BaseVector
  /// The tail of the mask of the rounds, which is zero in the rows: random elements, then the
  /// coordinates of the three coefficients of each round's random polynomial.
  let rounds: BaseVector
  /// What is added to the witness's folded lane, of a lane's whole length.
  let lane: ExtensionVector
  /// What is added to each committed group's folded lane, of a lane's whole length; nil for a group
  /// that is not hidden.
  let committed: [ExtensionVector?]

  /// Draws the masks.
  /// - Parameter parameters: those of a hiding opening.
  /// - Throws: the error of the source.
  public init(parameters: OpeningParameters, entropy: inout some EntropySource) throws {
    guard parameters.hiding != nil, let witness = parameters.witness?.shape else {
      preconditionFailure("an opening that does not hide needs no masks")
    }
    var stream = MaskStream(seed: try entropy.seed())
    let tails = stream.base(witness.lanes * witness.tail)
    let polynomials = parameters.roundCoefficients
    for lane in 1...witness.lanes {
      for i in lane * witness.tail - polynomials..<lane * witness.tail { tails[i] = .zero }
    }
    self.init(
      tails: tails, rounds: stream.base(witness.tail),
      lane: stream.elements(witness.messageLength),
      committed: parameters.committed.indices.map {
        parameters.maskElement(ofCommitted: $0) == nil
          ? nil : stream.elements(parameters.committed[$0].shape.messageLength)
      })
  }

  init(
    tails: BaseVector, rounds: BaseVector, lane: ExtensionVector, committed: [ExtensionVector?]
  ) {
    self.tails = tails
    self.rounds = rounds
    self.lane = lane
    self.committed = committed
  }

  /// Overwrites the masks. No proof can be made with them after that.
  public func wipe() {
    tails.wipe()
    rounds.wipe()
    for vector in [lane] + committed { vector?.wipe() }
  }
}

/// What `MaskedClaim` asks of the prover.
struct MaskedRounds {
  let masks: OpeningMasks
  private let roundCount: Int
  /// How many of the rounds' challenges are known.
  private var round = 0
  /// The value of the polynomials of the rounds so far at their challenges.
  private var bound = Fp3.zero
  /// What the data's form is multiplied by.
  var factor = Fp3.one

  /// - Parameter rounds: at least one, as a witness that is hidden has several lanes.
  init(_ masks: OpeningMasks, rounds: Int) {
    self.masks = masks
    roundCount = rounds
  }

  /// The three coefficients of a round's polynomial.
  private func coefficients(_ round: Int) -> [Fp3] {
    let count = OpeningParameters.Hiding.roundCoefficients
    let first = masks.rounds.count - count * (roundCount - round)
    return stride(from: first, to: first + count, by: Fp3.degree).map {
      Fp3(masks.rounds[$0], masks.rounds[$0 + 1], masks.rounds[$0 + 2])
    }
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
  var sum: Fp3 { sums(from: 0) * Fp(1 << (roundCount - 1)) }

  /// Masks a round over the witness's lanes.
  func masked(atZero: Fp3, leading: Fp3) -> [Fp3] {
    let c = coefficients(round)
    let scale = Fp(1 << (roundCount - 1 - round))
    let later = sums(from: round + 1) * (scale * Fp(2).inverse)
    return [
      factor * atZero + (bound + c[0]) * scale + later, factor * leading + c[2] * scale,
    ]
  }

  mutating func bind(_ challenge: Fp3) {
    let c = coefficients(round)
    bound += c[0] + challenge * (c[1] + challenge * c[2])
    round += 1
  }

  /// The masks of the folded lanes in the vector of all of them.
  /// - Parameter length: how many elements of that vector are wanted.
  func vector(_ layout: FoldedLayout, length: Int) -> ExtensionVector {
    let vector = ExtensionVector(zeros: length)
    for (pieces, mask) in zip(layout.committed, masks.committed) {
      if let mask { mask.place(pieces, in: vector) }
    }
    masks.lane.place(layout.witness, in: vector)
    return vector
  }
}

extension ExtensionVector {
  /// Writes a folded lane to its pieces of the vector of all of them.
  func place(_ pieces: [FoldedLayout.Piece], in vector: ExtensionVector) {
    for piece in pieces {
      vector[piece.offset..<piece.offset + 1 << piece.log]
        .assign(self[piece.exponent..<piece.exponent + 1 << piece.log])
    }
  }
}

import FieldArithmetic
import Polynomials
import Transcript

/// What is claimed of the current vector: that a linear form has a value.
struct FoldedClaim {
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
    _ context: inout C, _ masks: inout MaskedClaim?, _ parameters: OpeningParameters
  ) throws(ProofError) {
    guard let hiding = parameters.hiding else { return }
    value = try masks?.add(&context, hiding, to: value) ?? value
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
    _ context: inout C, _ oracles: OracleSet
  ) throws(ProofError) {
    let opened = try oracles.open(&context)
    let combiner = context.challenge(.openingCombiner)
    var coefficient = Fp3.one
    for (oracle, answers) in zip(oracles.oracles, opened) {
      var points: [(x: Fp, coefficient: Fp3)] = []
      for answer in answers {
        coefficient *= combiner
        points.append((answer.x, coefficient))
        value += coefficient * answer.value
      }
      forms.append(PowerForms(pieces: oracle.pieces, log: oracle.vectorLog, points: points))
    }
  }

  /// Whether the claim is right of a vector that is sent, after all rounds.
  /// - Parameters:
  ///   - form: the form on the data, and what it is multiplied by.
  ///   - lanePoint: the challenges of the rounds over the witness's lanes.
  func holds(
    of final: [Fp3], _ form: some OpeningForm, _ parameters: OpeningParameters, lanePoint: [Fp3],
    factor: Fp3
  ) -> Bool {
    let last = Multilinear.value(of: final, at: Array(point.suffix(parameters.finalLog)))
    return last * weight(form, parameters, lanePoint: lanePoint, factor: factor) == value
  }

  /// The multilinear extension of the vector's whole form at the point of all challenges.
  /// - Parameter factor: what the data's form is multiplied by.
  func weight(
    _ form: some OpeningForm, _ parameters: OpeningParameters, lanePoint: [Fp3], factor: Fp3
  ) -> Fp3 {
    let layout = parameters.layout
    var sum = Fp3.zero
    // Each round over the witness's lanes takes the constant part of the others in equal halves.
    let share = Fp(2).power(UInt64(lanePoint.count)).inverse
    for (i, pieces) in layout.committed.enumerated() {
      let weight = form.committedWeight(i, at: Array(point.suffix(pieces[0].log)))
      sum += weight * pieces[0].selector(at: point) * share
    }
    if let piece = layout.witness.first {
      let weight = form.witnessWeight(at: lanePoint + point.suffix(piece.log))
      sum += weight * piece.selector(at: point)
    }
    sum *= factor
    for (exponent, weight) in parameters.roundWeights(at: lanePoint) {
      let address = layout.witness.address(of: exponent)
      sum += weight * Multilinear.equality(point, index: address)
    }
    return forms.reduce(sum) { $0 + $1.value(at: point) }
  }
}

import FieldArithmetic
import Transcript

/// The masks of a hiding opening, as the verifier learns them (`Paper/` section 14).
///
/// The rounds over the witness's lanes are those of the sum of the committed data's form, times a
/// challenge, and of a random polynomial p₁(X₁) + … + p_k(X_k) of degree two in each variable, the
/// coordinates of whose coefficients end a lane that is added to the witness's folded lane. The
/// folded vector is then replaced by its sum with a mask, so that nothing that follows says anything
/// of the data.
struct MaskedClaim {
  /// What the data's form is multiplied by; not zero.
  let factor: Fp3
  /// The sum of the random polynomial over all lanes.
  private let sum: Fp3
  /// What the folded vector is multiplied by before its mask is added; not zero.
  private(set) var fold = Fp3.zero

  /// Begins the opening.
  /// - Throws: `openingMaskFactor`, or an error of reading.
  init<C: ReadingContext & ~Copyable>(_ context: inout C) throws(ProofError) {
    sum = try context.readClear(.openingMaskSum, count: 1)[0]
    factor = context.challenge(.openingMaskFactor)
    try context.require(factor != .zero, .openingMaskFactor)
  }

  /// The claim that the rounds over the witness's lanes begin with.
  func masked(_ value: Fp3) -> Fp3 { sum + factor * value }

  /// Adds the mask to the folded vector.
  /// - Parameter value: what the rounds over the witness's lanes end with.
  /// - Returns: the value of the form on the masked vector.
  /// - Throws: `openingMaskFactor`, `grinding`, or an error of reading.
  mutating func add<C: ReadingContext & ~Copyable>(
    _ context: inout C, _ hiding: OpeningParameters.Hiding, to value: Fp3
  ) throws(ProofError) -> Fp3 {
    let mask = try context.readClear(.openingMaskValue, count: 1)[0]
    try context.requireWork(.openingGrinding, bits: hiding.foldWork)
    fold = context.challenge(.openingMaskFold)
    try context.require(fold != .zero, .openingMaskFactor)
    return mask + fold * value
  }
}

extension OpeningParameters {
  /// The weights that make the value of the rounds' random polynomial at a point of the end of the
  /// witness's folded lane: (1, x, x²) for each coordinate x, times the basis (1, X, X²) of E, with
  /// the exponents of the lane's coefficients that they belong to.
  public func roundWeights(at point: [Fp3]) -> [(exponent: Int, weight: Fp3)] {
    guard let witness, hiding != nil else { return [] }
    var weights: [(exponent: Int, weight: Fp3)] = []
    var exponent = witness.shape.messageLength - roundCoefficients
    for x in point {
      for power in [Fp3.one, x, x * x] {
        for basis in Fp3.basis {
          weights.append((exponent, power * basis))
          exponent += 1
        }
      }
    }
    return weights
  }
}

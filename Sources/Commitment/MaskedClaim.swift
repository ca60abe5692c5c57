import FieldArithmetic
import Hashing
import Transcript

/// The masks of a hiding opening, as the verifier learns them.
///
/// The rounds over the witness's lanes are those of the sum of the committed data's form, times a
/// challenge, and of a random polynomial s₁(X₁) + … + s_k(X_k) of degree two in each variable. The
/// folded vector is then replaced by its sum with a mask, so that nothing that follows says anything
/// of the data.
struct MaskedClaim {
  /// The root of the mask of the model's folded lane; nil without a model.
  let modelRoot: Digest?
  /// What the data's form is multiplied by; not zero.
  let factor: Fp3
  /// The sum of the random polynomial over all lanes.
  private let sum: Fp3
  /// What the folded vector is multiplied by before its mask is added; not zero.
  private(set) var fold = Fp3.zero
  /// The mask of the rounds, multiplied and masked likewise.
  private(set) var vector: [Fp3] = []

  /// Begins the opening.
  /// - Throws: `openingMaskFactor`, or an error of reading.
  init<C: ReadingContext & ~Copyable>(
    _ context: inout C, _ parameters: OpeningParameters
  ) throws(ProofError) {
    modelRoot = parameters.model == nil ? nil : try context.readDigest(.openingMaskRoot)
    sum = try context.readClear(.openingMaskSum, count: 1)[0]
    factor = context.challenge(.openingMaskFactor)
    try context.require(factor != .zero, .openingMaskFactor)
  }

  /// The claim that the rounds over the witness's lanes begin with.
  func masked(_ value: Fp3) -> Fp3 { sum + factor * value }

  /// Adds the mask to the folded vector.
  /// - Parameters:
  ///   - value: what the rounds over the witness's lanes end with.
  ///   - point: their challenges.
  /// - Returns: the value of `factor` times the form on the masked vector.
  /// - Throws: `openingMaskFactor`, `grinding`, or an error of reading.
  mutating func add<C: ReadingContext & ~Copyable>(
    _ context: inout C, _ hiding: OpeningParameters.Hiding, to value: Fp3, at point: [Fp3]
  ) throws(ProofError) -> Fp3 {
    let mask = try context.readClear(.openingMaskValue, count: 1)[0]
    try context.requireWork(.openingGrinding, bits: hiding.foldWork)
    fold = context.challenge(.openingMaskFold)
    try context.require(fold != .zero, .openingMaskFactor)
    vector = try context.readClear(.openingMaskVector, count: hiding.vectorLength)
    return mask + fold * value - MaskedClaim.roundMask(vector, at: point)
  }

  /// How the model's folded lane is masked.
  var modelMask: Oracle.Mask? { modelRoot.map { .tree(root: $0, factor: fold) } }

  /// How the witness's folded lane is masked.
  var witnessMask: Oracle.Mask { .lanes(factor: fold, vector: vector) }

  /// Σ s_i(point_i), s_i having three coefficients of the vector each.
  static func roundMask(_ vector: [Fp3], at point: [Fp3]) -> Fp3 {
    var sum = Fp3.zero
    for (i, x) in point.enumerated() {
      sum += vector[3 * i] + x * (vector[3 * i + 1] + x * vector[3 * i + 2])
    }
    return sum
  }
}

import FieldArithmetic
import Hashing
import Transcript

/// What is left to be opened: one linear form of the committed tensors, and its value.
public struct OpeningClaim<Value: AffineValue> {
  public var terms: [RankOneTerm]
  public var value: Value
  /// The point at which the model's lanes are folded.
  public var lanePoint: [Fp3]
  /// nil when nothing is committed with the proof.
  public var witnessRoot: Digest?
}

/// The argument up to the opening, as the verifier runs it and the prover replays it
/// (`Paper/` section 4): the witness's commitment, the lookups, the equalities, one combination.
/// - Parameter lookupWorkBits: proof of work before the lookups' challenge, from the parameters.
public func reduceToOpening<C: ReadingContext & ~Copyable>(
  _ context: inout C, _ statement: Statement, lookupWorkBits: Int
) throws(ProofError) -> OpeningClaim<C.Value> {
  var root: Digest?
  if statement.layout.witness.count > 0 { root = try context.readDigest(.witnessRoot) }
  var claims = try reduceLookups(&context, statement, workBits: lookupWorkBits)
  let equalities = try reduceEqualities(&context, statement)
  claims.append(contentsOf: equalities.claims)
  let combiner = context.challenge(.claimCombiner)
  var scale = Fp3.one
  var terms: [RankOneTerm] = []
  var value = C.Value(constant: .zero)
  for claim in claims {
    for var term in claim.terms {
      term.coefficient *= scale
      terms.append(term)
    }
    value = value + claim.value * scale
    scale *= combiner
  }
  return OpeningClaim(
    terms: terms, value: value, lanePoint: equalities.lanePoint, witnessRoot: root)
}

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
public func reduceToOpening<C: ReadingContext & ~Copyable>(
  _ context: inout C, _ statement: Statement, work: ArgumentWork
) throws(ProofError) -> OpeningClaim<C.Value> {
  var root: Digest?
  if statement.layout.witness.count > 0 { root = try context.readDigest(.witnessRoot) }
  var claims = try reduceLookups(&context, statement, workBits: work.lookups)
  let equalities = try reduceEqualities(&context, statement, workBits: work.lanes)
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

/// Bits of proof of work that the argument demands, from the parameters.
public struct ArgumentWork: Equatable, Sendable {
  /// Before the lookups' challenge.
  public var lookups: Int
  /// Before the point at which the model's lanes are folded.
  public var lanes: Int

  public init(lookups: Int = 0, lanes: Int = 0) {
    self.lookups = lookups
    self.lanes = lanes
  }
}

import FieldArithmetic
import Hashing
import Polynomials
import Transcript

/// What is left to be opened: one linear form of the committed tensors, and its value.
public struct OpeningClaim {
  public var terms: [RankOneTerm]
  public var value: Fp3
  /// The point at which the model's lanes are folded.
  public var lanePoint: [Fp3]
  /// nil when nothing is committed with the proof.
  public var witnessRoot: Digest?

  /// What each lane of the model counts.
  public func laneWeights(_ layout: Layout) -> [Fp3] {
    Multilinear.equalityTable(at: lanePoint, count: 1 << layout.modelLanesLog)
  }
}

/// The argument up to the opening, as the verifier runs it and the prover replays it
/// (`Paper/` section 4): the witness's commitment, the lookups, the equalities, one combination.
public func reduceToOpening<C: ReadingContext & ~Copyable>(
  _ context: inout C, _ statement: Statement, work: ArgumentWork
) throws(ProofError) -> OpeningClaim {
  var root: Digest?
  if statement.layout.witness.count > 0 { root = try context.readDigest(.witnessRoot) }
  var claims = try reduceLookups(&context, statement, workBits: work.lookups)
  let equalities = try reduceEqualities(&context, statement, workBits: work.lanes)
  claims.append(contentsOf: equalities.claims)
  let zeros = try context.settle()
  let combiner = context.challenge(.claimCombiner)
  return combine(
    claims, zeros, combiner, statement.layout, lanePoint: equalities.lanePoint, witnessRoot: root)
}

/// Σ over the claims of power · terms, minus the pads of their values, is Σ of power · what is public
/// of the values; a form of the pads that must vanish is a claim as well.
private func combine<Value: AffineValue>(
  _ claims: [LinearClaim<Value>], _ zeros: [PadRelation], _ combiner: Fp3, _ layout: Layout,
  lanePoint: [Fp3], witnessRoot: Digest?
) -> OpeningClaim {
  var scale = Fp3.one
  var terms: [RankOneTerm] = []
  var value = PadForm(layout.pads)
  for claim in claims {
    for var term in claim.terms {
      term.coefficient *= scale
      terms.append(term)
    }
    claim.value.add(to: &value, scale: scale)
    scale *= combiner
  }
  for zero in zeros {
    zero.add(to: &value, scale: scale)
    scale *= combiner
  }
  if layout.pads.count > 0 { terms.append(layout.padTerm(value)) }
  return OpeningClaim(
    terms: terms, value: value.constant, lanePoint: lanePoint, witnessRoot: witnessRoot)
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

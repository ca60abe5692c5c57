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
  /// What each of the model's commitments counts in the combination that stands for the model.
  public var copyWeights: [Fp3]
  /// nil when nothing is committed with the proof.
  public var witnessRoot: Digest?

  /// What each lane of the model counts.
  public func laneWeights(_ layout: Layout) -> [Fp3] {
    Multilinear.equalityTable(at: lanePoint, count: 1 << layout.modelLanesLog)
  }
}

/// The argument up to the opening, as the verifier runs it and the prover replays it
/// (`Paper/` section 4): the witness's commitment, the lookups, the equalities, one combination.
/// - Parameter modelCopies: the number of commitments to the model; if there are several, a random
///   combination of them stands for the model.
public func reduceToOpening<C: ReadingContext & ~Copyable>(
  _ context: inout C, _ statement: Statement, work: ArgumentWork, modelCopies: Int = 1
) throws(ProofError) -> OpeningClaim {
  var root: Digest?
  if statement.layout.witness.count > 0 { root = try context.readDigest(.witnessRoot) }
  let copyWeights = try combineCopies(&context, modelCopies, workBits: work.copies)
  var claims = try reduceLookups(&context, statement, workBits: work.lookups)
  let equalities = try reduceEqualities(&context, statement, workBits: work.lanes)
  claims.append(contentsOf: equalities.claims)
  let zeros = try context.settle()
  let combiner = context.challenge(.claimCombiner)
  return combine(
    claims, zeros, combiner, statement.layout, lanePoint: equalities.lanePoint,
    copyWeights: copyWeights, witnessRoot: root)
}

/// Draws what each of some commitments counts: 1 − Σ ξ^c, ξ, ξ², … The weights add up to one, so that
/// the combination of equal matrices is what they are; of others it is something that nobody chose.
private func combineCopies<C: ReadingContext & ~Copyable>(
  _ context: inout C, _ copies: Int, workBits: Int
) throws(ProofError) -> [Fp3] {
  guard copies > 1 else { return [.one] }
  try context.requireWork(.copyGrinding, bits: workBits)
  let challenge = context.challenge(.copyWeight)
  var weights = [Fp3.one]
  var power = Fp3.one
  for _ in 1..<copies {
    power *= challenge
    weights.append(power)
    weights[0] -= power
  }
  return weights
}

/// Σ over the claims of power · terms, minus the pads of their values, is Σ of power · what is public
/// of the values; a form of the pads that must vanish is a claim as well.
private func combine<Value: AffineValue>(
  _ claims: [LinearClaim<Value>], _ zeros: [PadRelation], _ combiner: Fp3, _ layout: Layout,
  lanePoint: [Fp3], copyWeights: [Fp3], witnessRoot: Digest?
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
    terms: terms, value: value.constant, lanePoint: lanePoint, copyWeights: copyWeights,
    witnessRoot: witnessRoot)
}

/// Bits of proof of work that the argument demands, from the parameters.
public struct ArgumentWork: Equatable, Sendable {
  /// Before the lookups' challenge.
  public var lookups: Int
  /// Before the point at which the model's lanes are folded.
  public var lanes: Int
  /// Before the weights of the model's commitments.
  public var copies: Int

  public init(lookups: Int = 0, lanes: Int = 0, copies: Int = 0) {
    self.lookups = lookups
    self.lanes = lanes
    self.copies = copies
  }
}

import Commitment
import ConstraintSystem
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
  /// The part of the form that lies in commitments to data; nil without any.
  public var data: DataForms?

  /// What each lane of the model counts.
  public func laneWeights(_ layout: Layout) -> [Fp3] {
    Multilinear.equalityTable(at: lanePoint, count: 1 << layout.modelLanesLog)
  }
}

/// The argument up to the opening, as the verifier runs it and the prover replays it
/// (`Paper/` section 4): the witness's commitment, the point at which data are compared, the
/// lookups, the equalities, one combination.
/// - Parameter modelCopies: the number of commitments to the model; if there are several, a random
///   combination of them stands for the model.
public func reduceToOpening<C: ReadingContext & ~Copyable>(
  _ context: inout C, _ statement: Statement, work: ArgumentWork, modelCopies: Int = 1
) throws(ProofError) -> OpeningClaim {
  var root: Digest?
  if statement.layout.witness.count > 0 { root = try context.readDigest(.witnessRoot) }
  let copyWeights = try combineCopies(&context, modelCopies, workBits: work.copies)
  let dataPoint = try drawDataPoint(&context, statement, workBits: work.data)
  let (point, claims) = try reduceStatements(&context, statement, work)
  let zeros = try context.settle()
  var combination = ClaimCombination(statement.layout, context.challenge(.claimCombiner))
  for claim in claims { combination.add(claim) }
  for zero in zeros { combination.add(zero) }
  let data = dataPoint.map { combination.addData(statement, at: $0) }
  return OpeningClaim(
    terms: combination.allTerms, value: combination.value.constant,
    lanePoint: point.lanePoint, copyWeights: copyWeights, witnessRoot: root, data: data)
}

/// The lookups, then the equalities. Rows of tensors are compared at the point at which equalities are,
/// which is drawn before the lookups where there are any, and behind them where there are none.
private func reduceStatements<C: ReadingContext & ~Copyable>(
  _ context: inout C, _ statement: Statement, _ work: ArgumentWork
) throws(ProofError) -> (CheckPoint, [LinearClaim<C.Value>]) {
  let layout = statement.layout
  var early: CheckPoint?
  if !layout.system.rowTables.isEmpty {
    early = try drawCheckPoint(&context, layout, workBits: work.lanes)
  }
  let lookups = try reduceLookups(&context, statement, at: early, workBits: work.lookups)
  let point: CheckPoint
  if let early {
    point = early
  } else {
    point = try drawCheckPoint(&context, layout, workBits: work.lanes)
  }
  return (point, lookups + (try reduceEqualities(&context, statement, point)))
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
private struct ClaimCombination {
  private let layout: Layout
  private let combiner: Fp3
  private var scale = Fp3.one
  private var terms: [RankOneTerm] = []
  /// What the claims say of the form's value.
  private(set) var value: PadForm

  init(_ layout: Layout, _ combiner: Fp3) {
    self.layout = layout
    self.combiner = combiner
    value = PadForm(layout.pads)
  }

  mutating func add<Value: AffineValue>(_ claim: LinearClaim<Value>) {
    for var term in claim.terms {
      term.coefficient *= scale
      terms.append(term)
    }
    claim.value.add(to: &value, scale: scale)
    scale *= combiner
  }

  mutating func add(_ zero: PadRelation) {
    zero.add(to: &value, scale: scale)
    scale *= combiner
  }

  /// Each commitment's polynomial has the value of its tensor's at the point.
  mutating func addData(_ statement: Statement, at point: DataPoint) -> DataForms {
    var scales: [Fp3] = []
    for binding in statement.commitments {
      terms.append(
        point.term(
          tensor: binding.tensor, shape: layout.system.tensors[binding.tensor].shape,
          coefficient: .zero - scale))
      scales.append(scale)
      scale *= combiner
    }
    return DataForms(point: point, scales: scales, groups: statement.dataShapes.map { $0.group })
  }

  /// The terms of all claims, and that of the pads.
  var allTerms: [RankOneTerm] { layout.pads.count > 0 ? terms + [layout.padTerm(value)] : terms }
}

/// Bits of proof of work that the argument demands, from the parameters.
public struct ArgumentWork: Equatable, Sendable {
  /// Before the lookups' challenge.
  public var lookups: Int
  /// Before the point at which the model's lanes are folded.
  public var lanes: Int
  /// Before the weights of the model's commitments.
  public var copies: Int
  /// Before the point at which data are compared, and their lanes folded.
  public var data: Int

  public init(lookups: Int = 0, lanes: Int = 0, copies: Int = 0, data: Int = 0) {
    self.lookups = lookups
    self.lanes = lanes
    self.copies = copies
    self.data = data
  }
}

import ConstraintSystem
import FieldArithmetic
import Transcript

/// The challenges that make fractions of lookups (`Paper/` section 7).
///
/// The tuple (v₀, v₁, …) of table t has the fingerprint Σ βⁱ·vᵢ + β^w·(t + 1), w being the width of
/// the widest table; it contributes 1/(α − fingerprint), and a table's row contributes the same
/// times minus its multiplicity. Of rows of tensors v₀, v₁, … are the row's numbers, and the last one is
/// the value of all columns together at the point of the zero-check.
public struct LookupChallenge: Equatable, Sendable {
  public let alpha: Fp3
  /// 1, β, β², …, β^w.
  public let powers: [Fp3]

  public init(_ system: ConstraintSystem, challenges: [Fp3]) {
    alpha = challenges[0]
    var powers = [Fp3.one]
    for _ in 0..<system.tableWidth { powers.append(powers[powers.count - 1] * challenges[1]) }
    self.powers = powers
  }

  /// The part of a denominator that all tuples of a table share: α − β^w·(t + 1).
  public func offset(table: Int) -> Fp3 { alpha - powers[powers.count - 1] * Fp3(table + 1) }
}

/// Checks that every tuple that is looked up is a row of its table, up to linear claims: one on the
/// multiplicities, one on the tuples.
/// - Parameter point: that of the columns of rows; nil without tables of rows.
func reduceLookups<C: ReadingContext & ~Copyable>(
  _ context: inout C, _ statement: Statement, at point: CheckPoint?, workBits: Int
) throws(ProofError) -> [LinearClaim<C.Value>] {
  let layout = statement.layout
  guard layout.leaves.count > 0 else { return [] }
  try context.requireWork(.lookupGrinding, bits: workBits)
  let challenge = LookupChallenge(
    statement.system, challenges: context.challenges(.lookupChallenge, count: 2))
  let tree = try reduceFractionTree(&context, depth: layout.leaves.addressBits)
  var leaves = LeafForms(statement, challenge, tree.point, columns: point)
  for box in layout.leaves.boxes { leaves.add(box) }
  leaves.addPadding()
  return [
    LinearClaim(
      terms: leaves.numerators.terms,
      value: tree.numerator - C.Value(constant: leaves.numerators.known)),
    LinearClaim(
      terms: leaves.denominators.terms,
      value: tree.denominator - C.Value(constant: leaves.denominators.known)),
  ]
}

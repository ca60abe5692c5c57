import ConstraintSystem
import FieldArithmetic
import Polynomials
import Transcript

/// The challenges that make fractions of lookups (`Paper/` section 7).
///
/// The tuple (v₀, v₁, …) of table t has the fingerprint Σ βⁱ·vᵢ + β^w·(t + 1), w being the width of
/// the widest table; it contributes 1/(α − fingerprint), and a table's row contributes the same
/// times minus its multiplicity.
public struct LookupChallenge: Equatable, Sendable {
  public let alpha: Fp3
  /// 1, β, β², …, β^w.
  public let powers: [Fp3]

  public init(_ system: ConstraintSystem, challenges: [Fp3]) {
    alpha = challenges[0]
    let width = system.tables.map { $0.columnCount }.max() ?? 0
    var powers = [Fp3.one]
    for _ in 0..<width { powers.append(powers[powers.count - 1] * challenges[1]) }
    self.powers = powers
  }

  /// The part of a denominator that all tuples of a table share: α − β^w·(t + 1).
  public func offset(table: Int) -> Fp3 { alpha - powers[powers.count - 1] * Fp3(table + 1) }
}

/// Checks that every tuple that is looked up is a row of its table, up to linear claims: one on the
/// multiplicities, one on the tuples.
func reduceLookups<C: ReadingContext & ~Copyable>(
  _ context: inout C, _ statement: Statement, workBits: Int
) throws(ProofError) -> [LinearClaim<C.Value>] {
  let layout = statement.layout
  guard layout.leaves.count > 0 else { return [] }
  try context.requireWork(.lookupGrinding, bits: workBits)
  let challenge = LookupChallenge(
    statement.system, challenges: context.challenges(.lookupChallenge, count: 2))
  let tree = try reduceFractionTree(&context, depth: layout.leaves.addressBits)
  var leaves = LeafForms(statement, challenge, tree.point)
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

/// The leaves' numerators and denominators at a point, as linear forms of the tensors.
private struct LeafForms {
  let statement: Statement
  let challenge: LookupChallenge
  let point: [Fp3]
  var numerators: FormBuilder
  var denominators: FormBuilder
  /// The weight of the leaves so far; the rest are fractions 0/1.
  var covered = Fp3.zero

  init(_ statement: Statement, _ challenge: LookupChallenge, _ point: [Fp3]) {
    self.statement = statement
    self.challenge = challenge
    self.point = point
    numerators = FormBuilder(statement)
    denominators = FormBuilder(statement)
  }

  mutating func add(_ box: Box) {
    let scale = Multilinear.equality(point.dropLast(box.log), index: box.offset >> box.log)
    var vectors: [FactoredVector] = []
    var position = point.count - box.log
    for (start, log) in zip(box.starts, box.logs) {
      vectors.append(.equality(at: point[position..<position + log], origin: start))
      position += log
    }
    covered += scale
    let lookups = statement.system.lookups.count
    if box.owner < lookups {
      addLookup(box.owner, vectors, scale)
    } else {
      addTable(box.owner - lookups, vectors[0], scale)
    }
  }

  private mutating func addLookup(_ index: Int, _ vectors: [FactoredVector], _ scale: Fp3) {
    let lookup = statement.system.lookups[index]
    numerators.addKnown(scale)
    denominators.addKnown(scale * challenge.offset(table: lookup.table))
    let weights = IndexWeights(vectors.map { .some($0) })
    for (column, power) in zip(lookup.columns, challenge.powers) {
      denominators.add(column, weights: weights, scale: .zero - scale * power)
    }
  }

  private mutating func addTable(_ index: Int, _ vector: FactoredVector, _ scale: Fp3) {
    let table = statement.system.tables[index]
    numerators.add(
      RankOneTerm(
        tensor: statement.system.tensors.count + index, coefficient: .zero - scale,
        vectors: [.factored(vector)]))
    let sum = tableSum(table, vector, challenge.powers)
    denominators.addKnown(scale * (challenge.offset(table: index) - sum))
  }

  mutating func addPadding() { denominators.addKnown(Fp3.one - covered) }
}

/// Σ over the rows of weight · Σ over the columns of power · value, the weights being an equality
/// polynomial's.
private func tableSum(_ table: LookupTable, _ weights: FactoredVector, _ powers: [Fp3]) -> Fp3 {
  // The row's number is a sum over its bits, of which each has its coordinate as its mean.
  var sum = Fp3(table.first + Integer(weights.start))
  for (place, bit) in weights.bits.reversed().enumerated() { sum += bit.one * Fp(1 << place) }
  guard !table.columns.isEmpty else { return sum }
  for start in stride(from: weights.start, to: weights.end, by: blockRows) {
    let rows = start..<min(start + blockRows, weights.end)
    let block = weights.values(rows.lowerBound - weights.start..<rows.upperBound - weights.start)
    for (column, power) in zip(table.columns, powers.dropFirst()) {
      var part = Fp3.zero
      for (weight, value) in zip(block, column[rows]) { part += weight * Fp(value) }
      sum += power * part
    }
  }
  return sum
}

/// How many rows' weights are made at a time.
private let blockRows = 512

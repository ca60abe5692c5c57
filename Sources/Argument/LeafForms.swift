import ConstraintSystem
import FieldArithmetic
import Polynomials

/// The leaves' numerators and denominators at a point, as linear forms of the tensors (`Paper/` sections
/// 7.3 and 7.4).
struct LeafForms {
  private let statement: Statement
  private let challenge: LookupChallenge
  private let point: [Fp3]
  /// Where the columns of rows are taken; nil without tables of rows.
  private let columns: CheckPoint?
  private(set) var numerators: FormBuilder
  private(set) var denominators: FormBuilder
  /// The weight of the leaves so far; the rest are fractions 0/1.
  private var covered = Fp3.zero

  private var system: ConstraintSystem { statement.system }

  init(
    _ statement: Statement, _ challenge: LookupChallenge, _ point: [Fp3], columns: CheckPoint?
  ) {
    self.statement = statement
    self.challenge = challenge
    self.point = point
    self.columns = columns
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
    guard box.owner >= system.lookups.count else { return addLookup(box.owner, vectors, scale) }
    let table = box.owner - system.lookups.count
    if let rows = system.rowTable(table) {
      addRows(rows, number: table, vectors, scale)
    } else {
      addTable(table, vectors[0], scale)
    }
  }

  private mutating func addLookup(_ index: Int, _ vectors: [FactoredVector], _ scale: Fp3) {
    let lookup = system.lookups[index]
    numerators.addKnown(scale)
    denominators.addKnown(scale * challenge.offset(table: lookup.table))
    var all = vectors
    if let rows = system.rowTable(lookup.table), let columns {
      all += columns.columnWeights(of: rows).columns
    }
    // Of what reads no column the columns' weights are no factor.
    let weights = IndexWeights(all.map { .some($0) })
    let tuples = weights.restricted { $0 < vectors.count }
    addNumbers(vectors.prefix(system.sharedRank(of: lookup)), scale)
    let powers = challenge.powers.dropFirst(system.sharedRank(of: lookup))
    for (place, (column, power)) in zip(lookup.columns, powers).enumerated() {
      let isLast = place == lookup.columns.count - 1
      denominators.add(column, weights: isLast ? weights : tuples, scale: .zero - scale * power)
    }
  }

  /// Adds the values of the first indices, which are the first numbers of a fingerprint.
  private mutating func addNumbers(_ vectors: some Sequence<FactoredVector>, _ scale: Fp3) {
    for (vector, power) in zip(vectors, challenge.powers) {
      denominators.addKnown(.zero - scale * power * meanPosition(vector))
    }
  }

  private mutating func addTable(_ index: Int, _ vector: FactoredVector, _ scale: Fp3) {
    let table = system.tables[index]
    addCounts(of: index, [vector], scale)
    let sum = tableSum(table, vector, challenge.powers)
    denominators.addKnown(scale * (challenge.offset(table: index) - sum))
  }

  private mutating func addRows(
    _ table: RowTable, number: Int, _ vectors: [FactoredVector], _ scale: Fp3
  ) {
    if table.isPermutation {
      numerators.addKnown(.zero - scale)
    } else {
      addCounts(of: number, vectors, scale)
    }
    denominators.addKnown(scale * challenge.offset(table: number))
    addNumbers(vectors, scale)
    guard let columns else { return }
    let (weights, blocks) = columns.columnWeights(of: table)
    denominators.add(
      table.source,
      weights: IndexWeights((vectors + weights).map { .some($0) }, laneBlocks: blocks),
      scale: .zero - scale * challenge.powers[table.rowRank])
  }

  /// How often a table's rows are looked up.
  private mutating func addCounts(of table: Int, _ vectors: [FactoredVector], _ scale: Fp3) {
    numerators.add(
      RankOneTerm(
        tensor: system.tensors.count + table, coefficient: .zero - scale,
        vectors: vectors.map { .factored($0) }))
  }

  mutating func addPadding() { denominators.addKnown(Fp3.one - covered) }
}

/// Σ of weight · position, the weights being an equality polynomial's: a position is a sum over its
/// bits, of which each has its coordinate as its mean.
private func meanPosition(_ weights: FactoredVector) -> Fp3 {
  var sum = Fp3(weights.start)
  for (place, bit) in weights.bits.reversed().enumerated() { sum += bit.one * Fp(1 << place) }
  return sum
}

/// Σ over the rows of weight · Σ over the columns of power · value, the weights being an equality
/// polynomial's.
private func tableSum(_ table: LookupTable, _ weights: FactoredVector, _ powers: [Fp3]) -> Fp3 {
  var sum = Fp3(table.first) + meanPosition(weights)
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

import ConstraintSystem
import Evaluation

/// Counts how often a table's rows are looked up (`Paper/` section 7.4).
struct RowCounter {
  let system: ConstraintSystem
  let tensors: TensorElements
  let tables: TableColumns
  let assignment: Assignment

  /// The counts by row.
  /// - Parameter number: that of a table of rows.
  /// - Throws: the first tuple that is not a row, or a row of a permutation that is not looked up once.
  func counts(ofTable number: Int) throws(EvaluationError) -> [Int64] {
    guard let table = system.rowTable(number) else { return [] }
    var counts = [Int64](repeating: 0, count: table.rows)
    for lookup in system.lookups where lookup.table == number {
      try count(lookup, in: table, &counts)
    }
    guard table.isPermutation else { return counts }
    if let row = counts.firstIndex(where: { $0 != 1 }) {
      throw .rowCount(
        table: table.name, row: coordinates(of: row, shape: table.rowShape),
        count: Int(counts[row]))
    }
    return []
  }

  private func count(
    _ lookup: Lookup, in table: RowTable, _ counts: inout [Int64]
  ) throws(EvaluationError) {
    let shape = lookup.indices.prefix(system.tupleRank(of: lookup)).map(\.size)
    let shared = system.sharedRank(of: lookup)
    guard let last = lookup.columns.last, shared >= 0, shared <= shape.count else {
      throw .malformed(step: lookup.name, reason: "its columns are not those of its table")
    }
    var numbers: [[Int64]] = []
    for column in lookup.columns.dropLast() {
      numbers.append(try values(of: column, lookup, rank: shape.count))
    }
    let values = try values(of: last, lookup, rank: lookup.indices.count)
    var row = RowReader(table, system, assignment)
    for tuple in 0..<shape.reduce(1, *) {
      let place = coordinates(of: tuple, shape: shape)
      let own = place.prefix(shared).map { Int64($0) } + numbers.map { $0[tuple] }
      let part = values[tuple * row.count..<(tuple + 1) * row.count]
      guard let number = row.number(own), row.read(own.map { Int($0) }).elementsEqual(part) else {
        throw .lookupMiss(
          lookup: lookup.name, position: place, table: table.name,
          tuple: (own + part.prefix(Self.shownColumns)).map { Int($0) })
      }
      counts[number] += 1
    }
  }

  /// How much of a row an error shows.
  private static let shownColumns = 4

  private func values(
    of column: LinearExpression, _ lookup: Lookup, rank: Int
  ) throws(EvaluationError) -> [Int64] {
    let indices = Array(lookup.indices.prefix(rank))
    return try ExpressionEvaluation(
      HintExpression(column),
      over: .init(indices: indices, rank: rank, step: lookup.name, shape: indices.map(\.size)),
      tensors: tensors, tables: tables
    ).values()
  }
}

/// The rows of a table, one at a time.
private struct RowReader {
  /// The number of values of a row.
  let count: Int
  private let table: RowTable
  private let reads: [(coefficient: Int64, read: TensorRead, shape: [Int], buffer: IntegerBuffer)]
  private let columns: [Int]
  private var values: [Int64]

  init(_ table: RowTable, _ system: ConstraintSystem, _ assignment: Assignment) {
    self.table = table
    columns = table.indices.dropFirst(table.rowRank).map(\.size)
    count = columns.reduce(1, *)
    reads = table.source.terms.map {
      (
        Int64($0.coefficient), $0.read, system.tensors[$0.read.tensor].shape,
        assignment[$0.read.tensor]
      )
    }
    values = Array(repeating: 0, count: count)
  }

  /// The place of a row in row-major order; nil if there is none of these numbers.
  func number(_ numbers: [Int64]) -> Int? {
    var place = 0
    for (number, size) in zip(numbers, table.rowShape) {
      guard number >= 0, number < size else { return nil }
      place = place * size + Int(number)
    }
    return place
  }

  /// The values of the row of these numbers.
  mutating func read(_ numbers: [Int]) -> [Int64] {
    for i in 0..<count { values[i] = Int64(table.source.constant) }
    for (coefficient, read, shape, buffer) in reads {
      var place = numbers + columns.map { _ in 0 }
      var column = 0
      repeat {
        if let position = Self.position(read, shape, place) {
          values[column] &+= coefficient &* Int64(buffer[position])
        }
        column += 1
      } while advance(&place)
    }
    return values
  }

  private static func position(_ read: TensorRead, _ shape: [Int], _ place: [Int]) -> Int? {
    var flat = 0
    for (affine, size) in zip(read.positions, shape) {
      var position = affine.constant
      for term in affine.terms { position += term.coefficient * place[term.index] }
      guard position >= 0, position < size else { return nil }
      flat = flat * size + position
    }
    return flat
  }

  /// Goes on to the next column; false behind the last.
  private func advance(_ place: inout [Int]) -> Bool {
    for axis in columns.indices.reversed() {
      place[table.rowRank + axis] += 1
      if place[table.rowRank + axis] < columns[axis] { return true }
      place[table.rowRank + axis] = 0
    }
    return false
  }
}

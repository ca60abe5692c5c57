import ConstraintSystem

extension StatementChecker {
  /// Checks ranges, then equalities, then lookups by the letter of their definitions, one position
  /// after the other, in 128-bit integers. It is slow, and shares no code with `check` but for the
  /// ranges.
  ///
  /// - Throws: the first violation in the system's order.
  public static func checkByDefinition(
    _ system: ConstraintSystem, _ assignment: Assignment
  ) throws(StatementViolation) {
    try checkRanges(system, assignment)
    let values = StatementValues(system: system, assignment: assignment)
    for equality in system.equalities { try values.check(equality) }
    for lookup in system.lookups where lookup.table < system.tables.count {
      try values.check(lookup)
    }
    for number in system.tables.count..<system.tableCount { try values.checkRows(number) }
  }
}

/// The values of an assignment, for evaluating statements by definition.
private struct StatementValues {
  let system: ConstraintSystem
  let assignment: Assignment

  func check(_ equality: Equality) throws(StatementViolation) {
    let domain = Array(equality.indices.prefix(equality.domainRank))
    var position = [Int](repeating: 0, count: equality.indices.count)
    repeat {
      let sum = equality.terms.reduce(Int128(0)) { $0 + value(of: $1, equality, at: position) }
      guard sum == 0 else {
        throw .equality(
          name: equality.name, position: Array(position.prefix(equality.domainRank)),
          value: Int(exactly: sum))
      }
    } while Self.advance(&position, along: Array(domain.indices), equality.indices)
  }

  func check(_ lookup: Lookup) throws(StatementViolation) {
    let table = system.tables[lookup.table]
    var position = [Int](repeating: 0, count: lookup.indices.count)
    repeat {
      let tuple = lookup.columns.map { value(of: $0, at: position) }
      let row = tuple[0] - Int128(table.first)
      let found =
        row >= 0 && row < table.rows
        && zip(tuple.dropFirst(), table.columns).allSatisfy { value, column in
          value == column[Int(row)]
        }
      guard found else {
        throw .lookup(
          name: lookup.name, position: position, table: table.name,
          tuple: tuple.map { Int(truncatingIfNeeded: $0) })
      }
    } while Self.advance(&position, along: Array(lookup.indices.indices), lookup.indices)
  }

  /// Checks all lookups in a table of rows, and, of a permutation, that each row is there once.
  func checkRows(_ number: Int) throws(StatementViolation) {
    guard let table = system.rowTable(number) else { return }
    var seen: [[Int]: Int] = [:]
    for lookup in system.lookups where lookup.table == number {
      let rank = system.tupleRank(of: lookup)
      var position = [Int](repeating: 0, count: lookup.indices.count)
      repeat {
        let numbers =
          position.prefix(system.sharedRank(of: lookup)).map { Int128($0) }
          + lookup.columns.dropLast().map { value(of: $0, at: position) }
        let isRow = zip(numbers, table.rowShape).allSatisfy { $0 >= 0 && $0 < $1 }
        guard isRow, holds(lookup, table, position, numbers.map { Int($0) }) else {
          throw .lookup(
            name: lookup.name, position: Array(position.prefix(rank)), table: table.name,
            tuple: numbers.map { Int(truncatingIfNeeded: $0) })
        }
        seen[numbers.map { Int($0) }, default: 0] += 1
      } while Self.advance(&position, along: Array(0..<rank), lookup.indices)
    }
    guard table.isPermutation else { return }
    var row = [Int](repeating: 0, count: table.rowRank)
    repeat {
      guard seen[row] == 1 else {
        throw .rowCount(table: table.name, row: row, count: seen[row] ?? 0)
      }
    } while Self.advance(&row, along: Array(row.indices), table.indices)
  }

  /// Whether a tuple has the values of the row of these numbers.
  private func holds(
    _ lookup: Lookup, _ table: RowTable, _ tuple: [Int], _ row: [Int]
  ) -> Bool {
    guard let last = lookup.columns.last else { return false }
    var place = tuple
    let rank = system.tupleRank(of: lookup)
    let columns = Array(rank..<lookup.indices.count)
    repeat {
      guard value(of: last, at: place) == value(of: table.source, at: row + place[rank...]) else {
        return false
      }
    } while Self.advance(&place, along: columns, lookup.indices)
    return true
  }

  private func value(of term: Equality.Term, _ equality: Equality, at position: [Int]) -> Int128 {
    var place = position
    var sum: Int128 = 0
    repeat {
      sum += term.factors.reduce(Int128(term.coefficient)) { $0 * value(of: $1, at: place) }
    } while Self.advance(&place, along: term.summed, equality.indices)
    return sum
  }

  private func value(of expression: LinearExpression, at place: [Int]) -> Int128 {
    expression.terms.reduce(Int128(expression.constant)) {
      $0 + Int128($1.coefficient) * Int128(value(of: $1.read, at: place))
    }
  }

  private func value(of read: TensorRead, at place: [Int]) -> Int {
    var offset = 0
    for (size, position) in zip(system.tensors[read.tensor].shape, read.positions) {
      let position = position.value(at: place)
      guard position >= 0, position < size else { return 0 }
      offset = offset * size + position
    }
    return assignment[read.tensor][offset]
  }

  /// To the next values of some indices; false, and all zero, after the last.
  private static func advance(
    _ position: inout [Int], along list: [Int], _ indices: [StatementIndex]
  ) -> Bool {
    for index in list.reversed() {
      position[index] += 1
      if position[index] < indices[index].size { return true }
      position[index] = 0
    }
    return false
  }
}

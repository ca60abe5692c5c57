import ConstraintSystem
import Evaluation
import Synchronization

/// How often each row of each table is looked up, over all lookups of a system.
public struct Multiplicities: Equatable, Sendable {
  /// By number of the table and of the row; empty for one of which each row is looked up once.
  public let counts: [[Int64]]

  init(counts: [[Int64]]) { self.counts = counts }

  /// Counts the rows that an assignment looks up. It does not depend on the number of threads.
  ///
  /// - Parameter columns: the system's tables, when they are at hand.
  /// - Throws: the first tuple that is not a row of its table.
  public init(
    of system: ConstraintSystem, in assignment: Assignment, columns: TableColumns? = nil
  ) throws(EvaluationError) {
    let tables = if let columns { columns } else { try TableColumns(of: system.tables) }
    let tensors = try TensorElements(system.tensors, assignment)
    var counts = system.tables.map { [Int64](repeating: 0, count: $0.rows) }
    for lookup in system.lookups where lookup.table < system.tables.count {
      let counter = try LookupCounter(lookup, tensors: tensors, tables: tables)
      let parts = try counter.rows()
      counts[lookup.table].withUnsafeMutableBufferPointer { counts in
        for part in parts { for row in part { counts[Int(row)] += 1 } }
      }
    }
    let rows = RowCounter(
      system: system, tensors: tensors, tables: tables, assignment: assignment)
    for number in system.tables.count..<system.tableCount {
      counts.append(try rows.counts(ofTable: number))
    }
    self.counts = counts
  }
}

/// Counts the rows of one lookup in a public table.
private struct LookupCounter: Sendable {
  let lookup: Lookup
  let columns: [ExpressionEvaluation]
  let tables: TableColumns
  /// The table's columns after the first.
  let further: [[Int64]]

  init(
    _ lookup: Lookup, tensors: TensorElements, tables: TableColumns
  ) throws(EvaluationError) {
    guard lookup.columns.count > 0,
      tables.contains(column: lookup.columns.count - 1, ofTable: lookup.table),
      lookup.columns.count == tables.columns(ofTable: lookup.table)
    else {
      throw .malformed(step: lookup.name, reason: "its columns are not those of its table")
    }
    self.lookup = lookup
    self.tables = tables
    further = (1..<lookup.columns.count).map { tables.column($0, ofTable: lookup.table) }
    let domain = StepDomain(
      indices: lookup.indices, rank: lookup.indices.count, step: lookup.name,
      shape: lookup.indices.map(\.size))
    var columns: [ExpressionEvaluation] = []
    for column in lookup.columns {
      columns.append(
        try ExpressionEvaluation(
          HintExpression(column), over: domain, tensors: tensors, tables: tables))
    }
    self.columns = columns
  }

  /// The row of each tuple, in parts.
  func rows() throws(EvaluationError) -> [[Int32]] {
    let parts = Parallel.ranges(
      lookup.indices.reduce(1) { $0 * $1.size }, unit: ExpressionBlock.size * 8, most: 16)
    let failures = FirstFailure<EvaluationError>()
    let results = Mutex<[[Int32]]>([])
    Parallel.perform(parts.count) { part in
      do throws(EvaluationError) {
        let rows = try rows(parts[part])
        results.withLock { $0.append(rows) }
      } catch {
        failures.record(error, order: part)
      }
    }
    if let failure = failures.first { throw failure }
    return results.withLock { $0 }
  }

  private func rows(_ part: Range<Int>) throws(EvaluationError) -> [Int32] {
    var rows: [Int32] = []
    rows.reserveCapacity(part.count)
    let workers = columns.map { column in
      ExpressionWorker(column.run.program, tensors: column.run.tensors)
    }
    for start in stride(from: part.lowerBound, to: part.upperBound, by: ExpressionBlock.size) {
      let length = min(ExpressionBlock.size, part.upperBound - start)
      var values: [UnsafePointer<Int64>] = []
      for (worker, column) in zip(workers, columns) {
        do throws(ExpressionFailure) {
          values.append(try worker.evaluate(start: start, count: length))
        } catch {
          throw column.error(error)
        }
      }
      try find(values, start: start, count: length, in: &rows)
    }
    return rows
  }

  /// Finds the rows of a block of tuples, given column by column.
  private func find(
    _ values: [UnsafePointer<Int64>], start: Int, count: Int, in rows: inout [Int32]
  ) throws(EvaluationError) {
    let first = Int64(tables.first(ofTable: lookup.table))
    let size = tables.rows(ofTable: lookup.table)
    let before = rows.count
    let column = values[0]
    for lane in 0..<count {
      let (row, overflow) = column[lane].subtractingReportingOverflow(first)
      guard !overflow, row >= 0, row < size else { break }
      rows.append(Int32(truncatingIfNeeded: row))
    }
    // The first tuple that is no row is reported, whichever column shows it.
    var found = rows.count - before
    for (values, column) in zip(values.dropFirst(), further) {
      let miss = (0..<found).first { values[$0] != column[Int(rows[before + $0])] }
      found = miss ?? found
    }
    if found < count { throw miss(values, found, start) }
  }

  private func miss(
    _ values: [UnsafePointer<Int64>], _ lane: Int, _ start: Int
  ) -> EvaluationError {
    .lookupMiss(
      lookup: lookup.name,
      position: coordinates(of: start + lane, shape: lookup.indices.map(\.size)),
      table: tables.name(ofTable: lookup.table), tuple: values.map { Int($0[lane]) })
  }
}

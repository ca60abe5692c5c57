import Argument
import CKernels
import ConstraintSystem
import FieldArithmetic
import Kernels
import Witness

/// Makes the leaves of the lookups' fraction tree from an assignment.
struct LeafBuilder {
  let layout: Layout
  let assignment: Assignment
  let multiplicities: Multiplicities
  let columns: TableColumns
  let challenge: LookupChallenge
  /// Where the columns of rows are taken, and the model folded there; nil without tables of rows, and
  /// without a model.
  let point: CheckPoint?
  let foldedModel: ExtensionVector?

  private var system: ConstraintSystem { layout.system }

  /// Numerators and denominators; past the last box they are 0/1.
  func build() -> (numerators: ExtensionVector, denominators: ExtensionVector) {
    let count = 1 << layout.leaves.addressBits
    let numerators = ExtensionVector(zeros: count)
    let denominators = ExtensionVector(zeros: count)
    let end = layout.leaves.count
    denominators.raw.advanced(by: end).fill(.one, count: count - end)
    let (rows, others) = layout.leaves.boxes.split { system.rowTable(table(of: $0)) != nil }
    addRows(rows, numerators.raw, denominators.raw)
    let pieces = others.flatMap { $0.pieces(log: Self.pieceLog) }
    // Each piece is written by one thread, and all else is only read.
    nonisolated(unsafe) let (p, q) = (numerators.raw, denominators.raw)
    Parallelism.loop(pieces.count) { range in
      for piece in pieces[range] {
        add(piece, p.advanced(by: piece.offset), q.advanced(by: piece.offset))
      }
    }
    return (numerators, denominators)
  }

  /// The logarithm of how many leaves a thread makes at a time.
  private static let pieceLog = 14

  private func isLookup(_ box: Box) -> Bool { box.owner < system.lookups.count }

  private func table(of box: Box) -> Int {
    isLookup(box) ? system.lookups[box.owner].table : box.owner - system.lookups.count
  }

  private func add(_ box: Box, _ p: ck_ext, _ q: ck_ext) {
    guard isLookup(box) else { return addTable(box, p, q) }
    p.fill(.one, count: 1 << box.log)
    addLookup(box, q)
  }

  /// The leaves of tables of rows and of lookups in them. A box holds a part of an owner's values.
  private func addRows(_ boxes: [Box], _ numerators: ck_ext, _ denominators: ck_ext) {
    var rows: [Int: RowValues] = [:]
    for box in boxes {
      let p = numerators.advanced(by: box.offset)
      let values = rows[box.owner] ?? RowValues(self, owner: box.owner)
      rows[box.owner] = values
      values.addDenominators(box, denominators.advanced(by: box.offset))
      if isLookup(box) {
        p.fill(.one, count: 1 << box.log)
      } else {
        addCounts(of: table(of: box), box, p)
      }
    }
  }

  private func addLookup(_ box: Box, _ q: ck_ext) {
    let lookup = system.lookups[box.owner]
    let gather = ReadGather(tensors: system.tensors, assignment: assignment)
    let ranges = zip(box.starts, box.logs).map { (start: $0, count: 1 << $1) }
    let values = UnsafeMutablePointer<Int64>.allocate(capacity: 1 << box.log)
    defer { values.deallocate() }
    q.fill(challenge.offset(table: lookup.table), count: 1 << box.log)
    for (column, power) in zip(lookup.columns, challenge.powers) {
      gather.gather(
        column, indices: Array(lookup.indices.indices), ranges: ranges,
        strides: rowMajorStrides(ranges.map(\.count)), into: values)
      ck_e_axpy_int((Fp3.zero - power).raw, CK_I64, values, q, 1 << box.log)
    }
  }

  private func addTable(_ box: Box, _ p: ck_ext, _ q: ck_ext) {
    let table = box.owner - system.lookups.count
    let count = 1 << box.log
    q.fill(challenge.offset(table: table), count: count)
    for column in 0..<system.tables[table].columnCount {
      columns.column(column, ofTable: table).withUnsafeBufferPointer {
        ck_e_axpy_int(
          (Fp3.zero - challenge.powers[column]).raw, CK_I64, $0.baseAddress! + box.starts[0], q,
          count)
      }
    }
    addCounts(of: table, box, p)
  }

  /// Minus the number of lookups of each row: one in a permutation.
  private func addCounts(of table: Int, _ box: Box, _ p: ck_ext) {
    let minusOne = Fp3.zero - Fp3.one
    guard let shape = system.countShape(ofTable: table) else {
      return p.fill(minusOne, count: 1 << box.log)
    }
    multiplicities.counts[table].withUnsafeBufferPointer { counts in
      var target = 0
      forEachRun(of: box, shape: shape) { start, count in
        ck_e_axpy_int(
          minusOne.raw, CK_I64, counts.baseAddress! + start, p.advanced(by: target), count)
        target += count
      }
    }
  }
}

extension Array {
  /// The elements that fulfil a condition, and the others, each in order.
  fileprivate func split(_ condition: (Element) -> Bool) -> (those: [Element], others: [Element]) {
    (filter(condition), filter { !condition($0) })
  }
}

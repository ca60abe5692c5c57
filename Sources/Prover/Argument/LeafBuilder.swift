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
    numerators.raw.fill(.zero, count: count)
    denominators.raw.fill(.one, count: count)
    // The values of rows, by owner: a box holds a part of them.
    var rows: [Int: RowValues] = [:]
    for box in layout.leaves.boxes {
      let p = numerators.raw.advanced(by: box.offset)
      let q = denominators.raw.advanced(by: box.offset)
      let isLookup = box.owner < system.lookups.count
      if isLookup { p.fill(.one, count: 1 << box.log) }
      let table = isLookup ? system.lookups[box.owner].table : box.owner - system.lookups.count
      guard system.rowTable(table) != nil else {
        if isLookup { addLookup(box, q) } else { addTable(box, p, q) }
        continue
      }
      let values = rows[box.owner] ?? RowValues(self, owner: box.owner)
      rows[box.owner] = values
      values.addDenominators(box, q)
      if !isLookup { addCounts(of: table, box, p) }
    }
    return (numerators, denominators)
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

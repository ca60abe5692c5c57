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

  /// Numerators and denominators; past the last box they are 0/1.
  func build() -> (numerators: ExtensionVector, denominators: ExtensionVector) {
    let count = 1 << layout.leaves.addressBits
    let numerators = ExtensionVector(zeros: count)
    let denominators = ExtensionVector(zeros: count)
    numerators.raw.fill(.zero, count: count)
    denominators.raw.fill(.one, count: count)
    for box in layout.leaves.boxes {
      let p = numerators.raw.advanced(by: box.offset)
      let q = denominators.raw.advanced(by: box.offset)
      if box.owner < layout.system.lookups.count {
        p.fill(.one, count: 1 << box.log)
        addLookup(box, q)
      } else {
        addTable(box, p, q)
      }
    }
    return (numerators, denominators)
  }

  private func addLookup(_ box: Box, _ q: ck_ext) {
    let lookup = layout.system.lookups[box.owner]
    let gather = ReadGather(tensors: layout.system.tensors, assignment: assignment)
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
    let table = box.owner - layout.system.lookups.count
    let count = 1 << box.log
    q.fill(challenge.offset(table: table), count: count)
    for column in 0..<layout.system.tables[table].columnCount {
      columns.column(column, ofTable: table).withUnsafeBufferPointer {
        ck_e_axpy_int(
          (Fp3.zero - challenge.powers[column]).raw, CK_I64, $0.baseAddress! + box.starts[0], q,
          count)
      }
    }
    multiplicities.counts[table].withUnsafeBufferPointer {
      ck_e_axpy_int(
        (Fp3.zero - Fp3.one).raw, CK_I64, $0.baseAddress! + box.starts[0], p, count)
    }
  }
}

import Argument
import CKernels
import ConstraintSystem
import FieldArithmetic
import Kernels
import Witness

/// The fingerprints of a table's rows, or of a lookup's tuples in such a table (`Paper/` section 7.4).
struct RowValues {
  private let builder: LeafBuilder
  private let table: Int
  /// The numbers of a row that are indices of the statement, and those that it computes.
  private let shared: Int
  private let numbers: [LinearExpression]
  /// The values of all columns together, over the statement's other indices.
  private let values: ExtensionVector
  private let shape: SharedShape
  /// The power of the challenge that the values count.
  private let power: Fp3

  /// - Parameter owner: a lookup, or behind the lookups a table.
  init(_ builder: LeafBuilder, owner: Int) {
    self.builder = builder
    let system = builder.layout.system
    let lookup = owner < system.lookups.count ? system.lookups[owner] : nil
    table = lookup?.table ?? owner - system.lookups.count
    guard let rows = system.rowTable(table), let point = builder.point else {
      preconditionFailure("a table of rows is compared at a point")
    }
    let indices = lookup?.indices ?? rows.indices
    let rank = indices.count - rows.columnRank
    shared = lookup.map { system.sharedRank(of: $0) } ?? rank
    numbers = lookup?.columns.dropLast() ?? []
    power = builder.challenge.powers[rows.rowRank]
    shape = SharedShape(Array(0..<rank), sizes: indices.prefix(rank).map { $0.size })
    let (columns, blocks) = point.columnWeights(of: rows)
    values = ExpressionArrays(
      layout: builder.layout, assignment: builder.assignment, foldedModel: builder.foldedModel
    ).make(
      lookup?.columns.last ?? rows.source, own: Array(rank..<indices.count),
      weights: Array(repeating: nil, count: rank) + columns.map { $0.vector },
      laneBlocks: blocks?.vector, shape)
  }

  /// Writes the denominators of the leaves in a box.
  func addDenominators(_ box: Box, _ q: ck_ext) {
    let count = 1 << box.log
    q.fill(builder.challenge.offset(table: table), count: count)
    let ranges = zip(box.starts, box.logs).map { (start: $0, count: 1 << $1) }
    let strides = rowMajorStrides(ranges.map(\.count))
    addNumbers(ranges, strides, q)
    let base = zip(box.starts, shape.strides).reduce(0) { $0 + $1.0 * $1.1 }
    var target = 0
    let region = GatherRegion(indices: shape.indices, ranges: ranges, strides: shape.strides)
    region.forEachRow { offset, _ in
      ck_e_axpy(
        (Fp3.zero - power).raw, values.raw.advanced(by: base + offset),
        q.advanced(by: target), region.rowCount)
      target += region.rowCount
    }
  }

  private func addNumbers(
    _ ranges: [(start: Int, count: Int)], _ strides: [Int], _ q: ck_ext
  ) {
    let count = ranges.reduce(1) { $0 * $1.count }
    var cells = [Int64](repeating: 0, count: count)
    let gather = ReadGather(
      tensors: builder.layout.system.tensors, assignment: builder.assignment)
    for (place, power) in builder.challenge.powers.prefix(shared + numbers.count).enumerated() {
      cells.withUnsafeMutableBufferPointer { cells in
        guard let base = cells.baseAddress else { return }
        if place < shared {
          for i in 0..<count {
            cells[i] = Int64(ranges[place].start + i / strides[place] % ranges[place].count)
          }
        } else {
          gather.gather(
            numbers[place - shared], indices: shape.indices, ranges: ranges, strides: strides,
            into: base)
        }
        ck_e_axpy_int((Fp3.zero - power).raw, CK_I64, base, q, count)
      }
    }
  }
}

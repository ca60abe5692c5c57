import Argument
import ConstraintSystem
import Witness

/// Lays the witness and the multiplicities out as the commitment has them.
struct WitnessCells {
  let layout: Layout

  /// All cells as integers, `count` of them, zero past the last box.
  func integers(_ assignment: Assignment, _ multiplicities: Multiplicities, count: Int) -> [Int64] {
    [Int64](unsafeUninitializedCapacity: count) { cells, initialized in
      cells.initialize(repeating: 0)
      for tensor in layout.system.tensors.indices where !layout.witness.byOwner[tensor].isEmpty {
        assignment.withValues(of: tensor) {
          place($0, tensor, layout.system.tensors[tensor].shape, in: cells)
        }
      }
      for (table, counts) in multiplicities.counts.enumerated() {
        guard let shape = layout.system.countShape(ofTable: table) else { continue }
        counts.withUnsafeBufferPointer {
          place($0, layout.system.tensors.count + table, shape, in: cells)
        }
      }
      initialized = count
    }
  }

  private func place(
    _ values: UnsafeBufferPointer<Int64>, _ owner: Int, _ shape: [Int],
    in cells: UnsafeMutableBufferPointer<Int64>
  ) {
    for index in layout.witness.byOwner[owner] {
      let box = layout.witness.boxes[index]
      var target = box.offset
      forEachRun(of: box, shape: shape) { start, count in
        for i in 0..<count { cells[target + i] = values[start + i] }
        target += count
      }
    }
  }
}

/// Calls the body for the contiguous runs of a box of a row-major array, in the box's own order.
func forEachRun(of box: Box, shape: [Int], _ body: (_ start: Int, _ count: Int) -> Void) {
  let strides = rowMajorStrides(shape)
  let base = zip(box.starts, strides).reduce(0) { $0 + $1.0 * $1.1 }
  let region = GatherRegion(
    indices: Array(shape.indices), ranges: zip(box.starts, box.logs).map { ($0, 1 << $1) },
    strides: strides)
  region.forEachRow { offset, _ in body(base + offset, region.rowCount) }
}

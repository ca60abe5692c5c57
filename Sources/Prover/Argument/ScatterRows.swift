import CKernels
import ConstraintSystem
import FieldArithmetic
import Kernels
import Witness

/// Adds what is left of a tensor to an array over the shared indices, row by row, where every position
/// lies in the tensor and the last index walks through neighbours.
struct ScatterRows {
  private let shape: SharedShape
  /// The position that belongs to indices of zero.
  private let first: Int
  /// How far each index steps.
  private let steps: [Int]

  /// nil where a position lies outside, or neighbours are no neighbours there.
  init?(_ maps: [AxisMap], _ extents: [Int], _ shape: SharedShape) {
    let strides = rowMajorStrides(extents)
    var first = 0
    var steps = [Int](repeating: 0, count: shape.sizes.count)
    for (axis, map) in maps.enumerated() {
      let reach = zip(map.coefficients, shape.sizes).map { $0 * max($1 - 1, 0) }
      let least = reach.reduce(map.constant) { $0 + min($1, 0) }
      let greatest = reach.reduce(map.constant) { $0 + max($1, 0) }
      guard least >= 0, greatest < extents[axis] else { return nil }
      first += map.constant * strides[axis]
      for (index, coefficient) in map.coefficients.enumerated() {
        steps[index] += coefficient * strides[axis]
      }
    }
    guard steps.last == 1, shape.strides.last == 1 else { return nil }
    self.shape = shape
    self.first = first
    self.steps = steps
  }

  /// Adds scale·value everywhere.
  /// - Parameters:
  ///   - vector: the values; nil for those of `integers`.
  ///   - integers: the tensor's own values, where nothing was summed.
  func add(
    _ scale: Fp3, _ vector: ExtensionVector?, _ integers: IntegerBuffer?, to target: ck_ext
  ) {
    if let vector {
      forEachRow { ck_e_axpy(scale.raw, vector.raw.advanced(by: $0), target.advanced(by: $1), $2) }
    } else if let integers {
      integers.withUnsafeBytes { bytes in
        guard let base = bytes.baseAddress else { return }
        forEachRow {
          ck_e_axpy_int(
            scale.raw, integers.kind, base + $0 * integers.width.rawValue,
            target.advanced(by: $1), $2)
        }
      }
    }
  }

  /// Calls the body with the position of a row, its address in the array, and its length.
  private func forEachRow(_ body: (Int, Int, Int) -> Void) {
    let region = GatherRegion(
      indices: shape.indices, ranges: shape.sizes.map { (start: 0, count: $0) },
      strides: shape.strides)
    region.forEachRow { address, starts in
      let position = zip(starts, steps).reduce(first) { $0 + $1.0 * $1.1 }
      body(position, address, region.rowCount)
    }
  }
}

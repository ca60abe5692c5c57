import ConstraintSystem

/// Moves elements: each element of the result is one of a tensor, or zero outside of it.
package enum StridedCopy {
  /// Writes what a read gives over all values of the indices, row-major.
  package static func run(
    _ read: TensorRead, shape: [Int], indices: [StatementIndex], from source: UnsafePointer<Float>,
    to target: UnsafeMutablePointer<Float>
  ) throws(MalformedRead) { try copy(read, shape, indices, source, target) }

  /// Writes what a read gives over all values of the indices, row-major.
  package static func run(
    _ read: TensorRead, shape: [Int], indices: [StatementIndex], from source: UnsafePointer<Double>,
    to target: UnsafeMutablePointer<Double>
  ) throws(MalformedRead) { try copy(read, shape, indices, source, target) }

  /// Writes what a read gives over all values of the indices, row-major.
  package static func run(
    _ read: TensorRead, shape: [Int], indices: [StatementIndex], from source: UnsafePointer<Int64>,
    to target: UnsafeMutablePointer<Int64>
  ) throws(MalformedRead) { try copy(read, shape, indices, source, target) }

  @inline(__always)
  private static func copy<Element: Numeric & Sendable>(
    _ read: TensorRead, _ shape: [Int], _ indices: [StatementIndex],
    _ source: UnsafePointer<Element>, _ target: UnsafeMutablePointer<Element>
  ) throws(MalformedRead) {
    let strided = try StridedRead(read, shape: shape, indices: indices)
    let plan = GatherPlan(strided, space: Array(indices.indices), indices: indices)
    let fixed = [Int](repeating: 0, count: max(1, indices.count))
    nonisolated(unsafe) let (source, target) = (source, target)
    let parts = Parallel.ranges(indices.count(of: Array(indices.indices)), unit: 1 << 14)
    Parallel.perform(parts.count) { part in
      plan.gather(
        PlainSource(elements: source), outside: .zero, fixed: fixed,
        start: parts[part].lowerBound, count: parts[part].count,
        into: target + parts[part].lowerBound)
    }
  }
}

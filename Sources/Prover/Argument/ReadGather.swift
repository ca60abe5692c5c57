import ConstraintSystem
import Witness

/// The values of linear expressions over a box of index values, as one array.
struct ReadGather {
  let tensors: [TensorDeclaration]
  let assignment: Assignment

  /// Writes the expression's values at all index values of a region. It must read no other index
  /// than those listed.
  /// - Parameters:
  ///   - ranges: for each listed index the first value and the number of values.
  ///   - strides: how far apart in `target` neighbours along each listed index are.
  func gather(
    _ expression: LinearExpression, indices: [Int], ranges: [(start: Int, count: Int)],
    strides: [Int], into target: UnsafeMutablePointer<Int64>
  ) {
    let region = GatherRegion(indices: indices, ranges: ranges, strides: strides)
    region.fill(target, with: Int64(expression.constant))
    for term in expression.terms {
      let coefficient = Int64(term.coefficient)
      assignment.withValues(of: term.read.tensor) { values in
        let read = FlatRead(term.read, shape: tensors[term.read.tensor].shape, region: region)
        if let whole = read.whole(region) {
          return whole.add(coefficient, values, to: target)
        }
        region.forEachRow { offset, starts in
          read.addRow(at: starts, coefficient, values, to: target + offset, region)
        }
      }
    }
  }
}

/// A box of index values, walked row by row along the last index.
struct GatherRegion {
  let indices: [Int]
  let ranges: [(start: Int, count: Int)]
  let strides: [Int]

  /// Sets the target's values of the whole region.
  func fill(_ target: UnsafeMutablePointer<Int64>, with value: Int64) {
    let counts = ranges.map(\.count)
    if strides == rowMajorStrides(counts) {
      target.update(repeating: value, count: counts.reduce(1, *))
    } else {
      forEachRow { offset, _ in
        for i in 0..<rowCount { target[offset + i * rowStride] = value }
      }
    }
  }

  var rowCount: Int { ranges.last?.count ?? 1 }
  var rowStride: Int { strides.last ?? 1 }

  /// Calls the body for each row with its offset in the target and the indices' values at its
  /// beginning.
  func forEachRow(_ body: (Int, [Int]) -> Void) {
    guard !ranges.contains(where: { $0.count == 0 }) else { return }
    let outer = max(ranges.count - 1, 0)
    var current = ranges.map(\.start)
    var offset = 0
    while true {
      body(offset, current)
      var axis = outer - 1
      while axis >= 0 {
        current[axis] += 1
        offset += strides[axis]
        if current[axis] < ranges[axis].start + ranges[axis].count { break }
        offset -= strides[axis] * ranges[axis].count
        current[axis] = ranges[axis].start
        axis -= 1
      }
      if axis < 0 { return }
    }
  }
}

/// A read whose position in the flat tensor is affine in the region's indices, with the bounds of
/// each axis.
private struct FlatRead {
  /// For each axis of the tensor: constant, coefficient of each region index, size, stride.
  private let axes: [(constant: Int, coefficients: [Int], size: Int, stride: Int)]
  /// Step of the flat position along a row.
  private let rowStep: Int
  private let rowCoefficients: [Int]

  init(_ read: TensorRead, shape: [Int], region: GatherRegion) {
    var stride = 1
    var axes: [(constant: Int, coefficients: [Int], size: Int, stride: Int)] = []
    for (position, size) in zip(read.positions, shape).reversed() {
      var coefficients = Array(repeating: 0, count: region.indices.count)
      for term in position.terms {
        if let place = region.indices.firstIndex(of: term.index) {
          coefficients[place] += term.coefficient
        }
      }
      axes.append((position.constant, coefficients, size, stride))
      stride *= size
    }
    self.axes = axes
    rowCoefficients = axes.map { $0.coefficients.last ?? 0 }
    rowStep = zip(axes, rowCoefficients).reduce(0) { $0 + $1.0.stride * $1.1 }
  }

  /// The read as a walk of strides, if it reads nothing outside of the tensor in all of the region.
  func whole(_ region: GatherRegion) -> StridedRead? {
    guard region.ranges.allSatisfy({ $0.count > 0 }) else { return nil }
    var flat = 0
    var steps = [Int](repeating: 0, count: region.ranges.count)
    for axis in axes {
      var (least, greatest) = (axis.constant, axis.constant)
      for (k, coefficient) in axis.coefficients.enumerated() {
        let (start, count) = region.ranges[k]
        let ends = [coefficient * start, coefficient * (start + count - 1)]
        least += min(ends[0], ends[1])
        greatest += max(ends[0], ends[1])
        flat += ends[0] * axis.stride
        steps[k] += coefficient * axis.stride
      }
      guard least >= 0, greatest < axis.size else { return nil }
      flat += axis.constant * axis.stride
    }
    return StridedRead(
      counts: region.ranges.map(\.count), strides: region.strides, steps: steps, first: flat)
  }

  /// Adds coefficient·value along a row; positions outside of the tensor read zero.
  func addRow(
    at starts: [Int], _ coefficient: Int64, _ values: UnsafeBufferPointer<Int64>,
    to target: UnsafeMutablePointer<Int64>, _ region: GatherRegion
  ) {
    var low = 0
    var high = region.rowCount
    var flat = 0
    for (axis, step) in zip(axes, rowCoefficients) {
      var position = axis.constant
      for (k, coefficient) in axis.coefficients.enumerated() { position += coefficient * starts[k] }
      flat += position * axis.stride
      narrow(&low, &high, position, step, axis.size)
    }
    guard low < high else { return }
    for i in low..<high {
      target[i * region.rowStride] += coefficient * values[flat + i * rowStep]
    }
  }

  /// Keeps the i for which 0 ≤ position + i·step < size.
  private func narrow(
    _ low: inout Int, _ high: inout Int, _ position: Int, _ step: Int, _ size: Int
  ) {
    if step == 0 {
      if position < 0 || position >= size { high = low }
    } else if step > 0 {
      if position < 0 { low = max(low, (-position + step - 1) / step) }
      high = min(high, size - 1 - position < 0 ? low : (size - 1 - position) / step + 1)
    } else {
      if position >= size { low = max(low, (position - size + 1 - step - 1) / -step) }
      high = min(high, position < 0 ? low : position / -step + 1)
    }
  }
}

/// A read of a tensor's values at affine positions, none of which lies outside.
private struct StridedRead {
  /// For each index the number of values, and how far apart neighbours are in the target and in the
  /// tensor.
  private let axes: [(count: Int, stride: Int, step: Int)]
  /// The position in the tensor of the region's beginning.
  private let first: Int

  init(counts: [Int], strides: [Int], steps: [Int], first: Int) {
    var axes: [(count: Int, stride: Int, step: Int)] = []
    for (count, (stride, step)) in zip(counts, zip(strides, steps)) where count > 1 {
      // Neighbouring axes that both sides walk through without a gap are one.
      if let last = axes.last, last.stride == count * stride, last.step == count * step {
        axes[axes.count - 1] = (last.count * count, stride, step)
      } else {
        axes.append((count, stride, step))
      }
    }
    self.axes = axes.isEmpty ? [(1, 1, 1)] : axes
    self.first = first
  }

  /// Adds coefficient·value everywhere.
  func add(
    _ coefficient: Int64, _ values: UnsafeBufferPointer<Int64>,
    to target: UnsafeMutablePointer<Int64>
  ) {
    guard let source = values.baseAddress else { return }
    axes.withUnsafeBufferPointer {
      Self.add(coefficient, source + first, to: target, $0[...])
    }
  }

  private static func add(
    _ coefficient: Int64, _ source: UnsafePointer<Int64>, to target: UnsafeMutablePointer<Int64>,
    _ axes: Slice<UnsafeBufferPointer<(count: Int, stride: Int, step: Int)>>
  ) {
    let (count, stride, step) = axes[axes.startIndex]
    guard axes.count == 1 else {
      for i in 0..<count {
        add(coefficient, source + i * step, to: target + i * stride, axes.dropFirst())
      }
      return
    }
    if stride == 1, step == 1 {
      for i in 0..<count { target[i] &+= coefficient &* source[i] }
    } else {
      for i in 0..<count { target[i * stride] &+= coefficient &* source[i * step] }
    }
  }
}

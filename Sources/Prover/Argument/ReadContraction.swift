import Argument
import CKernels
import ConstraintSystem
import FieldArithmetic
import Kernels
import Witness

/// Sums indices out of one read of a tensor, axis by axis.
///
/// An axis whose position involves indices that are summed out is multiplied by the matrix of their
/// weights, which leaves the shared indices of the position in its place; the other axes are only
/// indexed, at the end.
struct ReadContraction {
  let layout: Layout
  let assignment: Assignment
  /// The indices that are summed out.
  let own: [Int]
  let weights: [AxisVector?]
  var foldedModel: ExtensionVector?
  var laneBlocks: AxisVector?

  /// The tensor as far as it has been summed: row-major, one extent for each axis.
  private struct Partial {
    var extents: [Int]
    var vector: ExtensionVector?
  }

  init(layout: Layout, assignment: Assignment, own: [Int], weights: [AxisVector?]) {
    self.layout = layout
    self.assignment = assignment
    self.own = own
    self.weights = weights
  }

  /// Adds coefficient · Σ weights · read, for all values of the shared indices.
  func add(_ term: LinearExpression.Term, to target: ck_ext, _ shape: SharedShape) {
    let read = term.read
    let isModel = layout.system.tensors[read.tensor].role == .model
    var partial = Partial(extents: layout.shape(of: read.tensor), vector: nil)
    if isModel, let foldedModel {
      partial.vector = unstacked(foldedModel, read.tensor, partial.extents)
    }
    var axisMaps = read.positions.map { AxisMap(position: $0, shape) }
    for axis in summationOrder(read, partial.extents, shape) {
      let matrix: WeightMatrix
      if isModel && axis == 0, let laneBlocks {
        matrix = WeightMatrix(row: laneBlocks, columns: partial.extents[0])
        axisMaps[0] = AxisMap(summed: [], shape)
      } else {
        let kept = read.positions[axis].terms.map(\.index).filter { !own.contains($0) }
        matrix = WeightMatrix(
          read.positions[axis], kept: kept, shape: shape, weights: weights,
          columns: partial.extents[axis])
        axisMaps[axis] = AxisMap(summed: kept, shape)
      }
      partial = sum(partial, axis: axis, matrix, read.tensor)
    }
    let used = read.positions.flatMap { $0.terms.map(\.index) }
    let scale = own.filter { !used.contains($0) }.reduce(Fp3(term.coefficient)) {
      $0 * (weights[$1]?.sum ?? .one)
    }
    scatter(partial, axisMaps, scale, to: target, shape, read.tensor)
  }

  /// The axes that have something to sum, those that shrink the most first.
  private func summationOrder(_ read: TensorRead, _ extents: [Int], _ shape: SharedShape) -> [Int] {
    let axes = read.positions.indices.filter { axis in
      read.positions[axis].terms.contains { own.contains($0.index) }
    }
    func gain(_ axis: Int) -> Double {
      let kept = read.positions[axis].terms.map(\.index).filter { !own.contains($0) }
      return Double(extents[axis]) / Double(shape.size(of: kept))
    }
    return axes.sorted { gain($0) > gain($1) }
  }

  private func sum(_ partial: Partial, axis: Int, _ matrix: WeightMatrix, _ tensor: Int) -> Partial
  {
    let outer = partial.extents[..<axis].reduce(1, *)
    let inner = partial.extents[(axis + 1)...].reduce(1, *)
    let n = partial.extents[axis]
    let result = ExtensionVector(zeros: max(outer * matrix.rows * inner, 1))
    var dimensions = ck_mode_shape(
      outer: outer, rows: matrix.rows, n: n, inner: inner, t_outer: n * inner, t_row: inner,
      v_row: n, out_outer: matrix.rows * inner, out_row: inner)
    if let vector = partial.vector {
      ck_mode_e(&dimensions, matrix.vector.raw, vector.raw, result.raw, 0)
    } else {
      let buffer = assignment[tensor]
      buffer.withUnsafeBytes {
        ck_mode_int(&dimensions, matrix.vector.raw, buffer.kind, $0.baseAddress, result.raw, 0)
      }
    }
    var extents = partial.extents
    extents[axis] = matrix.rows
    return Partial(extents: extents, vector: result)
  }

  private func scatter(
    _ partial: Partial, _ maps: [AxisMap], _ scale: Fp3, to target: ck_ext, _ shape: SharedShape,
    _ tensor: Int
  ) {
    let strides = rowMajorStrides(partial.extents)
    let factor = Fp3(1) == scale ? nil : scale
    let integers = partial.vector == nil ? assignment[tensor] : nil
    if let rows = ScatterRows(maps, partial.extents, shape) {
      return rows.add(scale, partial.vector, integers, to: target)
    }
    shape.visit { address, values in
      var flat = 0
      for (axis, map) in maps.enumerated() {
        let position = map.position(values)
        guard position >= 0, position < partial.extents[axis] else { return }
        flat += position * strides[axis]
      }
      let value = partial.vector.map { $0.raw[flat] } ?? Fp3(integers?[flat] ?? 0)
      target[address] += factor.map { $0 * value } ?? value
    }
  }

  /// A model tensor's rows, out of their boxes.
  private func unstacked(_ folded: ExtensionVector, _ tensor: Int, _ shape: [Int])
    -> ExtensionVector
  {
    let result = ExtensionVector(zeros: max(shape.reduce(1, *), 1))
    for index in layout.modelRows.byOwner[tensor] {
      let box = layout.modelRows.boxes[index]
      var source = box.offset
      forEachRun(of: box, shape: shape) { start, count in
        for plane in 0..<3 {
          (result.raw.base + plane * result.raw.stride + start).update(
            from: folded.raw.base + plane * folded.raw.stride + source, count: count)
        }
        source += count
      }
    }
    return result
  }
}

extension SharedShape {
  func size(of: [Int]) -> Int {
    of.reduce(1) { $0 * (indices.firstIndex(of: $1).map { sizes[$0] } ?? 1) }
  }
}

/// How an axis of what is left of a tensor is indexed by the shared indices.
struct AxisMap {
  let constant: Int
  /// For each shared index.
  let coefficients: [Int]

  /// An axis that is still the tensor's own.
  init(position: AffineIndex, _ shape: SharedShape) {
    constant = position.constant
    coefficients = shape.indices.map { index in
      position.terms.first { $0.index == index }?.coefficient ?? 0
    }
  }

  /// An axis that now runs through the kept indices, in mixed radix.
  init(summed kept: [Int], _ shape: SharedShape) {
    constant = 0
    var coefficients = Array(repeating: 0, count: shape.indices.count)
    var stride = 1
    for index in kept.reversed() {
      if let place = shape.indices.firstIndex(of: index) {
        coefficients[place] = stride
        stride *= shape.sizes[place]
      }
    }
    self.coefficients = coefficients
  }

  func position(_ values: [Int]) -> Int {
    zip(coefficients, values).reduce(constant) { $0 + $1.0 * $1.1 }
  }
}

/// The weights with which the values along an axis are summed, one row for each combination of the
/// indices that are kept.
struct WeightMatrix {
  let rows: Int
  let vector: ExtensionVector

  init(row: AxisVector, columns: Int) {
    rows = 1
    vector = ExtensionVector(zeros: columns)
    vector.raw.fill(.zero, count: columns)
    for i in 0..<columns { vector.raw[i] = row[i] }
  }

  init(
    _ position: AffineIndex, kept: [Int], shape: SharedShape, weights: [AxisVector?], columns: Int
  ) {
    rows = shape.size(of: kept)
    let matrix = ExtensionVector(zeros: rows * columns)
    matrix.raw.fill(.zero, count: rows * columns)
    var restricted = weights
    for row in 0..<rows {
      var rest = row
      for index in kept.reversed() {
        let size = shape.size(of: [index])
        restricted[index] = AxisVector(start: rest % size, [.one])
        rest /= size
      }
      let vector = axisVector(position, restricted).clamped(to: columns)
      for (i, value) in vector.values.enumerated() {
        matrix.raw[row * columns + vector.start + i] = value
      }
    }
    vector = matrix
  }
}

extension IntegerBuffer {
  /// The width as the kernels name it.
  var kind: ck_int_kind {
    switch width {
    case .int16: CK_I16
    case .int32: CK_I32
    case .int64: CK_I64
    }
  }
}

import Argument
import CKernels
import ConstraintSystem
import FieldArithmetic
import Kernels

/// Writes the coefficients of linear forms out, cell by cell, as the opening needs them.
struct FormVectors {
  let stack: BoxStack

  /// Adds the terms that lie in this stack to `target`, which has one element for each cell.
  func add(_ terms: [RankOneTerm], to target: ck_ext) {
    let isHere = { $0 < stack.byOwner.count && !stack.byOwner[$0].isEmpty }
    let written = Dictionary(
      grouping: terms.lazy.filter { isHere($0.tensor) }.map { WrittenTerm($0) }, by: \.tensor)
    let pieces = stack.boxes.flatMap { box in
      written[box.owner] == nil ? [] : box.pieces(log: Self.pieceLog)
    }
    // Each piece is written by one thread, and all else is only read.
    nonisolated(unsafe) let target = target
    Parallelism.loop(pieces.count) { range in
      for piece in pieces[range] {
        for term in written[piece.owner] ?? [] { add(term, piece, target) }
      }
    }
  }

  /// The logarithm of how many cells a thread takes at a time.
  private static let pieceLog = 14

  /// The part of a term in one box: the last two axes by an outer product, the others one by one.
  private func add(_ term: WrittenTerm, _ box: Box, _ target: ck_ext) {
    var windows: [Range<Int>] = []
    for (axis, weights) in term.axes.enumerated() {
      let low = max(weights.start, box.starts[axis])
      let high = min(weights.end, box.starts[axis] + (1 << box.logs[axis]))
      guard low < high else { return }
      windows.append(low..<high)
    }
    let strides = rowMajorStrides(box.logs.map { 1 << $0 })
    func level(_ axis: Int, _ scale: Fp3, _ offset: Int) {
      guard term.axes.count - axis > 2 else {
        addPlane(term.axes, windows, box, strides, axis, scale, target.advanced(by: offset))
        return
      }
      for i in windows[axis] {
        level(
          axis + 1, scale * term.axes[axis].from(i)[0],
          offset + (i - box.starts[axis]) * strides[axis])
      }
    }
    level(0, term.coefficient, box.offset)
  }

  private func addPlane(
    _ axes: [WrittenAxis], _ windows: [Range<Int>], _ box: Box, _ strides: [Int], _ axis: Int,
    _ scale: Fp3, _ target: ck_ext
  ) {
    func part(_ axis: Int) -> ck_ext { axes[axis].from(windows[axis].lowerBound) }
    func shift(_ axis: Int) -> Int { (windows[axis].lowerBound - box.starts[axis]) * strides[axis] }
    switch axes.count - axis {
    case 0: target[0] += scale
    case 1: ck_e_axpy(scale.raw, part(axis), target.advanced(by: shift(axis)), windows[axis].count)
    default:
      ck_e_outer_axpy(
        scale.raw, part(axis), windows[axis].count, part(axis + 1), windows[axis + 1].count,
        target.advanced(by: shift(axis) + shift(axis + 1)), strides[axis])
    }
  }
}

/// A rank-one term with all its weights written out.
private struct WrittenTerm {
  let tensor: Int
  let coefficient: Fp3
  let axes: [WrittenAxis]

  init(_ term: RankOneTerm) {
    tensor = term.tensor
    coefficient = term.coefficient
    axes = term.vectors.map { WrittenAxis($0) }
  }
}

/// The weights along an axis, as the kernels read them.
private struct WrittenAxis {
  /// The position of the first weight, and the one behind the last.
  let start: Int
  let end: Int
  private let values: ExtensionVector
  /// Where in `values` the first weight is.
  private let skipped: Int

  /// Fewer weights are written out one by one sooner than as a product.
  private static let leastProduct = 512

  init(_ weights: AxisWeights) {
    (start, end) = (weights.start, weights.end)
    guard case .factored(let vector) = weights, end - start >= Self.leastProduct else {
      (values, skipped) = (Self.written(weights.vector.values), 0)
      return
    }
    let (high, low, skipped) = vector.halves
    let (rows, row) = (Self.written(high), Self.written(low))
    values = ExtensionVector(zeros: high.count * low.count)
    self.skipped = skipped
    withExtendedLifetime((rows, row)) {
      ck_e_outer_axpy(
        Fp3.one.raw, rows.raw, high.count, row.raw, low.count, values.raw, low.count)
    }
  }

  private static func written(_ values: [Fp3]) -> ExtensionVector {
    let vector = ExtensionVector(zeros: max(values.count, 1))
    for (i, value) in values.enumerated() { vector.raw[i] = value }
    return vector
  }

  /// The weights from a position on, which has one.
  func from(_ position: Int) -> ck_ext { values.raw.advanced(by: skipped + position - start) }
}

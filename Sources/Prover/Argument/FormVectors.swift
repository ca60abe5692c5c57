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
    let axes = term.axes
    var windows: [Range<Int>] = []
    for (axis, vector) in term.vectors.enumerated() {
      let low = max(vector.start, box.starts[axis])
      let high = min(vector.end, box.starts[axis] + (1 << box.logs[axis]))
      guard low < high else { return }
      windows.append(low..<high)
    }
    let strides = rowMajorStrides(box.logs.map { 1 << $0 })
    func level(_ axis: Int, _ scale: Fp3, _ offset: Int) {
      let rest = axes.count - axis
      guard rest > 2 else {
        addPlane(term, axes, windows, box, strides, axis, scale, target.advanced(by: offset))
        return
      }
      for i in windows[axis] {
        level(
          axis + 1, scale * term.vectors[axis].values[i - term.vectors[axis].start],
          offset + (i - box.starts[axis]) * strides[axis])
      }
    }
    level(0, term.coefficient, box.offset)
  }

  private func addPlane(
    _ term: WrittenTerm, _ axes: [ExtensionVector], _ windows: [Range<Int>], _ box: Box,
    _ strides: [Int], _ axis: Int, _ scale: Fp3, _ target: ck_ext
  ) {
    func part(_ axis: Int) -> ck_ext {
      axes[axis].raw.advanced(by: windows[axis].lowerBound - term.vectors[axis].start)
    }
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
  let vectors: [AxisVector]
  /// The same, as the kernels read them.
  let axes: [ExtensionVector]

  init(_ term: RankOneTerm) {
    tensor = term.tensor
    coefficient = term.coefficient
    vectors = term.vectors.map(\.vector)
    axes = vectors.map { vector in
      let axis = ExtensionVector(zeros: max(vector.values.count, 1))
      for (i, value) in vector.values.enumerated() { axis.raw[i] = value }
      return axis
    }
  }
}

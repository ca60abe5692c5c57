import Commitment
import FieldArithmetic
import Kernels

/// A commitment whose positions are opened, and where its folded lane lies in the vector.
struct OpenedOracle {
  let matrix: any CommittedMatrix
  let domainLog: Int
  let pieces: [FoldedLayout.Piece]
  /// A commitment to what masks the folded lane, opened at the same positions.
  let mask: (any CommittedMatrix)?

  init(
    _ matrix: any CommittedMatrix, _ domainLog: Int, _ pieces: [FoldedLayout.Piece],
    mask: (any CommittedMatrix)? = nil
  ) {
    self.matrix = matrix
    self.mask = mask
    self.domainLog = domainLog
    self.pieces = pieces
  }

  /// Adds Σ coefficient·x^i to the weight of each coefficient i of the folded lane, x being the
  /// point of a position.
  ///
  /// With ω^(position·i) for x^i this is a transform of the vector that holds the coefficients at
  /// their positions.
  func addForms(_ forms: some Sequence<(Int, Fp3)>, to weights: ExtensionVector) {
    let length = 1 << domainLog
    let sparse = BaseVector(zeros: 3 * length)
    for (position, coefficient) in forms {
      sparse[position] = coefficient.c0
      sparse[length + position] = coefficient.c1
      sparse[2 * length + position] = coefficient.c2
    }
    let dense = BaseVector(zeros: 3 * length)
    Transform.evaluate(sparse, lanes: 3, into: dense, log: domainLog)
    for piece in pieces {
      let target = weights[piece.offset..<piece.offset + 1 << piece.log]
      for k in 0..<3 {
        let first = k * length + piece.exponent
        target.plane(k).assignSum(target.plane(k), dense[first..<first + 1 << piece.log])
      }
    }
  }
}

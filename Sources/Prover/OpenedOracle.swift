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
    // One coordinate after the other, in the same memory: there may be much of it.
    let (sparse, dense) = (BaseVector(zeros: 1 << domainLog), BaseVector(zeros: 1 << domainLog))
    let forms = Array(forms)
    for k in 0..<Fp3.degree {
      for (position, coefficient) in forms {
        sparse[position] = [coefficient.c0, coefficient.c1, coefficient.c2][k]
      }
      Transform.evaluate(sparse, lanes: 1, into: dense, log: domainLog)
      for piece in pieces {
        let target = weights[piece.offset..<piece.offset + 1 << piece.log].plane(k)
        target.assignSum(target, dense[piece.exponent..<piece.exponent + 1 << piece.log])
      }
    }
  }
}

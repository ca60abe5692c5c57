import Commitment
import FieldArithmetic
import Kernels

/// Commitments whose positions are opened together, and where their folded lane lies in the vector.
struct OpenedOracle {
  /// The matrices of which a combination is folded.
  let copies: [any CommittedMatrix]
  let domainLog: Int
  let pieces: [FoldedLayout.Piece]

  init(_ copies: [any CommittedMatrix], _ domainLog: Int, _ pieces: [FoldedLayout.Piece]) {
    self.copies = copies
    self.domainLog = domainLog
    self.pieces = pieces
  }

  /// A position of the common domain as one of this codeword.
  func position(_ index: Int) -> Int { index & (1 << domainLog - 1) }

  /// Adds Σ coefficient·x^i to the weight of each coefficient i of the folded lane, x being the
  /// point of a position of the common domain.
  ///
  /// With ω^(position·i) for x^i this is a transform of the vector that holds the coefficients at
  /// their positions.
  func addForms(_ forms: some Sequence<(Int, Fp3)>, to weights: ExtensionVector) {
    // One coordinate after the other, in the same memory: there may be much of it.
    let (sparse, dense) = (BaseVector(zeros: 1 << domainLog), BaseVector(zeros: 1 << domainLog))
    let forms = Array(forms)
    for k in 0..<Fp3.degree {
      for (index, _) in forms { sparse[position(index)] = .zero }
      for (index, coefficient) in forms {
        let coordinate = [coefficient.c0, coefficient.c1, coefficient.c2][k]
        sparse[position(index)] = sparse[position(index)] + coordinate
      }
      Transform.evaluate(sparse, lanes: 1, into: dense, log: domainLog)
      for piece in pieces {
        let target = weights[piece.offset..<piece.offset + 1 << piece.log].plane(k)
        target.assignSum(target, dense[piece.exponent..<piece.exponent + 1 << piece.log])
      }
    }
  }
}

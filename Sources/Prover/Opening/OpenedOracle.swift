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

  /// The number of coefficients of the folded lane.
  var messageLength: Int { pieces.map { $0.exponent + 1 << $0.log }.max() ?? 0 }

  /// Adds a multiple of a form on the folded lane's coefficients.
  func add(_ factor: Fp3, _ form: ExtensionVector, to weights: ExtensionVector) {
    for piece in pieces {
      weights[piece.offset..<piece.offset + 1 << piece.log]
        .addProduct(factor, form[piece.exponent..<piece.exponent + 1 << piece.log])
    }
  }
}

extension ExtensionVector {
  /// The form Σ coefficient·x^i for each i below a length, x being the point of a position of a code.
  ///
  /// With ω^(position·i) for x^i this is a transform of the vector that holds the coefficients at
  /// their positions.
  /// - Parameters:
  ///   - forms: positions below 2^`domainLog` with their coefficients; a position may come again.
  ///   - length: at most 2^`domainLog`.
  init(positions forms: [(position: Int, coefficient: Fp3)], domainLog: Int, length: Int) {
    self.init(zeros: length)
    // One coordinate after the other, in the same memory: there may be much of it.
    let (sparse, dense) = (BaseVector(zeros: 1 << domainLog), BaseVector(zeros: 1 << domainLog))
    for k in 0..<Fp3.degree {
      for (position, _) in forms { sparse[position] = .zero }
      for (position, coefficient) in forms {
        let coordinate = [coefficient.c0, coefficient.c1, coefficient.c2][k]
        sparse[position] = sparse[position] + coordinate
      }
      Transform.evaluate(sparse, lanes: 1, into: dense, log: domainLog)
      plane(k).assign(dense[0..<length])
    }
  }
}

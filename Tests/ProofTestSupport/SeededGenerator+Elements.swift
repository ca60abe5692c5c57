import Commitment
import FieldArithmetic
import Polynomials
import TestSupport

/// Elements of the fields, and what openings are made of.
extension SeededGenerator {
  mutating func base() -> Fp { Fp(next()) }
  mutating func element() -> Fp3 { Fp3(base(), base(), base()) }
  mutating func base(_ count: Int) -> [Fp] { (0..<count).map { _ in base() } }
  mutating func elements(_ count: Int) -> [Fp3] { (0..<count).map { _ in element() } }

  /// Random lanes; the tails are random even if the data are zero.
  mutating func messages(_ shape: GroupShape, _ isBlank: Bool) -> [[Fp]] {
    (0..<shape.lanes).map { _ in
      base(shape.messageLength).enumerated().map { isBlank && $0 < shape.rows ? .zero : $1 }
    }
  }

  /// Weights of sum one, as a certificate has them.
  mutating func copyWeights(_ copies: Int) -> [Fp3] {
    let challenge = element()
    let powers = Univariate.powers(of: challenge, count: copies).dropFirst()
    return [powers.reduce(.one) { $0 - $1 }] + powers
  }

  mutating func laneWeights(_ group: OpeningParameters.Group) -> [Fp3] {
    switch group.weights {
    case .tensor:
      Multilinear.equalityTable(at: elements(group.shape.lanesLog), count: group.shape.lanes)
    case .powers: Univariate.powers(of: element(), count: group.shape.lanes)
    }
  }
}

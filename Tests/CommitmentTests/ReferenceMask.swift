import Commitment
import FieldArithmetic
import Polynomials
import Transcript

/// The masks of an opening as the definition reads: the random polynomial is summed over all lanes
/// in each round.
struct ReferenceMask {
  let masks: InstanceMasks
  let rounds: Int
  var point: [Fp3] = []
  var factor = Fp3.one
  private var fold = Fp3.one
  private var vector: [Fp3] = []

  init(_ masks: InstanceMasks, rounds: Int) {
    self.masks = masks
    self.rounds = rounds
  }

  /// Σ s_i(x_i) with the coefficients in `polynomial`.
  private func value(_ polynomial: [Fp3], _ x: [Fp3]) -> Fp3 {
    x.indices.reduce(Fp3.zero) { sum, i in
      sum + Univariate.value(of: Array(polynomial[3 * i..<3 * i + 3]), at: x[i])
    }
  }

  /// The sum over all lanes with the given first coordinates.
  private func sum(_ first: [Fp3]) -> Fp3 {
    let free = rounds - first.count
    return (0..<1 << free).reduce(Fp3.zero) { sum, lane in
      sum + value(masks.rounds, first + (0..<free).map { Fp3((lane >> $0) & 1) })
    }
  }

  /// A round of the data's form with the random polynomial's added.
  func masked(_ sums: [Fp3]) -> [Fp3] {
    let values = [Fp3.zero, .one, Fp3(2)].map { sum(point + [$0]) }
    let leading = (values[0] - values[1] - values[1] + values[2]) * Fp3(Fp(2).inverse)
    return [factor * sums[0] + values[0], factor * sums[1] + leading]
  }

  mutating func join(_ layout: FoldedLayout) {
    vector = Array(repeating: .zero, count: 1 << layout.log)
    for (pieces, mask) in [(layout.model, masks.model ?? []), (layout.witness, masks.lane)] {
      for piece in pieces {
        for i in 0..<1 << piece.log { vector[piece.offset + i] = mask[piece.exponent + i] }
      }
    }
  }

  func message(_ label: MessageLabel, _ weights: [Fp3]) -> [Fp3]? {
    switch label {
    case .openingMaskSum: [sum([])]
    case .openingMaskValue:
      [factor * innerProduct(vector, weights) + value(masks.roundsMask, point)]
    case .openingMaskVector: zip(masks.roundsMask, masks.rounds).map { $0 + fold * $1 }
    default: nil
    }
  }

  mutating func add(_ fold: Fp3, to values: inout [Fp3], _ weights: inout [Fp3]) {
    self.fold = fold
    values = zip(vector, values).map { $0 + fold * $1 }
    weights = weights.map { factor * $0 }
  }
}

import Commitment
import FieldArithmetic
import Polynomials
import Transcript

@testable import ProofTestSupport

/// The masks of an opening as the definition reads: the random polynomial is summed over all lanes
/// in each round.
struct ReferenceMask {
  let masks: InstanceMasks
  let rounds: Int
  var point: [Fp3] = []
  var factor = Fp3.one
  private var vector: [Fp3] = []
  /// Where the last coefficients of the witness's folded lane lie.
  private var ends: [Int] = []

  init(_ masks: InstanceMasks, rounds: Int) {
    self.masks = masks
    self.rounds = rounds
  }

  /// Σ p_i(x_i)
  private func value(_ x: [Fp3]) -> Fp3 {
    let ends = Array(masks.rounds.suffix(9 * rounds))
    let polynomials = (0..<3 * rounds).map { i in
      Fp3(ends[3 * i], ends[3 * i + 1], ends[3 * i + 2])
    }
    return x.indices.reduce(Fp3.zero) { sum, i in
      sum + Univariate.value(of: Array(polynomials[3 * i..<3 * i + 3]), at: x[i])
    }
  }

  /// The sum over all lanes with the given first coordinates.
  private func sum(_ first: [Fp3]) -> Fp3 {
    let free = rounds - first.count
    return (0..<1 << free).reduce(Fp3.zero) { sum, lane in
      sum + value(first + (0..<free).map { Fp3((lane >> $0) & 1) })
    }
  }

  /// A round of the data's form with the random polynomial's added.
  func masked(_ sums: [Fp3]) -> [Fp3] {
    let values = [Fp3.zero, .one, Fp3(2)].map { sum(point + [$0]) }
    let leading = (values[0] - values[1] - values[1] + values[2]) * Fp3(Fp(2).inverse)
    return [factor * sums[0] + values[0], factor * sums[1] + leading]
  }

  /// Adds the mask of the rounds to the vector of the folded groups.
  mutating func join(_ layout: FoldedLayout, _ values: inout [Fp3]) {
    vector = Array(repeating: .zero, count: 1 << layout.log)
    for (pieces, mask) in zip(layout.committed + [layout.witness], masks.committed + [masks.lane]) {
      guard let mask else { continue }
      for piece in pieces {
        for i in 0..<1 << piece.log { vector[piece.offset + i] = mask[piece.exponent + i] }
      }
    }
    var addresses: [Int] = []
    for piece in layout.witness {
      for i in 0..<1 << piece.log {
        values[piece.offset + i] += Fp3(masks.rounds[piece.exponent + i])
        addresses.append(piece.offset + i)
      }
    }
    ends = Array(addresses.suffix(9 * rounds))
  }

  /// The form on the masked vector, of the data's.
  private func form(_ weights: [Fp3]) -> [Fp3] {
    var form = weights.map { factor * $0 }
    for (i, x) in point.enumerated() {
      for (j, power) in [Fp3.one, x, x * x].enumerated() {
        let coordinates = ends[9 * i + 3 * j..<9 * i + 3 * j + 3]
        for (address, basis) in zip(coordinates, Fp3.basis) { form[address] += power * basis }
      }
    }
    return form
  }

  func message(_ label: MessageLabel, _ weights: [Fp3]) -> [Fp3]? {
    switch label {
    case .openingMaskSum: [sum([])]
    case .openingMaskValue: [innerProduct(vector, form(weights))]
    default: nil
    }
  }

  mutating func add(_ fold: Fp3, to values: inout [Fp3], _ weights: inout [Fp3]) {
    values = zip(vector, values).map { $0 + fold * $1 }
    weights = form(weights)
  }
}

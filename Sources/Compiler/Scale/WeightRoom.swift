import Equations
import Foundation
import TensorGraph

extension FormScaleSolver {
  /// The most bits of values that are multiplied by weights with which the weights have their share of a
  /// sum's digits, by class (`Paper/` section 18.12).
  ///
  /// A sum of n products has 46 − log₂ n digits for a value and a weight. Rounding values changes it by
  /// 2^−f·‖w‖, and weights by 2^−g·‖x‖: these are alike where f − g = log₂ ‖w‖/‖x‖. Weights take no more
  /// digits than they have.
  func bitsBesideWeights(_ calibration: FormCalibration) -> [Int: Int] {
    var most: [Int: Int] = [:]
    for facts in sums.values {
      for term in facts.terms where term.isWeighted && term.values.count == 1 {
        let value = facts.node.operands[term.values[0]]
        guard graph[value].kind == .real, graph[value].isCommitted,
          let weights = term.constant.flatMap({ graph.constants[facts.node.operands[$0]] }),
          let bits = bits(of: value, beside: weights, term, calibration)
        else { continue }
        let root = classes.root(value.index)
        most[root] = min(most[root] ?? bits, bits)
      }
    }
    return most
  }

  private func bits(
    of value: ValueID, beside weights: Tensor, _ term: SumFacts.Term,
    _ calibration: FormCalibration
  ) -> Int? {
    let (size, typical) = (room[value.index], calibration[value].typical)
    let (greatest, usual) = (weights.greatestMagnitude, weights.rootMeanSquare)
    guard size > 0, typical > 0, greatest > 0, usual > 0 else { return nil }
    let digits = Double(options.accumulatorBits - 1 - term.count.ceilingLog2 - Self.spareDigits)
    let share = (digits - log2(size * greatest) + log2(usual / typical)) / 2
    let exact = Double(weights.digits(upTo: options.accumulatorBits))
    return Int(max(share, digits - exact - log2(size)).rounded(.down))
  }

  /// What widths that go in steps of two leave unused.
  private static let spareDigits = 2
}

extension Tensor {
  fileprivate var rootMeanSquare: Double {
    let squares = reals.reduce(0.0) { $0 + Double($1) * Double($1) }
    return (squares / Double(max(count, 1))).squareRoot()
  }

  /// How many binary digits below the greatest magnitude hold all numbers exactly, or a limit that this
  /// is not below.
  fileprivate func digits(upTo limit: Int) -> Int {
    let top = Double(greatestMagnitude)
    guard top > 0 else { return 0 }
    var digits = 1
    for value in reals where value != 0 {
      // The place of the last digit, seen from the first one of the greatest.
      let own = Int(top.exponent) - Int(value.exponent) + value.significandWidth + 1
      digits = max(digits, own)
      if digits >= limit { return limit }
    }
    return digits
  }
}

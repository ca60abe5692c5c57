import Equations
import Foundation

// Sums with masks, of which nobody can tell how great they are.
extension SumFacts {
  /// The facts with constants, and masks, that are no greater than a bound on sides where nobody can tell,
  /// if they are far beyond all else that is added. The bound is too.
  ///
  /// - Parameter greatest: of values, by operand.
  func held(
    to bound: Double, _ sides: Blindness.Sides, _ greatest: (Int) -> Double
  ) -> (facts: SumFacts, bound: Double) {
    guard sides != .none else { return (self, bound) }
    let masks = Set(form.masks(node, graph, sides))
    let lesser = max(bound, dominant(without: masks, greatest))
    let bound = isMixed(masks) ? lesser * Saturation.absorbed : lesser
    var result = self
    for (number, term) in terms.enumerated() where masks.contains(number) || term.isConstant {
      if let constant = term.constant, !term.isIndicated,
        let values = graph.constants[node.operands[constant]]?.doubles
      {
        let scaled = values.lazy.map { $0 * term.coefficient }
        result.terms[number].magnitude = scaled.reduce(0) {
          max($0, sides.holds($1) ? min(abs($1), bound) : abs($1))
        }
      } else if masks.contains(number) || sides.holds(term.coefficient) {
        let own = abs(term.coefficient)
        let held = min(own, own < Saturation.absorbing ? lesser : bound)
        result.terms[number].coefficient = term.coefficient < 0 ? -held : held
        result.terms[number].magnitude = held
      }
    }
    return (result, bound)
  }

  /// The power of two that dominates all that is no mask.
  private func dominant(without masks: Set<Int>, _ greatest: (Int) -> Double) -> Double {
    let rest = terms.indices.reduce(0.0) { sum, number in
      let term = terms[number]
      guard !term.isConstant, !masks.contains(number) else { return sum }
      return sum + term.values.reduce(term.magnitude * Double(term.count)) { $0 * greatest($1) }
    }
    // What is not finite has scales that will be given up.
    let dominant = rest.isFinite ? rest * Saturation.dominance : Saturation.infinity
    let least = min(max(dominant, 0x1p-200), Saturation.infinity)
    return scalbn(1.0, Int(log2(least).rounded(.up)))
  }

  /// Whether there are masks beside which scores are lost and others: what is hidden by the others
  /// alone is more than what is hidden by those.
  private func isMixed(_ masks: Set<Int>) -> Bool {
    let isLesser = masks.contains {
      !terms[$0].isConstant && terms[$0].magnitude < Saturation.absorbing
    }
    return isLesser
      && terms.indices.contains {
        (masks.contains($0) || terms[$0].isConstant) && terms[$0].magnitude >= Saturation.absorbing
      }
  }

  /// Held facts of a sum that data masks, divided by the magnitude of the coefficient that all its other
  /// products have, where that is no power of two; masks stay powers of two. Nil for another sum.
  func divided(
    _ held: (facts: SumFacts, bound: Double), _ sides: Blindness.Sides
  ) -> (facts: SumFacts, coefficient: Double)? {
    let masks = Set(form.masks(node, graph, sides))
    let products = terms.indices.filter { !terms[$0].values.isEmpty && !masks.contains($0) }
      .map { terms[$0] }
    guard masks.contains(where: { !terms[$0].isConstant }),
      let coefficient = products.first.map({ abs($0.coefficient) }),
      products.allSatisfy({
        $0.constant == nil && $0.exponent == nil && abs($0.coefficient) == coefficient
      })
    else { return nil }
    var result = held.facts
    for number in terms.indices {
      let own = result.terms[number].coefficient / coefficient
      let isMask = masks.contains(number) || isConstantMask(terms[number])
      let factor = isMask ? Saturation.power(own) : own
      result.terms[number].magnitude *= abs(factor / result.terms[number].coefficient)
      result.terms[number].coefficient = factor
    }
    return (result, coefficient)
  }

  /// Whether a term is a constant of nothing but zeros and what masks.
  private func isConstantMask(_ term: Term) -> Bool {
    guard term.isConstant, let constant = term.constant,
      let tensor = graph.constants[node.operands[constant]]
    else { return false }
    return tensor.reals.allSatisfy {
      $0 == 0 || abs(Double($0) * term.coefficient) >= Saturation.mask
    }
  }
}

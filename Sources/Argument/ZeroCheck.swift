import ConstraintSystem
import FieldArithmetic
import Polynomials

/// The random weights under which all equalities become one (`Paper/` section 8).
public struct ZeroCheck: Sendable {
  public let point: CheckPoint
  /// For each equality its factor in the combination.
  private let scales: [Fp3]

  private var layout: Layout { point.layout }

  public init(_ point: CheckPoint, combiner: Fp3) {
    self.point = point
    var scale = Fp3.one
    scales = point.layout.system.equalities.map { _ in
      defer { scale *= combiner }
      return scale
    }
  }

  /// The weights of an equality's domain indices, and ones for all others.
  func weights(of equality: Int) -> IndexWeights { point.weights(of: equality) }

  func scale(of equality: Int) -> Fp3 { scales[equality] }

  /// What each product's sum counts for in the combination.
  public func productScales() -> [Fp3] {
    var weights = CurrentWeights(self)
    return layout.products.map { scale(of: $0, weights.of($0.equality)) }
  }

  private func scale(of plan: ProductPlan, _ weights: IndexWeights) -> Fp3 {
    let term = layout.system.equalities[plan.equality].terms[plan.term]
    return plan.unread.reduce(scales[plan.equality] * Fp3(term.coefficient)) {
      $0 * weights.sums[$1]
    }
  }

  /// The weights under which the first factor of a product is an array over the shared indices:
  /// those of its own indices, which are summed out, and those of the shared ones.
  public func firstFactorWeights(_ plan: ProductPlan) -> [AxisVector?] {
    select(plan.onlyFirst + plan.shared, of: weights(of: plan.equality)).vectors.map { $0?.vector }
  }

  /// The same for the second factor, whose shared indices have no weights.
  public func secondFactorWeights(_ plan: ProductPlan) -> [AxisVector?] {
    select(plan.onlySecond, of: weights(of: plan.equality)).vectors.map { $0?.vector }
  }

  /// The weights of the blocks of lanes in the equality, if it reads the model.
  public func laneBlocks(_ equality: Int) -> AxisVector? {
    weights(of: equality).laneBlocks?.vector
  }

  /// The factors' weights at the end of the sum-check.
  /// - Parameter all: the weights of the product's equality.
  func finalWeights(
    _ plan: ProductPlan, _ all: IndexWeights, at point: [Fp3]
  ) -> (first: IndexWeights, second: IndexWeights) {
    var first = select(plan.onlyFirst + plan.shared, of: all)
    var second = select(plan.onlySecond, of: all)
    let own = Array(point.suffix(plan.variables))
    var position = 0
    for (index, bits) in zip(plan.shared, plan.sharedBits) {
      let size = layout.system.equalities[plan.equality].indices[index].size
      let vector = FactoredVector.equality(at: own[position..<position + bits], count: size)
      position += bits
      second.set(vector, of: index)
      if let weights = first.vectors[index] { first.set(weights.times(vector), of: index) }
    }
    return (first, second)
  }

  private func select(_ chosen: [Int], of weights: IndexWeights) -> IndexWeights {
    weights.restricted { chosen.contains($0) }
  }
}

/// The weights of one equality at a time, made anew only when another one is asked for.
struct CurrentWeights {
  private let check: ZeroCheck
  private var current: (equality: Int, weights: IndexWeights)?

  init(_ check: ZeroCheck) { self.check = check }

  mutating func of(_ equality: Int) -> IndexWeights {
    if let current, current.equality == equality { return current.weights }
    let weights = check.weights(of: equality)
    current = (equality, weights)
    return weights
  }
}

import ConstraintSystem
import FieldArithmetic
import Polynomials

/// The random weights under which all equalities become one (`Paper/` section 8).
///
/// Index k of every domain shares the coordinates of axis k, and the indices that run through the
/// model's lanes share theirs, so that one folding of the model serves all layers.
public struct ZeroCheck: Sendable {
  public let layout: Layout
  private let lane: [Fp3]
  private let axes: [[Fp3]]
  /// For each equality its factor in the combination.
  private let scales: [Fp3]

  /// The number of coordinates to draw.
  public static func coordinateCount(_ layout: Layout) -> Int {
    laneBits(layout) + axisBits(layout).reduce(0, +)
  }

  public init(layout: Layout, point: [Fp3], combiner: Fp3) {
    self.layout = layout
    let laneBits = ZeroCheck.laneBits(layout)
    lane = Array(point.prefix(laneBits))
    var position = laneBits
    var axes: [[Fp3]] = []
    for bits in ZeroCheck.axisBits(layout) {
      axes.append(Array(point[position..<position + bits]))
      position += bits
    }
    self.axes = axes
    var scale = Fp3.one
    scales = layout.system.equalities.map { _ in
      defer { scale *= combiner }
      return scale
    }
  }

  /// The point at which the model's lanes are folded.
  public var lanePoint: [Fp3] { Array(lane.suffix(layout.modelLanesLog)) }

  private static func laneBits(_ layout: Layout) -> Int {
    var bits = layout.modelLanesLog
    for (equality, index) in zip(layout.system.equalities, layout.laneIndices) {
      if let index { bits = max(bits, bitsNeeded(for: equality.indices[index].size)) }
    }
    return bits
  }

  private static func axisBits(_ layout: Layout) -> [Int] {
    var bits: [Int] = []
    for (equality, lane) in zip(layout.system.equalities, layout.laneIndices) {
      for k in 0..<equality.domainRank {
        if bits.count == k { bits.append(0) }
        if k != lane { bits[k] = max(bits[k], bitsNeeded(for: equality.indices[k].size)) }
      }
    }
    return bits
  }

  /// The weights of an equality's domain indices, and ones for all others.
  func weights(of equality: Int) -> IndexWeights {
    let indices = layout.system.equalities[equality].indices
    let rank = layout.system.equalities[equality].domainRank
    let laneIndex = layout.laneIndices[equality]
    var vectors: [FactoredVector?] = []
    var blocks: FactoredVector?
    for (k, index) in indices.enumerated() {
      let bits = bitsNeeded(for: index.size)
      if k >= rank {
        vectors.append(.ones(index.size))
      } else if k == laneIndex {
        let all = lane.suffix(max(bits, layout.modelLanesLog))
        vectors.append(.equality(at: all, count: index.size))
        blocks = .equality(at: all.dropLast(layout.modelLanesLog))
      } else {
        vectors.append(.equality(at: axes[k].suffix(bits), count: index.size))
      }
    }
    return IndexWeights(vectors, laneBlocks: blocks)
  }

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

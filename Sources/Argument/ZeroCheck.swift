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
    var vectors: [AxisVector?] = []
    var blocks: AxisVector?
    for (k, index) in indices.enumerated() {
      let bits = bitsNeeded(for: index.size)
      if k >= rank {
        vectors.append(.ones(index.size))
      } else if k == laneIndex {
        let all = lane.suffix(max(bits, layout.modelLanesLog))
        vectors.append(table(all, count: index.size))
        blocks = table(all.dropLast(layout.modelLanesLog))
      } else {
        vectors.append(table(axes[k].suffix(bits), count: index.size))
      }
    }
    return IndexWeights(vectors: vectors, laneBlocks: blocks)
  }

  func scale(of equality: Int) -> Fp3 { scales[equality] }

  /// What a product's sum counts for in the combination.
  public func scale(of plan: ProductPlan) -> Fp3 {
    let weights = weights(of: plan.equality)
    let term = layout.system.equalities[plan.equality].terms[plan.term]
    return plan.unread.reduce(scales[plan.equality] * Fp3(term.coefficient)) {
      $0 * (weights.vectors[$1]?.sum ?? .one)
    }
  }

  /// The weights under which the first factor of a product is an array over the shared indices:
  /// those of its own indices, which are summed out, and those of the shared ones.
  public func firstFactorWeights(_ plan: ProductPlan) -> [AxisVector?] {
    select(plan.onlyFirst + plan.shared, of: plan.equality).vectors
  }

  /// The same for the second factor, whose shared indices have no weights.
  public func secondFactorWeights(_ plan: ProductPlan) -> [AxisVector?] {
    select(plan.onlySecond, of: plan.equality).vectors
  }

  /// The weights of the blocks of lanes in the equality, if it reads the model.
  public func laneBlocks(_ equality: Int) -> AxisVector? { weights(of: equality).laneBlocks }

  /// The factors' weights at the end of the sum-check.
  func finalWeights(_ plan: ProductPlan, at point: [Fp3]) -> (
    first: IndexWeights, second: IndexWeights
  ) {
    var first = select(plan.onlyFirst + plan.shared, of: plan.equality)
    var second = select(plan.onlySecond, of: plan.equality)
    let own = Array(point.suffix(plan.variables))
    var position = 0
    for (index, bits) in zip(plan.shared, plan.sharedBits) {
      let size = layout.system.equalities[plan.equality].indices[index].size
      let coordinates = own[position..<position + bits]
      position += bits
      let vector = table(coordinates, count: size)
      second.vectors[index] = vector
      first.vectors[index] = first.vectors[index]?.times(vector)
    }
    return (first, second)
  }

  private func select(_ chosen: [Int], of equality: Int) -> IndexWeights {
    var weights = weights(of: equality)
    for index in weights.vectors.indices where !chosen.contains(index) {
      weights.vectors[index] = nil
    }
    return weights
  }

  private func table(_ point: some Collection<Fp3>, count: Int? = nil) -> AxisVector {
    AxisVector(Multilinear.equalityTable(at: Array(point), count: count))
  }
}

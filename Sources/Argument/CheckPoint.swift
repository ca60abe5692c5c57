import ConstraintSystem
import FieldArithmetic
import Transcript

/// The point at which equalities, and the columns of tables of rows, are compared (`Paper/` sections 8.1
/// and 7.4).
///
/// Index k of every equality's domain, and of every such table's columns, shares the coordinates of axis
/// k, and the indices that run through the model's lanes share theirs, so that one folding of the model
/// serves all of them.
public struct CheckPoint: Sendable {
  public let layout: Layout
  private let lane: [Fp3]
  private let axes: [[Fp3]]

  /// The number of coordinates to draw.
  public static func coordinateCount(_ layout: Layout) -> Int {
    laneBits(layout) + axisBits(layout).reduce(0, +)
  }

  public init(_ layout: Layout, coordinates: [Fp3]) {
    self.layout = layout
    let laneBits = CheckPoint.laneBits(layout)
    lane = Array(coordinates.prefix(laneBits))
    var position = laneBits
    var axes: [[Fp3]] = []
    for bits in CheckPoint.axisBits(layout) {
      axes.append(Array(coordinates[position..<position + bits]))
      position += bits
    }
    self.axes = axes
  }

  /// The point at which the model's lanes are folded.
  public var lanePoint: [Fp3] { Array(lane.suffix(layout.modelLanesLog)) }

  private static func laneBits(_ layout: Layout) -> Int {
    var bits = layout.modelLanesLog
    for (sizes, lane) in sizes(layout) {
      if let lane { bits = max(bits, bitsNeeded(for: sizes[lane])) }
    }
    return bits
  }

  private static func axisBits(_ layout: Layout) -> [Int] {
    var bits: [Int] = []
    for (sizes, lane) in sizes(layout) {
      for (k, size) in sizes.enumerated() {
        if bits.count == k { bits.append(0) }
        if k != lane { bits[k] = max(bits[k], bitsNeeded(for: size)) }
      }
    }
    return bits
  }

  /// For each equality the sizes of its domain, and for each table of rows those of its columns, with the
  /// place of the one that runs through the model's lanes.
  private static func sizes(_ layout: Layout) -> [(sizes: [Int], lane: Int?)] {
    let system = layout.system
    var sizes: [(sizes: [Int], lane: Int?)] = []
    for (equality, lane) in zip(system.equalities, layout.laneIndices) {
      sizes.append((equality.indices.prefix(equality.domainRank).map { $0.size }, lane))
    }
    for table in system.rowTables {
      let lane = system.laneIndex(of: table).map { $0 - table.rowRank }
      sizes.append((table.indices.dropFirst(table.rowRank).map { $0.size }, lane))
    }
    return sizes
  }

  /// The weights of an equality's domain indices, and ones for all others.
  func weights(of equality: Int) -> IndexWeights {
    let indices = layout.system.equalities[equality].indices
    let rank = layout.system.equalities[equality].domainRank
    let lane = layout.laneIndices[equality]
    var (vectors, blocks) = weights(indices.prefix(rank).map { $0.size }, lane: lane)
    vectors += indices.dropFirst(rank).map { .ones($0.size) }
    return IndexWeights(vectors.map { .some($0) }, laneBlocks: blocks)
  }

  /// The weights of the column indices of a table of rows, and of the blocks of lanes if it reads the
  /// model.
  public func columnWeights(
    of table: RowTable
  ) -> (columns: [FactoredVector], laneBlocks: FactoredVector?) {
    let lane = layout.system.laneIndex(of: table).map { $0 - table.rowRank }
    return weights(table.indices.dropFirst(table.rowRank).map { $0.size }, lane: lane)
  }

  private func weights(
    _ sizes: [Int], lane laneIndex: Int?
  ) -> ([FactoredVector], FactoredVector?) {
    var blocks: FactoredVector?
    let vectors = sizes.enumerated().map { k, size in
      let bits = bitsNeeded(for: size)
      guard k == laneIndex else {
        return FactoredVector.equality(at: axes[k].suffix(bits), count: size)
      }
      let all = lane.suffix(max(bits, layout.modelLanesLog))
      blocks = .equality(at: all.dropLast(layout.modelLanesLog))
      return .equality(at: all, count: size)
    }
    return (vectors, blocks)
  }
}

/// Draws the point at which equalities and columns of rows are compared, and the model's lanes folded.
func drawCheckPoint<C: ReadingContext & ~Copyable>(
  _ context: inout C, _ layout: Layout, workBits: Int
) throws(ProofError) -> CheckPoint {
  try context.requireWork(.laneGrinding, bits: workBits)
  let count = CheckPoint.coordinateCount(layout)
  return CheckPoint(layout, coordinates: context.challenges(.zeroCheckPoint, count: count))
}

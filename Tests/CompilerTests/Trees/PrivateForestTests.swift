import CircuitLanguage
import ConstraintSystem
import Equations
import TensorGraph
import TestSupport
import Testing
import Witness

@testable import Compiler
@testable import NetworkTestSupport
@testable import ONNXImport

/// Of a private forest whose input is compared as it is, a key shows how many trees, branches, levels and
/// targets there are, how the weights are taken together, and scales, which follow from how large weights and
/// sums of them are; these are of one size here.
@Suite("Private forests") struct PrivateForestTests {
  private static let features = 5

  /// What a key holds beside commitments: the system and what it was made from.
  private struct Shown: Equatable {
    var system: [UInt8]
    var derivation: [UInt8]
  }

  private func samples(around thresholds: [Float]) throws -> [[String: Tensor]] {
    var numbers = SeededGenerator(seed: 3)
    return try (0..<12).map { _ in
      let row = (0..<Self.features).map { _ in
        thresholds[numbers.integer(in: 0...thresholds.count - 1)] + 0.01
      }
      return ["x": try Tensor(shape: [1, Self.features], real: row)]
    }
  }

  private func shown(_ forest: ForestModel) throws -> Shown {
    let samples = try samples(around: [0, 1, -1, 0.5])
    let model = try Compiler(library: try .standard()).compile(try forest.graph(), samples: samples)
    for sample in samples {
      try StatementChecker.check(model.circuit.system, try model.evaluate(sample))
    }
    return Shown(system: model.circuit.system.canonicalBytes, derivation: model.derivation)
  }

  /// Forests of the same numbers of trees, branches and levels that are alike in nothing else.
  private func forests(trees: Int, splits: Int, depth: Int, targets: Int = 1) -> [ForestModel] {
    (0..<5).map { number in
      var forest = ForestModel(
        trees: trees, splits: splits, depth: depth, features: Self.features,
        thresholds: [[0, 0.5, -1], [0.75, 0.25], [-0.5], [1e-3, 1], [0.1, -0.7, 0.6, 0.9]][number],
        weights: [[5.25, 6.5], [7, 5.5, 6.125], [6], [4.5, 7.25], [-5.5, 6.75, 7.5]][number],
        isAlike: number == 2, seed: UInt64(number))
      forest.targets = targets
      forest.base = [[], [0.5], [0.25], [-0.125], []][number]
      if !forest.base.isEmpty, targets > 1 { forest.base = [forest.base[0], 0.375] }
      return forest
    }
  }

  @Test(
    "sums, averages and extremes show nothing", arguments: ["SUM", "AVERAGE", "MAX", "MIN"])
  func showsBoundsAlone(aggregate: String) throws {
    let keys = try forests(trees: 4, splits: 17, depth: 5).map { forest in
      var forest = forest
      forest.aggregate = aggregate
      return try shown(forest)
    }
    for key in keys { #expect(key == keys[0]) }
  }

  @Test("trees of several targets", arguments: [1, 3]) func ofSeveralTargets(depth: Int) throws {
    let keys = try forests(trees: 6, splits: depth == 1 ? 6 : 15, depth: depth, targets: 2).map {
      try shown($0)
    }
    for key in keys { #expect(key == keys[0]) }
  }

  @Test("one tree, and as many branches as levels") func ofOneTree() throws {
    for (splits, depth) in [(1, 1), (2, 2), (4, 4), (7, 3), (12, 7)] {
      let keys = try forests(trees: 1, splits: splits, depth: depth).map { try shown($0) }
      for key in keys { #expect(key == keys[0], "\(splits) branches") }
    }
  }

  @Test("tables hold every forest of their bounds, and no more than full trees need")
  func sizesHoldAll() throws {
    for seed in 0..<60 as Range<UInt64> {
      var numbers = SeededGenerator(seed: seed)
      let (trees, depth) = (numbers.integer(in: 1...4), numbers.integer(in: 1...6))
      let most = trees * ((1 << depth) - 1)
      let splits = numbers.integer(in: (trees + depth - 1)...most)
      let sizes = ForestSizes(trees: trees, splits: splits, depth: depth)
      let model = ForestModel(
        trees: trees, splits: splits, depth: depth, features: 2, thresholds: [0, 1],
        weights: [1, 2], seed: seed)
      var (full, inner) = (0, 0)
      for tree in model.trees {
        var steps = [(0, 0)]
        while let (node, level) = steps.popLast() {
          guard case .branch(_, _, _, let yes, let no) = tree[node] else { continue }
          let leaves = [yes, no].count { if case .leaf = tree[$0] { true } else { false } }
          full += leaves == 0 ? 1 : 0
          inner += level < depth - 1 ? 1 : 0
          steps += [(yes, level + 1), (no, level + 1)]
        }
      }
      #expect(sizes.pairsBeforeLeaves <= full)
      #expect(sizes.innerPairs >= inner)
      if splits == most { #expect((sizes.pairsBeforeLeaves, sizes.innerPairs) == (full, inner)) }
    }
  }

  @Test("base values are in the leaves", arguments: ["SUM", "AVERAGE", "MAX", "MIN"])
  func baseValuesCount(aggregate: String) throws {
    var forest = forests(trees: 4, splits: 17, depth: 5)[0]
    (forest.aggregate, forest.targets, forest.base) = (aggregate, 1, [])
    var other = forest
    other.base = [100.5]
    let samples = try samples(around: [0, 1, -1, 0.5])
    func values(_ forest: ForestModel) throws -> [Double] {
      let model = try Compiler(library: try .standard()).compile(
        try forest.graph(), samples: samples)
      return try samples.map { sample in
        let assignment = try model.evaluate(sample)
        return try #require(model.interface.outputs { assignment[$0].values }["y"]).values[0]
      }
    }
    for (plain, more) in zip(try values(forest), try values(other)) {
      #expect(abs(more - plain - 100.5) < 0.02)
    }
  }
}

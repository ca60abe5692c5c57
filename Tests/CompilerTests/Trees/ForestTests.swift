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

/// Trees compare the very numbers that they are given.
@Suite("Forests") struct ForestTests {
  /// Thresholds that rounding would merge, and rows of these and their neighbours.
  private static let thresholds: [Float] = [
    0, .leastNonzeroMagnitude, -.leastNonzeroMagnitude, 1e-38, 1, -1, 1e9, 1e-6, 3e38, 16_777_216,
    0.1, Float(0.1).nextUp, -2.5,
  ]

  private func rows(_ count: Int, features: Int, seed: UInt64) -> [[Float]] {
    var numbers = SeededGenerator(seed: seed)
    return (0..<count).map { _ in
      (0..<features).map { _ in
        let number = Self.thresholds[numbers.integer(in: 0...Self.thresholds.count - 1)]
        return [number, number.nextUp, number.nextDown, -0.0][numbers.integer(in: 0...3)]
      }
    }
  }

  private func samples(_ rows: [[Float]]) throws -> [[String: Tensor]] {
    try rows.map { ["x": try Tensor(shape: [1, $0.count], real: $0)] }
  }

  private func results(_ graph: EquationGraph, _ rows: [[Float]]) throws -> [Double] {
    let samples = try samples(rows)
    let model = try Compiler(library: try .standard()).compile(graph, samples: samples)
    return try samples.map { sample in
      let assignment = try model.evaluate(sample)
      try StatementChecker.check(model.circuit.system, assignment)
      return try #require(model.interface.outputs { assignment[$0].values }["y"]).values[0]
    }
  }

  @Test("ties, neighbours, zeros, denormals, large beside small", arguments: 0..<6)
  func compareExactly(seed: Int) throws {
    let forest = ForestModel(
      trees: 1 + seed, depth: 1 + seed % 4, features: 1 + seed % 3, thresholds: Self.thresholds,
      modes: seed % 2 == 0 ? ["BRANCH_LEQ"] : ForestModel.modes, seed: UInt64(seed))
    let rows = rows(30, features: forest.features, seed: UInt64(seed))
    let graph = try forest.graph()
    #expect(try FormGraph(graph).values.contains { $0.isOrdered })
    for (row, found) in zip(rows, try results(graph, rows)) {
      #expect(abs(found - Double(forest.value(row))) < 2, "\(row)")
    }
  }

  @Test("what is done to columns before is done to thresholds", arguments: [2, -0.3] as [Float])
  func comparesWhatIsMadeOfInputs(factor: Float) throws {
    var forest = ForestModel(
      trees: 3, depth: 3, features: 2, thresholds: [0.7, -0.2, 1.1], seed: 5)
    let (offsets, factors): ([Float], [Float]) = ([0.1, -3], [factor, 1 / factor])
    forest.initializers = [ModelParts.floats("m", offsets), ModelParts.floats("s", factors)]
    forest.before = [
      ModelParts.node("Sub", ["x", "m"], ["d"]), ModelParts.node("Mul", ["d", "s"], ["z"]),
    ]
    let graph = try forest.graph()
    #expect(graph.orderedInputs == Set(graph.inputs))
    var rows: [[Float]] = []
    for threshold: Float in [0.7, -0.2, 1.1] {
      // Around where a threshold is taken back to.
      for step in -3...3 {
        rows.append(
          zip(offsets, factors).map { offset, factor in
            (0..<abs(step)).reduce(threshold / factor + offset) { x, _ in
              step < 0 ? x.nextDown : x.nextUp
            }
          })
      }
    }
    for (row, found) in zip(rows, try results(graph, rows)) {
      let scaled = row.indices.map { (row[$0] - offsets[$0]) * factors[$0] }
      #expect(abs(found - Double(forest.value(scaled))) < 2, "\(row)")
    }
  }

  @Test func anInputThatIsComputedWithIsAFixedPointNumber() throws {
    var forest = ForestModel(trees: 2, depth: 2, features: 2, thresholds: [0.5, -0.25], seed: 2)
    forest.before = [
      ModelParts.node("MatMul", ["x", "w"], ["p"]), ModelParts.node("Add", ["p", "x"], ["z"]),
    ]
    var weights = ModelParts.floats("w", [0.5, 1, -1, 0.25])
    weights.dims = [2, 2]
    forest.initializers = [weights]
    let graph = try forest.graph()
    #expect(graph.orderedInputs.isEmpty)
    let rows: [[Float]] = [[1, 2], [-1, 0.75], [0.3, 0.4], [-2, 3]]
    for (row, found) in zip(rows, try results(graph, rows)) {
      let made = [0.5 * row[0] - row[1] + row[0], row[0] + 0.25 * row[1] + row[1]]
      #expect(abs(found - Double(forest.value(made))) < 2, "\(row)")
    }
  }

  @Test func aForestIsFoundAgain() throws {
    let forest = ForestModel(
      trees: 3, depth: 3, features: 4, thresholds: Self.thresholds, seed: 9)
    try expectFoundAgain(try forest.graph(), try samples(rows(4, features: 4, seed: 1)))
  }

  /// Other features, thresholds, orders of nodes and weights in the same bounds.
  @Test func nothingButBoundsShows() throws {
    let rows = rows(8, features: 4, seed: 1)
    let systems = try [11, 12].map { (seed: UInt64) -> ConstraintSystem in
      let forest = ForestModel(
        trees: 5, depth: 3, features: 4,
        thresholds: seed == 11 ? Self.thresholds : [3, 4, -7, 0.5], seed: seed)
      let model = try Compiler(library: try .standard()).compile(
        try forest.graph(), samples: try samples(rows))
      return model.circuit.system
    }
    #expect(systems[0].tensors.map(\.shape) == systems[1].tensors.map(\.shape))
    #expect(systems[0].equalities.count == systems[1].equalities.count)
    #expect(systems[0].lookups == systems[1].lookups)
    #expect(systems[0].rowTables == systems[1].rowTables)
    for (first, second) in zip(systems[0].tensors, systems[1].tensors)
    where first.name.contains("nodes") || first.name.contains("roots") {
      #expect(first.range == second.range, "\(first.name)")
    }
  }

  @Test func aTreeThatNeverEndsIsRefused() throws {
    var forest = ForestModel(features: 1)
    forest.trees = [
      [
        .branch(feature: 0, mode: "BRANCH_LEQ", threshold: 0, yes: 1, no: 2),
        .branch(feature: 0, mode: "BRANCH_LEQ", threshold: 1, yes: 1, no: 2), .leaf(1),
      ]
    ]
    let error = #expect(throws: ImportError.self) { try forest.graph() }
    #expect("\(try #require(error))".contains("never ends"))
  }

  @Test func aFeatureBeyondTheLastIsRefused() throws {
    var forest = ForestModel(features: 2)
    forest.trees = [
      [
        .branch(feature: 2, mode: "BRANCH_LEQ", threshold: 0, yes: 1, no: 2), .leaf(1), .leaf(2),
      ]
    ]
    let error = #expect(throws: ImportError.self) { try forest.graph() }
    #expect("\(try #require(error))".contains("feature"))
  }
}

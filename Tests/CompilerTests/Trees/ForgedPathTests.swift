import CircuitLanguage
import ConstraintSystem
import Equations
import TensorGraph
import TestSupport
import Testing

@testable import Compiler
@testable import NetworkTestSupport
@testable import Witness

/// A prover that takes another way through a tree, at each level and in each part of a step.
@Suite("Forged paths through trees") struct ForgedPathTests {
  private static let depth = 3
  private let model: CompiledModel
  private let honest: Assignment

  init() throws {
    let forest = ForestModel(
      trees: 3, depth: Self.depth, features: 4, thresholds: [-1.5, -0.5, 0, 0.25, 1, 2], seed: 21)
    var numbers = SeededGenerator(seed: 4)
    let samples = try (0..<6).map { _ in ["x": try numbers.tensor([1, 4], scale: 2)] }
    model = try Compiler(library: try .standard()).compile(try forest.graph(), samples: samples)
    honest = try model.evaluate(samples[0])
    try StatementChecker.check(model.circuit.system, honest)
  }

  private var system: ConstraintSystem { model.circuit.system }

  /// The tensor that a part of the forest's layer commits.
  private func tensor(_ part: Int) throws -> Int {
    try #require(
      system.tensors.firstIndex { $0.name == "y/\(part).y" }, "\(system.tensors.map(\.name))")
  }

  /// The statements that a change contradicts, each taken by itself.
  private func refusals(_ change: (inout [[Int]]) throws -> Void) throws -> [String] {
    var values = system.tensors.indices.map { honest[$0].values }
    try change(&values)
    return system.contradicted(by: Assignment(values.map { IntegerBuffer($0) }))
  }

  private func expect(
    _ names: [String], refuse statement: String,
    at location: Testing.SourceLocation = #_sourceLocation
  ) {
    #expect(
      names.contains { $0.hasPrefix(statement) }, "\(statement) is not among \(names)",
      sourceLocation: location)
  }

  /// Of each level the parts that say on which side of the threshold a feature is, and where that leads to.
  private static let steps = [(side: 2, place: 3), (side: 6, place: 7), (side: 10, place: 11)]
  /// Of the levels behind the roots the rows of nodes, and the features.
  private static let nodes = [(row: 4, value: 5), (row: 8, value: 9)]

  @Test(arguments: 0..<depth, 0..<3)
  func theOtherSide(level: Int, tree: Int) throws {
    let step = Self.steps[level]
    let (side, place) = (try tensor(step.side), try tensor(step.place))
    // Where it leads to fits, so that the comparison alone is wrong.
    let names = try refusals { values in
      values[place][tree] += values[side][tree] == 0 ? 1 : -1
      values[side][tree] = 1 - values[side][tree]
    }
    expect(names, refuse: "y/\(step.side) (less")
    #expect(!names.contains { $0.hasPrefix("y/\(step.place) (") })
  }

  @Test(arguments: 0..<depth, [-1, 1])
  func anotherChild(level: Int, change: Int) throws {
    let place = try tensor(Self.steps[level].place)
    let names = try refusals { $0[place][1] += change }
    expect(names, refuse: "y/\(Self.steps[level].place) (round")
  }

  @Test(arguments: 0..<depth) func aSideThatIsNone(level: Int) throws {
    let side = try tensor(Self.steps[level].side)
    expect(try refusals { $0[side][0] = 2 }, refuse: "y/\(Self.steps[level].side) (less")
    expect(try refusals { $0[side][0] = -1 }, refuse: "y/\(Self.steps[level].side) (less")
  }

  /// The feature, the child and the threshold of a node.
  @Test(arguments: nodes.indices, 0..<3)
  func anotherNode(level: Int, column: Int) throws {
    let row = try tensor(Self.nodes[level].row)
    for change in [-1, 1] {
      let names = try refusals { $0[row][3 + column] += change }
      expect(names, refuse: "y/\(Self.nodes[level].row) (gather")
    }
  }

  /// The row of another tree's node, with its place.
  @Test(arguments: nodes.indices) func aNodeOfAnotherTree(level: Int) throws {
    let (place, row) = (try tensor(Self.steps[level].place), try tensor(Self.nodes[level].row))
    let names = try refusals { values in
      values[place][0] = values[place][2]
      for column in 0..<3 { values[row][column] = values[row][6 + column] }
    }
    expect(names, refuse: "y/\(Self.steps[level].place) (round")
    #expect(!names.contains { $0.hasPrefix("y/\(Self.nodes[level].row) (gather") })
  }

  @Test(arguments: nodes.indices) func anotherFeature(level: Int) throws {
    let value = try tensor(Self.nodes[level].value)
    let input = try #require(system.tensors.firstIndex { $0.role.isInput })
    for feature in 0..<4 where honest[input][feature] != honest[value][0] {
      let names = try refusals { $0[value][0] = $0[input][feature] }
      expect(names, refuse: "y/\(Self.nodes[level].value) (gather")
    }
  }

  /// One past each end of the nodes, and of the leaves.
  @Test func placesThatAreNotThere() throws {
    for (step, (place, row)) in [(3, 4), (7, 8), (11, 12)].enumerated() {
      let last = step < 2 ? 2 * 3 * (1 + 2) : 2 * 3 * 4 + 1
      for lie in [-1, last] {
        let (place, picked) = (try tensor(place), try tensor(row))
        let width = system.tensors[picked].count / 3
        let names = try refusals { values in
          values[place][0] = lie
          for column in 0..<width { values[picked][column] = 0 }
        }
        expect(names, refuse: "y/\(row) (gather")
      }
    }
  }

  @Test func theWeightOfAnotherLeaf() throws {
    let weights = try tensor(12)
    for other in 1..<3 where honest[weights][other] != honest[weights][0] {
      let names = try refusals { $0[weights][0] = $0[weights][other] }
      expect(names, refuse: "y/12 (gather")
    }
  }
}

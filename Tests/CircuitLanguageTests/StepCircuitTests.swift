import CircuitCheck
import ConstraintSystem
import TestSupport
import Testing
import Witness

@testable import CircuitLanguage

@Suite("Functions of few integer results") struct StepCircuitTests {
  /// The result for each x, of edges in two lists.
  private func results(_ x: [Int], _ edges: [[Int]], low: Int) -> [Int] {
    x.enumerated().map { place, value in
      let list = edges[place / (x.count / edges.count)]
      return low + (list.lastIndex { $0 <= value } ?? 0)
    }
  }

  /// Results that no x has, at the ends and between, have the next one's edge.
  static let edges = [
    [-40, -40, -7, -6, -6, 0, 3, 20, 41], [-40, -33, -33, -33, 1, 2, 30, 41, 41],
  ]

  @Test(arguments: [8, 4, 2]) func steps(part: Int) throws {
    let x = [-40, -8, -7, -6, 2, 20, 40, -34, -33, 0, 1, 29, 30, 40]
    var trial = try CircuitTrial()
    trial.input(x, [2, 7], range: -40...40)
    trial.input(Self.edges.flatMap { $0 }, [2, 9], range: -64...64)
    #expect(
      try trial.output("stepped", ["low": -3, "part": part])
        == results(x, Self.edges, low: -3))
  }

  /// Whatever the edges are, a prover has one result.
  @Test(arguments: [4, 2]) func noOtherResults(part: Int) throws {
    var harness = try LayerHarness()
    let x = harness.tensor("x", [1, 3], range: -4...3, values: [-4, 0, 3])
    let edges = harness.tensor("e", [1, 5], range: -4...4, values: [-4, -1, 0, 2, 4])
    let y = try harness.builder.instantiate(
      "stepped", [x.view, edges.view], parameters: ["low": -2, "part": part], name: "s",
      fractionalBits: 0)[0]
    let result = try harness.values(of: harness.builder.markOutput(y, name: "y"))
    #expect(result.values == [-2, 0, 1])
    #expect(try wrongHints(result.circuit, result.assignment) == [])
  }

  /// With edges that fall two results would be as good: there is no proof at all.
  @Test func edgesThatFallAreRefused() throws {
    var harness = try LayerHarness()
    let x = harness.tensor("x", [1, 1], range: -4...3, values: [1])
    let edges = harness.tensor("e", [1, 5], range: -4...4, values: [-4, 2, 0, 2, 4])
    let y = try harness.builder.instantiate(
      "stepped", [x.view, edges.view], parameters: ["low": 0, "part": 4], name: "s",
      fractionalBits: 0)[0]
    let output = try harness.builder.markOutput(y, name: "y")
    #expect(throws: (any Error).self) { try harness.values(of: output) }
  }

  @Test func lists() throws {
    var trial = try CircuitTrial()
    trial.input([0, 3, 2, 1], [2, 2], range: 0...3)
    trial.input([5, -1, 7, 7, 0, 9, 9, -3], [2, 4], range: -16...16)
    #expect(try trial.output("tabled") == [5, 7, 9, 9])
  }
}

import ConstraintSystem
import Equations
import TensorGraph
import Testing
import Witness

@testable import Compiler

/// Choices one of whose branches is not defined where it is not taken.
@Suite("Guarded branches") struct GuardTests {
  /// A branch of x, c that it is taken under, and what is given elsewhere.
  struct Case: Sendable, CustomTestStringConvertible {
    let testDescription: String
    let branch: @Sendable (inout FormNetwork, ValueID) throws -> ValueID
    var condition: @Sendable (RealExpression) -> RealExpression = { .binary(.less, 0, $0) }
    var isNegated = false
  }

  private static let cases = [
    Case(testDescription: "logarithm") { net, x in
      try net.map("f", x) { .unary(.log, $0[0]) }
    },
    Case(testDescription: "root, two layers on") { net, x in
      let root = try net.map("r", x) { $0[0].root }
      return try net.map("f", root, x) { $0[0] * $0[1] + 1.0 }
    },
    Case(testDescription: "power") { net, x in try net.map("f", x) { $0[0].power(0.3) } },
    Case(
      testDescription: "quotient by what is equal to 0",
      branch: { net, x in try net.map("f", x) { 1.0 / $0[0] } },
      condition: { .binary(.equal, $0, 0) }, isNegated: true),
    Case(
      testDescription: "quotient of two values",
      branch: { net, x in
        let other = try net.gemm("g", x, 6)
        return try net.map("f", other, x) { $0[0] / $0[1] }
      }, condition: { .unary(.not, .binary(.equal, $0, 0)) }),
    Case(testDescription: "logarithm with axes more and less") { net, x in
      let log = try net.map("l", x) { .unary(.log, $0[0]) }
      let wide = try net.view("w", log, .reshape([1, 6, 1]))
      return try net.view("f", wide, .reshape([1, 6]))
    },
  ]

  private func forms(_ item: Case) throws -> FormGraph {
    var net = FormNetwork()
    let x = try net.input("x", [1, 6])
    let condition = try net.map("c", x, kind: .boolean) { item.condition($0[0]) }
    let branch = try item.branch(&net, x)
    return try net.forms(
      net.map("y", condition, branch, x) {
        item.isNegated ? .select($0[0], $0[2], $0[1]) : .select($0[0], $0[1], $0[2])
      })
  }

  private static let sample = [-1.5, 0, 0.75, 2, 0, -0.25]

  @Test(arguments: cases) func valuesAreRight(item: Case) throws {
    let result = try FormOutcome(try forms(item), [Self.sample])
    #expect(try result.error(Self.sample) < 2e-3)
    #expect(try result.error([0, 0, 0, 0, 0, 2]) < 2e-3)
    try result.expectFoundAgain()
  }

  /// Whatever a prover changes by one, in either branch, contradicts a statement.
  @Test(arguments: cases) func nothingIsFree(item: Case) throws {
    let result = try FormOutcome(try forms(item), [Self.sample])
    let input = result.graph.inputs[0]
    let tensor = try Tensor(shape: [1, 6], real: Self.sample.map(Float.init))
    let honest = try result.model.evaluate([result.graph[input].name: tensor])
    let values = result.system.tensors.indices.map { honest[$0].values }
    for place in values.indices where result.system.tensors[place].role == .witness {
      for cell in values[place].indices {
        var other = values
        other[place][cell] += 1
        let names = result.system.contradicted(by: Assignment(other.map { IntegerBuffer($0) }))
        #expect(!names.isEmpty, "\(result.system.tensors[place].name)[\(cell)]")
      }
    }
  }

  /// A condition of no index reaches through sums, views and everything else.
  @Test func conditionsOfWholeBranches() throws {
    var net = FormNetwork()
    let x = try net.input("x", [1, 4])
    let sum = try net.reduceLast("s", x) { read, index in .reduce(.sum, over: [index], read) }
    let condition = try net.map("c", sum, kind: .boolean) { .binary(.less, 0, $0[0]) }
    let log = try net.map("l", sum) { .unary(.log, $0[0]) }
    let part = try net.map("p", x, log) { $0[0] / $0[1] }
    let branch = try net.gemm("f", try net.view("v", part, .reshape([1, 4])), 4)
    let graph = try net.forms(net.map("y", condition, branch, x) { .select($0[0], $0[1], $0[2]) })
    let samples = [[0.5, 1, 2, 0.25], [-1, -2, 0.5, 0]]
    let result = try FormOutcome(graph, samples)
    for sample in samples { #expect(try result.error(sample) < 2e-3) }
  }

  /// What is always defined is as it was.
  @Test func safeBranchesStay() throws {
    var net = FormNetwork()
    let x = try net.input("x", [2, 4])
    let power = try net.map("e", x) { $0[0].exponential }
    let sum = try net.reduceLast("s", power) { read, index in .reduce(.sum, over: [index], read) }
    let soft = try net.map("q", power, sum) { $0[0] / $0[1] }
    let root = try net.map("r", x) { ($0[0] * $0[0]).root }
    let both = try net.map("b", soft, root) { $0[0] + $0[1] }
    let condition = try net.map("c", x, kind: .boolean) { .binary(.less, 0, $0[0]) }
    let output = try net.map("y", condition, both) { .select($0[0], $0[1], 0) }
    var builder = net.builder
    try builder.addOutput(named: "y", output)
    let graph = try builder.finish()
    #expect(graph.guarded().nodes == graph.nodes)
  }
}

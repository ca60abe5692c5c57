import Equations
import TensorGraph
import TestSupport
import Testing

@testable import Compiler
@testable import NetworkTestSupport

@Suite("Sums whose coefficient has no room")
struct DividedSumTests {
  private func meanSquare(_ count: Int, plus offset: Double = 0) throws -> FormGraph {
    var net = FormNetwork()
    let x = try net.input("x", [2, count])
    let squares = try net.map("squares", x) { $0[0].power(2) }
    let y = try net.reduceLast("y", squares) {
      .reduce(.sum, over: [$1], $0) / RealExpression.constant(Double(count))
    }
    guard offset != 0 else { return try net.forms(y) }
    return try net.forms(try net.map("z", y) { $0[0] + .constant(offset) })
  }

  private func samples(_ count: Int, scale: Float) -> [[Double]] {
    var numbers = SeededGenerator(seed: UInt64(count))
    return (0..<3).map { _ in (0..<2 * count).map { _ in Double(numbers.real(scale)) } }
  }

  /// 16-bit integers squared and added up leave a coefficient of 1/768 hardly a digit.
  @Test(arguments: [600, 768, 1000], [0, 0.125])
  func meansOfSquares(count: Int, offset: Double) throws {
    let graph = try meanSquare(count, plus: offset)
    let samples = samples(count, scale: 3)
    let result = try FormOutcome(graph, samples)
    #expect(result.plan.sums.values.contains { $0.divisor != nil })
    for sample in samples { #expect(try result.error(sample) < 0.001) }
    try result.expectFoundAgain()
  }

  /// A power of two is a shift, and few products leave a coefficient its digits.
  @Test(arguments: [3, 512]) func othersAreNotDivided(count: Int) throws {
    let samples = samples(count, scale: 3)
    let result = try FormOutcome(try meanSquare(count), samples)
    #expect(result.plan.sums.values.allSatisfy { $0.divisor == nil })
    for sample in samples { #expect(try result.error(sample) < 0.001) }
  }
}

@Suite("Inverses and differences")
struct ReciprocalTests {
  private func softmax(_ columns: Int) throws -> FormGraph {
    var net = FormNetwork()
    let x = try net.input("x", [2, columns])
    let top = try net.reduceLast("top", x) { .reduce(.maximum, over: [$1], $0) }
    let power = try net.map("power", x, top) { ($0[0] - $0[1]).exponential }
    let total = try net.reduceLast("total", power) { .reduce(.sum, over: [$1], $0) }
    return try net.forms(try net.map("y", power, total) { $0[0] / $0[1] })
  }

  /// One inverse serves a row of many elements.
  @Test func longRowsAreMultiplied() throws {
    let graph = try softmax(16)
    let quotients = graph.nodes.filter {
      if case .quotient = $0.form { true } else { false }
    }
    #expect(quotients.count == 1)
    #expect(quotients.allSatisfy { graph[$0.output].count == 2 })
    var numbers = SeededGenerator(seed: 3)
    let samples = (0..<3).map { _ in (0..<32).map { _ in Double(numbers.real(4)) } }
    let result = try FormOutcome(graph, samples)
    for sample in samples { #expect(try result.error(sample) < 0.001) }
    try result.expectFoundAgain()
  }

  @Test func shortRowsAreDivided() throws {
    let graph = try softmax(3)
    #expect(
      graph.nodes.contains {
        if case .quotient = $0.form { graph[$0.output].shape == [2, 3] } else { false }
      })
  }

  /// x less the greatest x is looked up as it is, at the bits of x.
  @Test func differencesAreExact() throws {
    let graph = try softmax(6)
    let differences = graph.nodes.filter { !graph[$0.output].isCommitted }
    #expect(differences.count == 1)
    let result = try FormOutcome(graph, [(0..<12).map { Double($0) / 3 }])
    let difference = try #require(differences.first).output
    #expect(result.plan[difference].bits == result.plan[graph.inputs[0]].bits)
  }

  /// Values of other scales have to be brought to one first.
  @Test func otherSumsAreCommitted() throws {
    var net = FormNetwork()
    let x = try net.input("x", [2, 6])
    let scaled = try net.gemm("gemm", x, 6)
    let graph = try net.forms(net.map("y", x, scaled) { ($0[0] - $0[1]).exponential })
    #expect(graph.nodes.allSatisfy { graph[$0.output].isCommitted })
  }
}

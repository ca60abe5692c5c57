import ConstraintSystem
import Equations
import TensorGraph
import Testing

@testable import Compiler

@Suite("Channels of unlike magnitude")
struct ChannelBalanceTests {
  /// All outputs for some inputs.
  private func values(_ graph: FormGraph, _ sample: [ValueID: [Double]]) throws -> [[Double]] {
    var evaluation = FormEvaluator(graph, keepsAll: true)
    try evaluation.run(sample) { _, _ in }
    return try graph.outputs.map { try evaluation.elements($0.value) }
  }

  /// The balanced graph means what the graph means, up to the rounding of constants to Float.
  private func balanced(_ graph: FormGraph, _ sample: [ValueID: [Double]]) throws -> FormGraph {
    var balance = ChannelBalance(graph)
    let result = try balance.run()
    try result.validate()
    for (before, after) in zip(try values(graph, sample), try values(result, sample)) {
      for (a, b) in zip(before, after) { #expect(abs(a - b) <= 1e-6 * abs(a) + 1e-12) }
    }
    return result
  }

  private func product(
    _ net: inout FormNet, _ x: ValueID, _ weights: [[Float]]
  ) throws -> ValueID {
    let shape = [weights.count, weights[0].count]
    let w = try net.constant(shape, weights.flatMap { $0 })
    let rows = net.graph[x].shape[0]
    let form = SumForm(
      indices: [("n", rows), ("o", shape[0]), ("c", shape[1])].map {
        .init(name: $0.0, size: $0.1)
      }, domainRank: 2,
      terms: [
        .init(
          coefficient: 1, summed: [2], factors: [FormNet.read(0, 0, 2), FormNet.read(1, 1, 2)])
      ])
    return net.node(.sum(form), [x, w], [rows, shape[0]])
  }

  @Test func inputsAreShifted() throws {
    var net = FormNet()
    let x = net.input([2, 4])
    let y = try product(&net, x, [[1e-5, 2e-5, 10, 3], [-3e-5, 1e-5, 7, 1]])
    let graph = try net.finish(y)
    let result = try balanced(graph, net.sample(100))
    // Two slices, two shifts, a concatenation, the product.
    #expect(result.nodes.count == 6)
    let weights = try #require(result.constants.first { $0.key == result.nodes[5].operands[1] })
    let least = weights.value.reals.map(abs).min() ?? 0
    #expect(least > 0.5)
  }

  @Test func alikeChannelsStay() throws {
    var net = FormNet()
    let x = net.input([2, 3])
    let graph = try net.finish(try product(&net, x, [[0.1, 2, 10], [3, 0.2, 1]]))
    #expect(try balanced(graph, net.sample()).nodes == graph.nodes)
  }

  @Test func resultsOfSumsAreShiftedInTheirConstants() throws {
    var net = FormNet()
    let x = net.input([2, 3])
    let hidden = try product(&net, x, [[1e-4, 2e-4, 1e-4], [1, 2, 0.5], [300, 200, 100]])
    let active = net.apply(FormNet.relu, hidden)
    let y = try product(&net, active, [[1e4, 1, 1e-3], [-2e4, 3, 2e-3]])
    let graph = try net.finish(y)
    let result = try balanced(graph, net.sample())
    #expect(result.nodes.count == graph.nodes.count)
    let first = try #require(result.constants[result.nodes[0].operands[1]])
    #expect(first.reals.map(abs).max() ?? 0 < 16 * 300)
    #expect(result.nodes[0].operands != graph.nodes[0].operands)
  }

  @Test func whatIsReadAsItIsStays() throws {
    var net = FormNet()
    let x = net.input([2, 3])
    let hidden = try product(&net, x, [[1e-4, 2e-4, 1e-4], [1, 2, 0.5], [300, 200, 100]])
    let y = try product(&net, hidden, [[1e4, 1, 1e-3], [-2e4, 3, 2e-3]])
    let graph = try net.finish(y, hidden)
    #expect(try balanced(graph, net.sample()).nodes == graph.nodes)
  }

  /// Standardisation: the mean is taken off, then the deviation divided.
  @Test func constantsThatAreAddedMoveAlong() throws {
    var net = FormNet()
    let x = net.input([2, 3])
    let mean = try net.constant([3], [65000, 0.045, 680])
    let scale = try net.constant([3], [1 / 28000, 1 / 0.012, 1 / 70])
    let indices: [Equation.Index] = [.init(name: "n", size: 2), .init(name: "c", size: 3)]
    let centred = SumForm(
      indices: indices, domainRank: 2,
      terms: [
        .init(coefficient: 1, factors: [FormNet.read(0, 0, 1)]),
        .init(coefficient: -1, factors: [FormNet.read(1, 1)]),
      ])
    let c = net.node(.sum(centred), [x, mean], [2, 3])
    let scaled = SumForm(
      indices: indices, domainRank: 2,
      terms: [.init(coefficient: 1, factors: [FormNet.read(0, 0, 1), FormNet.read(1, 1)])])
    let graph = try net.finish(net.node(.sum(scaled), [c, scale], [2, 3]))
    let result = try balanced(graph, net.sample(100))
    #expect(result.nodes.count > graph.nodes.count)
    let last = try #require(result.constants[result.nodes[result.nodes.count - 1].operands[1]])
    #expect(last.reals.allSatisfy { $0 > 8 && $0 < 1024 })
  }

  @Test func elementwiseConstants() throws {
    var net = FormNet()
    let x = net.input([2, 3])
    let a = try net.constant([3], [1e-5, 1, 40])
    let b = try net.constant([3], [2, -1, 4])
    let form = SumForm(
      indices: [.init(name: "n", size: 2), .init(name: "c", size: 3)], domainRank: 2,
      terms: [
        .init(coefficient: 1, factors: [FormNet.read(0, 0, 1), FormNet.read(1, 1)]),
        .init(coefficient: 1, factors: [FormNet.read(2, 1)]),
      ])
    let graph = try net.finish(net.node(.sum(form), [x, a, b], [2, 3]))
    #expect(try balanced(graph, net.sample()).nodes.count > 1)
  }
}

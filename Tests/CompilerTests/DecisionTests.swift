import CircuitLanguage
import Equations
import TensorGraph
import Testing
import Witness

@testable import Compiler
@testable import NetworkTestSupport

@Suite("Labels are chosen by finer steps than tables have") struct DecisionTests {
  /// A label and, where it is asked for, the softmax of the scores 1.5·x + (0, bias, 2·bias).
  private func classifier(bias: Float, hasSoftmax: Bool) throws -> EquationGraph {
    var net = try Network(input: [1, 3])
    let weights = try net.constant([3, 3], values: [1.5, 0, 0, 0, 1.5, 0, 0, 0, 1.5])
    let scores = try net.node(
      .gemm(), net.input, weights, net.constant([3], values: [0, bias, 2 * bias]))
    if hasSoftmax {
      let softmax = try net.node(.operation("Softmax", ["axis": .int(1)]), scores)
      try net.builder.addOutput(named: "probabilities", softmax)
    }
    return try net.finish(try net.node(.argMax(axis: 1, keepingAxis: false), scores))
  }

  private func compilation(_ graph: EquationGraph, _ values: [[Float]]) throws -> Compilation {
    var compiler = Compiler(library: try .standard())
    compiler.checksAllSamples = true
    return try compiler.compilation(
      graph, samples: try values.map { ["x": try Tensor(shape: [1, 3], real: $0)] })
  }

  /// The scores differ by less than a ten-thousandth of their range.
  @Test(arguments: [false, true]) func nearScores(hasSoftmax: Bool) throws {
    let graph = try classifier(bias: 1e-4, hasSoftmax: hasSoftmax)
    let result = try compilation(graph, [[-4, 0.5, 0.5], [-4, 3.5, 3.5], [1, 0, -3]])
    let accuracy = try #require(result.accuracy)
    // The probabilities, whose steps are coarser, are scores as well.
    #expect(hasSoftmax || accuracy.unchanged == 3)
    let label = try #require(accuracy.outputs.last)
    #expect(label.changed == 0 && label.close == 0 && label.labels == 3)
    #expect(label.noise < 1e-3 * label.range && result.notes.isEmpty)
    let rounded = result.forms.graph.values.filter { $0.name.hasSuffix("/rounded") }
    #expect(rounded.count == (hasSoftmax ? 1 : 0))
    let again = try Compiler(library: .standard()).compile(graph, as: result.model.circuit.system)
    #expect(again.circuit.canonicalBytes == result.model.circuit.canonicalBytes)
  }

  /// What nobody can tell apart is said to be so.
  @Test func labelsWithinTheNoise() throws {
    let graph = try classifier(bias: 1e-8, hasSoftmax: true)
    let result = try compilation(graph, [[-4, 0.5, 0.5], [1, 0.3, -3.1]])
    let label = try #require(result.accuracy?.outputs.last)
    #expect(label.close == 1 && label.labels == 2 && label.noise > 0)
    let note = try #require(result.notes.first)
    #expect(result.notes.count == 1 && note.contains("1 of its 2 labels"), "\(note)")
  }
}

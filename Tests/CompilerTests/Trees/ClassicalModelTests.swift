import CircuitLanguage
import Equations
import ONNXImport
import TensorGraph
import TestSupport
import Testing
import Witness

@testable import Compiler

/// Operators of `ai.onnx.ml` give what ONNX Runtime gives, as equations and as circuits.
@Suite("Classical models") struct ClassicalModelTests {
  private static let cases = (try? ClassicalCase.all()) ?? []

  @Test func everyOperatorHasCases() {
    let known = Set(Self.cases.map(\.operation))
    #expect(Set(ONNXModel.classicalOperators).subtracting(known) == ["ZipMap"])
  }

  private func expect(
    _ found: [Double], _ words: [String]?, are value: ClassicalCase.Value, within part: Double,
    _ what: String
  ) throws {
    if let expected = value.words {
      let list = try #require(words, "\(what)")
      #expect(found.map { list[Int($0)] } == expected, "\(what)")
      return
    }
    let expected = value.values ?? []
    try #require(found.count == expected.count, "\(what)")
    let magnitude = expected.reduce(1e-3) { max($0, abs($1)) }
    for (own, right) in zip(found, expected) {
      #expect(abs(own - right) <= part * magnitude, "\(what): \(found), not \(expected)")
    }
  }

  @Test(arguments: cases.indices) func agrees(number: Int) throws {
    let example = Self.cases[number]
    let graph = try ONNXFile.importModel(bytes: example.bytes)
    let sample = try example.sample(of: graph)
    let reals = try graph.evaluate(sample)
    for output in graph.outputs {
      try expect(
        reals[output.name]?.doubles ?? [], graph[output.value].words,
        // ONNX Runtime finds probabilities by trial.
        are: try #require(example.outputs[output.name]),
        within: example.name.hasSuffix("probabilities") ? 1e-3 : 1e-5, "\(example) in float")
    }
    let model = try Compiler(library: try .standard()).compile(graph, samples: [sample])
    let assignment = try model.evaluate(sample)
    try StatementChecker.check(model.circuit.system, assignment)
    let integers = model.interface.outputs { assignment[$0].values }
    for port in model.interface.outputs {
      try expect(
        integers[port.name]?.values ?? [], port.words,
        are: try #require(example.outputs[port.name]), within: 0.005, "\(example) as integers")
    }
    let again = try CompiledModel(fileBytes: model.fileBytes)
    #expect(again.words == model.words)
  }
}

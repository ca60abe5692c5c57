import Compiler
import Equations
import Foundation
import ONNXImport
import TensorGraph
import TestSupport
import Testing

@testable import NetworkTestSupport

@Suite("Forms of fixtures give what their equations give")
struct FixtureFormTests {
  private static let directory = URL(fileURLWithPath: #filePath).resolvingSymlinksInPath()
    .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
    .deletingLastPathComponent().appendingPathComponent("Fixtures").path

  static let networks: [String] = {
    let files =
      (try? FileManager.default.contentsOfDirectory(atPath: directory + "/operators")) ?? []
    return ["digits_mlp/model", "digits_cnn/model", "breast_cancer/model"]
      + files.filter { $0.hasSuffix(".onnx") }.map { "operators/\($0.dropLast(5))" }.sorted()
  }()

  /// The largest difference of each output, by the magnitude of its values.
  private func errors(_ graph: EquationGraph, _ forms: FormGraph) throws -> [Double] {
    var numbers = SeededGenerator(seed: 3)
    var given: [String: Tensor] = [:]
    for id in graph.inputs {
      given[graph[id].name] =
        graph[id].kind == .real
        ? try numbers.tensor(graph[id].shape, scale: 2)
        : try Tensor(
          shape: graph[id].shape,
          integer: (0..<graph[id].count).map { _ in Int64(numbers.next() >> 63) })
    }
    let expected = try graph.evaluate(given)
    let found = try forms.evaluate(
      forms.inputs.map { given[forms[$0].name]?.reals.map(Double.init) ?? [] })
    return forms.outputs.map { output in
      let (a, b) = (expected[output.name]?.reals ?? [], found[output.value] ?? [])
      guard a.count == b.count else { return .infinity }
      let scale = a.reduce(1) { max($0, abs(Double($1))) }
      return zip(a, b).reduce(0) { max($0, abs(Double($1.0) - $1.1)) } / scale
    }
  }

  @Test func networksExist() { #expect(Self.networks.count >= 116) }

  @Test(arguments: networks)
  func agree(name: String) throws {
    let graph = try ONNXFile.importModel(path: "\(Self.directory)/\(name).onnx")
    let forms = try FormGraph(graph)
    #expect(try errors(graph, forms).allSatisfy { $0 < 1e-5 }, "\n\(forms)")
    #expect(forms.outputs.map(\.name) == graph.outputs.map(\.name))
  }
}

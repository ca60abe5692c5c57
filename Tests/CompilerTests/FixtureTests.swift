import Argument
import Compiler
import ConstraintSystem
import Foundation
import ONNXImport
import TensorFiles
import TensorGraph
import Testing
import Witness

/// The files in `Fixtures`.
private enum Fixture {
  static let directory = URL(fileURLWithPath: #filePath)
    .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
    .appendingPathComponent("Fixtures").path

  static let operatorCases: [String] = {
    let files =
      (try? FileManager.default.contentsOfDirectory(atPath: directory + "/operators")) ?? []
    return files.filter { $0.hasSuffix(".onnx") }.map { String($0.dropLast(5)) }.sorted()
  }()

  static func graph(_ path: String) throws -> FloatGraph {
    try ONNXFile.importModel(path: "\(directory)/\(path)")
  }

  static func tensor(_ path: String) throws -> TensorValue {
    try TensorFile.readNumpy(path: "\(directory)/\(path)")
  }

  /// The samples along the first axis.
  static func samples(_ path: String, _ shape: [Int]) throws -> [[String: Tensor]] {
    let values = try tensor(path).values
    let size = shape.reduce(1, *)
    return try stride(from: 0, to: values.count, by: size).map {
      ["input": try Tensor(shape: shape, real: values[$0..<$0 + size].map { Float($0) })]
    }
  }
}

/// Inputs of a single-operator network, and what ONNX Runtime computes.
private struct OperatorCase: Decodable {
  struct Value: Decodable {
    let shape: [Int]
    let values: [Double]
  }

  let inputs: [String: Value]
  let outputs: [String: Value]

  init(_ name: String) throws {
    let url = URL(fileURLWithPath: "\(Fixture.directory)/operators/\(name).json")
    self = try JSONDecoder().decode(OperatorCase.self, from: Data(contentsOf: url))
  }
}

@Suite("Compiled fixtures agree with ONNX Runtime")
struct FixtureTests {
  @Test func casesExist() {
    #expect(Fixture.operatorCases.count >= 113)
  }

  @Test(arguments: Fixture.operatorCases)
  func operators(name: String) throws {
    let expected = try OperatorCase(name)
    let graph = try Fixture.graph("operators/\(name).onnx")
    let inputs = try expected.inputs.mapValues {
      try Tensor(shape: $0.shape, real: $0.values.map(Float.init))
    }
    let model = try Compiler(library: try .standard()).compile(graph, samples: [inputs])
    let assignment = try model.evaluate(inputs)
    try StatementChecker.check(model.circuit.system, assignment)
    let outputs = model.interface.outputs { assignment[$0].values }
    #expect(Set(outputs.keys) == Set(expected.outputs.keys))
    for (output, value) in expected.outputs {
      let computed = try #require(outputs[output])
      #expect(computed.shape == value.shape)
      let error = zip(computed.values, value.values).reduce(0) { max($0, abs($1.0 - $1.1)) }
      let range = (value.values.max() ?? 0) - (value.values.min() ?? 0)
      #expect(error <= 1e-3 * max(range, value.values.map(abs).max() ?? 0))
    }
  }

  @Test(arguments: ["digits_mlp", "digits_cnn", "breast_cancer"])
  func trainedNetworks(name: String) throws {
    let graph = try Fixture.graph("\(name)/model.onnx")
    let shape = graph[graph.inputs[0]].shape
    let model = try Compiler(library: try .standard()).compile(
      graph, samples: try Fixture.samples("\(name)/calibration.npy", shape))
    let expected = try Fixture.tensor("\(name)/outputs.npy")
    let classes = expected.shape[1]
    let range = (expected.values.max() ?? 0) - (expected.values.min() ?? 0)
    var equal = 0
    for (number, sample) in try Fixture.samples("\(name)/inputs.npy", shape).enumerated() {
      let assignment = try model.evaluate(sample)
      let computed = try #require(model.interface.outputs { assignment[$0].values }["logits"])
        .values
      let reference = Array(expected.values[number * classes..<(number + 1) * classes])
      let error = zip(computed, reference).reduce(0) { max($0, abs($1.0 - $1.1)) }
      #expect(error <= 1e-3 * range)
      equal += label(computed) == label(reference) ? 1 : 0
    }
    #expect(equal >= 199)
  }

  /// Whoever has the network's file finds the system and the weights again, without the samples.
  @Test(arguments: Fixture.operatorCases, [0, 1])
  func operatorsAreFoundAgain(name: String, variant: Int) throws {
    let inputs = try OperatorCase(name).inputs.mapValues {
      try Tensor(shape: $0.shape, real: $0.values.map { Float($0) * (variant == 0 ? 1 : 40) })
    }
    let visibility = ModelVisibility(
      inputs: .init(variant == 0 ? .private : .public),
      outputs: .init(variant == 0 ? .public : .private))
    try expectFoundAgain(
      try Fixture.graph("operators/\(name).onnx"), [inputs], CompileOptions(visibility: visibility))
  }

  @Test(arguments: ["digits_mlp", "digits_cnn", "breast_cancer"])
  func trainedNetworksAreFoundAgain(name: String) throws {
    let graph = try Fixture.graph("\(name)/model.onnx")
    let shape = graph[graph.inputs[0]].shape
    try expectFoundAgain(graph, try Fixture.samples("\(name)/calibration.npy", shape))
  }

  /// One commitment to a model serves its inferences, batches of them, and its certificate.
  @Test(arguments: ["digits_mlp", "digits_cnn", "breast_cancer"])
  func derivedSystemsShareTheModelsLayout(name: String) throws {
    let graph = try Fixture.graph("\(name)/model.onnx")
    let shape = graph[graph.inputs[0]].shape
    let samples = try Fixture.samples("\(name)/calibration.npy", shape)
    let model = try Compiler(library: try .standard()).compile(graph, samples: samples)
    let system = model.circuit.system
    let certificate = try WeightCertificate(of: system)
    try StatementChecker.check(certificate.system, try certificate.assignment(model: model.model))
    #expect(certificate.system.tables.reduce(0) { $0 + $1.rows } <= 3 << 16)
    let (own, other) = (try Layout(system), try Layout(certificate.system))
    #expect(own.modelLanesLog == other.modelLanesLog)
    #expect(own.modelRows.boxes.count == other.modelRows.boxes.count)
    for (box, same) in zip(own.modelRows.boxes, other.modelRows.boxes) {
      #expect(certificate.parts[same.owner].original == box.owner)
      #expect(box.starts == same.starts && box.logs == same.logs && box.offset == same.offset)
    }
    let batched = try system.batched(3)
    #expect(try Layout(batched).modelRows == own.modelRows)
    var inputs: [[Int: IntegerBuffer]] = []
    for sample in samples.prefix(3) { inputs.append(try model.interface.quantise(sample)) }
    try StatementChecker.check(
      batched,
      try Evaluator.evaluate(model.circuit, batched: batched, model: model.model, samples: inputs))
  }

  private func label(_ scores: [Double]) -> Int? {
    scores.indices.max { scores[$0] < scores[$1] }
  }
}

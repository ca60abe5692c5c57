import Argument
import Compiler
import ConstraintSystem
import Equations
import ONNXImport
import TensorFiles
import TensorGraph
import TestSupport
import Testing
import Witness

@Suite("Compiled fixtures agree with ONNX Runtime")
struct FixtureTests {
  private func network(_ name: String) throws -> EquationGraph {
    try ONNXFile.importModel(path: Fixture.path("\(name)/model.onnx"))
  }

  /// The samples along the first axis.
  private func samples(_ path: String, _ shape: [Int]) throws -> [[String: Tensor]] {
    let values = try TensorFile.readNumpy(path: Fixture.path(path)).values
    let size = shape.reduce(1, *)
    return try stride(from: 0, to: values.count, by: size).map {
      ["input": try Tensor(shape: shape, real: values[$0..<$0 + size].map { Float($0) })]
    }
  }

  @Test(arguments: ["digits_mlp", "digits_cnn", "breast_cancer"])
  func trainedNetworks(name: String) throws {
    let graph = try network(name)
    let shape = graph[graph.inputs[0]].shape
    let model = try Compiler(library: try .standard()).compile(
      graph, samples: try samples("\(name)/calibration.npy", shape))
    let expected = try TensorFile.readNumpy(path: Fixture.path("\(name)/outputs.npy"))
    let classes = expected.shape[1]
    let range = (expected.values.max() ?? 0) - (expected.values.min() ?? 0)
    var equal = 0
    for (number, sample) in try samples("\(name)/inputs.npy", shape).enumerated() {
      let assignment = try model.evaluate(sample)
      let computed = try #require(model.interface.outputs { assignment[$0].values }["logits"])
        .values
      let reference = Array(expected.values[number * classes..<(number + 1) * classes])
      #expect(largestDifference(computed, reference) <= 1e-3 * range)
      equal += label(computed) == label(reference) ? 1 : 0
    }
    #expect(equal >= 199)
  }

  /// Whoever has the network's file finds the system and the weights again, without the samples.
  @Test(arguments: OperatorCase.names, [0, 1])
  func operatorsAreFoundAgain(name: String, variant: Int) throws {
    let inputs = try OperatorCase(name).inputs.mapValues {
      try Tensor(shape: $0.shape, real: $0.values.map { Float($0) * (variant == 0 ? 1 : 40) })
    }
    let visibility = ModelVisibility(
      inputs: .init(variant == 0 ? .private : .public),
      outputs: .init(variant == 0 ? .public : .private))
    try expectFoundAgain(
      try ONNXFile.importModel(path: OperatorCase.network(name)), [inputs],
      CompileOptions(visibility: visibility))
  }

  @Test(arguments: ["digits_mlp", "digits_cnn", "breast_cancer"])
  func trainedNetworksAreFoundAgain(name: String) throws {
    let graph = try network(name)
    let shape = graph[graph.inputs[0]].shape
    try expectFoundAgain(graph, try samples("\(name)/calibration.npy", shape))
  }

  /// One commitment to a model serves its inferences, batches of them, and its certificate.
  @Test(arguments: ["digits_mlp", "digits_cnn", "breast_cancer"])
  func derivedSystemsShareTheModelsLayout(name: String) throws {
    let graph = try network(name)
    let shape = graph[graph.inputs[0]].shape
    let samples = try samples("\(name)/calibration.npy", shape)
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

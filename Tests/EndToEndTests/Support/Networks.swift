import CircuitLanguage
import Compiler
import Equations
import ONNXImport
import Prover
import TensorFiles
import TensorGraph
import TestSupport
import Verifier
import Witness

/// A trained network of `Fixtures` with inputs it was not trained on.
struct TrainedNetwork: Sendable {
  static let names = ["digits_mlp", "digits_cnn", "breast_cancer"]

  let graph: EquationGraph
  let model: CompiledModel
  let inputs: TensorValue
  /// What ONNX Runtime computes.
  let outputs: TensorValue

  /// Compiles the network as the documentation says, with its calibration file.
  init(_ name: String) throws {
    graph = try ONNXFile.importModel(path: Fixture.path("\(name)/model.onnx"))
    inputs = try TensorFile.readNumpy(path: Fixture.path("\(name)/inputs.npy"))
    outputs = try TensorFile.readNumpy(path: Fixture.path("\(name)/outputs.npy"))
    let calibration = try TensorFile.readNumpy(path: Fixture.path("\(name)/calibration.npy"))
    let shape = graph[graph.inputs[0]].shape
    let samples = try (0..<calibration.shape[0]).map {
      ["input": try Self.row($0, of: calibration, shape: shape)]
    }
    model = try Compiler(library: .standard()).compile(graph, samples: samples)
  }

  var count: Int { inputs.shape[0] }

  func sample(_ index: Int) throws -> [String: Tensor] {
    ["input": try Self.row(index, of: inputs, shape: graph[graph.inputs[0]].shape)]
  }

  func expected(_ index: Int) -> [Double] {
    let classes = outputs.shape[1]
    return Array(outputs.values[index * classes..<(index + 1) * classes])
  }

  private static func row(_ index: Int, of value: TensorValue, shape: [Int]) throws -> Tensor {
    let size = shape.reduce(1, *)
    let values = value.values[index * size..<(index + 1) * size]
    return try Tensor(shape: shape, real: values.map { Float($0) })
  }
}

/// Proves what the network makes of the inputs and verifies from bytes, as somebody else would.
/// - Parameter hides: without it key and proof are the same every time.
func prove(_ model: CompiledModel, _ inputs: [String: Tensor], hides: Bool = true) throws -> (
  proof: [UInt8], key: [UInt8], verified: VerifiedInference
) {
  let key = try ProvingKey.make(
    circuit: model.circuit, model: model.model, privacy: hides ? .model(proofs: 1) : .none)
  let result = try Prover.prove(key, inputs: try model.interface.quantise(inputs))
  let file = key.verifyingKey.file
  let verified = try Verifier.verify(
    key: VerifyingKey(file), proof: result.proof, allowsPlain: !hides,
    allowsUnproven: true)
  return (result.proof, file, verified)
}

/// The first of the greatest values' positions.
func label(_ values: [Double]) -> Int? {
  values.indices.max { (values[$0], $1) < (values[$1], $0) }
}

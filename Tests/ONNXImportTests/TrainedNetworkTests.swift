import ONNXImport
import TensorFiles
import TensorGraph
import TestSupport
import Testing

@Suite("Trained networks agree with ONNX Runtime")
struct TrainedNetworkTests {
  static let networks = ["digits_mlp", "digits_cnn", "breast_cancer"]

  @Test(arguments: networks)
  func agrees(name: String) throws {
    let graph = try ONNXFile.importModel(path: Fixture.path("\(name)/model.onnx"))
    let inputs = try TensorFile.readNumpy(path: Fixture.path("\(name)/inputs.npy"))
    let expected = try TensorFile.readNumpy(path: Fixture.path("\(name)/outputs.npy"))
    let labels = try TensorFile.readNumpy(path: Fixture.path("\(name)/labels.npy"))
    let classes = expected.shape[1]
    let shape = graph[graph.inputs[0]].shape
    #expect(shape == [1] + inputs.shape.dropFirst())
    let size = shape.reduce(1, *)
    let range = (expected.values.max() ?? 0) - (expected.values.min() ?? 0)
    var correct = 0
    for sample in 0..<200 {
      let values = inputs.values[sample * size..<(sample + 1) * size].map(Float.init)
      let outputs = try graph.evaluate(["input": Tensor(shape: shape, real: values)])
      let logits = try #require(outputs["logits"]).reals
      let reference = Array(expected.values[sample * classes..<(sample + 1) * classes])
      #expect(largestDifference(logits, reference) < 1e-6 * range)
      let label = logits.indices.max { logits[$0] < logits[$1] }
      correct += label == Int(labels.values[sample]) ? 1 : 0
    }
    #expect(correct > 190)
  }

  @Test("a batch size given for the symbolic axis is used")
  func batch() throws {
    let options = ImportOptions(dimensions: ["batch": 200])
    let graph = try ONNXFile.importModel(
      path: Fixture.path("digits_cnn/model.onnx"), options: options)
    let inputs = try TensorFile.readNumpy(path: Fixture.path("digits_cnn/inputs.npy"))
    let expected = try TensorFile.readNumpy(path: Fixture.path("digits_cnn/outputs.npy"))
    let tensor = try Tensor(shape: inputs.shape, real: inputs.values.map(Float.init))
    let logits = try #require(try graph.evaluate(["input": tensor])["logits"])
    #expect(logits.shape == expected.shape)
    #expect(largestDifference(logits.reals, expected.values) < 1e-4)
  }
}

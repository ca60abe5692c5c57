import Equations
import TensorGraph
import Testing

@testable import ONNXImport

/// A model of one node, and what it makes of its inputs.
struct ViewModel {
  var node: Onnx_NodeProto
  var opset: Int64
  var inputs: [String: Tensor]
  var constants: [Onnx_TensorProto]

  /// - Parameter inputs: integers are inputs of 64 bits.
  init(
    _ node: Onnx_NodeProto, opset: Int64 = 21, inputs: [String: Tensor] = [:],
    constants: [Onnx_TensorProto] = []
  ) {
    self.node = node
    self.opset = opset
    self.inputs = inputs
    self.constants = constants
  }

  var model: Onnx_ModelProto {
    var model = ModelMaker.model(
      opset: opset, [node], initializers: constants, outputs: node.output)
    model.graph.input = inputs.sorted { $0.key < $1.key }.map { name, value in
      ModelMaker.tensorInfo(
        name, value.shape.map(Int64.init), type: value.integers == nil ? .float : .int64)
    }
    return model
  }

  /// The value of the first output.
  func result() throws -> Tensor {
    let graph = try ONNXFile.importModel(bytes: model.bytes)
    try graph.validate()
    return try #require(try graph.evaluate(inputs)[node.output[0]])
  }

  /// Whether the first output is this tensor of reals, up to rounding.
  func gives(_ shape: [Int], _ values: [Float]) throws -> Bool {
    let result = try result()
    return result.shape == shape && result.integers == nil
      && zip(result.reals, values).allSatisfy { abs($0 - $1) <= 1e-5 * max(1, abs($1)) }
  }

  /// Whether the first output is this tensor of integers, or of truth values.
  func gives(_ shape: [Int], integers values: [Int64]) throws -> Bool {
    let result = try result()
    return result.shape == shape && result.integers == values
  }

  static func reals(_ shape: [Int], _ values: [Float]) throws -> Tensor {
    try Tensor(shape: shape, real: values)
  }

  /// 1, 2, 3, …
  static func counted(_ shape: [Int]) throws -> Tensor {
    try Tensor(shape: shape, real: (1...shape.reduce(1, *)).map(Float.init))
  }
}

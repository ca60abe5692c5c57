import Equations
import Foundation
import TensorGraph
import Testing

@testable import ONNXImport

private typealias Make = ModelMaker

@Suite("What ONNX Runtime's optimiser makes of several nodes, and what is nothing")
struct FusedNodeTests {
  private func fused(
    _ type: String, _ inputs: [String], ints: [String: [Int64]] = [:], float: [String: Float] = [:],
    text: [String: String] = [:]
  ) -> Onnx_NodeProto {
    var node = Make.node(type, inputs, ["y"], ints: ints, float: float, text: text)
    node.domain = "com.microsoft"
    return node
  }

  private func model(_ node: Onnx_NodeProto, _ shape: [Int], _ constants: [Onnx_TensorProto]) throws
    -> ViewModel
  {
    ViewModel(node, inputs: ["x": try ViewModel.counted(shape)], constants: constants)
  }

  /// The model with the version of the fused nodes' domain.
  private func result(_ model: ViewModel) throws -> Tensor {
    var proto = model.model
    var version = Onnx_OperatorSetIdProto()
    version.domain = "com.microsoft"
    version.version = 1
    proto.opsetImport.append(version)
    let graph = try ONNXFile.importModel(bytes: proto.bytes)
    return try #require(try graph.evaluate(model.inputs)["y"])
  }

  @Test("are taken apart")
  func fused() throws {
    let gemm = try model(
      fused(
        "FusedGemm", ["x", "w"], float: ["activation_alpha": 0.5], text: ["activation": "LeakyRelu"]
      ),
      [1, 2], [Make.floats("w", [2, 2], [1, -1, 1, -1])])
    #expect(try result(gemm).reals == [3, -1.5])
    let convolution = try model(
      fused(
        "FusedConv", ["x", "w", "b"], ints: ["kernel_shape": [1, 1]], text: ["activation": "Relu"]),
      [1, 1, 1, 3], [Make.floats("w", [1, 1, 1, 1], [1]), Make.floats("b", [1], [-2])])
    #expect(try result(convolution).reals == [0, 0, 1])
    let last = try model(
      fused("NhwcConv", ["x", "w"]), [1, 1, 2, 2], [Make.floats("w", [1, 2, 1, 1], [1, 10])])
    #expect(try result(last).reals == [21, 43])
    #expect(try result(last).shape == [1, 1, 2, 1])
  }

  /// ONNX Runtime has it for processors of another kind.
  @Test("a softmax of a sum is one over all axes from one on")
  func softmaxOfSum() throws {
    let bias = Make.floats("b", [1, 1, 2], [0, 1])
    for (axis, count) in [(2, 2), (1, 4)] as [(Int64, Int)] {
      var node = Make.node("BiasSoftmax", ["x", "b"], ["y"], int: ["axis": axis])
      node.domain = "com.microsoft"
      let found = try result(model(node, [1, 2, 2], [bias])).reals
      let powers = [0, 2, 2, 4].map { exp(Float($0)) }
      let sums = stride(from: 0, to: 4, by: count).flatMap { start in
        [Float](repeating: powers[start..<start + count].reduce(0, +), count: count)
      }
      for (a, b) in zip(found, zip(powers, sums).map(/)) { #expect(abs(a - b) < 1e-6) }
    }
  }

  @Test("an activation that is not known is named")
  func unknown() throws {
    let odd = try model(
      fused("FusedGemm", ["x", "w"], text: ["activation": "Odd"]), [1, 2],
      [Make.floats("w", [2, 1], [1, 1])])
    #expect(try odd.model.importError()?.description.contains("\"Odd\"") == true)
  }

  @Test("an input without elements is none, and adds nothing")
  func nothing() throws {
    let joined = try ViewModel(
      Make.node("Concat", ["x", "e"], ["y"], int: ["axis": 1]),
      inputs: ["x": ViewModel.counted([1, 2])],
      constants: [Make.floats("e", [1, 0], [])])
    #expect(try joined.gives([1, 2], [1, 2]))
    let sum = try ViewModel(
      Make.node("ReduceSum", ["e", "a"], ["y"]), inputs: ["x": ViewModel.counted([1])],
      constants: [Make.floats("e", [2, 0], []), Make.integers("a", [1])])
    #expect(try sum.gives([2, 1], [0, 0]))
    let mean = try ViewModel(
      Make.node("ReduceMean", ["e", "a"], ["y"]), inputs: ["x": ViewModel.counted([1])],
      constants: [Make.floats("e", [2, 0], []), Make.integers("a", [1])])
    #expect(try mean.model.importError()?.isUnsupported == true)
  }

  @Test("the places of maxima are numbers of the whole operand, and lead back to them")
  func places() throws {
    let pool = Make.node(
      "MaxPool", ["x"], ["y", "i"], ints: ["kernel_shape": [2, 2], "strides": [2, 2]])
    var model = Make.model(opset: 12, [pool], input: [1, 1, 4, 4], outputs: ["y", "i"])
    let x = try ViewModel.reals(
      [1, 1, 4, 4], [1, 9, 2, 2, 0, 0, 2, 2, 5, 5, 0, 0, 5, 5, 0, 3])
    let found = try ONNXFile.importModel(bytes: model.bytes).evaluate(["x": x])
    #expect(found["y"]?.reals == [9, 2, 5, 3])
    #expect(found["i"]?.integers == [1, 2, 8, 15])
    model.graph.node.append(
      Make.node(
        "MaxUnpool", ["y", "i"], ["z"], ints: ["kernel_shape": [2, 2], "strides": [2, 2]]))
    model.graph.output.append(Make.tensorInfo("z", []))
    let back = try ONNXFile.importModel(bytes: model.bytes).evaluate(["x": x])["z"]
    #expect(back?.reals == [0, 9, 2, 0, 0, 0, 0, 0, 5, 0, 0, 0, 0, 0, 0, 3])
  }

  @Test("what a constant holds is listed; of an input nobody knows how much there is")
  func listed() throws {
    let places = ViewModel(
      Make.node("NonZero", ["c"], ["y"]),
      constants: [Make.integers("c", [1, 0, 0, 2], shape: [2, 2])])
    #expect(try places.gives([2, 2], integers: [0, 1, 0, 1]))
    for (sorted, values) in [(1, [Float(1), 2, 3]), (0, [2, 1, 3])] {
      let unique = ViewModel(
        Make.node("Unique", ["c"], ["y"], int: ["sorted": Int64(sorted)]),
        constants: [Make.floats("c", [4], [2, 1, 1, 3])])
      #expect(try unique.gives([3], values))
    }
    for operation in ["NonZero", "Unique"] {
      let open = ViewModel(
        Make.node(operation, ["x"], ["y"]), inputs: ["x": try ViewModel.counted([3])])
      #expect(try open.model.importError()?.isUnsupported == true)
    }
  }
}

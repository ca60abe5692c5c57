import Equations
import TensorGraph
import Testing

@testable import ONNXImport

private typealias Make = ModelMaker

/// What leaves a type of integers wraps around. The expected values are ONNX Runtime's.
@Suite("Integers of a type")
struct IntegerTypeTests {
  private func graph(
    _ node: Onnx_NodeProto, _ type: Onnx_TensorProto.DataType, inputs: [String],
    constants: [Onnx_TensorProto] = []
  ) throws -> EquationGraph {
    var model = Make.model(opset: 17, [node], initializers: constants, outputs: node.output)
    model.graph.input = inputs.map { Make.tensorInfo($0, [3], type: type) }
    return try ONNXFile.importModel(bytes: model.bytes)
  }

  private func result(
    _ operation: String, _ type: Onnx_TensorProto.DataType, _ a: [Int64], _ b: [Int64],
    int: [String: Int64] = [:], text: [String: String] = [:]
  ) throws -> [Int64]? {
    let node = Make.node(operation, ["a", "b"], ["y"], int: int, text: text)
    let graph = try graph(node, type, inputs: ["a", "b"])
    let inputs = [
      "a": try Tensor(shape: [3], integer: a), "b": try Tensor(shape: [3], integer: b),
    ]
    return try graph.evaluate(inputs)["y"]?.integers
  }

  @Test func sums() throws {
    #expect(try result("Add", .uint8, [200, 5, 250], [100, 9, 6]) == [44, 14, 0])
    #expect(try result("Sub", .uint8, [100, 5, 0], [200, 3, 255]) == [156, 2, 1])
    #expect(try result("Mul", .int8, [100, -128, 7], [100, -1, -2]) == [16, -128, -14])
    #expect(try result("Add", .int16, [32767, -32768, 1], [1, -1, 1]) == [-32768, 32767, 2])
    #expect(
      try result("Sub", .uint32, [5, 7, 0], [9, 3, 1]) == [4_294_967_292, 4, 4_294_967_295])
    #expect(
      try result("Add", .int32, [2_147_483_647, 1, 2], [1, 1, 2]) == [-2_147_483_648, 2, 4])
  }

  @Test func shiftsAndQuotients() throws {
    #expect(
      try result(
        "BitShift", .uint8, [200, 3, 255], [1, 7, 8], text: ["direction": "LEFT"]) == [144, 128, 0])
    #expect(try result("Div", .int32, [7, -7, -9], [2, 2, -3]) == [3, -3, 3])
    #expect(try result("Mod", .int32, [7, -7, 5], [-2, 2, 9]) == [-1, 1, 5])
    #expect(try result("Mod", .int32, [7, -7, 5], [-2, 2, 9], int: ["fmod": 1]) == [1, -1, 5])
  }

  @Test(arguments: [
    (Onnx_TensorProto.DataType.int8, [44, 56, -128] as [Int64]), (.uint8, [44, 56, 128]),
    (.uint16, [300, 65_336, 128]), (.int64, [300, -200, 128]),
  ]) func casts(type: Onnx_TensorProto.DataType, expected: [Int64]) throws {
    let node = Make.node("Cast", ["x"], ["y"], int: ["to": Int64(type.rawValue)])
    for source in [Onnx_TensorProto.DataType.int32, .float] {
      let graph = try graph(node, source, inputs: ["x"])
      let values = [300, -200, 128]
      let tensor =
        source == .float
        ? try Tensor(shape: [3], real: values.map(Float.init))
        : try Tensor(shape: [3], integer: values.map(Int64.init))
      #expect(try graph.evaluate(["x": tensor])["y"]?.integers == expected)
    }
  }

  /// What can't leave its type has nothing added to it.
  @Test func nothingIsAdded() throws {
    let sum = Make.node("ReduceSum", ["c"], ["y"], int: ["keepdims": 0])
    var model = Make.model(
      opset: 17, [Make.node("Cast", ["x"], ["c"], int: ["to": 6]), sum], outputs: ["y"])
    model.graph.input = [Make.tensorInfo("x", [1000], type: .bool)]
    #expect(try ONNXFile.importModel(bytes: model.bytes).nodes.count == 2)
    let wide = try graph(
      Make.node("Add", ["a", "a"], ["y"]), .int64, inputs: ["a"])
    #expect(wide.nodes.count == 1)
    let narrow = try graph(Make.node("Add", ["a", "a"], ["y"]), .uint8, inputs: ["a"])
    #expect(narrow.nodes.count == 2)
  }

  /// Below zero, 64 bits without a sign are beyond all that can be proven.
  @Test func unsignedDifferences() throws {
    var model = Make.model(opset: 17, [Make.node("Sub", ["a", "b"], ["y"])], outputs: ["y"])
    model.graph.input = ["a", "b"].map { Make.tensorInfo($0, [3], type: .uint64) }
    guard case .unsupportedNodes(let nodes) = try model.importError() else {
      Issue.record("it is accepted")
      return
    }
    #expect(nodes.first?.reason.contains("signed integers") ?? false)
  }
}

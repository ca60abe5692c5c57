import Equations
import TensorGraph
import Testing

@testable import ONNXImport

private typealias Make = ModelMaker

@Suite("Operators of integers that stand for reals") struct QuantisedOperatorTests {
  @Test("two integers of 4 bits share a byte, the first the lower half")
  func fourBits() throws {
    let decoder = TensorDecoder(externalData: nil)
    let packed = Make.integers("w", [0x7F, 0x08], .int4, shape: [3])
    #expect(try decoder.decode(packed).graphTensor().integers == [-1, 7, -8])
    var raw = Make.integers("w", [], .uint4, shape: [3])
    raw.rawData = .init([0x7F, 0x08])
    #expect(try decoder.decode(raw).graphTensor().integers == [15, 7, 8])
    raw.rawData = .init([0x7F])
    #expect(throws: GraphError.self) { try decoder.decode(raw) }
  }

  @Test("a scale for all, for each place along an axis, and for each block")
  func dequantised() throws {
    let x = Make.integers("x", [2, 4, 6, 8, 10, 12], .uint8, shape: [2, 3])
    func given(
      _ scale: Onnx_TensorProto, _ zero: Onnx_TensorProto, _ int: [String: Int64] = [:]
    ) -> ViewModel {
      ViewModel(
        Make.node("DequantizeLinear", ["x", "s", "z"], ["y"], int: int), inputs: [:],
        constants: [x, scale, zero])
    }
    #expect(
      try given(Make.floats("s", [], [0.5]), Make.integers("z", [4], .uint8, shape: []))
        .gives([2, 3], [-1, 0, 1, 2, 3, 4]))
    #expect(
      try given(
        Make.floats("s", [2], [1, 2]), Make.integers("z", [0, 8], .uint8, shape: [2]),
        ["axis": 0]
      ).gives([2, 3], [2, 4, 6, 0, 4, 8]))
    #expect(
      try given(
        Make.floats("s", [2, 2], [1, 2, 3, 4]),
        Make.integers("z", [1, 1, 1, 1], .uint8, shape: [2, 2]), ["axis": 1, "block_size": 2]
      ).gives([2, 3], [1, 3, 10, 21, 27, 44]))
  }

  /// Nothing of reals is left where integers follow from integers.
  @Test func onlyIntegersAreLeft() throws {
    var model = Make.model(
      opset: 21,
      [
        Make.node("DequantizeLinear", ["x", "s", "z"], ["a"]),
        Make.node("DequantizeLinear", ["w", "t"], ["b"]),
        Make.node("MatMul", ["a", "b"], ["c"]),
        Make.node("Relu", ["c"], ["d"]),
        Make.node("Reshape", ["d", "shape"], ["e"]),
        Make.node("QuantizeLinear", ["e", "s", "z"], ["y"]),
      ], input: [1, 2],
      initializers: [
        Make.floats("s", [], [0.5]), Make.integers("z", [0], .uint8, shape: []),
        Make.integers("w", [1, -2, 3, 4], .int8, shape: [2, 2]), Make.floats("t", [], [0.25]),
        Make.integers("shape", [2, 1]),
      ])
    model.graph.input = [Make.tensorInfo("x", [1, 2], type: .uint8)]
    let graph = try ONNXFile.importModel(bytes: model.bytes)
    #expect(graph.nodes.allSatisfy { graph[$0.output].kind == .integer })
    let result = try graph.evaluate(["x": Tensor(shape: [1, 2], integer: [200, 10])])
    #expect(result["y"]?.integers == [58, 0])
  }

  @Test func sumsOfIntegers() throws {
    let w = Make.integers("w", [1, -2, 3, 4], .int8, shape: [2, 2])
    var model = Make.model(
      opset: 21, [Make.node("MatMulInteger", ["x", "w", "a", "b"], ["y"])], input: [1, 2],
      initializers: [
        w, Make.integers("a", [3], .uint8, shape: []), Make.integers("b", [1], .int8, shape: []),
      ])
    model.graph.input = [Make.tensorInfo("x", [1, 2], type: .uint8)]
    let graph = try ONNXFile.importModel(bytes: model.bytes)
    let result = try graph.evaluate(["x": Tensor(shape: [1, 2], integer: [10, 20])])
    #expect(result["y"]?.integers == [34, 30])
  }

  @Test("reals are not cast to 4 bits, of which two programs make different integers")
  func castsTo4Bits() throws {
    let model = Make.model(opset: 21, [Make.node("Cast", ["x"], ["y"], int: ["to": 22])])
    let error = try #require(try model.importError())
    #expect("\(error)".contains("use QuantizeLinear"))
  }
}

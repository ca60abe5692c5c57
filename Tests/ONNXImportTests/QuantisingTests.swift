import TensorGraph
import Testing

@testable import ONNXImport

private typealias Make = ModelMaker

@Suite("Reals as integers of few bits")
struct QuantisingTests {
  private static func zero(
    _ values: [Int32], _ type: Onnx_TensorProto.DataType, shape: [Int64]? = nil
  ) -> Onnx_TensorProto {
    var tensor = Onnx_TensorProto()
    tensor.name = "z"
    tensor.dims = shape ?? (values.count == 1 ? [] : [Int64(values.count)])
    tensor.dataType = Int32(type.rawValue)
    tensor.int32Data = values
    return tensor
  }

  private static func model(
    _ x: Tensor, scale: Onnx_TensorProto, zero: Onnx_TensorProto?, int: [String: Int64] = [:]
  ) -> ViewModel {
    ViewModel(
      Make.node(
        "QuantizeLinear", ["x", "s"] + (zero == nil ? [] : ["z"]), ["y"], int: int),
      inputs: ["x": x], constants: [scale] + (zero.map { [$0] } ?? []))
  }

  @Test("halves go to even integers, and what a type does not hold to its ends")
  func limits() throws {
    let x = try ViewModel.reals([6], [0, 3, 5, -3, 1000, -1000])
    let scale = Make.floats("s", [], [2])
    #expect(
      try Self.model(x, scale: scale, zero: Self.zero([128], .uint8))
        .gives([6], integers: [128, 130, 130, 126, 255, 0]))
    #expect(
      try Self.model(x, scale: scale, zero: Self.zero([-3], .int8))
        .gives([6], integers: [-3, -1, -1, -5, 127, -128]))
    #expect(
      try Self.model(x, scale: scale, zero: nil).gives([6], integers: [0, 2, 2, 0, 255, 0]))
    #expect(
      try Self.model(x, scale: scale, zero: nil, int: ["output_dtype": 3])
        .gives([6], integers: [0, 2, 2, -2, 127, -128]))
  }

  @Test("a scale for each place along an axis, or for each block")
  func axes() throws {
    let x = try ViewModel.reals([2, 3], [2, 4, 6, 8, 10, 12])
    let two = Make.floats("s", [2], [1, 2])
    #expect(
      try Self.model(x, scale: two, zero: Self.zero([0, 100], .uint8), int: ["axis": 0])
        .gives([2, 3], integers: [2, 4, 6, 104, 105, 106]))
    let blocks = Make.floats("s", [2, 2], [1, 2, 4, 1])
    #expect(
      try Self.model(
        x, scale: blocks, zero: Self.zero([0, 1, 2, 3], .int8, shape: [2, 2]),
        int: ["axis": 1, "block_size": 2]
      ).gives([2, 3], integers: [2, 4, 4, 4, 4, 15]))
    for int in [["axis": 1], ["axis": Int64(1), "block_size": 3]] as [[String: Int64]] {
      let model = Self.model(x, scale: blocks, zero: nil, int: int)
      #expect(try model.model.importError()?.isUnsupported == false)
    }
  }
}

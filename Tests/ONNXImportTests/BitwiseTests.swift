import Equations
import TensorGraph
import Testing

@testable import ONNXImport

private typealias Make = ModelMaker

@Suite("Bits of integers are those of the machine") struct BitwiseTests {
  private static let known: [Int64] = [0, 1, 3, 12, 0b1011_0110, -1, -8, 1 << 20]
  private static let numbers: [Int64] = [
    0, 1, 2, 7, 100, 4095, -1, -2, -100, 1 << 21, -1 << 21, 12,
  ]

  private func result(_ operation: String, _ a: [Int64], _ b: [Int64], isKnown: Bool) throws
    -> [Int64]
  {
    var inputs = ["a": try Tensor(shape: [a.count], integer: a)]
    let constants = isKnown ? [Make.integers("b", b, shape: [Int64(b.count)])] : []
    if !isKnown { inputs["b"] = try Tensor(shape: [b.count], integer: b) }
    let model = ViewModel(
      Make.node(operation, ["a", "b"], ["y"]), inputs: inputs, constants: constants)
    return try #require(try model.result().integers)
  }

  @Test("by a mask that is known", arguments: known)
  func masks(mask: Int64) throws {
    let numbers = Self.numbers
    #expect(
      try result("BitwiseAnd", numbers, [mask], isKnown: true) == numbers.map { $0 & mask })
    #expect(try result("BitwiseOr", numbers, [mask], isKnown: true) == numbers.map { $0 | mask })
    #expect(try result("BitwiseXor", numbers, [mask], isKnown: true) == numbers.map { $0 ^ mask })
  }

  @Test("of two inputs, and of several masks", arguments: [false, true])
  func pairs(isKnown: Bool) throws {
    let (a, b) = (Self.numbers, Array(Self.numbers.reversed()))
    let pairs = zip(a, b)
    #expect(try result("BitwiseAnd", a, b, isKnown: isKnown) == pairs.map { $0 & $1 })
    #expect(try result("BitwiseOr", a, b, isKnown: isKnown) == pairs.map { $0 | $1 })
    #expect(try result("BitwiseXor", a, b, isKnown: isKnown) == pairs.map { $0 ^ $1 })
  }

  @Test("turned around, in their type") func inverted() throws {
    for (type, given, expected) in [
      (Onnx_TensorProto.DataType.int8, [0, 5, -128, 127], [-1, -6, 127, -128]),
      (.uint8, [0, 5, 255, 128], [255, 250, 0, 127]),
      (.int64, [0, 5, -9, 1 << 30], [-1, -6, 8, ~(1 << 30)]),
    ] as [(Onnx_TensorProto.DataType, [Int64], [Int64])] {
      let model = ViewModel(
        Make.node("BitwiseNot", ["x"], ["y"]),
        inputs: ["x": try Tensor(shape: [4], integer: given)])
      var proto = model.model
      proto.graph.input[0] = Make.tensorInfo("x", [4], type: type)
      let graph = try ONNXFile.importModel(bytes: proto.bytes)
      #expect(try graph.evaluate(model.inputs)["y"]?.integers == expected)
    }
  }

  @Test("of reals are refused") func reals() throws {
    let model = ViewModel(
      Make.node("BitwiseAnd", ["a", "a"], ["y"]), inputs: ["a": try ViewModel.counted([2])])
    #expect(try model.model.importError() != nil)
  }
}

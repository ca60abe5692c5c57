import TensorGraph
import Testing

@testable import ONNXImport

private typealias Make = ModelMaker

@Suite("Fused nodes that have no parts, and operators of other domains, come with a way out")
struct FusedRefusalTests {
  private static func model(
    _ node: Onnx_NodeProto, _ domain: String, constants: [Onnx_TensorProto] = []
  ) -> Onnx_ModelProto {
    var node = node
    node.domain = domain
    var model = Make.model(opset: 17, [node], input: [2, 3, 8], initializers: constants)
    var version = Onnx_OperatorSetIdProto()
    version.domain = domain
    version.version = 1
    model.opsetImport.append(version)
    return model
  }

  @Test(
    "what to do is said for each domain",
    arguments: [
      ("com.microsoft.nchwc", "Conv", "ORT_ENABLE_EXTENDED"),
      ("com.ms.internal.nhwc", "Conv", "ORT_ENABLE_EXTENDED"),
      ("com.microsoft", "DynamicQuantizeLSTM", "op_types_to_quantize"),
      ("com.microsoft", "Nothing", "before ONNX Runtime optimised it"),
      ("ai.onnx.ml", "Nothing", "do its step before"),
      ("org.example", "Nothing", "--circuits DIR"),
    ])
  func remedies(domain: String, operation: String, words: String) throws {
    let error = try Self.model(Make.node(operation, ["x"], ["y"]), domain).importError()
    let text = try #require(error).description
    #expect(text.contains("an operator of the domain \"\(domain)\""))
    #expect(text.contains(words))
  }

  private static let packed: [String: Int64] = ["K": 8, "N": 2, "block_size": 16, "bits": 4]

  private static func weights(_ count: Int) -> Onnx_TensorProto {
    Make.integers("w", .init(repeating: 17, count: count), .uint8, shape: [Int64(count)])
  }

  @Test("weights of few bits: their number, their sizes and their blocks")
  func packedWeights() throws {
    let scale = Make.floats("s", [2], [1, 1])
    func text(
      _ sizes: [String: Int64], _ operands: [String] = ["x", "w", "s"],
      _ constants: [Onnx_TensorProto] = [Self.weights(16)]
    ) throws -> String {
      let node = Make.node(
        "MatMulNBits", operands, ["y"],
        int: Self.packed.merging(sizes) { $1 })
      return try Self.model(node, "com.microsoft", constants: constants + [scale]).importError()?
        .description ?? ""
    }
    #expect(try text([:]) == "")
    #expect(try text(["bits": 3]).contains("weights of 3 bits"))
    #expect(try text(["K": 0]).contains("\"K\""))
    #expect(try text(["N": 1 << 28, "K": 1 << 28]).contains("should be"))
    #expect(try text(["N": Int64.max]).contains("\"N\""))
    #expect(try text([:], ["x", "x", "s"]).contains("are not constant"))
    #expect(try text(["block_size": 8]) != "")
  }

  @Test("masks and options of attention that have no parts")
  func attention() throws {
    let weights = Make.floats("w", [8, 24], .init(repeating: 0.1, count: 192))
    func text(_ int: [String: Int64], mask: [Int64]) throws -> String {
      let node = Make.node(
        "Attention", ["x", "w", "", "m"], ["y"], int: ["num_heads": 2].merging(int) { $1 })
      let count = mask.reduce(1, *)
      let values = Make.integers("m", .init(repeating: 1, count: Int(count)), shape: mask)
      return try Self.model(node, "com.microsoft", constants: [weights, values]).importError()?
        .description ?? ""
    }
    #expect(try text([:], mask: [2, 3, 3]) == "")
    #expect(try text([:], mask: [2, 1, 3, 3]).contains("masks of one to three axes"))
    #expect(try text([:], mask: [5]).contains("does not fit 2 texts"))
    #expect(try text(["do_rotary": 1], mask: [2]).contains("do_rotary"))
    #expect(try text(["do_rotary": 0], mask: [2]) == "")
  }

  @Test("weights of no columns, and a mask of other texts") func attentionShapes() throws {
    func text(columns: Int64, mask: [Int64]) throws -> String {
      let node = Make.node("Attention", ["x", "w", "", "m"], ["y"], int: ["num_heads": 2])
      let weights = Make.floats(
        "w", [8, columns], .init(repeating: 0.1, count: Int(8 * columns)))
      let values = Make.integers(
        "m", .init(repeating: 1, count: Int(mask.reduce(1, *))), shape: mask)
      return try Self.model(node, "com.microsoft", constants: [weights, values]).importError()?
        .description ?? ""
    }
    #expect(try text(columns: 0, mask: [2]).contains("do not fit 0"))
    #expect(try text(columns: 24, mask: [1, 3, 3]).contains("does not fit 2 texts"))
  }

  /// A default in the place of zero points that are not known would be another table.
  @Test("zero points of blocks that are not constant, or not as many as blocks")
  func zeroPoints() throws {
    func text(_ zero: Onnx_TensorProto?) throws -> String {
      let node = Make.node(
        "GatherBlockQuantized", ["w", "i", "s", zero == nil ? "x" : "z"], ["y"],
        int: ["block_size": 16, "bits": 4])
      let constants = [
        Make.integers("w", .init(repeating: 17, count: 16), .uint8, shape: [2, 8]),
        Make.integers("i", [0, 1]), Make.floats("s", [2, 1], [1, 1]),
      ]
      return try Self.model(
        node, "com.microsoft", constants: constants + [zero].compactMap { $0 }
      ).importError()?.description ?? ""
    }
    #expect(try text(nil).contains("zero points are not constant"))
    #expect(try text(Make.integers("z", [1], .uint8, shape: [])).contains("should be"))
    #expect(try text(Make.integers("z", [1, 2], .uint8, shape: [2, 1])) == "")
  }

  /// Each sum has twice the reads of the one before: written out, the last would have 2^30.
  @Test("a value that is added to itself, and so on, between integers") func doubling() throws {
    var nodes = [
      Make.node("QuantizeLinear", ["x", "s"], ["q"]),
      Make.node("DequantizeLinear", ["q", "s"], ["v0"]),
    ]
    for number in 0..<30 {
      nodes.append(Make.node("Add", ["v\(number)", "v\(number)"], ["v\(number + 1)"]))
    }
    nodes.append(Make.node("QuantizeLinear", ["v30", "s"], ["y"]))
    let model = Make.model(
      opset: 17, nodes, input: [2, 3], initializers: [Make.floats("s", [], [0.5])])
    #expect(try model.importError() == nil)
  }

  @Test("what is behind an unsupported node is not reported itself")
  func behind() throws {
    var pool = Make.node("NhwcMaxPool", ["a"], ["b"], ints: ["kernel_shape": [2, 2]])
    var product = Make.node("MatMulIntegerToFloat", ["b", "b", "s", "s"], ["y"])
    pool.domain = "com.microsoft"
    product.domain = "com.microsoft"
    var model = Self.model(
      Make.node("Nothing", ["x"], ["a"]), "com.microsoft", constants: [Make.floats("s", [], [1])])
    model.graph.node += [pool, product]
    guard case .unsupportedNodes(let nodes)? = try model.importError() else {
      Issue.record("it is imported")
      return
    }
    #expect(nodes.map(\.operation) == ["Nothing"])
  }
}

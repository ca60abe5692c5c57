import Equations
import TensorGraph
import TestSupport
import Testing

@testable import ONNXImport

private typealias Make = ModelMaker

@Suite("Bad models are refused with an error that names the fault")
struct HostileModelTests {
  private func expectInvalid(
    _ model: Onnx_ModelProto, place: String? = nil, mentions text: String,
    _ location: SourceLocation = #_sourceLocation
  ) throws {
    guard case .invalid(let found, let reason) = try model.importError() else {
      Issue.record("not refused as invalid", sourceLocation: location)
      return
    }
    #expect(reason.contains(text), "\(reason)", sourceLocation: location)
    if let place { #expect(found.contains(place), "\(found)", sourceLocation: location) }
  }

  @Test func truncationsAndFlippedBytesNeverCrash() throws {
    let bytes = try Fixture.bytes(OperatorCase.network("residual"))
    for length in 0..<bytes.count { _ = try? ONNXFile.importModel(bytes: Array(bytes[..<length])) }
    for position in bytes.indices {
      for mask: UInt8 in [0x01, 0x80, 0xff] {
        var damaged = bytes
        damaged[position] ^= mask
        _ = try? ONNXFile.importModel(bytes: damaged)
      }
    }
    #expect(throws: ImportError.self) { try ONNXFile.importModel(bytes: Array(bytes.dropLast())) }
    #expect(throws: ImportError.self) { try ONNXFile.importModel(bytes: []) }
  }

  @Test func otherOpsets() throws {
    let relu = [Make.node("Relu", ["x"], ["y"])]
    for opset: Int64 in [-1, 0] {
      try expectInvalid(Make.model(opset: opset, relu), mentions: "version \(opset) of the ONNX")
    }
    for opset: Int64 in [29, .max] {
      let error = try #require(try Make.model(opset: opset, relu).importError())
      #expect(error.isUnsupported)
      #expect(error.description.contains("opset \(opset)"))
    }
    for opset: Int64 in 1...28 {
      #expect(try Make.model(opset: opset, relu).importError() == nil)
    }
    var none = Make.model(relu)
    none.opsetImport = []
    try expectInvalid(none, place: "\"y\"", mentions: "version")
  }

  @Test("an operator set may be imported twice, but in one version")
  func repeatedOpsets() throws {
    var model = Make.model([Make.node("Relu", ["x"], ["y"])])
    func entry(_ domain: String, _ version: Int64) -> Onnx_OperatorSetIdProto {
      var entry = Onnx_OperatorSetIdProto()
      entry.domain = domain
      entry.version = version
      return entry
    }
    model.opsetImport = [
      entry("", 13), entry("ai.onnx.ml", 3), entry("", 13), entry("ai.onnx", 13),
    ]
    #expect(try model.importError() == nil)
    model.opsetImport.append(entry("ai.onnx.ml", 2))
    try expectInvalid(model, mentions: "versions 3 and 2 of the operator set \"ai.onnx.ml\"")
    model.opsetImport = [entry("", 13), entry("ai.onnx", 12)]
    try expectInvalid(model, mentions: "versions 13 and 12 of the ONNX operator set")
  }

  @Test func cycles() throws {
    let model = Make.model([
      Make.node("Add", ["x", "b"], ["a"], name: "first"),
      Make.node("Relu", ["a"], ["b"], name: "second"), Make.node("Relu", ["x"], ["y"]),
    ])
    try expectInvalid(model, mentions: "[\"first\", \"second\"]")
    let selfLoop = Make.model([Make.node("Add", ["x", "y"], ["y"], name: "loop")])
    try expectInvalid(selfLoop, mentions: "loop")
  }

  @Test func nodesOutOfOrderAreSorted() throws {
    let model = Make.model([
      Make.node("Relu", ["b"], ["y"]), Make.node("Add", ["a", "x"], ["b"]),
      Make.node("Relu", ["x"], ["a"]),
    ])
    let graph = try ONNXFile.importModel(bytes: model.bytes)
    #expect(graph.nodes.map { graph.layers[$0.layer].name } == ["a", "b", "y"])
  }

  @Test func deepGraphs() throws {
    let count = 20_000
    let nodes = (0..<count).map { index in
      Make.node("Relu", [index == 0 ? "x" : "t\(index)"], ["t\(index + 1)"])
    }
    let forward = Make.model(nodes, outputs: ["t\(count)"])
    #expect(try ONNXFile.importModel(bytes: forward.bytes).nodes.count == count)
    let backward = Make.model(nodes.reversed(), outputs: ["t\(count)"])
    #expect(try ONNXFile.importModel(bytes: backward.bytes).nodes.count == count)
  }

  @Test func hugeOrNegativeExtents() throws {
    let add = [Make.node("Add", ["x", "w"], ["y"])]
    for dims: [Int64] in [
      [1 << 40], [1 << 33, 1 << 33], [.max, .max, .max], [-1], [.min], [3, -4], [1 << 29],
    ] {
      var tensor = Make.floats("w", dims, [1])
      #expect(try Make.model(add, initializers: [tensor]).importError() != nil)
      tensor.floatData = []
      tensor.rawData = .init([1, 2, 3, 4])
      #expect(try Make.model(add, initializers: [tensor]).importError() != nil)
      let input = Make.model([Make.node("Relu", ["x"], ["y"])], input: dims)
      if dims.allSatisfy({ $0 > 0 }) { #expect(try input.importError() != nil) }
    }
  }

  @Test func dataOfAnotherSizeThanDeclared() throws {
    let add = [Make.node("Add", ["x", "w"], ["y"])]
    for count in [0, 3, 5] {
      let tensor = Make.floats("w", [4], [Float](repeating: 1, count: count))
      try expectInvalid(
        Make.model(add, initializers: [tensor]), mentions: "\"w\" has \(count) elements")
    }
    var raw = Make.floats("w", [4], [])
    raw.rawData = .init(repeating: 0, count: 15)
    try expectInvalid(Make.model(add, initializers: [raw]), mentions: "15 bytes")
  }

  @Test func notANumber() throws {
    let tensor = Make.floats("w", [4], [0, 1, .nan, 2])
    try expectInvalid(
      Make.model([Make.node("Add", ["x", "w"], ["y"])], initializers: [tensor]),
      mentions: "element 2 of the tensor \"w\"")
  }

  @Test func namesAndStructure() throws {
    let relu = Make.node("Relu", ["x"], ["y"], name: "r")
    try expectInvalid(
      Make.model([Make.node("Relu", ["nowhere"], ["y"], name: "r")]), place: "\"r\"",
      mentions: "nowhere")
    try expectInvalid(Make.model([relu, relu]), mentions: "defined twice")
    try expectInvalid(Make.model([relu], outputs: ["z"]), place: "\"z\"", mentions: "computes")
    try expectInvalid(Make.model([relu], outputs: []), mentions: "no outputs")
    #expect(try Make.model([relu], outputs: ["y", "y"]).importError() == nil)
    let twice = Make.floats("w", [4], [1, 2, 3, 4])
    try expectInvalid(Make.model([relu], initializers: [twice, twice]), mentions: "twice")
    try expectInvalid(
      Make.model([Make.node("Relu", [], ["y"], name: "r")]), place: "\"r\"", mentions: "operand")
  }

  /// ONNX tells names apart by their bytes; equal ones of other bytes would be one tensor here.
  @Test(arguments: ["x", "\u{e9}"])
  func inputsThatSeemToBeOne(name: String) throws {
    let other = name == "x" ? name : "e\u{301}"
    var model = Make.model([Make.node("Add", [name, other], ["y"])])
    model.graph.input = [Make.tensorInfo(name, [4])]
    let constant = Make.floats(other, [4], [1, 2, 3, 4])
    var bound = model
    bound.graph.initializer = [constant]
    let error = try bound.importError()
    #expect(name == "x" ? error == nil : error?.description.contains("looks the same") == true)
    model.graph.input.append(Make.tensorInfo(other, [4]))
    let twice = try #require(try model.importError())
    #expect(!twice.isUnsupported && twice.description.contains("looks the same"))
  }

  @Test func memoryAskedForByASmallFile() throws {
    let large = Make.integers("s", [1 << 14, 1 << 14])
    let nodes = (0..<5).flatMap { index in
      [
        Make.node("ConstantOfShape", ["s"], ["c\(index)"]),
        Make.node("ConstantOfShape", ["huge"], ["d\(index)"]),
      ]
    }
    let huge = Make.integers("huge", [1 << 20, 1 << 20])
    let model = Make.model(nodes, initializers: [large, huge], outputs: ["d0"])
    try expectInvalid(model, mentions: "more than")
    var builder = EquationGraphBuilder()
    try builder.reserve(elements: EquationGraphBuilder.maximumComputedElements)
    #expect(throws: GraphError.self) { try builder.reserve(elements: 1) }
  }
}

@Suite("Attributes outside their domain are refused")
struct HostileAttributeTests {
  private static let lists: [(String, [String: [Int64]])] = [
    ("Transpose", ["perm": [0, 0]]), ("Transpose", ["perm": [0]]), ("Transpose", ["perm": [0, 9]]),
    ("MaxPool", ["kernel_shape": [.max, .max]]), ("MaxPool", ["kernel_shape": [0, 1]]),
    ("MaxPool", ["kernel_shape": [2]]), ("MaxPool", [:]),
    ("MaxPool", ["kernel_shape": [2, 2], "strides": [0, 1]]),
    ("MaxPool", ["kernel_shape": [2, 2], "strides": [1]]),
    ("MaxPool", ["kernel_shape": [2, 2], "dilations": [.max, .max]]),
    ("MaxPool", ["kernel_shape": [2, 2], "pads": [.max, .max, .max, .max]]),
    ("MaxPool", ["kernel_shape": [2, 2], "pads": [-1, 0, 0, 0]]),
    ("AveragePool", ["kernel_shape": [9, 9]]),
    ("Squeeze", ["axes": [3]]), ("Squeeze", ["axes": [.min]]),
    ("Unsqueeze", ["axes": [.max]]), ("Unsqueeze", ["axes": [0, 0]]), ("Unsqueeze", [:]),
    ("Slice", ["starts": [0]]), ("Slice", ["starts": [0], "ends": [1], "axes": [.max]]),
    ("Slice", ["starts": [0, 0], "ends": [1, 1], "axes": [0, 0]]),
    ("Split", ["split": [.max, .max]]), ("Split", ["split": [-1]]),
    ("Pad", ["pads": [.min, 0, 0, 0, 0, 0, 0, 0]]), ("Pad", ["pads": [0, 1]]),
    ("Pad", ["pads": [.max, .max, .max, .max, 0, 0, 0, 0]]),
    ("Pad", ["pads": [1 << 24, 0, 0, 0, 1 << 24, 0, 0, 0]]),
  ]

  @Test(arguments: lists)
  func refused(type: String, ints: [String: [Int64]]) throws {
    let node = Make.node(type, ["x"], ["y"], name: "n", ints: ints)
    let error = try Make.model(opset: 9, [node], input: [2, 3, 4, 4]).importError()
    guard case .invalid(let place, _)? = error else {
      Issue.record("\(String(describing: error))")
      return
    }
    #expect(place == "node \"n\"")
  }

  private static let numbers: [(String, String, Int64)] = [
    ("Flatten", "axis", .max), ("Flatten", "axis", -9), ("Concat", "axis", .min),
    ("ArgMax", "axis", 4), ("ArgMax", "keepdims", 2), ("Split", "axis", .max),
  ]

  @Test(arguments: numbers)
  func refused(type: String, attribute: String, value: Int64) throws {
    let node = Make.node(type, ["x"], ["y"], name: "n", int: [attribute: value])
    let error = try Make.model(opset: 9, [node], input: [2, 3, 4, 4]).importError()
    #expect(error != nil && error?.isUnsupported == false)
  }

  @Test func sliceOperandsAtTheEdgesOfTheirRange() throws {
    let extremes: [Int64] = [.min, .min + 1, -1, 0, 1, .max]
    for start in extremes {
      for end in extremes {
        for step in extremes {
          let node = Make.node("Slice", ["x", "s", "e", "a", "t"], ["y"])
          let operands = zip(["s", "e", "a", "t"], [start, end, 1, step])
          let model = Make.model(
            [node], initializers: operands.map { Make.integers($0.0, [$0.1]) })
          _ = try model.importError()
        }
      }
    }
  }

  @Test func reshapeTargets() throws {
    for target: [Int64] in [[-1, -1], [0, 0, 0], [3], [.max, .max], [-2], [.min], [-1, 3]] {
      let model = Make.model(
        [Make.node("Reshape", ["x", "t"], ["y"])], initializers: [Make.integers("t", target)])
      #expect(try model.importError() != nil, "\(target)")
    }
  }

  @Test func attributesOfAnotherType() throws {
    let node = Make.node("Gemm", ["x", "w"], ["y"], ints: ["alpha": [1]])
    let model = Make.model([node], initializers: [Make.floats("w", [4, 1], [1, 2, 3, 4])])
    let text = try model.importError()?.description
    #expect(text?.contains("the attribute \"alpha\" is [1] and should be") == true)
    let view = Make.node("Flatten", ["x"], ["y"], ints: ["axis": [1]])
    #expect(try Make.model([view]).importError()?.description.contains("wrong type") == true)
  }
}

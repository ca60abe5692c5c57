import Equations
import TensorGraph
import Testing

@testable import ONNXImport

private typealias Make = ModelMaker

@Suite("What is not supported is reported all at once")
struct UnsupportedModelTests {
  private func unsupported(
    _ model: Onnx_ModelProto, _ options: ImportOptions = .init()
  ) throws -> [ImportError.UnsupportedNode] {
    let error = try #require(try model.importError(options))
    #expect(error.isUnsupported)
    guard case .unsupportedNodes(let nodes) = error else {
      Issue.record("\(error)")
      return []
    }
    return nodes
  }

  @Test func everyNodeIsNamed() throws {
    var foreign = Make.node("FusedNothing", ["a"], ["d"], name: "fused")
    foreign.domain = "com.microsoft"
    let model = Make.model(
      [
        Make.node("Unknown", ["x"], ["a"], name: "soft"),
        Make.node("Relu", ["a"], ["b"], name: "fine"),
        Make.node("Unheard", ["b"], ["c"], name: "recurrent"),
        foreign,
        Make.node("Add", ["c", "d"], ["e"], name: "sum"),
        Make.node("Unseen", ["x"], ["y"]),
      ], outputs: ["e", "y"])
    let nodes = try unsupported(model)
    #expect(nodes.map(\.name) == ["soft", "recurrent", "fused", "y"])
    #expect(nodes.map(\.operation) == ["Unknown", "Unheard", "FusedNothing", "Unseen"])
    let text = try #require(try model.importError()).description
    #expect(text.contains("4 unsupported nodes"))
    #expect(text.contains("FusedNothing (fused): an operator of the domain \"com.microsoft\""))
  }

  @Test func unsupportedUsesOfSupportedOperators() throws {
    let cases: [Onnx_NodeProto] = [
      Make.node("Relu", ["x"], ["y"], int: ["novel": 1]),
      Make.node("Cast", ["x"], ["y"], int: ["to": 8]),
      Make.node("Tile", ["x", "i"], ["y"]),
    ]
    for node in cases {
      var model = Make.model(opset: 9, [node])
      model.graph.input.append(Make.tensorInfo("i", [2], type: .int64))
      #expect(try unsupported(model).map(\.operation) == [node.opType])
    }
  }

  @Test("a second output matters only where it is used")
  func furtherOutputs() throws {
    let pool = Make.node("MaxPool", ["x"], ["y", "indices"], ints: ["kernel_shape": [2]])
    #expect(try Make.model([pool], input: [1, 1, 4]).importError() == nil)
    // Windows that lie outside of what is pooled.
    let wide = Make.node(
      "MaxPool", ["x"], ["y"], ints: ["kernel_shape": [2], "pads": [2, 2]])
    #expect(
      try unsupported(Make.model([wide], input: [1, 1, 4])).first?.reason.contains("pads") == true)
    let norm = Make.node("Trilu", ["x"], ["y", "more"])
    let used = Make.model(opset: 14, [norm], outputs: ["y", "more"])
    #expect(try unsupported(used).map(\.reason).first?.contains("output 1 is used") == true)
    // Nothing is in a result without elements.
    let none = Make.node("Slice", ["x"], ["y"], ints: ["starts": [5], "ends": [0]])
    #expect(
      try unsupported(Make.model(opset: 9, [none])).map(\.description)
        == ["output (y): it has the shape [0, 4], which has no elements"])
  }

  @Test("what decides a shape has to be a constant; other integers may be inputs")
  func integerInputs() throws {
    var tokens = Make.model(
      [Make.node("Gather", ["table", "x"], ["y"])],
      initializers: [Make.floats("table", [3, 2], [1, 2, 3, 4, 5, 6])])
    tokens.graph.input = [Make.tensorInfo("x", [4], type: .int64)]
    let read = try ONNXFile.importModel(bytes: tokens.bytes)
    #expect(read.inputs.map { read[$0].kind } == [.integer])
    #expect(read[read.outputs[0].value].shape == [4, 2])

    var model = Make.model([Make.node("Reshape", ["x", "shape"], ["y"])])
    model.graph.input.append(Make.tensorInfo("shape", [2], type: .int64))
    #expect(try unsupported(model).map(\.operation) == ["Reshape"])

    let options = ImportOptions(constants: ["shape": .init(shape: [2], values: [2, 2])])
    let graph = try ONNXFile.importModel(bytes: model.bytes, options: options)
    #expect(graph[graph.outputs[0].value].shape == [2, 2])
    for bad in [[2, 2.5], [.nan, 1], [1, 1e300], [4]] {
      let options = ImportOptions(constants: ["shape": .init(shape: [bad.count], values: bad)])
      #expect(try model.importError(options) != nil, "\(bad)")
    }
  }
}

@Suite("Input shapes")
struct InputShapeTests {
  private func shape(
    _ declared: [Int64], _ options: ImportOptions = .init()
  ) throws(ImportError) -> [Int] {
    let model = Make.model([Make.node("Relu", ["x"], ["y"])], input: declared)
    guard let bytes = try? model.bytes else { return [] }
    let graph = try ONNXFile.importModel(bytes: bytes, options: options)
    return graph[graph.inputs[0]].shape
  }

  @Test func symbolicAxes() throws {
    #expect(try shape([-1, 3]) == [1, 3])
    #expect(try shape([-1, 3], .init(dimensions: ["n1": 5])) == [5, 3])
    #expect(try shape([-1, -2], .init(dimensions: ["n2": 7])) == [1, 7])
    #expect(try shape([-1, -2], .init(inputShapes: ["x": [2, 6]])) == [2, 6])
    #expect(throws: ImportError.self) { try shape([-1, -2]) }
  }

  @Test func shapesThatDisagree() throws {
    for wrong in [[2, 4], [2, 3, 1], [2], [0, 3], [-1, 3]] {
      #expect(throws: ImportError.self) { try shape([-1, 3], .init(inputShapes: ["x": wrong])) }
    }
    #expect(throws: ImportError.self) { try shape([2, 3], .init(inputShapes: ["z": [2, 3]])) }
    #expect(throws: ImportError.self) { try shape([-1], .init(dimensions: ["n1": -3])) }
    let misspelt = try Make.model([Make.node("Relu", ["x"], ["y"])], input: [-1, 3, -2])
      .importError(.init(dimensions: ["n1": 2, "n2": 2, "batch": 2]))
    #expect(misspelt?.isUnsupported == false)
    #expect(misspelt?.description.contains("\"batch\"") == true)
    #expect(misspelt?.description.contains("[\"n1\", \"n2\"]") == true)
    #expect(throws: ImportError.self) { try shape([-1], .init(dimensions: ["n1": 1 << 40])) }
  }

  @Test func rankUnknown() throws {
    var model = Make.model([Make.node("Relu", ["x"], ["y"])])
    model.graph.input[0].type.tensorType.clearShape()
    #expect(try model.importError()?.description.contains("shape") == true)
    #expect(try model.importError(.init(inputShapes: ["x": [3, 2]])) == nil)
  }

  @Test("an initializer gives an input its value")
  func inputWithInitializer() throws {
    var model = Make.model(
      [Make.node("Add", ["x", "w"], ["y"])], initializers: [Make.floats("w", [1], [2])])
    model.graph.input.append(Make.tensorInfo("w", [1]))
    let graph = try ONNXFile.importModel(bytes: model.bytes)
    #expect(graph.inputs.map { graph[$0].name } == ["x"])
  }
}

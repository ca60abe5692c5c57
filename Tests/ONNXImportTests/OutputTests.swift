import TensorGraph
import Testing

@testable import ONNXImport

private typealias Make = ModelMaker

@Suite("What a network's outputs are, and what they need")
struct OutputTests {
  private func reasons(
    _ model: Onnx_ModelProto, _ options: ImportOptions = .init()
  ) throws -> [String: String] {
    guard case .unsupportedNodes(let nodes)? = try model.importError(options) else { return [:] }
    return Dictionary(uniqueKeysWithValues: nodes.map { ($0.name, $0.reason) })
  }

  @Test("what no output depends on need not be supported, but must be sound")
  func unread() throws {
    let dead = [
      Make.node("Unknown", ["x"], ["a"]), Make.node("Relu", ["a"], ["b"]),
      Make.node("Relu", ["x"], ["y"]),
    ]
    var model = Make.model(dead)
    model.graph.input.append(Make.tensorInfo("words", [3], type: .string))
    let graph = try ONNXFile.importModel(bytes: model.bytes)
    #expect(graph.nodes.map { graph.layers[$0.layer].name } == ["y"])
    #expect(graph.inputs.map { graph[$0].name } == ["x"])
    #expect(try reasons(Make.model(dead, outputs: ["y", "b"])).keys.sorted() == ["a"])
    #expect(try Make.model(dead + [Make.node("Relu", ["x"], ["b"])]).importError() != nil)
  }

  @Test("outputs keep the network's order and names, whatever they are")
  func order() throws {
    let model = Make.model(
      [Make.node("Relu", ["x"], ["r"]), Make.node("Identity", ["r"], ["same"])],
      initializers: [Make.floats("c", [2], [1, 2])], outputs: ["same", "x", "c", "r", "x"])
    let graph = try ONNXFile.importModel(bytes: model.bytes)
    #expect(graph.outputs.map(\.name) == ["same", "x", "c", "r"])
    #expect(graph.outputs[0].value == graph.outputs[3].value)
    #expect(graph.outputs[1].value == graph.inputs[0])
    #expect(graph.constants[graph.outputs[2].value]?.reals == [1, 2])
  }

  @Test("any tensor can be the output instead of what comes after it")
  func chosenOutputs() throws {
    let model = Make.model([
      Make.node("Relu", ["x"], ["h"]), Make.node("LeakyRelu", ["h"], ["logits"]),
      Make.node("Unknown", ["logits"], ["y"], name: "soft"),
    ])
    let graph = try ONNXFile.importModel(
      bytes: model.bytes, options: .init(outputs: ["logits", "h"]))
    #expect(graph.outputs.map(\.name) == ["logits", "h"])
    #expect(graph.nodes.count == 2)
    let unknown = try #require(try model.importError(.init(outputs: ["logit"])))
    #expect(!unknown.isUnsupported && unknown.description.contains("\"logit\""))
    #expect(try model.importError(.init(outputs: ["y"]))?.isUnsupported == true)
  }

  @Test("where only the end is not supported, the way out is named")
  func advice() throws {
    func network(_ last: [Onnx_NodeProto]) -> Onnx_ModelProto {
      Make.model([Make.node("Relu", ["x"], ["logits"], name: "r")] + last)
    }
    let soft = network([Make.node("Unknown", ["logits"], ["y"], name: "s")])
    #expect(try reasons(soft)["s"]?.contains("--until logits") == true)
    let long = network([
      Make.node("Unknown", ["logits"], ["p"], name: "s"),
      Make.node("Unheard", ["p", "logits"], ["y"], name: "l"),
    ])
    #expect(try reasons(long)["l"]?.contains("--until logits") == true)
    // What follows has weights, which is said.
    let middle = network([
      Make.node("Unknown", ["logits"], ["p"], name: "s"),
      Make.node("Gemm", ["p", "logits"], ["y"]),
    ])
    #expect(
      try reasons(middle)["s"]?.contains(
        "--until logits, which leaves off 1 layer with weights") == true)
    // There may be two places to cut at; the input itself is none.
    let wide = network([
      Make.node("LeakyRelu", ["logits"], ["h"]),
      Make.node("Unheard", ["logits", "h"], ["y"], name: "l"),
    ])
    #expect(try reasons(wide)["l"]?.hasSuffix("--until logits --until h") == true)
    #expect(try reasons(Make.model([Make.node("Unknown", ["x"], ["y"], name: "s")]))["s"] == "")
  }

  @Test("a constant that can't be computed is named as one")
  func constantsOfUnknownOperators() throws {
    let model = Make.model(
      [
        Make.node("Unknown", ["c"], ["h"], name: "hard"), Make.node("Add", ["x", "h"], ["y"]),
      ], initializers: [Make.floats("c", [4], [1, 2, 3, 4])])
    #expect(try reasons(model)["hard"]?.contains("onnxsim") == true)
  }

  @Test("what the graphs within a node read may depend on an input")
  func loops() throws {
    var body = Onnx_AttributeProto()
    body.name = "body"
    body.g = Make.model([Make.node("Relu", ["x"], ["q"])], outputs: ["q"]).graph
    var node = Make.node("Unheard", ["c"], ["y"], name: "loop")
    node.attribute.append(body)
    let model = Make.model([node], initializers: [Make.integers("c", [1])])
    #expect(try reasons(model)["loop"] == "")
  }

  @Test("constants that are infinite or not a number are unsupported where that matters")
  func notFinite() throws {
    func network(_ node: Onnx_NodeProto) -> Onnx_ModelProto {
      Make.model(
        [node, Make.node("Add", ["x", "h"], ["y"])],
        initializers: [Make.floats("zero", [1], [0]), Make.floats("low", [1], [-4])])
    }
    #expect(try reasons(network(Make.node("Sqrt", ["low"], ["h"], name: "n")))["n"] != nil)
    #expect(try reasons(network(Make.node("Div", ["zero", "zero"], ["h"], name: "n")))["n"] != nil)
    #expect(try network(Make.node("Div", ["low", "zero"], ["h"])).importError() == nil)
    let padded = Make.model(
      [Make.node("Pad", ["x", "p", "v"], ["y"], name: "n")],
      initializers: [Make.integers("p", [0, 0, 0, 1]), Make.floats("v", [1], [-.infinity])])
    // Whether anybody can tell an infinite pad is for the compiler to say.
    #expect(try padded.importError() == nil)
  }
}

@Suite("Models ask before anything is allocated")
struct FoldingLimitTests {
  @Test func hugeConstants() throws {
    let one = Make.floats("one", [1], [1])
    let cases: [(Onnx_NodeProto, Onnx_TensorProto)] = [
      (Make.node("Range", ["a", "b", "c"], ["y"]), Make.integers("n", [1])),
      (Make.node("Tile", ["one", "n"], ["y"]), Make.integers("n", [1 << 40])),
      (Make.node("Tile", ["one", "n"], ["y"]), Make.integers("n", [.max])),
    ]
    for (node, counts) in cases {
      var scalars = [0, 1 << 50, 1].enumerated().map { place, value in
        var tensor = Make.integers(["a", "b", "c"][place], [Int64(value)])
        tensor.dims = []
        return tensor
      }
      scalars += [one, counts]
      #expect(try Make.model([node], initializers: scalars).importError() != nil)
    }
  }
}

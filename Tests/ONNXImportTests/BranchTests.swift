import TensorGraph
import Testing

@testable import ONNXImport

private typealias Make = ModelMaker

@Suite("A choice between graphs that is known")
struct BranchTests {
  /// y = x + 1, or x · c with c of the graph itself; both call what they compute the same.
  private static func model(
    condition: [Onnx_NodeProto] = [], _ constants: [Onnx_TensorProto]
  ) -> Onnx_ModelProto {
    var choice = Make.node("If", ["c"], ["y"])
    choice.attribute = [
      Make.attribute("then_branch", .graph) { $0.g = graph("Add", [Make.floats("one", [], [1])]) },
      Make.attribute("else_branch", .graph) { $0.g = graph("Mul", [Make.floats("one", [], [3])]) },
    ]
    // Not in order: what a branch reads is computed before it all the same.
    return Make.model(
      condition + [choice, Make.node("Neg", ["x"], ["n"])], input: [1, 2], initializers: constants)
  }

  private static func graph(
    _ operation: String, _ constants: [Onnx_TensorProto]
  ) -> Onnx_GraphProto {
    var graph = Onnx_GraphProto()
    graph.node = [
      Make.node(operation, ["n", "one"], ["inner"]), Make.node("Identity", ["inner"], ["result"]),
    ]
    graph.initializer = constants
    graph.output = [Make.tensorInfo("result", [])]
    return graph
  }

  private static func value(_ model: Onnx_ModelProto) throws -> [Float]? {
    let graph = try ONNXFile.importModel(bytes: model.bytes)
    try graph.validate()
    return try graph.evaluate(["x": try Tensor(shape: [1, 2], real: [2, 5])])["y"]?.reals
  }

  @Test("takes its place")
  func chosen() throws {
    #expect(try Self.value(Self.model([Make.booleans("c", [true], shape: [])])) == [-1, -4])
    #expect(try Self.value(Self.model([Make.booleans("c", [false])])) == [-6, -15])
    let computed = [Make.node("Shape", ["x"], ["s"]), Make.node("Size", ["s"], ["d"])]
    let equal = Make.node("Equal", ["d", "two"], ["c"])
    #expect(
      try Self.value(
        Self.model(condition: computed + [equal], [Make.integers("two", [2], shape: [])]))
        == [-1, -4])
  }

  @Test("of several nodes the graphs may use the same names")
  func twice() throws {
    var model = Self.model([Make.booleans("c", [true])])
    var second = model.graph.node[0]
    second.output = ["z"]
    model.graph.node.append(second)
    model.graph.node.append(Make.node("Sub", ["y", "z"], ["difference"]))
    model.graph.output = [Make.tensorInfo("difference", [])]
    let graph = try ONNXFile.importModel(bytes: model.bytes)
    let result = try graph.evaluate(["x": try Tensor(shape: [1, 2], real: [2, 5])])
    #expect(result["difference"]?.reals == [0, 0])
  }

  @Test("is a choice between both results where it depends on an input")
  func open() throws {
    let condition = [
      Make.node("ReduceSum", ["x"], ["t"], int: ["keepdims": 0]),
      Make.node("Less", ["t", "ten"], ["c"]),
    ]
    let model = Self.model(condition: condition, [Make.floats("ten", [], [10])])
    #expect(try Self.value(model) == [-1, -4])
    let least = Self.model(condition: condition, [Make.floats("ten", [], [7])])
    #expect(try Self.value(least) == [-6, -15])
    // Both have the same shape.
    var differing = model
    differing.graph.node[2].attribute[0].g.node[1] = Make.node(
      "ReduceSum", ["inner"], ["result"], int: ["keepdims": 0])
    let error = try #require(try differing.importError())
    #expect(error.isUnsupported && "\(error)".contains("condition"))
  }

  @Test("is an error where a graph is missing")
  func refusals() throws {
    var lacking = Self.model([Make.booleans("c", [true])])
    lacking.graph.node[0].attribute.removeFirst()
    #expect(try lacking.importError()?.isUnsupported == false)
    var short = Self.model([Make.booleans("c", [true])])
    short.graph.node[0].attribute[0].g.output = []
    #expect(try short.importError()?.isUnsupported == false)
    var unknown = Self.model([Make.booleans("c", [true])])
    unknown.graph.node[0].attribute[0].g.node[0].opType = "Nonsense"
    #expect(try unknown.importError()?.isUnsupported == true)
    // The other graph does not matter.
    var other = Self.model([Make.booleans("c", [true])])
    other.graph.node[0].attribute[1].g.node[0].opType = "Nonsense"
    #expect(try Self.value(other) == [-1, -4])
  }
}

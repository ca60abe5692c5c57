import Equations
import TensorGraph
import TestSupport
import Testing

@testable import ONNXImport

private typealias Make = ModelMaker

/// A graph in a node's attribute; of what types its values are does not matter to the import.
private func body(
  _ inputs: [String], _ nodes: [Onnx_NodeProto], _ outputs: [String],
  _ initializers: [Onnx_TensorProto] = [], name: String = "body"
) -> Onnx_AttributeProto {
  Make.attribute(name, .graph) {
    $0.g.input = inputs.map { Make.tensorInfo($0, []) }
    $0.g.node = nodes
    $0.g.output = outputs.map { Make.tensorInfo($0, []) }
    $0.g.initializer = initializers
  }
}

private func imported(_ model: Onnx_ModelProto) throws -> EquationGraph {
  let graph = try ONNXFile.importModel(bytes: model.bytes)
  try graph.validate()
  return graph
}

private func values(
  _ model: Onnx_ModelProto, _ x: [Float], _ output: String = "y"
) throws -> [Float]? {
  let graph = try imported(model)
  let shape = graph[graph.inputs[0]].shape
  return try graph.evaluate(["x": try Tensor(shape: shape, real: x)])[output]?.reals
}

@Suite("Scans and loops") struct RepetitionTests {
  /// h' = h · x + 1 along the first axis of x [4, 2]; y are all of them, n the last.
  private static func scan(
    _ attributes: [String: [Int64]] = [:], nodes: [Onnx_NodeProto]? = nil
  ) -> Onnx_ModelProto {
    var scan = Make.node("Scan", ["h0", "x"], ["n", "y"], ints: attributes)
    scan.attribute.append(Make.attribute("num_scan_inputs", .int) { $0.i = 1 })
    scan.attribute.append(
      body(
        ["h", "e"],
        nodes ?? [Make.node("Mul", ["h", "e"], ["m"]), Make.node("Add", ["m", "one"], ["k"])],
        ["k", "k"], [Make.floats("one", [], [1])]))
    return Make.model(
      opset: 13, [scan], input: [4, 2], initializers: [Make.floats("h0", [2], [1, 2])],
      outputs: ["n", "y"])
  }

  private static let x: [Float] = [1, 2, 3, 4, 5, 6, 7, 8]

  @Test("are one loop, whose nodes are there once") func loop() throws {
    let graph = try imported(Self.scan())
    #expect(graph.loops.map(\.count) == [4] && graph.loops[0].states.count == 1)
    #expect(try values(Self.scan(), Self.x) == [2, 5, 7, 21, 36, 127, 253, 1017])
    #expect(try values(Self.scan(), Self.x, "n") == [253, 1017])
  }

  @Test("run backwards, and along other axes") func directions() throws {
    let backwards = Self.scan(["scan_input_directions": [1], "scan_output_directions": [1]])
    #expect(try values(backwards, Self.x) == [125, 827, 124, 413, 41, 103, 8, 17])
    #expect(try values(backwards, Self.x, "n") == [125, 827])
    var turned = Self.scan(["scan_output_axes": [1]])
    turned.graph.output = [Make.tensorInfo("y", [])]
    let graph = try imported(turned)
    #expect(graph[graph.outputs[0].value].shape == [2, 4])
  }

  @Test("are unrolled where steps differ") func unrolled() throws {
    // The state grows.
    var model = Self.scan()
    model.graph.node[0].output = ["n", "y"]
    model.graph.node[0].attribute.removeAll { $0.name == "body" }
    model.graph.node[0].attribute.append(
      body(["h", "e"], [Make.node("Concat", ["h", "e"], ["k"], int: ["axis": 0])], ["k", "e"]))
    model.graph.output = [Make.tensorInfo("n", [])]
    #expect(try imported(model).loops.isEmpty)
    #expect(try values(model, Self.x, "n") == [1, 2] + Self.x)
  }

  /// The body adds the run's number, which it is told, to the state, and goes on while it is less than
  /// `limit`.
  private static func loop(_ condition: [Onnx_NodeProto], runs: Int64? = 5) -> Onnx_ModelProto {
    var loop = Make.node("Loop", [runs == nil ? "" : "runs", "", "x"], ["n", "y"])
    loop.attribute = [
      body(
        ["i", "c", "h"],
        condition + [
          Make.node("Cast", ["i"], ["f"], int: ["to": 1]), Make.node("Add", ["h", "f"], ["k"]),
        ], ["d", "k", "f"])
    ]
    return Make.model(
      opset: 13, [loop], input: [2],
      initializers: [
        Make.integers("runs", [runs ?? 0], shape: []), Make.integers("two", [2], shape: []),
        Make.booleans("yes", [true], shape: []),
      ], outputs: ["n", "y"])
  }

  @Test("know their number of runs, or find it") func runs() throws {
    let all = Self.loop([Make.node("Identity", ["c"], ["d"])])
    #expect(try values(all, [1, 10], "n") == [11, 20])
    #expect(try values(all, [1, 10]) == [0, 1, 2, 3, 4])
    let some = Self.loop([Make.node("Less", ["i", "two"], ["d"])], runs: nil)
    #expect(try values(some, [1, 10], "n") == [4, 13])
  }

  @Test("end by an input only where their runs are limited and nothing is collected")
  func open() throws {
    let condition = [
      Make.node("ReduceSum", ["h"], ["s"], int: ["keepdims": 0]),
      Make.node("Less", ["s", "ten"], ["d"]),
    ]
    var model = Self.loop(condition)
    model.graph.initializer.append(Make.floats("ten", [], [10]))
    #expect(try model.importError()?.isUnsupported == true)
    model.graph.node[0].output = ["n"]
    model.graph.node[0].attribute[0].g.output.removeLast()
    model.graph.output = [Make.tensorInfo("n", [])]
    // The condition is asked of the state before: of 3, 3, 5, 9 and 15.
    #expect(try values(model, [1, 2], "n") == [11, 12])
    #expect(try values(model, [6, 6], "n") == [6, 6])
  }

  @Test("that never end are refused") func endless() throws {
    var model = Self.loop([Make.node("Identity", ["c"], ["d"])], runs: 1 << 40)
    // Nodes that nobody needs count as well.
    model.graph.node[0].attribute[0].g.node += (0..<2000).map {
      Make.node("Identity", ["h"], ["unused\($0)"])
    }
    for runs in [1 << 40, GraphImporter.maximumLoopRuns + 1] {
      model.graph.initializer[0] = Make.integers("runs", [Int64(runs)], shape: [])
      let error = try #require(try model.importError())
      #expect("\(error)".contains("is run so often"))
    }
  }
}

@Suite("Sequences, optionals and functions fold away") struct FoldingAwayTests {
  private func y(_ nodes: [Onnx_NodeProto], _ constants: [Onnx_TensorProto] = []) throws -> [Float]?
  {
    let places = (-3...3).map { Make.integers("p\($0)", [Int64($0)], shape: []) }
    return try values(
      Make.model(opset: 18, nodes, input: [4], initializers: places + constants), [1, 2, 3, 4])
  }

  @Test func sequences() throws {
    let pair = [
      Make.node("Neg", ["x"], ["n"]), Make.node("SequenceConstruct", ["x", "n"], ["s"]),
      Make.node("SequenceInsert", ["s", "x", "p1"], ["t"]),
    ]
    let negative: [Float] = [-1, -2, -3, -4]
    #expect(try y(pair + [Make.node("SequenceAt", ["t", "p-1"], ["y"])]) == negative)
    #expect(
      try y(
        pair + [
          Make.node("SequenceErase", ["t"], ["u"]), Make.node("SequenceAt", ["u", "p-1"], ["y"]),
        ]) == [1, 2, 3, 4])
    #expect(
      try y(pair + [Make.node("ConcatFromSequence", ["s"], ["y"], int: ["axis": 0])])
        == [1, 2, 3, 4] + negative)
    #expect(
      try y([
        Make.node("SplitToSequence", ["x", "p3"], ["s"]),
        Make.node("SequenceAt", ["s", "p1"], ["y"]),
      ]) == [4])
    let error = try Make.model(
      opset: 18, pair + [Make.node("SequenceAt", ["t", "p"], ["y"])], input: [4],
      initializers: [
        Make.integers("p", [3], shape: []), Make.integers("p1", [1], shape: []),
      ]
    ).importError()
    #expect("\(try #require(error))".contains("a sequence of 3"))
  }

  @Test func map() throws {
    var map = Make.node("SequenceMap", ["s", "x"], ["t"])
    map.attribute = [body(["a", "b"], [Make.node("Add", ["a", "b"], ["c"])], ["c"])]
    #expect(
      try y([
        Make.node("SequenceConstruct", ["x", "x"], ["s"]), map,
        Make.node("SequenceAt", ["t", "p1"], ["y"]),
      ]) == [2, 4, 6, 8])
  }

  @Test func optionals() throws {
    func chosen(_ optional: Onnx_NodeProto) throws -> [Float]? {
      var choice = Make.node("If", ["has"], ["y"])
      choice.attribute = [
        body([], [Make.node("OptionalGetElement", ["o"], ["v"])], ["v"], name: "then_branch"),
        body([], [Make.node("Neg", ["x"], ["v"])], ["v"], name: "else_branch"),
      ]
      return try y([optional, Make.node("OptionalHasElement", ["o"], ["has"]), choice])
    }
    #expect(try chosen(Make.node("Optional", ["x"], ["o"])) == [1, 2, 3, 4])
    #expect(try chosen(Make.node("Optional", [], ["o"])) == [-1, -2, -3, -4])
  }

  /// scaled(a, b; by) = a · by, and b more where there is one.
  private func function(_ calls: [Onnx_NodeProto], _ opset: Int64 = 13) -> Onnx_ModelProto {
    var function = Onnx_FunctionProto()
    (function.domain, function.name) = ("own", "scaled")
    (function.input, function.output) = (["a", "b"], ["r"])
    function.attributeProto = [Make.attribute("by", .float) { $0.f = 2 }]
    var constant = Make.node("Constant", [], ["k"])
    constant.attribute = [
      Make.attribute("value_float", .float) { $0.refAttrName = "by" }
    ]
    function.node = [
      constant, Make.node("Mul", ["a", "k"], ["r"]),
    ]
    var version = Onnx_OperatorSetIdProto()
    version.version = opset
    function.opsetImport = [version]
    var model = Make.model(
      opset: 13,
      calls.map { call in
        var call = call
        call.domain = "own"
        return call
      }, input: [2])
    model.functions = [function]
    return model
  }

  @Test func functions() throws {
    let twice = function([
      Make.node("scaled", ["x"], ["k"]),
      Make.node("scaled", ["k", "x"], ["y"], float: ["by": 0.5]),
    ])
    #expect(try values(twice, [3, 4]) == [3, 4])
    var endless = function([Make.node("scaled", ["x"], ["y"])])
    endless.functions[0].node[1].opType = "scaled"
    endless.functions[0].node[1].domain = "own"
    #expect("\(try #require(try endless.importError()))".contains("calls itself"))
    var two = twice
    two.functions.append(two.functions[0])
    #expect(try two.importError()?.isUnsupported == false)
  }
}

import CircuitLanguage
import Compiler
import ConstraintSystem
import Equations
import TensorGraph
import TestSupport
import Testing
import Witness

@testable import NetworkTestSupport

@Suite("Who sees inputs, outputs and models") struct VisibilityTests {
  /// Two inputs; the outputs are a result, a view of it, an input, and the result again.
  private func graph() throws -> EquationGraph {
    var net = try Network(input: [2, 3])
    let other = try net.builder.addInput(named: "z", shape: [2, 3])
    let sum = try net.node(.relu, try net.node(.add, net.input, other))
    try net.builder.addOutput(named: "sum", sum)
    try net.builder.addOutput(named: "turned", try net.node(.transpose([1, 0]), sum))
    try net.builder.addOutput(named: "same", net.input)
    return try net.finish(sum)
  }

  private func sample() throws -> [String: Tensor] {
    var numbers = SeededGenerator(seed: 8)
    return ["x": try numbers.tensor([2, 3]), "z": try numbers.tensor([2, 3])]
  }

  private func model(_ visibility: ModelVisibility) throws -> CompiledModel {
    try Compiler(library: .standard(), options: CompileOptions(visibility: visibility))
      .compile(try graph(), samples: [try sample()])
  }

  private func roles(_ model: CompiledModel) -> [String: TensorRole] {
    var roles: [String: TensorRole] = [:]
    for port in model.interface.inputs + model.interface.outputs {
      roles[port.name] = model.circuit.system.tensors[port.tensor].role
      #expect(port.isPublic == roles[port.name]?.isPublic)
    }
    return roles
  }

  @Test func inputsAndModelsArePrivateUnlessAsked() throws {
    let model = try model(ModelVisibility())
    #expect(
      roles(model) == [
        "x": .privateInput, "z": .privateInput, "sum": .publicOutput, "turned": .publicOutput,
        "same": .publicOutput, "y": .publicOutput,
      ])
    #expect(!model.isPublic)
    #expect(CompileOptions().visibility == ModelVisibility())
  }

  @Test func everyPortHasItsOwnVisibility() throws {
    let visibility = ModelVisibility(
      model: .public, inputs: .init(.public, named: ["z": .private]),
      outputs: .init(.private, named: ["same": .public]))
    let model = try model(visibility)
    #expect(
      roles(model) == [
        "x": .publicInput, "z": .privateInput, "sum": .privateOutput, "turned": .privateOutput,
        "same": .publicOutput, "y": .privateOutput,
      ])
    #expect(model.isPublic)
    let read = try CompiledModel(fileBytes: model.fileBytes)
    #expect(read.isPublic && read.options == model.options)
  }

  /// Whatever can be committed to is a tensor of its own with all values of the port.
  @Test(arguments: [Visibility.private, .public])
  func portsHoldTheNetworksValues(outputs: Visibility) throws {
    let model = try model(ModelVisibility(outputs: .init(outputs)))
    let assignment = try model.evaluate(try sample())
    try StatementChecker.check(model.circuit.system, assignment)
    let expected = try graph().evaluate(try sample())
    let found = model.interface.outputs { assignment[$0].values }
    #expect(Set(found.keys) == Set(expected.keys))
    #expect(Set(model.interface.outputs.map(\.tensor)).count == 4)
    for (name, value) in expected {
      #expect(found[name]?.shape == value.shape)
      for (left, right) in zip(found[name]?.values ?? [], value.reals) {
        #expect(abs(left - Double(right)) < 1e-3)
      }
    }
  }

  /// Nobody else looks at a private input: the statements have to hold it to 16 bits.
  @Test func aPrivateInputIsHeldToItsRange() throws {
    var net = try Network(input: [4])
    // Statements about x alone: a public input's range is the verifier's to check.
    let graph = try net.finish(try net.node(.reshape([2, 2]), net.input))
    let sample = ["x": try Tensor(shape: [4], real: [0.5, -0.25, 0, 0.125])]
    for visibility in [Visibility.private, .public] {
      let model = try Compiler(
        library: .standard(),
        options: CompileOptions(visibility: .init(inputs: .init(visibility)))
      ).compile(graph, samples: [sample])
      var system = model.circuit.system
      for tensor in system.tensors.indices { system.tensors[tensor].range = -(1 << 40)...(1 << 40) }
      let circuit = Circuit(system: system, program: model.circuit.program)
      let input = model.interface.inputs[0].tensor
      for (value, fits) in [(-32769, false), (-32768, true), (32767, true), (32768, false)] {
        let assignment = try Evaluator.evaluate(
          circuit, model: model.model, inputs: [input: IntegerBuffer([value, 0, 0, 0])])
        let isAccepted = (try? StatementChecker.check(system, assignment)) != nil
        #expect(isAccepted == (fits || visibility == .public), "\(value)")
      }
    }
  }

  @Test func unknownNamesAreRefused() throws {
    let cases: [(CompileOptions, String)] = [
      (.init(visibility: .init(inputs: .init(.public, named: ["sum": .private]))), "sum"),
      (.init(visibility: .init(outputs: .init(.public, named: ["x": .private]))), "x"),
      (.init(inputBits: ["nothing": 3]), "nothing"),
    ]
    for (options, name) in cases {
      let compiler = Compiler(library: try .standard(), options: options)
      let (graph, sample) = (try graph(), try sample())
      let error = failure { () throws(CompileError) in
        try compiler.compile(graph, samples: [sample])
      }
      #expect(error?.description.contains("\"\(name)\": the network has no such") == true)
    }
  }
}

@Suite("Inputs of demanded scales") struct InputScaleTests {
  private func compile(
    _ graph: EquationGraph, _ sample: [String: Tensor], _ bits: [String: Int]
  ) throws(CompileError) -> CompiledModel {
    guard let library = try? CircuitLibrary.standard() else { throw .file("no library") }
    return try Compiler(library: library, options: CompileOptions(inputBits: bits))
      .compile(graph, samples: [sample])
  }

  /// The output of one network is the input of the next, integer for integer.
  @Test func networksAreChained() throws {
    var first = try Network(input: [1, 6], seed: 2)
    let front = try first.finish(try first.node(.relu, try first.dense(first.input, 6, 5)))
    var second = try Network(input: [1, 5], seed: 4)
    let back = try second.finish(try second.dense(second.input, 5, 3))
    let sample = ["x": try first.numbers.tensor([1, 6], scale: 3)]
    let model = try compile(front, sample, [:])
    let link = try #require(model.interface.outputs.first)
    let reals = try #require(try front.evaluate(sample)["y"])
    let next = try compile(back, ["x": reals], ["x": link.fractionalBits])
    let port = next.interface.inputs[0]
    #expect(port.fractionalBits == link.fractionalBits && port.range.contains(link.range))
    let values = try model.evaluate(sample)[link.tensor]
    let outcome = try Evaluator.evaluate(
      next.circuit, model: next.model, inputs: [port.tensor: values])
    let output = next.interface.outputs { outcome[$0].values }["y"]?.values ?? []
    let expected = try #require(try back.evaluate(["x": reals])["y"]).reals
    #expect(output.count == 3)
    for (left, right) in zip(output, expected) { #expect(abs(left - Double(right)) < 1e-2) }
  }

  @Test(arguments: [-3, 0, 9, 14]) func theScaleIsKept(bits: Int) throws {
    var net = try Network(input: [1, 4], seed: 6)
    let sum = try net.node(.add, net.input, try net.node(.relu, net.input))
    let graph = try net.finish(try net.dense(sum, 4, 4))
    let sample = ["x": try Tensor(shape: [1, 4], real: [1.9, -1, 0.5, 0])]
    let model = try compile(graph, sample, ["x": bits])
    #expect(model.interface.inputs[0].fractionalBits == bits)
    try StatementChecker.check(model.circuit.system, try model.evaluate(sample))
  }

  @Test func whatDoesNotFitIsRefused() throws {
    var net = try Network(input: [1, 4], seed: 6)
    let graph = try net.finish(try net.dense(net.input, 4, 4))
    let sample = ["x": try Tensor(shape: [1, 4], real: [2.1, -1, 0.5, 0])]
    for bits in [14, 61, -61, Int.max, Int.min] {
      let error = failure { () throws(CompileError) in
        try compile(graph, sample, ["x": bits])
      }
      #expect(error?.description.contains("can't have \(bits) fractional bits") == true)
    }
  }

  @Test func demandsThatContradictEachOtherAreRefused() throws {
    var net = try Network(input: [1, 4])
    let other = try net.builder.addInput(named: "z", shape: [1, 4])
    let graph = try net.finish(try net.node(.operation("Max"), net.input, other))
    let sample = ["x": try net.numbers.tensor([1, 4]), "z": try net.numbers.tensor([1, 4])]
    let error = failure { () throws(CompileError) in
      try compile(graph, sample, ["x": 3, "z": 4])
    }
    #expect(error?.description.contains("has the scale of") == true)
    _ = try compile(graph, sample, ["x": 3, "z": 3])
  }

  /// A product of demanded scales that no accumulator holds.
  @Test func demandsThatALayerCanNotMeetAreRefused() throws {
    var net = try Network(input: [1, 4])
    let other = try net.builder.addInput(named: "z", shape: [1, 4])
    let graph = try net.finish(try net.node(.multiply, net.input, other))
    let sample = ["x": try net.numbers.tensor([1, 4]), "z": try net.numbers.tensor([1, 4])]
    func compile(_ bits: [String: Int]) throws(CompileError) -> CompiledModel {
      try Compiler(
        library: .init(), options: CompileOptions(accumulatorBits: 28, inputBits: bits)
      ).compile(graph, samples: [sample])
    }
    let error = failure { () throws(CompileError) in try compile(["x": 13, "z": 13]) }
    guard case .demand(let node, let reason)? = error else {
      Issue.record("the demand led to \(String(describing: error))")
      return
    }
    #expect(node == graph.layers[0].name && reason.contains("demanded of the input"))
  }

  /// What is far less than a unit of the result is no reason to refuse its scale.
  @Test func addendsThatComeToNothingKeepTheirScale() throws {
    var net = try Network(input: [1, 4])
    let large = try net.constant([1, 4], scale: 1e6)
    let graph = try net.finish(try net.node(.add, net.input, large))
    let sample = ["x": try net.numbers.tensor([1, 4], scale: 1e-9)]
    let model = try compile(graph, sample, ["x": 40])
    #expect(model.interface.inputs[0].fractionalBits == 40)
    try StatementChecker.check(model.circuit.system, try model.evaluate(sample))
  }

  /// Of a model with one score, as of one whose scores begin at the same number, that is no structure.
  @Test(
    "What a layer adds is not in the statements, even where it is one number",
    arguments: [(scores: 1, shape: [1]), (3, [3]), (3, [])])
  func intercepts(scores: Int, shape: [Int]) throws {
    let systems = try [0.25, 0.3125].map { (value: Float) -> ConstraintSystem in
      var net = try Network(input: [2, 4])
      let weighed = try net.node(.gemm(), net.input, try net.constant([4, scores], scale: 0.5))
      let added = try net.constant(
        shape, values: [Float](repeating: value, count: shape.reduce(1, *)))
      let graph = try net.finish(try net.node(.relu, try net.node(.add, weighed, added)))
      let samples = [["x": try net.numbers.tensor([2, 4])]]
      return try Compiler(library: .standard()).compile(graph, samples: samples).circuit.system
    }
    #expect(systems[0] == systems[1])
  }
}

import Compiler
import ConstraintSystem
import Equations
import TensorGraph
import Testing
import Witness

@testable import NetworkTestSupport

@Suite("Outputs that no layer computes, and their names")
struct OutputTests {
  private func check(_ result: Outcome, _ sample: [String: Tensor]) throws {
    let model = result.model
    try StatementChecker.check(model.circuit.system, try model.evaluate(sample))
    #expect(result.error <= 1e-3 * max(result.magnitude, 1))
  }

  /// In the order of the network, though they are computed in another.
  @Test func orderAndNames() throws {
    var net = try Network(input: [2, 3])
    let early = try net.node(.relu, net.input)
    let late = try net.node(.leakyRelu(alpha: 0.5), early)
    for (name, tensor) in [("late", late), ("x", net.input), ("early", early), ("again", late)] {
      try net.builder.addOutput(named: name, tensor)
    }
    try net.builder.addOutput(named: "fixed", try net.constant([2]))
    let graph = try net.builder.finish()
    let sample = ["x": try net.numbers.tensor([2, 3])]
    let result = try outcome(graph, [sample])
    try check(result, sample)
    let outputs = result.model.interface.outputs
    #expect(outputs.map(\.name) == ["late", "x", "early", "again", "fixed"])
    #expect(outputs.map(\.systemName) == ["late", "x (output)", "early", "again", "fixed"])
    #expect(outputs.map(\.shape) == [[2, 3], [2, 3], [2, 3], [2, 3], [2]])
    #expect(result.model.interface.inputs.map(\.systemName) == ["x"])
  }

  /// A name that looks like a marked one is marked too, so that none is taken for another.
  @Test func marksAreUnambiguous() throws {
    for names in [["x (output)"], ["x (output)", "x"], ["x (output) (output)", "z (output)"]] {
      var net = try Network(input: [2])
      let y = try net.node(.relu, net.input)
      for name in names { try net.builder.addOutput(named: name, name == "x" ? net.input : y) }
      let sample = ["x": try net.numbers.tensor([2])]
      let result = try outcome(try net.builder.finish(), [sample])
      try check(result, sample)
      #expect(result.model.interface.outputs.map(\.name) == names)
    }
  }

  /// A weight may be called like an output, which then keeps its name.
  @Test func outputsKeepTheirNames() throws {
    var net = try Network(input: [1, 3])
    let y = try net.node(.add, net.input, try net.constant([3]))
    try net.builder.addOutput(named: "c1", y)
    let sample = ["x": try net.numbers.tensor([1, 3])]
    let result = try outcome(try net.builder.finish(), [sample])
    try check(result, sample)
    #expect(result.model.interface.outputs.map(\.systemName) == ["c1"])
    #expect(result.model.circuit.system.tensors.contains { $0.role == .model && $0.name == "c1#2" })
  }

  @Test func withoutInputs() throws {
    var builder = EquationGraphBuilder()
    let c = builder.addConstant(named: "c", try Tensor(shape: [], real: [-1000.5]))
    let i = builder.addConstant(named: "i", try Tensor(shape: [2], integer: [3, -32768]))
    try builder.addOutput(named: "y", c)
    try builder.addOutput(named: "z", i)
    let result = try outcome(try builder.finish(), [[:]])
    try check(result, [:])
    #expect(result.integers["z"]?.values == [3, -32768])
    #expect(result.integers["y"]?.shape == [])
  }

  @Test("constants that can't be outputs are named")
  func impossibleConstants() throws {
    let cases: [(Tensor, String)] = [
      (try Tensor(shape: [1], real: [.infinity]), "infinite"),
      (try Tensor(shape: [1], integer: [32768]), "16 bits"),
      (try Tensor(shape: [0], real: []), "empty"),
    ]
    let compiler = Compiler(library: try .standard())
    for (value, reason) in cases {
      var builder = EquationGraphBuilder()
      let c = builder.addConstant(named: "c", value)
      try builder.addOutput(named: "y", c)
      let graph = try builder.finish()
      let error = failure { () throws(CompileError) in
        try compiler.compile(graph, samples: [[:]])
      }
      guard case .unsupported(let nodes)? = error else {
        Issue.record("\(String(describing: error))")
        continue
      }
      #expect(nodes.map(\.name) == ["y"])
      #expect(nodes[0].reason.contains(reason))
    }
  }

  /// The parts of a concatenation never meet in one element, whatever the layer that reads it.
  @Test func poolingOfParts() throws {
    var net = try Network(input: [1, 1, 6])
    let parts = try net.node(.concatenate(axis: 2), net.input, net.input, net.input)
    let pooled = try net.node(
      .maxPool(Window(kernel: [3], padsBefore: [1], padsAfter: [1])), parts)
    let graph = try net.finish(pooled)
    let sample = ["x": try net.numbers.tensor([1, 1, 6])]
    try check(try outcome(graph, [sample]), sample)
  }
}

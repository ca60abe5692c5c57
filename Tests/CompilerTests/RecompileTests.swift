import CircuitLanguage
import Compiler
import ConstraintSystem
import Equations
import TensorGraph
import Testing
import Witness

@testable import NetworkTestSupport

/// Compiles with samples, then again with nothing but the system.
func expectFoundAgain(
  _ graph: EquationGraph, _ samples: [[String: Tensor]],
  _ options: CompileOptions = CompileOptions()
) throws {
  let model = try Compiler(library: try .standard(), options: options).compile(
    graph, samples: samples)
  let again = try Compiler(library: try .standard()).compile(graph, as: model.circuit.system)
  #expect(again.circuit.canonicalBytes == model.circuit.canonicalBytes)
  #expect(again.model.mapValues(\.values) == model.model.mapValues(\.values))
  let ports = model.interface.inputs + model.interface.outputs
  #expect(again.interface.inputs + again.interface.outputs == ports)
}

@Suite("A system and the network that it is of") struct RecompileTests {
  /// Two branches of different scales, one of them with weights that are copied.
  private func network(_ scale: Float, seed: UInt64 = 3) throws -> (EquationGraph, [String: Tensor])
  {
    var net = try Network(input: [1, 2, 6, 6], seed: seed)
    let window = Window(kernel: [3, 3])
    let a = try net.node(.relu, net.convolution(net.input, 2, 4, window, groups: 2))
    let b = try net.node(.multiply, a, net.constant([1, 4, 1, 1], scale: scale))
    let c = try net.node(.add, a, b)
    let d = try net.node(.multiply, c, a)
    let flat = try net.node(.reshape([1, 64]), d)
    let graph = try net.finish(try net.dense(flat, 64, 3))
    return (graph, ["x": try net.numbers.tensor([1, 2, 6, 6], scale: scale)])
  }

  @Test(arguments: [1e-7, 1e-3, 1, 30, 1e5] as [Float], [0, 3])
  func scalesAreFoundAgain(scale: Float, headroom: Int) throws {
    let (graph, sample) = try network(scale)
    try expectFoundAgain(graph, [sample], CompileOptions(headroomBits: headroom))
    try expectFoundAgain(
      graph, [sample],
      CompileOptions(
        visibility: ModelVisibility(
          model: .public, inputs: .init(.public), outputs: .init(.public, named: ["y": .private])),
        inputBits: ["x": scale > 1e4 ? -5 : 1]))
  }

  @Test func namesThatOccurTwiceAreFoundAgain() throws {
    var net = try Network(input: [1, 8])
    var x = net.input
    for layer in 0..<4 {
      let weights = try net.constant([8, 8], scale: layer % 2 == 0 ? 1e3 : 1e-4)
      x = try net.append(.gemm(transposeB: true), [x, weights], name: "same", output: "same")
    }
    try expectFoundAgain(try net.finish(x), [["x": try net.numbers.tensor([1, 8])]])
  }

  @Test func anotherNetworkIsRefused() throws {
    let (graph, sample) = try network(1)
    let compiler = Compiler(library: try .standard())
    let system = try compiler.compile(graph, samples: [sample]).circuit.system
    var net = try Network(input: [1, 2, 6, 6])
    let other = try net.finish(
      try net.dense(try net.node(.reshape([1, 72]), net.input), 72, 3))
    let error = failure { () throws(CompileError) in try compiler.compile(other, as: system) }
    guard case .different(let reason)? = error else {
      Issue.record("the other network led to \(String(describing: error))")
      return
    }
    #expect(!reason.isEmpty)
    var changed = system
    changed.lookups.removeLast()
    let fewer = failure { () throws(CompileError) in try compiler.compile(graph, as: changed) }
    #expect(fewer?.description.contains("does not compile to this system") == true)
    for tensor in system.tensors.indices {
      var shifted = system
      shifted.tensors[tensor].fractionalBits += 1
      #expect(throws: CompileError.self) { try compiler.compile(graph, as: shifted) }
    }
  }

  /// Other weights may well have the same system; then they are other integers.
  @Test func otherWeightsAreOtherIntegers() throws {
    func graph(_ weight: Float) throws -> EquationGraph {
      var net = try Network(input: [1, 2])
      let weights = try net.constant([2, 2], values: [1, weight, -0.5, 0.125])
      return try net.finish(try net.node(.gemm(transposeB: true), net.input, weights))
    }
    let compiler = Compiler(library: try .standard())
    let sample = ["x": try Tensor(shape: [1, 2], real: [0.7, -0.2])]
    let model = try compiler.compile(try graph(0.25), samples: [sample])
    let other = try compiler.compile(try graph(0.2501), as: model.circuit.system)
    #expect(other.circuit == model.circuit)
    #expect(other.model.mapValues(\.values) != model.model.mapValues(\.values))
  }
}

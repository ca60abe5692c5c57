import CircuitLanguage
import ConstraintSystem
import Equations
import TensorGraph
import Testing
import Witness

@testable import Compiler
@testable import NetworkTestSupport

/// What compiling makes of a network and its samples, all statements checked.
private func compilation(
  _ graph: EquationGraph, _ samples: [[String: Tensor]],
  _ options: CompileOptions = CompileOptions()
) throws -> Compilation {
  var compiler = Compiler(library: try .standard(), options: options)
  compiler.checksAllSamples = true
  return try compiler.compilation(graph, samples: samples)
}

@Suite("Networks as circuits")
struct CompilationTests {
  private func check(
    _ shape: [Int], seed: UInt64 = 1, tolerance: Double = 1e-3,
    _ body: (inout Network) throws -> ValueID
  ) throws {
    var net = try Network(input: shape, seed: seed)
    let output = try body(&net)
    let graph = try net.finish(output)
    let samples = try (0..<2).map { _ in ["x": try net.numbers.tensor(shape)] }
    let result = try compilation(graph, samples)
    #expect(try #require(result.accuracy).errorOfRange <= tolerance)
    try expectFoundAgain(graph, result)
  }

  /// With nothing but the system the same circuit and the same integers come out.
  private func expectFoundAgain(_ graph: EquationGraph, _ result: Compilation) throws {
    let again = try Compiler(library: .standard()).compile(graph, as: result.model.circuit.system)
    #expect(again.circuit.canonicalBytes == result.model.circuit.canonicalBytes)
    #expect(again.model.mapValues(\.values) == result.model.model.mapValues(\.values))
  }

  private func sample(_ shape: [Int], _ values: [Float]) throws -> [String: Tensor] {
    ["x": try Tensor(shape: shape, real: values)]
  }

  @Test(arguments: 1...5 as ClosedRange<UInt64>)
  func perceptrons(seed: UInt64) throws {
    try check([1, 20], seed: seed) { net in
      let a = try net.node(.relu, net.dense(net.input, 20, 16))
      let b = try net.node(.leakyRelu(alpha: 0.1), net.dense(a, 16, 12))
      return try net.dense(b, 12, 4)
    }
  }

  @Test func convolutionsAndPooling() throws {
    try check([1, 2, 9, 9]) { net in
      let a = try net.convolution(
        net.input, 2, 4, Window(kernel: [3, 3], padsBefore: [1, 1], padsAfter: [1, 1]))
      let pool = Window(
        kernel: [3, 3], strides: [2, 2], padsBefore: [1, 1], padsAfter: [1, 1])
      let b = try net.node(.maxPool(pool), try net.node(.relu, a))
      let c = try net.node(
        .maxPool(pool), try net.convolution(b, 4, 4, Window(kernel: [2, 2]), groups: 4))
      let d = try net.normalisation(c, 4)
      return try net.node(.averagePool(Window(kernel: [2, 2]), countingPads: false), d)
    }
  }

  @Test func residualsAndProducts() throws {
    try check([2, 8]) { net in
      let a = try net.node(.relu, net.dense(net.input, 8, 8))
      let b = try net.node(.add, a, net.input)
      let c = try net.node(.multiply, b, a)
      let d = try net.node(.subtract, c, try net.constant([8]))
      return try net.node(.clip(lower: -1, upper: 0.75), d)
    }
  }

  /// A raw income beside a rate: 16 bits hold both where each channel has its own power of two.
  @Test func featuresOfDifferentMagnitude() throws {
    var net = try Network(input: [1, 2])
    let weights = try net.constant([1, 2], values: [1e-5, 10])
    let graph = try net.finish(
      try net.node(.gemm(transposeB: true), net.input, weights))
    let result = try compilation(graph, [sample([1, 2], [85000, 0.031])])
    #expect(try #require(result.accuracy).errorOfRange < 1e-3)
    try expectFoundAgain(graph, result)
  }

  @Test(arguments: [1e4, 1e9] as [Float])
  func masks(magnitude: Float) throws {
    var net = try Network(input: [1, 4])
    let mask = try net.constant([1, 4], values: [0, -magnitude, 0, -magnitude])
    let masked = try net.node(.add, net.dense(net.input, 4, 4), mask)
    let graph = try net.finish(try net.node(.relu, masked))
    let result = try compilation(graph, [sample([1, 4], [0.9, -0.7, 0.8, 0.3])])
    #expect(try #require(result.accuracy).errorOfRange < 1e-3)
    try expectFoundAgain(graph, result)
  }

  @Test func differencesOfLargeNumbers() throws {
    var net = try Network(input: [1, 4])
    let large = try net.constant([1, 4], values: [1e4, 1e4, 1e4, 1e4])
    let a = try net.node(.add, net.input, large)
    try net.builder.addOutput(named: "large", a)
    let graph = try net.finish(try net.node(.subtract, a, large))
    let result = try compilation(graph, [sample([1, 4], [0.4, 0.7, -0.1, 0.2])])
    #expect(try #require(result.accuracy).errorOfRange < 2e-2)
  }

  /// What a residual block costs, which no change may make more by the way.
  @Test func costs() throws {
    var net = try Network(input: [1, 3, 16, 16])
    let window = Window(kernel: [3, 3], padsBefore: [1, 1], padsAfter: [1, 1])
    let a = try net.node(.relu, net.convolution(net.input, 3, 8, window))
    let b = try net.node(.relu, net.convolution(a, 8, 8, window))
    let c = try net.node(.add, a, net.convolution(b, 8, 8, window))
    let pool = try net.node(.maxPool(Window(kernel: [2, 2], strides: [2, 2])), c)
    let graph = try net.finish(pool)
    let model = try compilation(graph, [["x": try net.numbers.tensor([1, 3, 16, 16])]]).model
    let system = model.circuit.system
    let cells = system.tensors.filter(\.role.isWitness).reduce(0) { $0 + $1.count }
    #expect(cells <= 35328)
    #expect(system.lookups.reduce(0) { $0 + system.tupleCount(of: $1) } <= 34304)
  }

  @Test func labelsAndWhatIsLost() throws {
    var net = try Network(input: [2, 3])
    let scores = try net.node(.add, net.input, net.constant([1], values: [1e13]))
    try net.builder.addOutput(named: "scores", scores)
    let graph = try net.finish(try net.node(.argMax(axis: 1, keepingAxis: true), scores))
    let samples = [try sample([2, 3], [0.1, 0.5, 0.2, 0.9, 0.8, -1])]
    let result = try compilation(graph, samples)
    let accuracy = try #require(result.accuracy)
    #expect(accuracy.outputs.map(\.isLabel) == [false, true])
    #expect(accuracy.outputs[1].labels == 2 && accuracy.outputs[1].changed == 1)
    let found = try #require(try result.inaccuracy(accuracy, samples, tolerance: 0.01))
    #expect(found.output.name == "y" && !found.losses.isEmpty)
  }
}

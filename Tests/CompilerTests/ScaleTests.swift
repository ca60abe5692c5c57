import Compiler
import Equations
import TensorGraph
import Testing
import Witness

@testable import NetworkTestSupport

@Suite("Scales hold what calibration saw")
struct ScaleTests {
  /// A three-layer network at some scale of its input and weights, with its sample.
  private func network(
    input: Float, weights: Float, bias: Float = 0.1
  ) throws -> (EquationGraph, [String: Tensor]) {
    var net = try Network(input: [1, 8], seed: 11)
    var x = net.input
    for _ in 0..<3 {
      x = try net.node(
        .gemm(transposeB: true), x, net.constant([8, 8], scale: weights),
        net.constant([8], scale: bias))
      x = try net.node(.relu, x)
    }
    let graph = try net.finish(x)
    return (graph, ["x": try net.numbers.tensor([1, 8], scale: input)])
  }

  @Test(arguments: [1e-12, 1e-6, 1e-3, 1, 1e3, 1e9] as [Float], [1e-6, 0.02, 1, 40] as [Float])
  func magnitudes(input: Float, weights: Float) throws {
    let (graph, sample) = try network(input: input, weights: weights, bias: input * weights)
    let result = try outcome(graph, [sample])
    // What is less than 2^-45 throughout calibration counts as zero.
    #expect(result.error <= 3e-3 * result.magnitude + 0x1p-45)
  }

  @Test func everythingZero() throws {
    let (graph, _) = try network(input: 0, weights: 0, bias: 0)
    let sample = ["x": try Tensor(shape: [1, 8], real: [Float](repeating: 0, count: 8))]
    let result = try outcome(graph, [sample])
    #expect(result.error == 0 && result.magnitude == 0)
    // Other inputs are still possible.
    let other = ["x": try Tensor(shape: [1, 8], real: [Float](repeating: 1, count: 8))]
    _ = try result.model.evaluate(other)
  }

  @Test func constantOutput() throws {
    let (graph, sample) = try network(input: 1, weights: 0, bias: 1000)
    let result = try outcome(graph, [sample])
    #expect(result.magnitude > 100)
    #expect(result.error <= 1e-3 * result.magnitude)
  }

  @Test func biasDwarfsProducts() throws {
    let (graph, sample) = try network(input: 1e-9, weights: 1e-6, bias: 1e6)
    let result = try outcome(graph, [sample])
    #expect(result.error <= 1e-3 * result.magnitude)
  }

  @Test func addendsOfDifferentMagnitude() throws {
    var net = try Network(input: [2, 4])
    let large = try net.node(.multiply, net.input, net.constant([4], scale: 1e7))
    let small = try net.node(.multiply, net.input, net.constant([4], scale: 1e-9))
    let sum = try net.node(.add, large, small)
    let graph = try net.finish(try net.node(.subtract, sum, large))
    let sample = ["x": try net.numbers.tensor([2, 4])]
    let model = try outcome(graph, [sample]).model
    try StatementChecker.check(model.circuit.system, try model.evaluate(sample))
  }

  /// A result that must have its operand's scale, and be far greater, has none.
  @Test(arguments: [1e12, 1e20] as [Float])
  func scalesThatFeedBack(factor: Float) throws {
    var net = try Network(input: [2, 4])
    let large = try net.node(
      .multiply, net.input, net.constant([4], values: [factor, 2 * factor, factor, 3 * factor]))
    let graph = try net.finish(try net.node(.operation("Max"), net.input, large))
    let sample = ["x": try net.numbers.tensor([2, 4], scale: 1e5)]
    let error = failure { () throws(CompileError) in
      try Compiler(library: .init()).compile(graph, samples: [sample])
    }
    guard case .scales(let node, let reason)? = error else {
      Issue.record("\(String(describing: error))")
      return
    }
    #expect(graph.layers.contains { $0.name == node } && reason.contains("magnitudes"))
  }

  @Test(arguments: 0...8)
  func headroomIsRoomForLargerInputs(bits: Int) throws {
    var net = try Network(input: [4])
    let graph = try net.finish(try net.node(.relu, net.input))
    let sample = ["x": try Tensor(shape: [4], real: [0.9, -0.5, 0.25, 0])]
    let model = try outcome(graph, [sample], headroomBits: bits).model
    let port = model.interface.inputs[0]
    let limit = FixedPoint.real(32767, fractionalBits: port.fractionalBits)
    #expect(limit >= 0.9 * Double(1 << bits) && limit < 2 * 0.9 * Double(1 << bits) * 1.2)
    let fitting = ["x": try Tensor(shape: [4], real: [Float(limit), 0, 0, 0])]
    _ = try model.evaluate(fitting)
    let excessive = ["x": try Tensor(shape: [4], real: [0, Float(limit) * 1.01, 0, 0])]
    let error = failure { () throws(CompileError) in try model.evaluate(excessive) }
    guard case .outOfRange(let value)? = error else {
      Issue.record("the input led to \(String(describing: error))")
      return
    }
    #expect(value.tensor == "x" && value.position == 1)
    #expect("\(value)".contains("headroom"))
  }

  @Test func layersThatLeaveTheirRangeAreNamed() throws {
    var net = try Network(input: [1, 2])
    let weights = try net.constant([1, 2], values: [1, -1])
    let product = try net.node(.gemm(transposeB: true), net.input, weights)
    let graph = try net.finish(product)
    let sample = ["x": try Tensor(shape: [1, 2], real: [1, 0.99])]
    let model = try outcome(graph, [sample]).model
    let other = ["x": try Tensor(shape: [1, 2], real: [1, -1])]
    let error = failure { () throws(CompileError) in try model.evaluate(other) }
    #expect("\(String(describing: error))".contains(graph.layers[0].name))
  }

  @Test func longSumsGetNarrowerWeights() throws {
    let count = 1 << 18
    var net = try Network(input: [1, count])
    let graph = try net.finish(try net.dense(net.input, count, 2))
    let result = try outcome(graph, [["x": try net.numbers.tensor([1, count])]])
    let tensors = result.model.circuit.system.tensors
    let weights = try #require(tensors.first { $0.role == .model && $0.count == 2 * count })
    #expect(weights.range.upperBound < 1 << 14)
    #expect(result.error <= 1e-2 * result.magnitude)
  }

  @Test func wrongInputsAreRefused() throws {
    let (graph, sample) = try network(input: 1, weights: 1)
    let model = try outcome(graph, [sample]).model
    #expect(throws: CompileError.self) { try model.evaluate([:]) }
    #expect(throws: CompileError.self) {
      try model.evaluate(["x": try Tensor(shape: [8], real: [Float](repeating: 0, count: 8))])
    }
    #expect(throws: CompileError.self) {
      try model.evaluate(sample.merging(["z": try Tensor(shape: [], real: [0])]) { a, _ in a })
    }
    #expect(throws: CompileError.self) {
      try model.evaluate(["x": try Tensor(shape: [1, 8], real: [Float](repeating: .nan, count: 8))])
    }
  }

  @Test func infiniteCalibrationIsRefused() throws {
    let (graph, _) = try network(input: 1, weights: 1)
    let sample = ["x": try Tensor(shape: [1, 8], real: [Float](repeating: .infinity, count: 8))]
    #expect(throws: CompileError.self) {
      try Compiler(library: try .standard()).compile(graph, samples: [sample])
    }
    #expect(throws: CompileError.self) {
      try Compiler(library: try .standard()).compile(graph, samples: [])
    }
  }

  @Test func inputsAsOutputsAndSharedOutputs() throws {
    var net = try Network(input: [2, 3])
    let y = try net.node(.relu, net.input)
    try net.builder.addOutput(named: "same", net.input)
    try net.builder.addOutput(named: "again", y)
    let graph = try net.finish(y)
    let sample = ["x": try net.numbers.tensor([2, 3])]
    let result = try outcome(graph, [sample])
    #expect(Set(result.model.interface.outputs.map(\.name)) == ["same", "again", "y"])
    #expect(result.error < 1e-3)
    #expect(result.integers["again"] == result.integers["y"])
  }

  @Test func roundingIsToNearestAwayFromZero() throws {
    let integers = try FixedPoint.quantise(
      [0.5, -0.5, 1.49, -1.5, 2.5], fractionalBits: 0, range: -3...3, tensor: "t")
    #expect(integers == [1, -1, 1, -2, 3])
    #expect(FixedPoint.real(-3, fractionalBits: 2) == -0.75)
    #expect(FixedPoint.real(3, fractionalBits: -4) == 48)
  }
}

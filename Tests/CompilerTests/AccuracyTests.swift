import Compiler
import Equations
import TensorGraph
import Testing
import Witness

@testable import NetworkTestSupport

@Suite("Networks as integers are close to the float evaluation")
struct AccuracyTests {
  /// Compiles a one-output network on a random input and checks outputs and all statements.
  private func check(
    _ shape: [Int], tolerance: Double = 2e-3, scale: Float = 1, seed: UInt64 = 7,
    _ body: (inout Network) throws -> ValueID
  ) throws {
    var network = try Network(input: shape, seed: seed)
    let graph = try network.finish(try body(&network))
    let sample = ["x": try network.numbers.tensor(shape, scale: scale)]
    let result = try outcome(graph, [sample])
    #expect(result.error <= tolerance * max(result.magnitude, 1e-9))
    let system = result.model.circuit.system
    try StatementChecker.check(system, try result.model.evaluate(sample))
  }

  @Test func multilayerPerceptron() throws {
    try check([1, 20]) { net in
      let a = try net.node(.relu, net.dense(net.input, 20, 16))
      let b = try net.node(.relu, net.dense(a, 16, 12))
      return try net.dense(b, 12, 4)
    }
  }

  @Test func layersShareTheirTables() throws {
    var net = try Network(input: [1, 20])
    let a = try net.node(.relu, net.dense(net.input, 20, 16))
    let b = try net.node(.relu, net.dense(a, 16, 300))
    let graph = try net.finish(try net.dense(b, 300, 4))
    let model = try outcome(graph, [["x": try net.numbers.tensor([1, 20])]]).model
    // One for the limbs of remainders, of 16-bit values and of activations.
    #expect(model.circuit.system.tables.map(\.rows).allSatisfy { $0 <= 1 << 8 })
    #expect(model.circuit.system.tables.count == 1)
  }

  @Test func convolutionalNetwork() throws {
    try check([1, 1, 12, 12]) { net in
      let first = try net.convolution(
        net.input, 1, 3, Window(kernel: [5, 5], padsBefore: [2, 2], padsAfter: [2, 2]))
      let pool = Step.maxPool(Window(kernel: [2, 2], strides: [2, 2]))
      let a = try net.node(pool, net.node(.relu, first))
      let b = try net.node(.relu, net.convolution(a, 3, 4, Window(kernel: [3, 3])))
      let c = try net.node(pool, b)
      let flat = try net.node(.reshape([1, 16]), c)
      return try net.dense(flat, 16, 5)
    }
  }

  @Test func batchNormalisationAlone() throws {
    try check([2, 3, 4, 4]) { net in
      try net.normalisation(net.node(.relu, net.input), 3)
    }
  }

  @Test func depthwiseDilatedAndStrided() throws {
    try check([1, 4, 9, 9]) { net in
      let depthwise = try net.convolution(
        net.input, 4, 4, Window(kernel: [3, 3], padsBefore: [1, 1], padsAfter: [1, 1]), groups: 4)
      let dilated = try net.convolution(
        depthwise, 4, 6, Window(kernel: [2, 3], strides: [2, 1], dilations: [1, 2]), groups: 2)
      return try net.node(.leakyRelu(alpha: 0.1), dilated)
    }
  }

  @Test func oneDimensionalConvolution() throws {
    try check([1, 2, 15]) { net in
      let a = try net.convolution(
        net.input, 2, 3, Window(kernel: [3], strides: [2], padsBefore: [1], padsAfter: [1]))
      return try net.node(.maxPool(Window(kernel: [3], strides: [2])), a)
    }
  }

  @Test(arguments: [false, true])
  func averagePooling(countingPads: Bool) throws {
    try check([1, 2, 7, 7]) { net in
      let window = Window(
        kernel: [3, 3], strides: [2, 2], padsBefore: [1, 1], padsAfter: [1, 1])
      return try net.node(.averagePool(window, countingPads: countingPads), net.input)
    }
  }

  @Test func globalAverage() throws {
    try check([1, 3, 5, 5]) { net in try net.node(.globalAveragePool, net.input) }
  }

  @Test func residualBlock() throws {
    try check([1, 3, 6, 6]) { net in
      let window = Window(kernel: [3, 3], padsBefore: [1, 1], padsAfter: [1, 1])
      let a = try net.normalisation(net.convolution(net.input, 3, 3, window), 3)
      let b = try net.convolution(net.node(.relu, a), 3, 3, window)
      return try net.node(.relu, net.node(.add, b, net.input))
    }
  }

  @Test func productsAndDifferences() throws {
    try check([2, 6]) { net in
      let a = try net.dense(net.input, 6, 6)
      let product = try net.node(.multiply, a, net.input)
      let difference = try net.node(.subtract, product, a)
      let scaled = try net.node(.multiply, difference, net.constant([6], scale: 3))
      return try net.node(.subtract, net.constant([1, 6]), scaled)
    }
  }

  @Test func productOfActivations() throws {
    try check([2, 3, 4]) { net in
      let transposed = try net.node(.transpose([0, 2, 1]), net.input)
      return try net.node(.matrixMultiply, net.input, transposed)
    }
  }

  @Test func matrixProductsByConstants() throws {
    try check([2, 3, 4]) { net in
      let right = try net.node(.matrixMultiply, net.input, net.constant([4, 5]))
      let biased = try net.node(.add, right, net.constant([5]))
      let left = try net.node(.matrixMultiply, net.constant([6, 3]), biased)
      return try net.node(.clip(lower: -0.5, upper: 0.75), left)
    }
  }

  @Test func shapeOperators() throws {
    try check([2, 3, 4]) { net in
      let a = try net.node(.transpose([2, 0, 1]), net.input)
      let b = try net.node(
        .slice([
          .init(start: 3, count: 3, step: -1), .init(start: 0, count: 2, step: 1),
          .init(start: 1, count: 2, step: 1),
        ]), a)
      let c = try net.node(.concatenate(axis: 0), b, net.constant([1, 2, 2]))
      let d = try net.node(.pad(before: [0, 1, 0], after: [1, 0, 2]), c)
      return try net.node(.reshape([12, 5]), d)
    }
  }

  @Test func labels() throws {
    var network = try Network(input: [3, 8])
    let scores = try network.dense(network.input, 8, 5)
    let label = try network.node(.argMax(axis: 1, keepingAxis: false), scores)
    let graph = try network.finish(label)
    let sample = ["x": try network.numbers.tensor([3, 8])]
    let result = try outcome(graph, [sample])
    #expect(result.error == 0)
    #expect(result.integers["y"]?.shape == [3])
  }
}

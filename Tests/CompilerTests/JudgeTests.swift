import CircuitLanguage
import Equations
import TensorGraph
import Testing

@testable import Compiler
@testable import NetworkTestSupport

/// What a compiler makes of a network and its samples with the scales that it tries first, however far
/// these are off.
private func compilation(
  _ graph: EquationGraph, _ samples: [[String: Tensor]]
) throws -> Compilation {
  let options = CompileOptions(tolerance: 10)
  return try Compiler(library: try .standard(), options: options)
    .compilation(graph, samples: samples)
}

private func sample(_ shape: [Int], _ values: [Float]) throws -> [String: Tensor] {
  ["x": try Tensor(shape: shape, real: values)]
}

/// Why a network is refused.
private func inaccuracy(
  _ graph: EquationGraph, _ samples: [[String: Tensor]], tolerance: Double = 0.01,
  countingLabels: Bool = false
) throws -> Inaccuracy? {
  let result = try compilation(graph, samples)
  return try result.inaccuracy(
    try #require(result.accuracy), samples, tolerance: tolerance, countingLabels: countingLabels)
}

@Suite("Networks that integers do not carry are noticed, and what loses the bits is named")
struct JudgeTests {
  /// What is an output keeps one scale for all channels, and so do the weights that meet it.
  @Test func featuresOfDifferentMagnitude() throws {
    var net = try Network(input: [1, 2])
    let features = try net.node(.leakyRelu(alpha: 0.5), net.input)
    try net.builder.addOutput(named: "features", features)
    let weights = try net.constant([1, 2], values: [1e-5, 10])
    let graph = try net.finish(try net.node(.gemm(transposeB: true), features, weights))
    let found = try #require(try inaccuracy(graph, [sample([1, 2], [85000, 0.031])]))
    #expect(found.output.name == "y" && abs(found.output.errorOfRange - 0.85 / 1.16) < 0.01)
    try #require(found.losses.count == 1)
    #expect(found.losses[0].role == .constant(node: graph.layers[1].name))
    #expect(found.losses[0].cause == .magnitude && found.losses[0].magnitude == 10)
    #expect(found.losses[0].lost == .init(count: 1, total: 2, magnitude: Double(Float(1e-5))))
    let text = found.description
    for part in ["reaches 10", "1e-05", "--tolerance", "74 %", "scale \"c2\""] {
      #expect(text.contains(part), "\(text)")
    }
  }

  /// A mask of which everybody sees what it hides is held to nothing.
  @Test(arguments: [1e4, 1e9] as [Float])
  func masks(magnitude: Float) throws {
    var net = try Network(input: [1, 4])
    let mask = try net.constant([1, 4], values: [0, -magnitude, 0, 0])
    let masked = try net.node(.add, net.dense(net.input, 4, 4), mask)
    try net.builder.addOutput(named: "masked", masked)
    let graph = try net.finish(try net.node(.relu, masked))
    let found = try #require(try inaccuracy(graph, [sample([1, 4], [0.9, -0.7, 0.8, 0.3])]))
    let loss = try #require(found.losses.last)
    #expect(found.output.name == "y" && found.losses.count == 1)
    #expect(loss.tensor == graph[try #require(graph.outputs.first).value].name)
    #expect(loss.cause == .magnitude)
    #expect(abs(loss.magnitude - Double(magnitude)) < Double(magnitude) / 100)
    #expect((loss.lost?.count ?? 0) > 1 && found.description.contains("clip"))
  }

  @Test func scalesThatAreShared() throws {
    var net = try Network(input: [1, 4])
    let large = try net.node(.multiply, net.input, net.constant([4], values: [4e6, 3e6, 4e6, 4e6]))
    let greater = try net.node(.operation("Max"), net.input, large)
    try net.builder.addOutput(named: "greater", greater)
    let graph = try net.finish(
      try net.node(.multiply, net.input, net.constant([1], values: [3])))
    let samples = [try sample([1, 4], [0.9, -0.7, 0.8, 0.3])]
    let found = try #require(try inaccuracy(graph, samples, tolerance: 0.001))
    let loss = try #require(found.losses.first)
    #expect(loss.tensor == "x" && loss.role == .input)
    guard case .shared(let name, let reach) = loss.cause else {
      Issue.record("\(found)")
      return
    }
    #expect(
      name == graph[try #require(graph.outputs.first).value].name && abs(reach - 3.6e6) < 1e4)
    #expect(found.description.contains("clip \"\(name)\""))
  }

  @Test func differencesOfLargeNumbers() throws {
    var net = try Network(input: [1, 4])
    let values = try net.constant([1, 4], values: [1e4, 1e4, 1e4, 1e4])
    let large = try net.node(.add, net.input, values)
    try net.builder.addOutput(named: "large", large)
    let graph = try net.finish(try net.node(.subtract, large, values))
    let samples = [try sample([1, 4], [0.4, 0.7, -0.1, 0.2])]
    #expect(try inaccuracy(graph, samples) == nil)
    let found = try #require(try inaccuracy(graph, samples, tolerance: 0.001))
    #expect(found.losses.map(\.tensor) == [graph[graph.nodes[0].output].name])
    #expect(found.losses[0].role == .result(node: graph.layers[0].name))
    #expect(found.losses[0].unit == 0x1p-8)
  }

  /// What is normalised keeps the bits that its differences need.
  @Test func variancesThatAreTiny() throws {
    var net = try Network(input: [1, 2, 1, 2])
    let graph = try net.finish(
      try net.node(
        .batchNormalization(epsilon: 1e-12), net.input, net.constant([2], values: [1, 1]),
        net.constant([2], values: [0, 0]), net.constant([2], values: [0.1, 100]),
        net.constant([2], values: [1e-12, 1])))
    #expect(try inaccuracy(graph, [sample([1, 2, 1, 2], [0.1, 0.1000002, 101, 99])]) == nil)
  }

  /// A sum of equal weights errs by as much as each of them; it needs their bits.
  @Test(arguments: [(4096, 1 / 3), (10000, 0.3), (65536, 0.1), (300, 0.7)] as [(Int, Float)])
  func sumsOfEqualWeights(count: Int, weight: Float) throws {
    var net = try Network(input: [1, count])
    let weights = try net.constant([2, count], values: .init(repeating: weight, count: 2 * count))
    let graph = try net.finish(
      try net.node(.gemm(transposeB: true), net.input, weights))
    for values in [
      [Float](repeating: 1, count: count), (0..<count).map { _ in net.numbers.real() + 1 },
    ] {
      let samples = [try sample([1, count], values)]
      let accuracy = try #require(try compilation(graph, samples).accuracy)
      #expect(accuracy.errorOfRange < 1e-3)
      try expectFoundAgain(graph, samples)
    }
  }

  /// The rounding with one remainder is kept where weights are independent.
  @Test func independentWeightsKeepTheShortRounding() throws {
    var net = try Network(input: [1, 1024])
    let graph = try net.finish(try net.dense(net.input, 1024, 4))
    let samples = [["x": try net.numbers.tensor([1, 1024])]]
    let model = try compilation(graph, samples).model
    // A result and one remainder, besides limbs of ranges.
    let added = model.circuit.system.tensors.filter {
      !$0.role.isInput && $0.role != .model && !$0.name.contains(".limb")
    }
    #expect(added.map(\.count) == [4, 4])
  }

  @Test func everySampleIsJudged() throws {
    var net = try Network(input: [1, 2])
    let weights = try net.constant([1, 2], values: [1e-5, 1])
    let graph = try net.finish(
      try net.node(.gemm(transposeB: true), net.input, weights))
    let samples = [
      try sample([1, 2], [80000, 0]), try sample([1, 2], [80000, 8]), try sample([1, 2], [0, 3]),
    ]
    let result = try compilation(graph, samples)
    let accuracy = try #require(result.accuracy)
    #expect(accuracy.samples == 3 && accuracy.given == 3 && accuracy.unchanged == nil)
    let many = try compilation(graph, (0..<100).map { samples[$0 % 2] })
    #expect(many.accuracy?.samples == Compilation.judgedSamples && many.accuracy?.given == 100)
    #expect(many.accuracy?.text.contains("the first 64 of 100") == true)
    // Beyond what was compiled for, the third sample alone is what is off.
    let rest = try result.judge([samples[2]])
    #expect(rest.outputs[0].range < 4 && rest.including(rangesOf: accuracy).outputs[0].range > 8)
  }

  @Test func theWorstOutputIsNamed() throws {
    var net = try Network(input: [1, 4])
    let large = try net.node(.add, net.input, net.constant([1], values: [1e4]))
    try net.builder.addOutput(named: "large", large)
    try net.builder.addOutput(
      named: "rough", try net.node(.subtract, large, net.constant([1], values: [1e4])))
    let graph = try net.finish(try net.node(.multiply, net.input, net.constant([1], values: [3])))
    let samples = [try sample([1, 4], [0.4, 0.7, -0.1, 0.2])]
    let result = try compilation(graph, samples)
    #expect(result.accuracy?.worst?.name == "rough")
    #expect(result.accuracy?.text.contains("\"rough\" the worst") == true)
    #expect(try inaccuracy(graph, samples, tolerance: 0.001)?.output.name == "rough")
  }

  @Test func outputsThatAreZeroOrConstant() throws {
    for (factor, addend) in [(0, 0), (0, 123.456), (1, -50)] as [(Float, Float)] {
      var net = try Network(input: [1, 4])
      let product = try net.node(.multiply, net.input, net.constant([1], values: [factor]))
      let graph = try net.finish(
        try net.node(.add, product, net.constant([1], values: [addend])))
      let samples = [try sample([1, 4], [0.4, 0.7, -0.1, 0.2])]
      #expect(try inaccuracy(graph, samples) == nil)
      let accuracy = try #require(try compilation(graph, samples).accuracy)
      #expect(accuracy.errorOfRange.isFinite)
    }
    #expect(Accuracy.Output(name: "y", error: 1, range: 0).errorOfRange == 1)
  }

  @Test func classes() throws {
    var net = try Network(input: [1, 8], seed: 4)
    let scores = try net.dense(net.input, 8, 5)
    let graph = try net.finish(scores)
    let samples = try (0..<9).map { _ in ["x": try net.numbers.tensor([1, 8])] }
    let accuracy = try #require(try compilation(graph, samples).accuracy)
    #expect(accuracy.unchanged == 9)
    #expect(accuracy.text.hasSuffix("on 9 samples; the class unchanged on 9 of 9"))
    #expect(accuracy.errorOfRange > 0 && accuracy.errorOfRange < 1e-3)
  }

  @Test(arguments: [false, true])
  func labels(isMoved: Bool) throws {
    func graph(_ addend: Float) throws -> EquationGraph {
      var net = try Network(input: [2, 3])
      let scores = try net.node(.add, net.input, net.constant([1], values: [addend]))
      let label = try net.node(.argMax(axis: 1, keepingAxis: true), scores)
      return try net.finish(isMoved ? try net.node(.reshape([2]), label) : label)
    }
    let samples = [try sample([2, 3], [0.1, 0.5, 0.2, 0.9, 0.8, -1])]
    let clear = try compilation(try graph(0), samples)
    #expect(clear.accuracy?.unchanged == 1 && clear.accuracy?.outputs[0].isLabel == true)
    #expect(try inaccuracy(try graph(0), samples, countingLabels: true) == nil)
    // With steps of 16 all scores are equal, and the first one is chosen.
    let accuracy = try #require(try compilation(try graph(1e8), samples).accuracy)
    #expect(accuracy.unchanged == 0)
    #expect(accuracy.outputs[0].labels == 2 && accuracy.outputs[0].changed == 1)
    #expect(accuracy.errorOfRange > 0.1)
    #expect(try inaccuracy(try graph(1e8), samples) != nil)
    // Scores that are nearer to each other than integers tell are another label all the same.
    let ties = [try sample([2, 3], [0.5, 0.50000006, 0.2, 0.9, 0.8, -1])]
    #expect(try inaccuracy(try graph(0.25), ties) == nil)
    let strict = try #require(try inaccuracy(try graph(0.25), ties, countingLabels: true))
    #expect(strict.description.contains("1 of 2") && strict.description.contains("0.75000006"))
  }

  @Test func networksWhoseOwnValuesAreInfinite() throws {
    var net = try Network(input: [1, 2])
    let large = try net.node(.multiply, net.input, net.constant([1], values: [1e30]))
    let graph = try net.finish(
      try net.node(.multiply, large, net.constant([1], values: [1e30])))
    let samples = [try sample([1, 2], [1, 2])]
    let error = failure { () throws(CompileError) in
      try Compiler(library: .init()).compilation(graph, samples: samples)
    }
    #expect(error?.description.contains("infinite") == true)
  }
}

@Suite("Samples and circuits that are not to be trusted") struct SuspicionTests {
  private func warnings(_ samples: [[Float]]) throws -> [String] {
    var net = try Network(input: [1, 3])
    let graph = try net.finish(try net.node(.relu, net.input))
    return try compilation(graph, try samples.map { try sample([1, 3], $0) }).warnings
  }

  @Test func samples() throws {
    #expect(try warnings([[0, 1, 2], [1, 2, 3]]).isEmpty)
    #expect(try warnings([[0, 0, 0], [0, 0, 0]]).contains { $0.contains("\"x\" is zero") })
    #expect(try warnings([[2, 2, 2], [2, 2, 2]]).contains { $0.contains("is 2 everywhere") })
    #expect(try warnings([[0, 1, 2], [0, 1, 2]]).contains { $0.contains("the same in all") })
    #expect(try warnings([[-1, -2, -3], [-1, -1, 0]]).contains { $0.contains("output \"y\"") })
  }

  @Test func circuitsThatContradictThemselves() throws {
    var net = try Network(input: [1, 3])
    let graph = try net.finish(try net.node(.relu, net.input))
    var library = try CircuitLibrary.standard()
    try library.add(
      source: """
        circuit relu(x: i16[...]) -> (y: i16[...]) {
          hint y[...] = 0
          lookup (x[...], y[...]) in table relu
        }
        """, file: "own.circuit")
    let samples = [try sample([1, 3], [-1, -2, -3]), try sample([1, 3], [-1, 2, 1])]
    var compiler = Compiler(library: library)
    // The first sample alone does not show it.
    _ = try compiler.compilation(graph, samples: samples, progress: { _ in })
    compiler.checksAllSamples = true
    let error = failure { () throws(CompileError) in
      try compiler.compilation(graph, samples: samples)
    }
    #expect(error?.description.contains("calibration sample 2 contradicts") == true)
  }
}

@Suite("Overflow is told in real numbers") struct OverflowTests {
  /// What is told of an input that exceeds what calibration saw.
  private func overflow(of model: CompiledModel) throws -> Overflow {
    let sample = try sample([1, 2], [1.5, -1.25])
    let error = failure { () throws(CompileError) in try model.evaluate(sample) }
    guard case .overflow(let overflow)? = error else {
      throw try #require(error)
    }
    return overflow
  }

  @Test func results() throws {
    var net = try Network(input: [1, 2])
    let weights = try net.constant([1, 2], values: [1, -1])
    let graph = try net.finish(
      try net.node(.gemm(transposeB: true), net.input, weights))
    let model = try compilation(graph, [try sample([1, 2], [1, 0.75])]).model
    let overflow = try overflow(of: model)
    #expect(overflow.name == graph.layers[0].name && overflow.position == [0, 0])
    #expect(overflow.value == 2.75 && overflow.seen == 0...0.25)
    #expect(overflow.limits.lowerBound == -1 && abs(overflow.limits.upperBound - 1) < 1e-4)
    for text in ["2.75", "calibration saw 0 to 0.25", "--calibration", "--headroom-bits"] {
      #expect(overflow.description.contains(text), "\(overflow)")
    }
  }

  /// A table's argument has other bits than what is found there.
  @Test func arguments() throws {
    var net = try Network(input: [1, 2])
    let graph = try net.finish(try net.node(.operation("Exp"), net.input))
    let model = try compilation(graph, [try sample([1, 2], [7, 7.5])]).model
    let sample = try sample([1, 2], [7, -7])
    let error = failure { () throws(CompileError) in try model.evaluate(sample) }
    guard case .overflow(let overflow)? = error else { throw try #require(error) }
    #expect(overflow.value == -7 && overflow.position == [0, 1])
    #expect(overflow.limits.upperBound >= 7.5 && overflow.limits.upperBound < 33)
    #expect(overflow.limits.lowerBound > -7)
  }

  @Test func activations() throws {
    var net = try Network(input: [1, 2])
    let product = try net.node(
      .gemm(transposeB: true), net.input, net.constant([1, 2], values: [1, -1]))
    let graph = try net.finish(try net.node(.relu, product))
    let model = try compilation(graph, [try sample([1, 2], [1, 0.75])]).model
    let overflow = try overflow(of: model)
    #expect(overflow.value == 2.75 && overflow.name == graph.layers[0].name)
  }
}

import CircuitLanguage
import Equations
import TensorGraph
import TestSupport
import Testing

@testable import Compiler
@testable import NetworkTestSupport

@Suite("Values of unlike magnitude") struct MixedMagnitudeTests {
  static let means: [Float] = [40, 5e4, 1.7e9, 0.5]
  static let deviations: [Float] = [10, 3e4, 2e5, 0.2]

  /// Ages, incomes, time stamps and rates.
  private func features(_ net: inout Network, rows: Int) throws -> Tensor {
    let values = (0..<rows * 4).map { place in
      Self.means[place % 4] + Self.deviations[place % 4] * net.numbers.real(1.5)
    }
    return try Tensor(shape: [rows, 4], real: values)
  }

  private func scaled(_ net: inout Network, _ way: String) throws -> ValueID {
    let inverse = Self.deviations.map { 1 / $0 }
    let offset = zip(Self.means, inverse).map { Float(-Double($0) * Double($1)) }
    let s = try net.constant([4], values: inverse)
    if way == "x·s + c" {
      let product = try net.node(.multiply, net.input, s)
      return try net.node(.add, product, net.constant([4], values: offset))
    }
    let difference = try net.node(.subtract, net.input, net.constant([4], values: Self.means))
    return try net.node(.multiply, difference, s)
  }

  @Test(arguments: ["(x − m)·s", "x·s + c"], [1, 5])
  func scalersOfRawFeatures(way: String, rows: Int) throws {
    var net = try Network(input: [rows, 4], seed: 7)
    let graph = try net.finish(try scaled(&net, way))
    let sample = ["x": try features(&net, rows: rows)]
    let found = try outcome(graph, [sample])
    #expect(found.error < 0.005 * found.magnitude)
    try expectFoundAgain(graph, [sample])
  }

  @Test(arguments: ["(x − m)·s", "x·s + c"], [1, 5])
  func networksOfRawFeatures(way: String, rows: Int) throws {
    var net = try Network(input: [rows, 4], seed: 8)
    let hidden = try net.node(.relu, net.dense(scaled(&net, way), 4, 8))
    let graph = try net.finish(try net.dense(hidden, 8, 3))
    let sample = ["x": try features(&net, rows: rows)]
    let found = try outcome(graph, [sample])
    #expect(found.error < 0.005 * found.magnitude)
    try expectFoundAgain(graph, [sample])
  }

  /// The difference is a value, not an argument of a table that would hold 1.7·10⁹.
  @Test func functionsOfATimeOfDay() throws {
    var net = try Network(input: [2, 3])
    let since = try net.node(.subtract, net.input, net.constant([], values: [1.7e9]))
    let days = try net.node(.multiply, since, net.constant([], values: [1 / 86400]))
    let graph = try net.finish(try net.node(.operation("Sin"), days))
    let values: [Float] = [1.7001e9, 1.70005e9, 1.6999e9, 1.7002e9, 1.69985e9, 1.7e9]
    let sample = ["x": try Tensor(shape: [2, 3], real: values)]
    let found = try outcome(graph, [sample])
    #expect(found.error < 0.005 * found.magnitude)
    try expectFoundAgain(graph, [sample])
  }

  /// Equal numbers stay equal where the inputs that they are in have other scales.
  @Test func equalNumbersOfTwoInputs() throws {
    var net = try Network(input: [1, 6])
    let other = try net.builder.addInput(named: "z", shape: [1, 6])
    let graph = try net.finish(try net.node(.operation("Equal"), net.input, other))
    let sample = [
      "x": try Tensor(shape: [1, 6], real: [0.05, 0.013, -0.07, 1.4, 1e-3, 0.3]),
      "z": try Tensor(shape: [1, 6], real: [0.05, 0.013, -0.071, 2.3, 1e-3, 0.30001]),
    ]
    let found = try outcome(graph, [sample])
    #expect(found.error == 0)
    try expectFoundAgain(graph, [sample])
  }

  /// A difference is finer than what it is the difference of, and so is what is held to one side of it.
  @Test(arguments: ["Relu", "Clip"]) func differencesOfEqualScale(operation: String) throws {
    var net = try Network(input: [1, 6])
    let turned = try net.node(
      .view(
        .slice([.init(start: 0, count: 1, step: 1), .init(start: 5, count: 6, step: -1)]), "Slice"),
      net.input)
    let difference = try net.node(.operation("Sub"), net.input, turned)
    let held =
      operation == "Relu"
      ? try net.node(.relu, difference)
      : try net.node(
        .operation("Clip"), difference, net.constant([], values: [-0.05]),
        net.constant([], values: [0.15]))
    let graph = try net.finish(held)
    let values: [Float] = [4, 3.9, 4.1, 3.98, 4.02, 3.8]
    let sample = ["x": try Tensor(shape: [1, 6], real: values)]
    let found = try outcome(graph, [sample])
    #expect(found.error < 0.005 * found.magnitude)
    try expectFoundAgain(graph, [sample])
  }

  /// What is brought into order may be the same row several times.
  @Test(arguments: [true, false]) func ordersOfRepeatedRows(isOuter: Bool) throws {
    var net = try Network(input: isOuter ? [1, 5] : [3, 1, 5])
    let shape = isOuter ? [3, 5] : [3, 2, 5]
    let rows = try net.node(.view(.broadcast(shape), "Expand"), net.input)
    let layer = net.builder.addLayer(named: "top", operation: "TopK")
    let count = net.builder.addConstant(named: "k", try Tensor(shape: [1], integer: [3]))
    let node = OperatorNode(
      operation: "TopK", opset: 17, layer: layer, name: "top", operands: [rows, count],
      attributes: [:], outputs: ["u", "v"])
    let results = try OperatorLibrary.standard().instantiate(node, into: &net.builder)
    let graph = try net.finish(try #require(results?.last ?? nil))
    let sample = ["x": try net.numbers.tensor(isOuter ? [1, 5] : [3, 1, 5])]
    #expect(try outcome(graph, [sample]).error == 0)
  }

  /// An exact product has the digits that its coefficient needs, also where it is only compared.
  @Test(arguments: [1.5, 1.45, 0.7] as [Float]) func comparedProducts(factor: Float) throws {
    var net = try Network(input: [1, 6])
    let other = try net.builder.addInput(named: "z", shape: [1, 6])
    let limit = try net.builder.addInput(named: "w", shape: [1, 6])
    let product = try net.node(.operation("Mul"), net.input, other)
    let scaled = try net.node(.operation("Mul"), product, net.constant([], values: [factor]))
    let graph = try net.finish(try net.node(.operation("Less"), limit, scaled))
    let x: [Float] = [0.9, 0.8, 0.7, 0.6, 0.5, 0.4]
    let z: [Float] = [0.3, 0.9, 0.5, 0.2, 0.8, 0.7]
    let limits = zip(x, z).enumerated().map { place, pair in
      pair.0 * pair.1 * factor * (place % 2 == 0 ? 1.01 : 0.99)
    }
    let sample = [
      "x": try Tensor(shape: [1, 6], real: x), "z": try Tensor(shape: [1, 6], real: z),
      "w": try Tensor(shape: [1, 6], real: limits),
    ]
    #expect(try outcome(graph, [sample]).error == 0)
  }

  /// Each part of a concatenation of boxes and scores is as precise as alone.
  @Test(arguments: [640, 64_000] as [Float]) func boxesBesideScores(size: Float) throws {
    var net = try Network(input: [2, 6], seed: 4)
    let boxes = try net.node(
      .multiply, net.node(.operation("Sigmoid"), net.dense(net.input, 6, 4)),
      net.constant([], values: [size]))
    let scores = try net.node(.operation("Sigmoid"), net.dense(net.input, 6, 3))
    let all = try net.node(.view(.concatenate(axis: 1), "Concat"), boxes, scores)
    let slices = [
      ViewStep.AxisSlice(start: 0, count: 2, step: 1), .init(start: 4, count: 3, step: 1),
    ]
    let part = try net.node(.view(.slice(slices), "Slice"), all)
    try net.builder.addOutput(named: "all", all)
    let graph = try net.finish(part)
    let sample = ["x": try net.numbers.tensor([2, 6])]
    let model = try Compiler(library: try .standard()).compile(graph, samples: [sample])
    let assignment = try model.evaluate(sample)
    let found = try #require(model.interface.outputs { assignment[$0].values }["y"])
    let wanted = try #require(try graph.evaluate(sample)["y"])
    for (value, reference) in zip(found.values, wanted.reals) {
      #expect(abs(value - Double(reference)) < 0.01)
    }
    try expectFoundAgain(graph, [sample])
  }

  /// Powers of two go into the constants that make the parts of a concatenation.
  @Test func partsOfAConcatenationAreBalanced() throws {
    var net = try Network(input: [2, 6], seed: 6)
    let great = try net.node(.gemm(transposeB: true), net.input, net.constant([4, 6], scale: 1e4))
    let small = try net.node(.gemm(transposeB: true), net.input, net.constant([3, 6], scale: 1e-4))
    let all = try net.node(.view(.concatenate(axis: 1), "Concat"), great, small)
    let weights = (0..<14).map { $0 % 7 < 4 ? net.numbers.real(1e-4) : net.numbers.real(1e4) }
    let product = try net.node(
      .gemm(transposeB: true), net.node(.relu, all), net.constant([2, 7], values: weights))
    let graph = try net.finish(product)
    let sample = ["x": try net.numbers.tensor([2, 6])]
    let found = try outcome(graph, [sample])
    #expect(found.error < 0.005 * found.magnitude)
    try expectFoundAgain(graph, [sample])
  }

  @Test func divisorsOfUnlikeMagnitude() throws {
    var net = try Network(input: [2, 6], seed: 2)
    let divided = try net.node(
      .operation("Div"), net.constantTimesInput(), net.node(.operation("Abs"), net.input))
    let graph = try net.finish(divided)
    let values: [Float] = [0.01, 0.1, 1, 10, 60, 3, 0.02, 0.5, 7, 0.03, 2, 40]
    let sample = ["x": try Tensor(shape: [2, 6], real: values)]
    let found = try outcome(graph, [sample])
    #expect(found.error < 0.01 * found.magnitude)
  }

  @Test func targetsDifferInTables() throws {
    var net = try Network(input: [3, 6], seed: 11)
    let hidden = try net.node(.operation("Tanh"), net.dense(net.input, 6, 8))
    let graph = try net.finish(try net.node(.operation("Softmax"), net.dense(hidden, 8, 4)))
    let sample = ["x": try net.numbers.tensor([3, 6])]
    var rows: [CompileTarget: Int] = [:]
    for target in CompileTarget.allCases {
      let options = CompileOptions(target: target, tolerance: 0.01)
      let compiler = Compiler(library: try .standard(), options: options)
      let result = try compiler.compilation(graph, samples: [sample])
      let error = try #require(result.accuracy).errorOfRange
      #expect(error <= options.tolerance)
      rows[target] = result.model.circuit.system.tables.reduce(0) { $0 + $1.rows }
      try expectFoundAgain(graph, [sample], options)
    }
    let (accurate, fast) = (try #require(rows[.accuracy]), try #require(rows[.speed]))
    #expect(2 * fast < accurate)
  }

  @Test func finerScalesAreTakenWhereTheyAreCheap() {
    let coarse = EffortResult(error: 0.004, cost: 1000)
    #expect(EffortResult(error: 0.001, cost: 1200).improves(on: coarse, tolerance: 0.01))
    #expect(!EffortResult(error: 0.001, cost: 1300).improves(on: coarse, tolerance: 0.01))
    #expect(!EffortResult(error: 0.003, cost: 1000).improves(on: coarse, tolerance: 0.01))
    // Beyond half of the tolerance any cost is worth it.
    let poor = EffortResult(error: 0.006, cost: 1000)
    #expect(EffortResult(error: 0.002, cost: 9000).improves(on: poor, tolerance: 0.01))
  }

  /// What is asked of probabilities that are all but equal is more than a quotient can give: the sum that
  /// they are divided by must not pay for it with its last digit.
  @Test func probabilitiesNextToEachOther() throws {
    var net = try Network(input: [4, 8], seed: 5)
    let chances = try net.node(.operation("Softmax", ["axis": .int(-1)]), net.input)
    let left = try net.node(
      .subtract, chances, net.constant([8], values: .init(repeating: 0.125, count: 8)))
    let large = try net.node(.multiply, left, net.constant([], values: [1024]))
    let graph = try net.finish(
      try net.node(
        .operation("LayerNormalization"), large, net.constant([8], values: (1...8).map(Float.init)))
    )
    let sample = ["x": try net.numbers.tensor([4, 8], scale: 0x1p-9)]
    let found = try outcome(graph, [sample])
    #expect(found.error < 0.01 * found.magnitude)
    try expectFoundAgain(graph, [sample])
  }
}

extension Network {
  /// A value that is not the input, for a quotient of two.
  fileprivate mutating func constantTimesInput() throws -> ValueID {
    try node(.multiply, input, constant([2, 6], scale: 1))
  }
}

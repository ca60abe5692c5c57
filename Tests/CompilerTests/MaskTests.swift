import Equations
import TensorGraph
import TestSupport
import Testing

@testable import Compiler
@testable import NetworkTestSupport

@Suite("Masks") struct MaskTests {
  static let masks: [Float] = [-1e4, -1e9, -Float.greatestFiniteMagnitude, -.infinity]

  /// Scores of 4 rows with a mask that hides what is above the diagonal, or also a whole row.
  private func mask(_ value: Float, wholeRow: Int? = nil) -> [Float] {
    (0..<16).map { $0 % 4 > $0 / 4 || $0 / 4 == wholeRow ? value : 0 }
  }

  private func scores(_ net: inout Network) throws -> ValueID {
    try net.node(.gemm(transposeB: true), net.input, net.constant([4, 6]))
  }

  private func softmax(
    _ values: [Float], seed: UInt64 = 5
  ) throws -> (EquationGraph, [String: Tensor]) {
    var net = try Network(input: [4, 6], seed: seed)
    let masked = try net.node(.add, scores(&net), net.constant([4, 4], values: values))
    let graph = try net.finish(try net.node(.operation("Softmax"), masked))
    return (graph, ["x": try net.numbers.tensor([4, 6], scale: 2)])
  }

  @Test(arguments: masks) func softmaxOfMaskedScores(value: Float) throws {
    let (graph, sample) = try softmax(mask(value))
    let found = try outcome(graph, [sample])
    #expect(found.error < 0.005 * found.magnitude)
    try expectFoundAgain(graph, [sample])
  }

  /// Single precision loses the scores beside −10⁹, but not beside −10⁴.
  @Test(arguments: masks.dropLast()) func aRowThatIsMaskedIsAsInSinglePrecision(
    value: Float
  ) throws {
    let (graph, sample) = try softmax(mask(value, wholeRow: 2))
    let found = try outcome(graph, [sample])
    #expect(found.error < 0.005 * found.magnitude)
    let row = try #require(found.integers["y"]).values[8..<12]
    if value < -1e5 { #expect(row.allSatisfy { abs($0 - 0.25) < 1e-3 }) }
    try expectFoundAgain(graph, [sample])
  }

  @Test func aRowOfInfinitiesIsRefused() throws {
    let (graph, sample) = try softmax(mask(-.infinity, wholeRow: 2))
    let compiler = Compiler(library: try .standard())
    let error = failure { () throws(CompileError) in
      try compiler.compile(graph, samples: [sample])
    }
    #expect(try #require(error).description.contains("not a number"))
  }

  @Test(arguments: masks, ["Sigmoid", "Exp", "Relu", "Tanh"])
  func functionsOfMaskedValues(value: Float, function: String) throws {
    var net = try Network(input: [4, 6], seed: 9)
    let masked = try net.node(.add, scores(&net), net.constant([4, 4], values: mask(value)))
    let graph = try net.finish(try net.node(.operation(function), masked))
    let sample = ["x": try net.numbers.tensor([4, 6])]
    let found = try outcome(graph, [sample])
    #expect(found.error < 0.005 * found.magnitude)
    try expectFoundAgain(graph, [sample])
  }

  /// What is concatenated, such as a pad, is held to the scale of the rest.
  @Test(arguments: masks) func greatestBesideAMask(value: Float) throws {
    var net = try Network(input: [4, 6], seed: 3)
    let pad = try net.constant([4, 2], values: [Float](repeating: value, count: 8))
    let wide = try net.node(.view(.concatenate(axis: 1), "Concat"), pad, scores(&net))
    let graph = try net.finish(try net.node(.operation("Softmax"), wide))
    let sample = ["x": try net.numbers.tensor([4, 6])]
    let found = try outcome(graph, [sample])
    #expect(found.error < 0.005 * found.magnitude)
    try expectFoundAgain(graph, [sample])
  }

  @Test(arguments: [-Float.infinity, -Float.greatestFiniteMagnitude])
  func masksThatCanBeToldAreRefusedByNode(value: Float) throws {
    var net = try Network(input: [4, 6])
    let mask = try net.constant([4, 4], values: mask(value))
    let masked = try net.append(
      .add, [scores(&net), mask], name: "the mask", output: "masked")
    let graph = try net.finish(masked)
    let compiler = Compiler(library: try .standard())
    let sample = ["x": try net.numbers.tensor([4, 6])]
    let error = failure { () throws(CompileError) in
      try compiler.compile(graph, samples: [sample])
    }
    let text = try #require(error).description
    #expect(text.contains("unsupported node") && text.contains("infinite"))
  }

  @Test func whatReadersCannotTell() throws {
    var net = FormNet()
    let x = net.input([2])
    let m = try net.constant([2], [0, -1e9])
    let masked = net.combination([(1, [x]), (1, [m])])
    let power = net.apply(.unary(.exp, FormNet.argument), masked)
    let negated = net.combination([(-1, [x]), (1, [m])])
    let rest = net.apply(FormNet.relu, negated)
    let blindness = Blindness(try net.finish(power, rest))
    #expect(blindness[masked] == .init(below: true, above: false))
    #expect(blindness[negated] == .init(below: true, above: false))
    // It is added to one and taken off the other.
    #expect(blindness[x] == .none)
    #expect(blindness[power] == .none && blindness[rest] == .none)
  }

  /// 1 − p is no mask where p is not between 0 and 1, and no constant beside as great a value is one.
  @Test func offsetsOfGreatValuesAreKept() throws {
    var net = try Network(input: [4, 2])
    let moved = try net.node(.subtract, net.input, net.constant([2], values: [1.7e9, 1.7e9]))
    let scaled = try net.node(.multiply, moved, net.constant([2], values: [1e-5, 1e-5]))
    let graph = try net.finish(try net.node(.operation("Sigmoid"), scaled))
    let values: [Float] = [
      1.7e9, 1.70001e9, 1.6999e9, 1.7002e9, 1.69985e9, 1.7e9, 1.70003e9, 1.7e9,
    ]
    let found = try outcome(graph, [["x": try Tensor(shape: [4, 2], real: values)]])
    #expect(found.error < 0.005 * found.magnitude)
  }

  /// What a constant is beside in an output is as precise as it can be beside it.
  @Test(arguments: [-1e3, -1e5] as [Float]) func constantsThatCanBeToldAreKept(
    value: Float
  ) throws {
    var net = try Network(input: [4, 6], seed: 3)
    let pad = try net.constant([4, 2], values: [Float](repeating: value, count: 8))
    let wide = try net.node(.view(.concatenate(axis: 1), "Concat"), pad, scores(&net))
    let graph = try net.finish(wide)
    let sample = ["x": try net.numbers.tensor([4, 6])]
    let found = try outcome(graph, [sample])
    #expect(found.error < 0.01)
    try expectFoundAgain(graph, [sample])
  }

  /// Of a truth, and of a table, whose results are whole numbers beyond 16 bits.
  @Test func choicesBetweenGreatNumbers() throws {
    var net = try Network(input: [4, 6])
    let edge = try net.constant([], values: [0.125])
    let isAbove = try net.node(.operation("Less"), edge, net.input)
    let graph = try net.finish(
      try net.node(
        .operation("Where"), isAbove, net.constant([], values: [-1e9]),
        net.constant([], values: [0])))
    let found = try outcome(graph, [["x": try net.numbers.tensor([4, 6])]])
    #expect(found.error < 0.001 * found.magnitude)
  }

  /// Two layers of one function whose results are of unlike magnitude.
  @Test func functionsOfFarMagnitudes() throws {
    var net = try Network(input: [4, 6], seed: 7)
    let first = try net.node(.operation("Exp"), net.input)
    let weights = try net.constant([6, 6], values: (0..<36).map { 0.25 + Float($0 % 7) / 16 })
    let second = try net.node(.operation("Exp"), net.node(.matrixMultiply, first, weights))
    let graph = try net.finish(second)
    let sample = ["x": try net.numbers.tensor([4, 6], scale: 2)]
    let found = try outcome(graph, [sample])
    #expect(found.magnitude > 1e4)
    #expect(found.error < 0.01 * found.magnitude)
    try expectFoundAgain(graph, [sample])
  }
}

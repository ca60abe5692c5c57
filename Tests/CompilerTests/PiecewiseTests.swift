import Equations
import TensorGraph
import TestSupport
import Testing
import Witness

@testable import Compiler
@testable import NetworkTestSupport

@Suite("What a function is follows from its expression")
struct PiecewiseTests {
  private let x = FormNet.argument

  private func form(_ function: RealExpression) -> ApplyForm {
    ApplyForm(argument: FormRead(operand: 0, positions: []), function: function)
  }

  /// Lines but for one number, or for a band that few samples meet.
  @Test func bandsAreNoLines() {
    let exception = RealExpression.select(.binary(.equal, x, .constant(7)), .constant(0), x)
    let height = RealExpression.binary(.minimum, x - 1.3, RealExpression.constant(2.4) - x)
    let band = RealExpression.max(height, .constant(0)) + FormNet.relu
    let hole = RealExpression.select(
      .binary(.less, .unary(.abs, x), .constant(1e-3)), .constant(5), x)
    for function in [exception, band, hole] {
      #expect(form(function).slopes == nil && form(function).bounds == nil)
    }
    let constant = RealExpression.select(
      .binary(.equal, x, .constant(1)), .constant(0), .constant(-100))
    #expect(form(constant).bounds == nil)
  }

  @Test func linesInManyParts() throws {
    let hard = RealExpression.max(
      .constant(-1), .binary(.minimum, .constant(1), .unary(.negate, .unary(.negate, x))))
    #expect(form(hard).bounds == -1...1)
    let leaky = FormNet.relu - 0.25 * RealExpression.max(.unary(.negate, x), .constant(0))
    #expect(form(leaky).slopes.map { $0 == (1, 0.25) } ?? false)
    let lines = try #require(PiecewiseLinear(.unary(.abs, .unary(.abs, x) - 3.0)))
    for place in stride(from: -7.0, through: 7, by: 0.37) {
      let number = lines.edges.count { $0 <= place }
      #expect(abs(lines.lines[number].value(at: place) - abs(abs(place) - 3)) < 1e-12)
    }
  }

  /// What equals its column's threshold is not greater, wherever the grid lies.
  @Test(arguments: [0.1, 0.3, -0.7, 1e-3] as [Float]) func thresholdsThatAreMet(k: Float) throws {
    var net = FormNetwork()
    let x = try net.input("x", [1, 3])
    let bound = try net.constant("k", [3], [k, 0.5, -2])
    let greater = try net.map("g", x, bound) {
      .select(.binary(.less, $0[1], $0[0]), .constant(1), .constant(0))
    }
    let result = try FormOutcome(try net.forms(greater), [[Double(k), 1, -1]])
    #expect(try result.error([Double(k), 1, -1]) == 0)
  }

  /// Beside a pole a table has no result, and nobody may be told that there is one.
  @Test func polesWithinTheRange() throws {
    var net = FormNet()
    let x = net.input([1, 2])
    let graph = try net.finish(net.apply(1.0 / (FormNet.argument * FormNet.argument), x))
    let result = try FormOutcome(graph, [[-4, 3]])
    #expect(try result.error([-3.5, 3.5]) < 0.005)
    #expect(throws: CompileError.self) { try result.error([0.01, 3]) }
    try result.expectFoundAgain()
  }

  /// The statements refuse it, whatever program made the witness.
  @Test func nothingIsProvenBesideAPole() throws {
    var net = FormNet()
    let x = net.input([1, 2])
    let graph = try net.finish(net.apply(1.0 / (FormNet.argument * FormNet.argument), x))
    let result = try FormOutcome(graph, [[-4, 3]])
    var circuit = result.model.circuit
    for tensor in circuit.system.tensors.indices {
      circuit.system.tensors[tensor].range = -(1 << 60)...(1 << 60)
    }
    let input = try #require(circuit.system.tensors.firstIndex { $0.role == .privateInput })
    for (value, isRight) in [(-3.5, true), (0.01, false)] {
      let tensor = try Tensor(shape: [1, 2], real: [Float(value), 3.5])
      let integers = try result.model.interface.quantise([graph[graph.inputs[0]].name: tensor])
      let assignment = try Evaluator.evaluate(
        circuit, model: result.model.model, inputs: [input: try #require(integers[input])])
      let isAccepted = (try? StatementChecker.check(circuit.system, assignment)) != nil
      #expect(isAccepted == isRight)
    }
  }
}

@Suite("Extremes and norms of what calibration has")
struct ExtremeRangeTests {
  /// What loses by far is no overflow.
  @Test func candidatesFarBelow() throws {
    var net = try Network(input: [2, 4], seed: 3)
    let weights = try net.constant([3, 4], values: (0..<12).map { $0 < 8 ? -30 : 0.5 })
    let scores = try net.node(.gemm(transposeB: true), net.input, weights)
    let graph = try net.finish(
      try net.node(.operation("ReduceMax", ["axes": .ints([1])]), scores))
    let sample = ["x": try Tensor(shape: [2, 4], real: [1, 0.5, 0.9, 1, 0.2, 0.7, 1, 0.4])]
    let found = try outcome(graph, [sample])
    #expect(found.error < 0.01 * found.magnitude)
  }

  /// Each pair reads the one before twice.
  @Test func longChains() throws {
    var net = try Network(input: [1, 4])
    var (a, b) = (net.input, try net.node(.relu, net.input))
    for _ in 0..<40 {
      (a, b) = (
        try net.node(.operation("Max"), a, b), try net.node(.operation("Min"), a, b)
      )
    }
    let graph = try net.finish(try net.node(.add, a, b))
    let sample = ["x": try net.numbers.tensor([1, 4])]
    #expect(try outcome(graph, [sample]).error < 0.01)
  }

  /// A row of equal elements has no variance.
  @Test func constantRows() throws {
    var net = try Network(input: [3, 8])
    let graph = try net.finish(
      try net.node(
        .operation("LayerNormalization"), net.input, net.constant([8]), net.constant([8])))
    var values = (0..<24).map { _ in net.numbers.real(50) }
    for place in 0..<8 { (values[place], values[8 + place]) = (0, 7) }
    let found = try outcome(graph, [["x": try Tensor(shape: [3, 8], real: values)]])
    #expect(found.error < 0.01 * found.magnitude)
  }
}

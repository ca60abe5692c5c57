import CircuitLanguage
import ConstraintSystem
import Equations
import RealTables
import TensorGraph
import TestSupport
import Testing
import Witness

@testable import Compiler
@testable import NetworkTestSupport

@Suite("Functions of one value as tables")
struct FunctionTableTests {
  private var numbers = SeededGenerator(seed: 7)

  private mutating func check(
    _ graph: FormGraph, scale: Double, tolerance: Double = 0.005,
    location: Testing.SourceLocation = #_sourceLocation
  ) throws -> FormOutcome {
    let count = graph[graph.inputs[0]].shape.reduce(1, *)
    let samples = (0..<4).map { _ in
      (0..<count).map { _ in Double(numbers.real(Float(scale))) }
    }
    let result = try FormOutcome(graph, samples)
    for sample in samples {
      #expect(try result.error(sample) < tolerance, sourceLocation: location)
    }
    try result.expectFoundAgain()
    return result
  }

  private func softmax(
    _ net: inout FormNetwork, _ x: ValueID
  ) throws -> ValueID {
    let top = try net.reduceLast("top", x) { .reduce(.maximum, over: [$1], $0) }
    let power = try net.map("power", x, top) { ($0[0] - $0[1]).exponential }
    let total = try net.reduceLast("total", power) { .reduce(.sum, over: [$1], $0) }
    return try net.map("y", power, total) { $0[0] / $0[1] }
  }

  @Test(arguments: [0.5, 4, 30]) mutating func softmax(scale: Double) throws {
    var net = FormNetwork()
    let x = try net.input("x", [2, 6])
    let result = try check(net.forms(softmax(&net, x)), scale: scale)
    let rows = try #require(result.tables.first).rows
    #expect(result.tables.count == 1 && rows < 1 << 14)
  }

  /// A mask is far beyond where exp is zero, and takes no digits from what is not masked.
  @Test(arguments: [1e4, 1e5] as [Float]) mutating func maskedSoftmax(depth: Float) throws {
    var net = FormNetwork()
    let x = try net.input("x", [2, 6])
    let mask = try net.constant("mask", [6], [0, 0, 0, -depth, 0, -depth])
    let masked = try net.map("masked", x, mask) { $0[0] + $0[1] }
    let result = try check(net.forms(softmax(&net, masked)), scale: 3)
    #expect(try #require(result.tables.first).rows < 1 << 15)
  }

  @Test mutating func layerNormalisation() throws {
    var net = FormNetwork()
    let x = try net.input("x", [2, 8])
    let mean = try net.reduceLast("mean", x) { .reduce(.sum, over: [$1], $0) / 8.0 }
    let d = try net.map("d", x, mean) { $0[0] - $0[1] }
    let squares = try net.map("squares", d) { $0[0].power(2) }
    let spread = try net.reduceLast("spread", squares) { .reduce(.sum, over: [$1], $0) / 8.0 }
    let deviation = try net.map("deviation", spread) { ($0[0] + 1e-5).root }
    let quotient = try net.map("quotient", d, deviation) { $0[0] / $0[1] }
    let scaled = try net.map("scaled", quotient, net.constant("scale", [8])) { $0[0] * $0[1] }
    let y = try net.map("y", scaled, net.constant("shift", [8])) { $0[0] + $0[1] }
    _ = try check(net.forms(y), scale: 2)
  }

  /// What a function of two slopes makes of integers has no scale of theirs.
  @Test(arguments: [0.0873, -0.3]) func linesOfIntegers(slope: Double) throws {
    var net = FormNetwork()
    let x = try net.input("x", [1, 4], .integer)
    let y = try net.map("y", x) {
      .binary(.maximum, RealExpression.constant(slope) * $0[0], .constant(0))
    }
    let sample: [Double] = [-100, 3, 50, 127]
    var result = try FormOutcome(try net.forms(y), [sample])
    result.kind = .integer
    #expect(try result.error(sample) < 0.001)
    #expect(result.plan[result.graph.outputs[0].value].bits > 8)
    try result.expectFoundAgain()
  }

  @Test(arguments: [1.0, 60]) mutating func gelu(scale: Double) throws {
    var net = FormNetwork()
    let x = try net.gemm("gemm", net.input("x", [2, 3]), 4)
    let y = try net.map("y", x) {
      0.5 * $0[0] * (1.0 + .unary(.erf, $0[0] / 1.4142135623730951))
    }
    _ = try check(net.forms(y), scale: scale)
  }

  @Test(arguments: [1.0, 300]) mutating func sigmoidAndTanh(scale: Double) throws {
    var net = FormNetwork()
    let x = try net.gemm("gemm", net.input("x", [2, 3]), 4)
    let a = try net.map("a", x) { 1.0 / (1.0 + RealExpression.unary(.negate, $0[0]).exponential) }
    let b = try net.map("b", x) { .unary(.tanh, $0[0]) }
    let y = try net.map("y", a, b) { $0[0] + $0[1] }
    _ = try check(net.forms(y), scale: scale)
  }

  /// What calibration never saw is held to a tail, and refused where the function goes on.
  @Test func beyondCalibration() throws {
    func outcome(_ function: RealExpression) throws -> FormOutcome {
      var net = FormNet()
      let x = net.input([1, 3])
      let graph = try net.finish(net.apply(function, x))
      return try FormOutcome(graph, [[-30, 0.5, 30]])
    }
    let flat = try outcome(.unary(.tanh, FormNet.argument))
    #expect(try flat.error([-55, 0.1, 55]) < 0.005)
    let steep = try outcome(.unary(.exp, FormNet.argument * 0.1))
    #expect(try steep.error([-55, 0.1, 35]) < 0.005)
    #expect(throws: CompileError.self) { try steep.error([-55, 0.1, 50]) }
    #expect(try #require(steep.tables.first).rows < 1 << 16)
  }

  /// An argument that is never below zero takes the rows above it, and some more.
  @Test func oneSide() throws {
    var net = FormNet()
    let x = net.input([1, 4])
    let graph = try net.finish(net.apply(.unary(.sin, FormNet.argument), x))
    let result = try FormOutcome(graph, [[0, 1, 2, 3]])
    let table = try #require(result.tables.first)
    let bits = result.plan[x].bits
    #expect(table.first > -(1 << bits) && table.first < 0)
    #expect(table.first + table.rows > 6 << bits)
    #expect(try result.error([0, 5, 2.5, 3]) < 0.005)
    #expect(throws: CompileError.self) { try result.error([-3, 1, 2, 3]) }
  }
}

@Suite("Functions of one value as formulas")
struct RealExpressionFormulaTests {
  private static let x = FormNet.argument

  private func expectSame(
    _ function: RealExpression, _ span: ClosedRange<Double> = -3...3,
    location: Testing.SourceLocation = #_sourceLocation
  ) throws {
    let formula = try #require(function.formula, sourceLocation: location)
    let (bits, limit) = (4, 1 << 30)
    let first = Int(span.lowerBound * 16)
    let request = RealTableRequest(
      [formula], argumentBits: bits, outputBits: 16, range: -limit...limit, first: first,
      rows: Int(span.upperBound * 16) - first + 1)
    let values = try ComputedTables().values(
      of: request.formulas, first: first, rows: request.rows)[0]
    for (row, value) in values.enumerated() {
      let x = Double(first + row) / 16
      let expected = min(max(function.value(at: x) * 65536, -Double(limit)), Double(limit))
      #expect(
        abs(Double(value) - expected) <= 1, "\(formula.text) at \(x)", sourceLocation: location)
    }
  }

  @Test(arguments: RealExpression.Unary.allCases.filter { $0 != .order })
  func unary(_ function: RealExpression.Unary)
    throws
  {
    let span: ClosedRange<Double> =
      switch function {
      case .log: 0.25...5
      case .sqrt: 0...5
      case .asin, .acos: -1...1
      case .atanh: -0.75...0.75
      case .acosh: 1...4
      case .single: -2...2
      default: -1.5...1.5
      }
    try expectSame(.unary(function, Self.x), span)
  }

  @Test(arguments: RealExpression.Binary.allCases)
  func binary(_ operation: RealExpression.Binary) throws {
    if operation == .power {
      try expectSame(.binary(.power, Self.x, 3.0))
      try expectSame(.binary(.power, Self.x, 1.5), 0.25...3)
      try expectSame(.binary(.power, Self.x, -2.0), 0.5...3)
      try expectSame(.binary(.power, 2.5, Self.x))
      #expect(RealExpression.binary(.power, Self.x, Self.x).formula == nil)
      return
    }
    try expectSame(.binary(operation, Self.x, 0.75))
    try expectSame(.binary(operation, -1.25, Self.x), 0.25...3)
    let low = RealExpression.binary(.less, Self.x, 0.5)
    let high = RealExpression.binary(.lessOrEqual, -0.5, Self.x)
    if [.and, .or, .xor].contains(operation) { try expectSame(.binary(operation, low, high)) }
  }

  @Test func choices() throws {
    try expectSame(.select(.binary(.less, Self.x, 0.5), Self.x, 2.0))
    try expectSame(.select(Self.x, Self.x + 1.0, 2.0))
    try expectSame(.select(.binary(.equal, Self.x, 0.5), 1.0, Self.x))
  }

  /// At the edge of a domain a table has the limit, so that one row does not refuse the others.
  @Test func edges() throws {
    try expectSame(.unary(.log, Self.x), 0...3)
    try expectSame(1.0 / (Self.x + 1.0), 0...3)
  }

  @Test(arguments: [0.1, -3, 0, 1e-30, 0x1p80, 0.7071067811865476, 0x1p-1060, 1e22])
  func numbers(_ value: Double) throws {
    let formula = try #require(RealFormula(value))
    func evaluate(_ formula: RealFormula) -> Double {
      switch formula {
      case .integer(let value): Double(value)
      case .negate(let a): -evaluate(a)
      case .binary(.divide, let a, .binary(.power, .integer(2), .integer(let bits))):
        evaluate(a) * Double(sign: .plus, exponent: -bits, significand: 1)
      case .binary(.multiply, let a, .binary(.power, .integer(2), .integer(let bits))):
        evaluate(a) * Double(sign: .plus, exponent: bits, significand: 1)
      case .binary(.divide, let a, let b): evaluate(a) / evaluate(b)
      case .binary(.multiply, let a, let b): evaluate(a) * evaluate(b)
      default: .nan
      }
    }
    #expect(evaluate(formula) == value)
  }

  @Test func infinite() { #expect(RealFormula(.infinity) == nil) }
}

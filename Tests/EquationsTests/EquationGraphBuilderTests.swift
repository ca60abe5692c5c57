import ConstraintSystem
import TensorGraph
import Testing

@testable import Equations

@Suite struct EquationGraphBuilderTests {
  private static func vector(_ size: Int, _ value: RealExpression) -> Equation {
    Equation(indices: [.init(name: "i", size: size)], domainRank: 1, value: value)
  }

  private static let first = RealExpression.read(
    OperandRead(operand: 0, positions: [.affine(AffineIndex(index: 0))]))

  @Test func equationBecomesNode() throws {
    var builder = EquationGraphBuilder()
    let x = try builder.addInput(named: "x", shape: [3])
    let layer = builder.addLayer(named: "a", operation: "Exp")
    let y = try builder.append(
      Self.vector(3, .unary(.exp, Self.first)), [x], layer: layer, name: "x")
    try builder.addOutput(named: "y", y)
    let graph = try builder.finish()
    #expect(graph.nodes.count == 1)
    #expect(graph[y] == .init(name: "x#2", shape: [3], kind: .real))
    #expect(throws: GraphError.self) { try builder.addOutput(named: "y", x) }
    #expect(throws: GraphError.self) { try builder.addInput(named: "x", shape: [3]) }
  }

  @Test func constantsAreEvaluated() throws {
    var builder = EquationGraphBuilder()
    let x = builder.addConstant(named: "x", try Tensor(shape: [2], integer: [7, -7]))
    let layer = builder.addLayer(named: "a", operation: "Div")
    let quotient = RealExpression.unary(.truncate, .binary(.divide, Self.first, .constant(2)))
    let y = try builder.append(
      Self.vector(2, quotient), kind: .integer, [x], layer: layer, name: "y")
    #expect(builder.constantValue(y)?.integers == [3, -3])
    let z = try builder.append(.concatenate(axis: 0), [y, x], layer: layer, name: "z")
    #expect(builder.constantValue(z)?.integers == [3, -3, 7, -7])
    #expect(try builder.finish().nodes.isEmpty)
  }

  @Test func exactIntegersOf64Bits() throws {
    let x = try Tensor(shape: [2], integer: [.max, .min + 1])
    let same = Self.vector(2, .binary(.subtract, Self.first, .constant(1)))
    #expect(try same.evaluate(operands: [x], kind: .integer).integers == [.max - 1, .min])
    let over = Self.vector(2, .binary(.add, Self.first, .constant(1)))
    #expect(throws: GraphError.self) { try over.evaluate(operands: [x], kind: .integer) }
  }

  @Test func outsideIsZeroAndLeftOutOfExtremes() throws {
    let x = try Tensor(shape: [3], real: [-1, -2, -3])
    let position = AffineIndex(
      constant: -1,
      terms: [.init(index: 0, coefficient: 1), .init(index: 1, coefficient: 1)])
    let read = RealExpression.read(OperandRead(operand: 0, positions: [.affine(position)]))
    func reduced(_ reduction: RealExpression.Reduction) throws -> [Float] {
      let indices = [Equation.Index(name: "i", size: 3), .init(name: "k", size: 3)]
      return try Equation(
        indices: indices, domainRank: 1, value: .reduce(reduction, over: [1], read)
      ).evaluate(operands: [x], kind: .real).reals
    }
    #expect(try reduced(.sum) == [-3, -6, -5])
    #expect(try reduced(.maximum) == [-1, -1, -2])
    #expect(try reduced(.product) == [0, -6, 0])
    #expect(try reduced(.firstMaximum) == [1, 0, 0])
    #expect(try reduced(.lastMinimum) == [2, 2, 1])
  }

  @Test func unsoundEquationsAreRefused() throws {
    let unsound: [(Equation, GraphError.Code)] = [
      (Self.vector(2, .index(AffineIndex(index: 1))), .structure),
      (Self.vector(2, .read(OperandRead(operand: 1, positions: []))), .structure),
      (Self.vector(2, .read(OperandRead(operand: 0, positions: []))), .shape),
      (Self.vector(2, .reduce(.sum, over: [0], Self.first)), .structure),
      (Self.vector(2, .constant(.nan)), .value),
      (Self.vector(1 << 29, Self.first), .tooLarge),
      (Self.vector(2, (0..<300).reduce(Self.first) { x, _ in .unary(.exp, x) }), .tooLarge),
      (Self.vector(2, .index(AffineIndex(constant: 1 << 40))), .value),
    ]
    for (equation, code) in unsound {
      let error = #expect(throws: GraphError.self) { try equation.check(operands: [[2]]) }
      #expect(error?.code == code)
    }
  }

  @Test func kindsAreChecked() throws {
    var builder = EquationGraphBuilder()
    let x = try builder.addInput(named: "x", shape: [2])
    let layer = builder.addLayer(named: "a", operation: "Less")
    let less = Self.vector(2, .binary(.less, Self.first, .constant(0.5)))
    let y = try builder.append(less, kind: .boolean, [x], layer: layer, name: "y")
    #expect(builder[y].kind == .boolean)
    let error = #expect(throws: GraphError.self) {
      try builder.append(
        Self.vector(2, Self.first), kind: .integer, [x], layer: layer, name: "z")
    }
    #expect(error?.code == .elementType)
    #expect(error?.node == "a")
    #expect(throws: GraphError.self) {
      try builder.append(.concatenate(axis: 0), [x, y], layer: layer, name: "z")
    }
  }

  @Test func validationFindsWhatIsChanged() throws {
    var builder = EquationGraphBuilder()
    let x = try builder.addInput(named: "x", shape: [2])
    let layer = builder.addLayer(named: "a", operation: "Exp")
    let y = try builder.append(
      Self.vector(2, .unary(.exp, Self.first)), [x], layer: layer, name: "y")
    try builder.addOutput(named: "y", y)
    let sound = try builder.finish()
    let changes: [(inout EquationGraph) -> Void] = [
      { $0.values[y.index].shape = [3] }, { $0.values[y.index].kind = .integer },
      { $0.values[y.index].name = "x" }, { $0.nodes[0].layer = 1 },
      { $0.nodes[0].operands = [y] }, { $0.nodes = [] }, { $0.nodes += $0.nodes },
    ]
    for change in changes {
      var graph = sound
      change(&graph)
      #expect(throws: GraphError.self) { try graph.validate() }
    }
  }

  @Test func viewsMoveElements() throws {
    let x = try Tensor(shape: [2, 3], real: [1, 2, 3, 4, 5, 6])
    func moved(_ view: ViewStep) throws -> [Float] { try view.apply([x]).reals }
    #expect(try moved(.reshape([3, 2])) == [1, 2, 3, 4, 5, 6])
    #expect(try moved(.transpose([1, 0])) == [1, 4, 2, 5, 3, 6])
    #expect(
      try moved(.slice([.init(start: 1, count: 1, step: 1), .init(start: 2, count: 2, step: -2)]))
        == [6, 4])
    #expect(try moved(.pad(before: [0, 1], after: [0, 0])) == [0, 1, 2, 3, 0, 4, 5, 6])
    #expect(
      try ViewStep.broadcast([2, 2, 2]).apply([Tensor(shape: [2, 1], real: [1, 2])]).reals
        == [1, 1, 2, 2, 1, 1, 2, 2])
    #expect(
      try ViewStep.concatenate(axis: 1).apply([x, Tensor(shape: [2, 1], real: [7, 8])]).reals
        == [1, 2, 3, 7, 4, 5, 6, 8])
    for view: ViewStep in [
      .reshape([5]), .transpose([0, 0]), .pad(before: [-1, 0], after: [0, 0]), .broadcast([3]),
      .slice([.init(start: 0, count: 3, step: 1), .init(start: 0, count: 1, step: 1)]),
      .concatenate(axis: 2),
    ] { #expect(throws: GraphError.self) { try view.apply([x]) } }
  }
}

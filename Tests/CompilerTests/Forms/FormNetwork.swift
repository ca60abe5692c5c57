import Compiler
import ConstraintSystem
import Equations
import TensorGraph
import TestSupport
import Testing

@testable import NetworkTestSupport

/// A network of equations that is written down layer by layer.
struct FormNetwork {
  private(set) var builder = EquationGraphBuilder()
  private var numbers = SeededGenerator(seed: 5)
  private var count = 0

  mutating func input(
    _ name: String, _ shape: [Int], _ kind: ElementKind = .real
  ) throws -> ValueID {
    try builder.addInput(named: name, shape: shape, kind: kind)
  }

  /// A constant of random numbers.
  mutating func constant(_ name: String, _ shape: [Int]) throws -> ValueID {
    builder.addConstant(named: name, try numbers.tensor(shape))
  }

  mutating func constant(_ name: String, _ shape: [Int], _ values: [Float]) throws -> ValueID {
    builder.addConstant(named: name, try Tensor(shape: shape, real: values))
  }

  mutating func integers(_ name: String, _ shape: [Int], _ values: [Int64]) throws -> ValueID {
    builder.addConstant(named: name, try Tensor(shape: shape, integer: values))
  }

  /// An operation on elements of operands, which broadcast.
  mutating func map(
    _ name: String, _ operands: ValueID..., kind: ElementKind = .real,
    _ body: ([RealExpression]) -> RealExpression
  ) throws -> ValueID {
    let shape = try operands.reduce([]) { try Shape.broadcast($0, builder[$1].shape) }
    let reads = operands.enumerated().map { number, value -> RealExpression in
      let own = builder[value].shape
      return .at(
        number,
        own.enumerated().map {
          $0.element == 1
            ? AffineIndex() : AffineIndex(index: $0.offset + shape.count - own.count)
        })
    }
    return try equation(name, shape, [], operands, kind: kind, body(reads))
  }

  /// A reduction of one operand along its last axis, which stays with one element.
  mutating func reduceLast(
    _ name: String, _ operand: ValueID, _ body: (RealExpression, Int) -> RealExpression
  ) throws -> ValueID {
    let own = builder[operand].shape
    let read = RealExpression.at(
      0, own.indices.map { AffineIndex(index: $0 == own.count - 1 ? own.count : $0) })
    return try equation(
      name, own.dropLast() + [1], [own[own.count - 1]], [operand], body(read, own.count))
  }

  mutating func equation(
    _ name: String, _ domain: [Int], _ inner: [Int], _ operands: [ValueID],
    kind: ElementKind = .real, _ value: RealExpression
  ) throws -> ValueID {
    let layer = builder.addLayer(named: name, operation: "Test")
    let letters = ["a", "b", "c", "d", "e", "f", "g", "h"]
    let indices = (domain + inner).enumerated().map {
      Equation.Index(name: letters[$0.offset], size: $0.element)
    }
    return try builder.append(
      Equation(indices: indices, domainRank: domain.count, value: value), kind: kind, operands,
      layer: layer, name: name)
  }

  mutating func view(_ name: String, _ operand: ValueID, _ step: ViewStep) throws -> ValueID {
    let layer = builder.addLayer(named: name, operation: "View")
    return try builder.append(step, [operand], layer: layer, name: name)
  }

  /// x·wᵀ + b
  mutating func gemm(_ name: String, _ x: ValueID, _ outputs: Int) throws -> ValueID {
    let shape = builder[x].shape
    let w = try constant("\(name)/w", [outputs, shape[1]])
    let b = try constant("\(name)/b", [outputs])
    let product = RealExpression.reduce(.sum, over: [2], .at(0, 0, 2) * .at(1, 1, 2))
    return try equation(name, [shape[0], outputs], [shape[1]], [x, w, b], product + .at(2, 1))
  }

  /// A convolution of 3 x 3 with padding and a bias.
  mutating func convolution(_ name: String, _ x: ValueID, _ outputs: Int) throws -> ValueID {
    let shape = builder[x].shape
    let w = try constant("\(name)/w", [outputs, shape[1], 3, 3])
    let b = try constant("\(name)/b", [outputs])
    func tap(_ at: Int, _ tap: Int) -> AffineIndex {
      AffineIndex(
        constant: -1,
        terms: [.init(index: at, coefficient: 1), .init(index: tap, coefficient: 1)])
    }
    let read = RealExpression.at(
      0, [AffineIndex(index: 0), AffineIndex(index: 4), tap(2, 5), tap(3, 6)])
    return try equation(
      name, [shape[0], outputs, shape[2], shape[3]], [shape[1], 3, 3], [x, w, b],
      .reduce(.sum, over: [4, 5, 6], read * .at(1, 1, 4, 5, 6)) + .at(2, 1))
  }

  /// x·scale + shift for each channel of [n, c, h, w].
  mutating func normalisation(_ name: String, _ x: ValueID) throws -> ValueID {
    let channels = builder[x].shape[1]
    let scale = try constant("\(name)/scale", [channels])
    let shift = try constant("\(name)/shift", [channels])
    let variance = try constant(
      "\(name)/variance", [channels], (1...channels).map { Float($0) / 4 })
    return try equation(
      name, builder[x].shape, [], [x, scale, shift, variance],
      .at(0, 0, 1, 2, 3) / (.at(3, 1) + 1e-5).root * .at(1, 1) + .at(2, 1))
  }

  /// The windows of 2 x 2 of [n, c, h, w].
  mutating func pooling(
    _ name: String, _ x: ValueID, _ reduction: RealExpression.Reduction
  ) throws -> ValueID {
    let shape = builder[x].shape
    func tap(_ at: Int, _ tap: Int) -> AffineIndex {
      AffineIndex(terms: [.init(index: at, coefficient: 2), .init(index: tap, coefficient: 1)])
    }
    let read = RealExpression.at(
      0, [AffineIndex(index: 0), AffineIndex(index: 1), tap(2, 4), tap(3, 5)])
    return try equation(
      name, [shape[0], shape[1], shape[2] / 2, shape[3] / 2], [2, 2], [x],
      .reduce(reduction, over: [4, 5], read))
  }

  func formsOrError(_ output: ValueID) throws(CompileError) -> FormGraph {
    let graph: EquationGraph
    do {
      var builder = builder
      try builder.addOutput(named: "y", output)
      graph = try builder.finish()
    } catch {
      throw .node(name: "", reason: "\(error)")
    }
    return try FormGraph(graph)
  }

  /// The forms of what has been written, and the check that they give the same.
  mutating func forms(
    _ outputs: ValueID..., location: SourceLocation = #_sourceLocation
  ) throws -> FormGraph {
    for output in outputs { try builder.addOutput(named: builder[output].name, output) }
    let graph = try builder.finish()
    let forms = try FormGraph(graph)
    let inputs = graph.inputs.map { id in
      (0..<graph[id].count).map { _ in
        graph[id].kind == .real ? Double(numbers.real(2)) : Double(numbers.next() >> 63)
      }
    }
    let expected = try EquationOracle(graph: graph).values(inputs)
    let found = try forms.evaluate(inputs)
    for (before, after) in zip(graph.outputs, forms.outputs) {
      let (a, b) = (expected[before.value] ?? [], found[after.value] ?? [])
      let scale = a.reduce(1) { max($0, abs($1)) }
      // Constants that are computed are held in single precision.
      #expect(
        a.count == b.count && zip(a, b).allSatisfy { abs($0 - $1) < 1e-6 * scale },
        "\(before.name)\n\(forms)", sourceLocation: location)
    }
    return forms
  }
}

extension RealExpression: ExpressibleByFloatLiteral {
  public init(floatLiteral value: Double) { self = .constant(value) }

  static func at(_ operand: Int, _ positions: [AffineIndex]) -> RealExpression {
    .read(.init(operand: operand, positions: positions.map { .affine($0) }))
  }

  static func at(_ operand: Int, _ indices: Int...) -> RealExpression {
    at(operand, indices.map { AffineIndex(index: $0) })
  }

  static func + (a: Self, b: Self) -> Self { .binary(.add, a, b) }
  static func - (a: Self, b: Self) -> Self { .binary(.subtract, a, b) }
  static func * (a: Self, b: Self) -> Self { .binary(.multiply, a, b) }
  static func / (a: Self, b: Self) -> Self { .binary(.divide, a, b) }
  static func max(_ a: Self, _ b: Self) -> Self { .binary(.maximum, a, b) }
  static func min(_ a: Self, _ b: Self) -> Self { .binary(.minimum, a, b) }
  func power(_ exponent: Double) -> Self { .binary(.power, self, .constant(exponent)) }
  var root: Self { .unary(.sqrt, self) }
  var exponential: Self { .unary(.exp, self) }
}

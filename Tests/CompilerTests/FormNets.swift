import ConstraintSystem
import Equations
import TensorGraph
import TestSupport

@testable import Compiler
@testable import NetworkTestSupport

/// A form graph, written down node by node.
struct FormNet {
  var graph = FormGraph()
  var numbers: SeededGenerator

  init(seed: UInt64 = 1) {
    numbers = SeededGenerator(seed: seed)
    graph.layers = []
  }

  private mutating func add(_ name: String, _ shape: [Int], _ kind: ElementKind) -> ValueID {
    graph.values.append(
      .init(name: "\(name)\(graph.values.count)", shape: shape, kind: kind))
    return ValueID(graph.values.count - 1)
  }

  mutating func input(_ shape: [Int]) -> ValueID {
    let id = add("x", shape, .real)
    graph.inputs.append(id)
    return id
  }

  mutating func constant(_ shape: [Int], _ values: [Float]) throws -> ValueID {
    let id = add("c", shape, .real)
    graph.constants[id] = try Tensor(shape: shape, real: values)
    return id
  }

  mutating func constant(_ shape: [Int], scale: Float) throws -> ValueID {
    let values = (0..<shape.reduce(1, *)).map { _ in numbers.real(scale) }
    return try constant(shape, values)
  }

  mutating func node(
    _ form: Form, _ operands: [ValueID], _ shape: [Int], kind: ElementKind = .real,
    isCommitted: Bool = true
  ) -> ValueID {
    let id = add("t", shape, kind)
    graph.values[id.index].isCommitted = isCommitted
    graph.layers.append(.init(name: "n\(graph.layers.count)", operation: form.name))
    graph.nodes.append(
      .init(layer: graph.layers.count - 1, form: form, operands: operands, output: id))
    return id
  }

  /// x·wᵀ + b.
  mutating func dense(
    _ x: ValueID, _ outputs: Int, scale: Float = 1, isCommitted: Bool = true
  ) throws -> ValueID {
    let shape = graph[x].shape
    let w = try constant([outputs, shape[1]], scale: scale)
    let b = try constant([outputs], scale: scale)
    let form = SumForm(
      indices: [("n", shape[0]), ("o", outputs), ("c", shape[1])].map {
        .init(name: $0.0, size: $0.1)
      }, domainRank: 2,
      terms: [
        .init(coefficient: 1, summed: [2], factors: [Self.read(0, 0, 2), Self.read(1, 1, 2)]),
        .init(coefficient: 1, factors: [Self.read(2, 1)]),
      ])
    return node(.sum(form), [x, w, b], [shape[0], outputs], isCommitted: isCommitted)
  }

  /// Σ of coefficients times products of whole values of one shape.
  mutating func combination(
    _ terms: [(Double, [ValueID])], isCommitted: Bool = true
  ) -> ValueID {
    let operands = terms.flatMap(\.1)
    let shape = graph[operands[0]].shape
    var place = 0
    let form = SumForm(
      indices: shape.enumerated().map { .init(name: "i\($0.offset)", size: $0.element) },
      domainRank: shape.count,
      terms: terms.map { coefficient, factors in
        let reads = factors.map { _ in
          defer { place += 1 }
          return FormRead(operand: place, positions: .identity(shape))
        }
        return .init(coefficient: coefficient, factors: reads)
      })
    return node(.sum(form), operands, shape, isCommitted: isCommitted)
  }

  mutating func apply(_ function: RealExpression, _ x: ValueID) -> ValueID {
    let shape = graph[x].shape
    let read = FormRead(operand: 0, positions: .identity(shape))
    return node(.apply(.init(argument: read, function: function)), [x], shape)
  }

  mutating func finish(_ outputs: ValueID...) throws -> FormGraph {
    for (number, id) in outputs.enumerated() {
      graph.outputs.append(.init(name: "y\(number)", value: id))
    }
    try graph.validate()
    return graph
  }

  static func read(_ operand: Int, _ indices: Int...) -> FormRead {
    FormRead(operand: operand, positions: indices.map { AffineIndex(index: $0) })
  }

  /// A value for each input, of the given magnitude.
  mutating func sample(_ scale: Float = 1) -> [ValueID: [Double]] {
    var result: [ValueID: [Double]] = [:]
    for id in graph.inputs {
      result[id] = (0..<graph[id].shape.reduce(1, *)).map { _ in Double(numbers.real(scale)) }
    }
    return result
  }

  static let argument = RealExpression.read(.init(operand: 0, positions: []))
  static let relu = RealExpression.binary(.maximum, argument, .constant(0))
}

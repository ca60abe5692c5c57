import TensorGraph
import TestSupport
import Testing

@testable import Equations

typealias OperatorCase = RuntimeCase

extension RuntimeCase.Value {
  var tensor: Tensor {
    get throws {
      kind == "real"
        ? try Tensor(shape: shape, real: numbers.map { Float($0) })
        : try Tensor(shape: shape, integer: numbers.map { Int64($0) })
    }
  }
}

extension RuntimeCase.Attribute {
  var value: AttributeValue {
    switch self {
    case .int(let value): .int(value)
    case .real(let value): .real(value)
    case .ints(let values): .ints(values)
    case .reals(let values): .reals(values)
    case .text(let value): .text(value)
    case .texts(let values): .text(values.joined(separator: ", "))
    }
  }
}

extension RuntimeCase {
  /// Instantiates the operator on inputs and on the operands that must be constants, and evaluates
  /// the graph.
  func evaluated(by library: OperatorLibrary) throws -> [Tensor?] {
    var builder = EquationGraphBuilder()
    var values: [ValueID: Tensor] = [:]
    var operands: [ValueID?] = []
    for (place, input) in inputs.enumerated() {
      guard let input else {
        operands.append(nil)
        continue
      }
      let name = "x\(place)"
      let tensor = try input.tensor
      if input.constant == true {
        operands.append(
          builder.addConstant(named: name, tensor, isBoolean: input.kind == "boolean"))
      } else {
        let kind = try #require(ElementKind(rawValue: input.kind))
        let id = try builder.addInput(named: name, shape: input.shape, kind: kind)
        values[id] = tensor
        operands.append(id)
      }
    }
    let node = OperatorNode(
      operation: operation, domain: domain, opset: opset,
      layer: builder.addLayer(named: "node", operation: operation), name: "node",
      operands: operands, attributes: attributes.mapValues(\.value),
      outputs: outputs.enumerated().map { $1 == nil ? nil : "y\($0)" })
    let results = try #require(try library.instantiate(node, into: &builder))
    for (place, result) in results.enumerated() {
      if let result { try builder.addOutput(named: "y\(place)", result) }
    }
    let graph = try builder.finish()
    values.merge(graph.constants) { $1 }
    for node in graph.nodes {
      let operands = try node.operands.map { try #require(values[$0]) }
      switch node.definition {
      case .equation(let equation):
        values[node.output] = try equation.evaluate(
          operands: operands, kind: graph[node.output].kind)
      case .view(let view): values[node.output] = try view.apply(operands)
      }
    }
    for (result, output) in zip(results, outputs) {
      guard let result, let output else { continue }
      #expect(graph[result].kind.rawValue == output.kind, "\(self.operation)")
    }
    return results.map { $0.flatMap { values[$0] } }
  }
}

import Foundation
import TensorGraph
import Testing

@testable import Equations

/// A node, what it is given, and what ONNX Runtime makes of it.
struct OperatorCase: Decodable {
  let operation: String
  let domain: String
  let opset: Int
  let attributes: [String: Attribute]
  let inputs: [Value?]
  let outputs: [Value?]

  struct Value: Decodable {
    let kind: String
    let shape: [Int]
    let values: [Number]
    let constant: Bool?

    var tensor: Tensor {
      get throws {
        kind == "real"
          ? try Tensor(shape: shape, real: values.map { Float($0.value) })
          : try Tensor(shape: shape, integer: values.map { Int64($0.value) })
      }
    }
  }

  /// A number, or the name of one that JSON does not have.
  struct Number: Decodable {
    let value: Double

    init(from decoder: Decoder) throws {
      let container = try decoder.singleValueContainer()
      if let text = try? container.decode(String.self) {
        value = Double(text) ?? .nan
      } else {
        value = try container.decode(Double.self)
      }
    }
  }

  struct Attribute: Decodable {
    let value: AttributeValue

    init(from decoder: Decoder) throws {
      let container = try decoder.singleValueContainer()
      if let integer = try? container.decode(Int.self) {
        value = .int(integer)
      } else if let real = try? container.decode(Double.self) {
        value = .real(real)
      } else if let list = try? container.decode([Int].self) {
        value = .ints(list)
      } else if let list = try? container.decode([Double].self) {
        value = .reals(list)
      } else {
        value = .text(try container.decode(String.self))
      }
    }
  }

  static let folder = URL(fileURLWithPath: #filePath)
    .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
    .appendingPathComponent("Fixtures/equations")

  static func read(_ operation: String) throws -> [OperatorCase] {
    let data = try Data(contentsOf: folder.appendingPathComponent("\(operation).json"))
    return try JSONDecoder().decode([OperatorCase].self, from: data)
  }

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
    let results: [ValueID?]
    switch operation {
    case "Resize", "Upsample": results = [try library.instantiateResize(node, into: &builder)]
    case "Einsum": results = [try Einsum.append(node, to: &builder)]
    default: results = try #require(try library.instantiate(node, into: &builder))
    }
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

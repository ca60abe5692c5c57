import Equations
import Foundation
import TensorGraph
import TestSupport
import Testing

/// A small classical model, and what ONNX Runtime makes of some rows.
struct ClassicalCase: Decodable, Sendable, CustomStringConvertible {
  let name: String
  /// The file, in base64.
  let model: String
  let inputs: [String: Value]
  let outputs: [String: Value]

  struct Value: Decodable, Sendable {
    let shape: [Int]
    let values: [Double]?
    let words: [String]?
  }

  var description: String { name }

  /// The operator.
  var operation: String { name.split(separator: " ").first.map(String.init) ?? name }

  var bytes: [UInt8] { Array(Data(base64Encoded: model) ?? Data()) }

  static func all() throws -> [ClassicalCase] {
    let bytes = try Fixture.bytes(Fixture.path("classical/cases.json"))
    return try JSONDecoder().decode([ClassicalCase].self, from: Data(bytes))
  }
}

extension ClassicalCase {
  /// A tensor for each input; of words their places, one more standing for any other.
  func sample(of graph: EquationGraph) throws -> [String: Tensor] {
    var sample: [String: Tensor] = [:]
    for id in graph.inputs {
      let value = try #require(inputs[graph[id].name])
      if let words = value.words {
        let list = try #require(graph[id].words)
        sample[graph[id].name] = try Tensor(
          shape: value.shape,
          integer: words.map { Int64(list.firstIndex(of: $0) ?? list.count) })
      } else {
        let numbers = value.values ?? []
        sample[graph[id].name] =
          graph[id].kind == .real
          ? try Tensor(shape: value.shape, real: numbers.map(Float.init))
          : try Tensor(shape: value.shape, integer: numbers.map(Int64.init))
      }
    }
    return sample
  }
}

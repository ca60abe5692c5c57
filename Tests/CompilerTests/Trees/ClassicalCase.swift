import Foundation
import TensorGraph
import TestSupport

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

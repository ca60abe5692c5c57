import Foundation
import TensorFiles
import TensorGraph

@testable import ONNXImport

/// Paths and readers of the files in `Fixtures`.
enum Fixture {
  static let directory = URL(fileURLWithPath: #filePath)
    .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
    .appendingPathComponent("Fixtures").path

  static func path(_ relative: String) -> String { directory + "/" + relative }

  static func tensor(_ relative: String) throws -> TensorValue {
    try TensorFile.readNumpy(path: path(relative))
  }

  static func bytes(_ relative: String) throws -> [UInt8] {
    [UInt8](try Data(contentsOf: URL(fileURLWithPath: path(relative))))
  }

  /// The names of the single-operator models.
  static let operatorCases: [String] = {
    let files = (try? FileManager.default.contentsOfDirectory(atPath: path("operators"))) ?? []
    return files.filter { $0.hasSuffix(".onnx") }.map { String($0.dropLast(5)) }.sorted()
  }()
}

/// A single-operator case: inputs and the outputs ONNX Runtime gave for them.
struct OperatorCase: Decodable {
  struct Value: Decodable {
    let shape: [Int]
    let values: [Double]
  }

  let inputs: [String: Value]
  let outputs: [String: Value]

  init(_ name: String) throws {
    let url = URL(fileURLWithPath: Fixture.path("operators/\(name).json"))
    self = try JSONDecoder().decode(OperatorCase.self, from: Data(contentsOf: url))
  }
}

/// A folder that is removed when the test ends.
final class TemporaryFolder {
  let path: String

  init() throws {
    let url = FileManager.default.temporaryDirectory
      .appendingPathComponent("assay-" + UUID().uuidString)
    try FileManager.default.createDirectory(at: url, withIntermediateDirectories: true)
    path = url.path
  }

  deinit { try? FileManager.default.removeItem(atPath: path) }

  func write(_ bytes: [UInt8], _ name: String) throws -> String {
    let file = path + "/" + name
    try FileManager.default.createDirectory(
      atPath: URL(fileURLWithPath: file).deletingLastPathComponent().path,
      withIntermediateDirectories: true)
    try Data(bytes).write(to: URL(fileURLWithPath: file))
    return file
  }
}

/// The largest difference between two lists, which must be of the same length.
func largestDifference(_ left: [Float], _ right: [Double]) -> Double {
  guard left.count == right.count else { return .infinity }
  return zip(left, right).map { abs(Double($0) - $1) }.max() ?? 0
}

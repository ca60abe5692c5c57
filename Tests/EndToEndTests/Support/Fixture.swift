import Foundation
import Synchronization
import TensorFiles
import TensorGraph

/// The files of the package that tests read.
enum Fixture {
  static let package = URL(fileURLWithPath: #filePath)
    .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
    .deletingLastPathComponent().path

  static func path(_ relative: String) -> String { package + "/Fixtures/" + relative }

  static func bytes(_ path: String) throws -> [UInt8] {
    [UInt8](try Data(contentsOf: URL(fileURLWithPath: path)))
  }

  /// The names, sorted and without ending, of the files in a folder that end so.
  static func names(in folder: String, ending: String) -> [String] {
    let files = (try? FileManager.default.contentsOfDirectory(atPath: path(folder))) ?? []
    return files.filter { $0.hasSuffix(ending) }.map { String($0.dropLast(ending.count)) }.sorted()
  }
}

/// A small model that uses one operator, with inputs and what ONNX Runtime makes of them.
struct OperatorCase: Decodable {
  struct Value: Decodable {
    let shape: [Int]
    let values: [Double]

    var magnitude: Double { values.map(abs).max() ?? 0 }
  }

  let inputs: [String: Value]
  let outputs: [String: Value]

  static let names = Fixture.names(in: "operators", ending: ".onnx")

  init(_ name: String, folder: String = "operators") throws {
    let bytes = try Fixture.bytes(Fixture.path("\(folder)/\(name).json"))
    self = try JSONDecoder().decode(OperatorCase.self, from: Data(bytes))
  }

  var tensors: [String: Tensor] {
    get throws {
      try inputs.mapValues { try Tensor(shape: $0.shape, real: $0.values.map(Float.init)) }
    }
  }
}

/// A folder that is gone when the test has ended.
final class TemporaryFolder: Sendable {
  let path: String

  init() throws {
    path =
      FileManager.default.temporaryDirectory
      .appendingPathComponent("assay-" + UUID().uuidString).path
    try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
  }

  deinit { try? FileManager.default.removeItem(atPath: path) }

  private static let lasting = Mutex<[String]>([])
  private static let atExit: Void = {
    atexit {
      TemporaryFolder.lasting.withLock { paths in
        for path in paths { try? FileManager.default.removeItem(atPath: path) }
      }
    }
  }()

  /// Has the folder removed when the process ends: objects that all tests share are never released.
  func removeAtExit() {
    Self.lasting.withLock { $0.append(path) }
    Self.atExit
  }

  /// The path of a file in the folder.
  func file(_ name: String) -> String { path + "/" + name }

  func write(_ bytes: [UInt8], _ name: String) throws -> String {
    try Data(bytes).write(to: URL(fileURLWithPath: file(name)))
    return file(name)
  }

  func write(_ text: String, _ name: String) throws -> String {
    try write(Array(text.utf8), name)
  }

  /// The names of all files, sorted, hidden ones too.
  var contents: [String] {
    ((try? FileManager.default.contentsOfDirectory(atPath: path)) ?? []).sorted()
  }
}

import Foundation
import Synchronization

/// A folder that is gone when the test has ended.
public final class TemporaryFolder: Sendable {
  public let path: String

  /// Makes the folder, with a name that no other has.
  public init() throws {
    path =
      FileManager.default.temporaryDirectory
      .appendingPathComponent("assay-" + UUID().uuidString).path
    try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
  }

  deinit { remove() }

  private static let lasting = Mutex<[String]>([])
  private static let atExit: Void = {
    atexit {
      TemporaryFolder.lasting.withLock { paths in
        for path in paths { try? FileManager.default.removeItem(atPath: path) }
      }
    }
  }()

  /// Has the folder removed when the process ends: objects that all tests share are never released.
  public func removeAtExit() {
    Self.lasting.withLock { $0.append(path) }
    Self.atExit
  }

  /// Removes the folder. A test that holds no more than paths in it defers this, so that the folder
  /// stays for as long.
  public func remove() { try? FileManager.default.removeItem(atPath: path) }

  /// The path of a file in the folder.
  public func file(_ name: String) -> String { path + "/" + name }

  /// Writes a file, with the folders that it lies in.
  /// - Returns: its path.
  public func write(_ bytes: [UInt8], _ name: String) throws -> String {
    let url = URL(fileURLWithPath: file(name))
    try FileManager.default.createDirectory(
      at: url.deletingLastPathComponent(), withIntermediateDirectories: true)
    try Data(bytes).write(to: url)
    return file(name)
  }

  /// Writes a file of text.
  /// - Returns: its path.
  public func write(_ text: String, _ name: String) throws -> String {
    try write(Array(text.utf8), name)
  }

  /// The names of all files, sorted, hidden ones too.
  public var contents: [String] {
    ((try? FileManager.default.contentsOfDirectory(atPath: path)) ?? []).sorted()
  }
}

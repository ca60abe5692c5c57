import Foundation

/// A file that takes its place only once it is whole, made before what goes into it: where it can't be
/// written this shows while nothing is lost yet.
public final class DraftFile {
  private let path: String
  private let temporary: String

  /// Makes an empty file beside the path.
  /// - Throws: `CommandError.input` if there can be none.
  public init(_ path: String) throws(CommandError) {
    self.path = path
    let target = URL(fileURLWithPath: path)
    temporary =
      target.deletingLastPathComponent().appendingPathComponent(
        ".\(target.lastPathComponent).\(ProcessInfo.processInfo.processIdentifier).tmp"
      ).path
    var isFolder: ObjCBool = false
    guard
      !FileManager.default.fileExists(atPath: path, isDirectory: &isFolder) || !isFolder.boolValue
    else { throw .input("\(path): is a folder") }
    try fill([])
  }

  deinit { unlink(temporary) }

  public func fill(_ bytes: [UInt8]) throws(CommandError) {
    do {
      try Data(bytes).write(to: URL(fileURLWithPath: temporary))
    } catch {
      throw .input("\(path): can't be written: \(error.localizedDescription)")
    }
  }

  /// Replaces what is at the path.
  public func finish() throws(CommandError) {
    guard rename(temporary, path) == 0 else {
      throw .input("\(path): can't be written: \(String(cString: strerror(errno)))")
    }
  }
}

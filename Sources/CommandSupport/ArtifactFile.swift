import FileAccess
import Foundation

/// Files and folders that commands read and make, with errors for people.
public enum ArtifactFile {
  /// The contents of a file or a pipe of at most `limit` bytes; `-` is standard input.
  public static func read(_ path: String, limit: Int) throws(CommandError) -> [UInt8] {
    do { return try FileBytes.read(path, limit: limit) } catch { throw .input("\(error)") }
  }

  /// The first `count` bytes of a file or a pipe, or all when there are fewer; `read` gives them
  /// again.
  public static func prefix(_ path: String, count: Int) throws(CommandError) -> [UInt8] {
    do { return try FileBytes.prefix(path, count: count) } catch { throw .input("\(error)") }
  }

  /// Makes a folder and those above it.
  public static func makeDirectory(_ path: String) throws(CommandError) {
    var isFolder: ObjCBool = false
    if FileManager.default.fileExists(atPath: path, isDirectory: &isFolder) {
      guard isFolder.boolValue else { throw .input("\(path): is not a folder") }
      return
    }
    let parent = URL(fileURLWithPath: path).standardizedFileURL.deletingLastPathComponent().path
    if parent != "/" { try makeDirectory(parent) }
    guard mkdir(path, 0o777) == 0 || errno == EEXIST else {
      throw .input("\(path): can't be made: \(String(cString: strerror(errno)))")
    }
  }
}

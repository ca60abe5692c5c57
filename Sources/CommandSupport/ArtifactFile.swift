import Foundation

/// Files that are written whole or not at all, and read only when they are not too long.
public enum ArtifactFile {
  /// Writes beside the path and renames, so that nobody ever sees half a file.
  public static func write(_ bytes: [UInt8], to path: String) throws(CommandError) {
    do {
      try Data(bytes).write(to: URL(fileURLWithPath: path), options: .atomic)
    } catch {
      throw .input("\(path): can't be written: \(error.localizedDescription)")
    }
  }

  /// The contents of a regular file of at most `limit` bytes.
  public static func read(_ path: String, limit: Int) throws(CommandError) -> [UInt8] {
    let url = URL(fileURLWithPath: path).resolvingSymlinksInPath()
    guard let attributes = try? FileManager.default.attributesOfItem(atPath: url.path),
      let size = (attributes[.size] as? NSNumber)?.intValue
    else {
      throw .input("\(path): there is no such file")
    }
    guard attributes[.type] as? FileAttributeType == .typeRegular else {
      throw .input("\(path): is not a regular file")
    }
    guard size <= limit else {
      throw .input("\(path): has \(size) bytes; such a file has at most \(limit)")
    }
    guard let data = try? Data(contentsOf: url, options: .mappedIfSafe) else {
      throw .input("\(path): can't be read")
    }
    return [UInt8](data)
  }

  /// The first `count` bytes of a file, or all when there are fewer.
  public static func prefix(_ path: String, count: Int) throws(CommandError) -> [UInt8] {
    guard let file = FileHandle(forReadingAtPath: path) else {
      throw .input("\(path): there is no such file")
    }
    defer { try? file.close() }
    guard let data = try? file.read(upToCount: count) else { return [] }
    return [UInt8](data)
  }

  /// Makes a folder and those above it.
  public static func makeDirectory(_ path: String) throws(CommandError) {
    do {
      try FileManager.default.createDirectory(
        atPath: path, withIntermediateDirectories: true)
    } catch {
      throw .input("\(path): can't be made: \(error.localizedDescription)")
    }
  }
}

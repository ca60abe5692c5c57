import Foundation

/// Files that only their owner may read.
enum SecretFile {
  /// Writes a file, replacing one of that name only once it is whole and on the disk.
  /// - Parameter commit: called when the file is whole, before it takes the name.
  /// - Throws: what the bodies throw, or an error of writing: the name then stands for what it did.
  static func replace(
    _ path: String, _ write: (FileHandle) throws -> Void, commit: () throws -> Void = {}
  ) throws {
    let target = URL(fileURLWithPath: path)
    let folder = target.deletingLastPathComponent()
    let temporary = folder.appendingPathComponent(".\(target.lastPathComponent).\(UUID()).tmp")
    let descriptor = open(temporary.path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o600)
    guard descriptor >= 0 else { throw failure(path) }
    do {
      let handle = FileHandle(fileDescriptor: descriptor, closeOnDealloc: true)
      defer { try? handle.close() }
      try write(handle)
      try handle.synchronize()
      try commit()
      guard rename(temporary.path, target.path) == 0 else { throw failure(path) }
    } catch {
      unlink(temporary.path)
      throw error
    }
    synchronize(folder)
  }

  /// The new name is on the disk as well, where folders can be asked for that.
  private static func synchronize(_ folder: URL) {
    let descriptor = open(folder.path, O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else { return }
    fsync(descriptor)
    close(descriptor)
  }

  private static func failure(_ path: String) -> any Error {
    SecretFileError.unwritable(path, reason: String(cString: strerror(errno)))
  }
}

/// Why a file is not written.
public enum SecretFileError: Error, Equatable, CustomStringConvertible {
  /// The system's reason.
  case unwritable(String, reason: String)

  public var description: String {
    switch self {
    case .unwritable(let path, let reason): "\(path) can't be written: \(reason)"
    }
  }
}

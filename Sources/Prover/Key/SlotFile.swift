import Foundation

/// An open file whose bytes are read and written in place.
struct SlotFile {
  private let descriptor: Int32
  private let path: String

  /// - Throws: `OpeningSlotsError.readOnly` if the file is to be written and can't be.
  init(_ path: String, writes: Bool) throws {
    self.path = path
    descriptor = open(path, (writes ? O_RDWR : O_RDONLY) | O_CLOEXEC)
    guard descriptor >= 0 else {
      throw [EACCES, EROFS, EPERM].contains(errno) && writes
        ? OpeningSlotsError.readOnly(path) : Self.failure(path)
    }
    // A superuser may write anything; whoever took the permission away meant it.
    guard writes, try status().st_mode & 0o222 == 0 else { return }
    close()
    throw OpeningSlotsError.readOnly(path)
  }

  /// The file that has the name, open for writing, while nobody else has it so.
  static func locked(_ path: String) throws -> SlotFile {
    while true {
      let file = try SlotFile(path, writes: true)
      do {
        try file.lock()
        if try file.isNamed(path) { return file }
      } catch {
        file.close()
        throw error
      }
      // The name was taken away, perhaps for another file, while this one was waited for.
      file.close()
    }
  }

  /// Gives the lock up as well.
  func close() { _ = Foundation.close(descriptor) }

  func read(_ count: Int, at offset: Int) throws -> [UInt8] {
    var bytes = [UInt8](repeating: 0, count: count)
    var done = 0
    while done < count {
      let step = bytes.withUnsafeMutableBytes {
        pread(descriptor, $0.baseAddress?.advanced(by: done), count - done, off_t(offset + done))
      }
      if step < 0 && errno == EINTR { continue }
      guard step >= 0 else { throw Self.failure(path) }
      guard step > 0 else { throw OpeningSlotsError.damaged(path) }
      done += step
    }
    return bytes
  }

  /// Writes for all processes to see.
  /// - Parameter isDurable: whether to wait until the disk has it.
  func write(_ bytes: [UInt8], at offset: Int, isDurable: Bool) throws {
    var done = 0
    while done < bytes.count {
      let step = bytes.withUnsafeBytes {
        pwrite(
          descriptor, $0.baseAddress?.advanced(by: done), bytes.count - done, off_t(offset + done))
      }
      if step < 0 && errno == EINTR { continue }
      guard step > 0 else { throw Self.failure(path) }
      done += step
    }
    // The file keeps its length, so that its data are all there is to wait for.
    guard !isDurable || fdatasync(descriptor) == 0 else { throw Self.failure(path) }
  }

  private func lock() throws {
    while flock(descriptor, LOCK_EX) != 0 {
      guard errno == EINTR else { throw Self.failure(path) }
    }
  }

  /// Whether a path leads to this file.
  func isNamed(_ name: String) throws -> Bool {
    var named = stat()
    guard stat(name, &named) == 0 else {
      guard errno == ENOENT else { throw Self.failure(name) }
      return false
    }
    let own = try status()
    return named.st_dev == own.st_dev && named.st_ino == own.st_ino
  }

  /// - Throws: `OpeningSlotsError.severalNames` for a file with hard links.
  func requireOneName() throws {
    let count = Int(try status().st_nlink)
    guard count <= 1 else { throw OpeningSlotsError.severalNames(path, count: count) }
  }

  private func status() throws -> stat {
    var result = stat()
    guard fstat(descriptor, &result) == 0 else { throw Self.failure(path) }
    return result
  }

  private static func failure(_ path: String) -> OpeningSlotsError {
    .inaccessible(path, reason: String(cString: strerror(errno)))
  }
}

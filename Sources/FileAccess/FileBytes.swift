import Foundation
import Synchronization

/// Contents of files, pipes and standard input, and never more of them than a limit.
public enum FileBytes {
  /// What was read of a pipe to see what it holds: it can't be read a second time.
  private static let begun = Mutex<[String: (descriptor: Int32, bytes: [UInt8])]>([:])

  /// The whole contents.
  /// - Parameters:
  ///   - path: of a file or a pipe; `-` is standard input.
  ///   - limit: the most bytes that there may be.
  /// - Throws: `FileError`.
  public static func read(_ path: String, limit: Int) throws(FileError) -> [UInt8] {
    if let (descriptor, bytes) = begun.withLock({ $0.removeValue(forKey: path) }) {
      defer { leave(descriptor) }
      return try rest(descriptor, path, after: bytes, limit: limit)
    }
    let (descriptor, size) = try opened(path)
    defer { leave(descriptor) }
    if let size, size > limit { throw FileError(path, .tooLong(size, limit: limit)) }
    return try rest(descriptor, path, after: [], limit: limit, expected: size ?? 0)
  }

  /// The whole contents as data, which are not copied once more where the file is a regular one.
  /// - Throws: `FileError`.
  public static func data(_ path: String, limit: Int) throws(FileError) -> Data {
    guard let place = try? FilePlace(path), place.kind == .file,
      begun.withLock({ $0[path] }) == nil
    else { return Data(try read(path, limit: limit)) }
    let (descriptor, size) = try opened(path)
    close(descriptor)
    if let size, size > limit { throw FileError(path, .tooLong(size, limit: limit)) }
    guard let data = try? Data(contentsOf: URL(fileURLWithPath: path)) else {
      throw .system(path, isWritten: false)
    }
    return data
  }

  /// The first `count` bytes, or all when there are fewer. Whoever reads the path afterwards gets
  /// them again.
  /// - Throws: `FileError`.
  public static func prefix(_ path: String, count: Int) throws(FileError) -> [UInt8] {
    let (descriptor, size) = try opened(path)
    var bytes: [UInt8] = []
    while bytes.count < count,
      try append(count - bytes.count, of: descriptor, to: &bytes, path)
    {}
    if size == nil {
      begun.withLock { $0[path] = (descriptor, bytes) }
    } else {
      leave(descriptor)
    }
    return bytes
  }

  /// The whole of a regular file, mapped into memory.
  /// - Throws: `FileError`; a pipe is none of these.
  public static func mapped(_ path: String) throws(FileError) -> Data {
    let descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
    guard descriptor >= 0 else { throw .system(path, isWritten: false) }
    defer { close(descriptor) }
    let status = try status(descriptor, path)
    guard FilePlace.kind(status) == .file else {
      throw FileError(path, FilePlace.kind(status) == .folder ? .folder : .kind)
    }
    let size = Int(status.st_size)
    guard size > 0 else { return Data() }
    guard let start = mmap(nil, size, PROT_READ, MAP_PRIVATE, descriptor, 0), start != MAP_FAILED
    else { throw .system(path, isWritten: false) }
    return Data(bytesNoCopy: start, count: size, deallocator: .unmap)
  }

  /// Writes into a device, a pipe or an open file, which stays what it is.
  /// - Throws: `FileError`.
  public static func write(_ bytes: [UInt8], into place: FilePlace) throws(FileError) {
    let descriptor: Int32
    if case .descriptor(let number) = place.identity {
      descriptor = dup(number)
    } else {
      descriptor = open(place.target, O_WRONLY | O_CLOEXEC | O_NOCTTY)
    }
    guard descriptor >= 0 else { throw .system(place.path, isWritten: true) }
    defer { close(descriptor) }
    let code = bytes.withUnsafeBytes { write($0, to: descriptor) }
    guard code == 0 else { throw .system(place.path, isWritten: true, code: code) }
  }

  /// Writes all bytes.
  /// - Returns: zero, or the system's code of what went wrong.
  static func write(_ bytes: UnsafeRawBufferPointer, to descriptor: Int32) -> Int32 {
    var done = 0
    while done < bytes.count {
      let step = Foundation.write(
        descriptor, bytes.baseAddress?.advanced(by: done), min(bytes.count - done, 1 << 30))
      if step < 0 && errno == EINTR { continue }
      guard step > 0 else { return step < 0 ? errno : ENOSPC }
      done += step
    }
    return 0
  }

  /// An open file, and its size if it is a regular one.
  private static func opened(_ path: String) throws(FileError) -> (Int32, Int?) {
    let known = path == "-" ? 0 : FilePlace.descriptor((try? FilePlace.followed(path)) ?? path)
    let descriptor = known.map { dup($0) } ?? open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY)
    guard descriptor >= 0 else { throw .system(path, isWritten: false) }
    let status: stat
    do {
      status = try self.status(descriptor, path)
    } catch {
      close(descriptor)
      throw error
    }
    switch status.st_mode & S_IFMT {
    case S_IFREG: return (descriptor, known == nil ? Int(status.st_size) : nil)
    case S_IFIFO, S_IFSOCK: return (descriptor, nil)
    case S_IFCHR where isatty(descriptor) == 1 || known == 0: return (descriptor, nil)
    case let kind:
      close(descriptor)
      throw FileError(path, kind == S_IFDIR ? .folder : .kind)
    }
  }

  private static func leave(_ descriptor: Int32) { close(descriptor) }

  private static func status(_ descriptor: Int32, _ path: String) throws(FileError) -> stat {
    var status = stat()
    guard fstat(descriptor, &status) == 0 else { throw .system(path, isWritten: false) }
    return status
  }

  private static func rest(
    _ descriptor: Int32, _ path: String, after bytes: [UInt8], limit: Int, expected: Int = 0
  ) throws(FileError) -> [UInt8] {
    var bytes = bytes
    bytes.reserveCapacity(expected + 1)
    // One byte more than there should be shows the end of a file of the expected size.
    while try append(max(expected + 1 - bytes.count, 1 << 16), of: descriptor, to: &bytes, path) {
      guard bytes.count <= limit else { throw FileError(path, .tooLong(nil, limit: limit)) }
    }
    return bytes
  }

  /// Appends at most `count` bytes; false at the end.
  private static func append(
    _ count: Int, of descriptor: Int32, to bytes: inout [UInt8], _ path: String
  ) throws(FileError) -> Bool {
    let start = bytes.count
    let room = min(count, 1 << 30)
    bytes.append(contentsOf: repeatElement(0, count: room))
    while true {
      let step = bytes.withUnsafeMutableBytes {
        Foundation.read(descriptor, $0.baseAddress?.advanced(by: start), room)
      }
      if step < 0 && errno == EINTR { continue }
      bytes.removeLast(room - max(step, 0))
      guard step >= 0 else { throw .system(path, isWritten: false) }
      return step > 0
    }
  }
}

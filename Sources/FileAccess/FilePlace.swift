import Foundation

/// Where a path leads: two paths with the same identity are the same file, whatever their names.
public struct FilePlace: Sendable {
  public enum Kind: Equatable, Sendable {
    /// Nothing is there yet.
    case nothing
    case file
    case folder
    /// A device, a pipe, a socket, or a file that is open already: written into, never replaced.
    case stream
  }

  /// What makes a place this one.
  public enum Identity: Hashable, Sendable {
    /// Something that is there.
    case node(device: UInt64, number: UInt64)
    /// A name that is free in a folder.
    case name(device: UInt64, folder: UInt64, name: String)
    /// A file that the process has open.
    case descriptor(Int32)
  }

  /// As it was given.
  public let path: String
  /// The path with symbolic links at its end followed, so that what is written there leaves them.
  public let target: String
  public let kind: Kind
  public let identity: Identity
  /// How many names a file has; a symbolic link is no name of its own.
  public let nameCount: Int

  /// What it lies on; nil for a file that the process has open.
  public var device: UInt64? {
    switch identity {
    case .node(let device, _), .name(let device, _, _): device
    case .descriptor: nil
    }
  }

  /// - Parameter path: `-` is a file of that name here; see `standard`.
  /// - Throws: `FileError` if the path can lead nowhere, for example because there is no folder.
  public init(_ path: String) throws(FileError) {
    guard !path.isEmpty else { throw FileError(path, .emptyPath) }
    let target = try Self.followed(path)
    if let descriptor = Self.descriptor(target) {
      self.init(path, target, .stream, .descriptor(descriptor), 1)
      return
    }
    var status = stat()
    if stat(target, &status) == 0 {
      self.init(path, target, Self.kind(status), Self.identity(status), Int(status.st_nlink))
      return
    }
    guard errno == ENOENT else { throw .system(path, isWritten: true) }
    guard !target.hasSuffix("/") else { throw FileError(path, .noFolder) }
    guard stat(Self.folder(of: target), &status) == 0 else {
      throw .system(path, isWritten: true)
    }
    guard Self.kind(status) == .folder else { throw FileError(path, .noFolder) }
    self.init(
      path, target, .nothing,
      .name(
        device: UInt64(truncatingIfNeeded: status.st_dev),
        folder: UInt64(truncatingIfNeeded: status.st_ino), name: Self.name(of: target)), 0)
  }

  /// Standard input or output, named `-`.
  public static func standard(_ descriptor: Int32) -> FilePlace {
    FilePlace("-", "-", .stream, .descriptor(descriptor), 1)
  }

  private init(
    _ path: String, _ target: String, _ kind: Kind, _ identity: Identity, _ nameCount: Int
  ) {
    self.path = path
    self.target = target
    self.kind = kind
    self.identity = identity
    self.nameCount = nameCount
  }

  /// The path that symbolic links at the end of a path lead to; links among its folders stay.
  /// - Throws: `FileError` for links that lead to themselves.
  public static func followed(_ path: String) throws(FileError) -> String {
    var current = path
    for _ in 0..<40 {
      guard descriptor(current) == nil else { return current }
      var status = stat()
      // What a link of /proc says of a pipe is no path.
      if stat(current, &status) == 0, kind(status) == .stream { return current }
      guard let next = link(at: current) else { return current }
      current = next.hasPrefix("/") ? next : folder(of: current) + "/" + next
    }
    throw FileError(path, .loop)
  }

  private static func link(at path: String) -> String? {
    var bytes = [CChar](repeating: 0, count: Int(PATH_MAX) + 1)
    let count = readlink(path, &bytes, bytes.count)
    guard count > 0, count < bytes.count else { return nil }
    return String(decoding: bytes[..<count].map { UInt8(bitPattern: $0) }, as: UTF8.self)
  }

  /// The descriptor that a path is another name of.
  static func descriptor(_ path: String) -> Int32? {
    switch path {
    case "/dev/stdin": return 0
    case "/dev/stdout": return 1
    case "/dev/stderr": return 2
    default: break
    }
    for folder in ["/dev/fd/", "/proc/self/fd/"] where path.hasPrefix(folder) {
      guard let number = Int32(path.dropFirst(folder.count)), number >= 0 else { continue }
      return number
    }
    return nil
  }

  /// What a path says before its last name.
  static func folder(of path: String) -> String {
    guard let slash = path.lastIndex(of: "/") else { return "." }
    return slash == path.startIndex ? "/" : String(path[..<slash])
  }

  static func name(of path: String) -> String {
    path.lastIndex(of: "/").map { String(path[path.index(after: $0)...]) } ?? path
  }

  static func kind(_ status: stat) -> Kind {
    switch status.st_mode & S_IFMT {
    case S_IFREG: .file
    case S_IFDIR: .folder
    default: .stream
    }
  }

  private static func identity(_ status: stat) -> Identity {
    .node(
      device: UInt64(truncatingIfNeeded: status.st_dev),
      number: UInt64(truncatingIfNeeded: status.st_ino))
  }
}

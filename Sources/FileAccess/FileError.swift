import Foundation

/// Why a file can't be read or written, in words that say what to do about it.
public struct FileError: Error, Equatable, Sendable, CustomStringConvertible {
  /// As whoever asked for the file wrote it.
  public let path: String
  public let reason: Reason

  public init(_ path: String, _ reason: Reason) {
    self.path = path
    self.reason = reason
  }

  /// What the system said when it last failed.
  /// - Parameter isWritten: whether the file was to be written.
  static func system(_ path: String, isWritten: Bool, code: Int32 = errno) -> FileError {
    FileError(path, Reason(code: code, isWritten: isWritten))
  }

  public enum Reason: Equatable, Sendable {
    case missing
    /// There is no folder to write the file into.
    case noFolder
    case emptyPath
    case folder
    /// The file would have to be a folder.
    case notFolder
    /// Neither a file nor a pipe, or something else than a file where only a file will do.
    case kind
    case unreadable
    case unwritable
    case readOnlyDisk
    case diskFull
    /// Of so many bytes; such a file has at most the limit.
    case tooLong(Int?, limit: Int)
    case loop
    /// Something is mounted in the file's place, which no other file can take then.
    case mountPoint
    case nameTooLong
    /// Nobody reads the pipe that is written to.
    case closedPipe
    /// The system's own words.
    case other(String, isWritten: Bool)

    init(code: Int32, isWritten: Bool) {
      switch code {
      case ENOENT: self = isWritten ? .noFolder : .missing
      case ENOTDIR: self = isWritten ? .noFolder : .missing
      case EISDIR: self = .folder
      case EACCES, EPERM: self = isWritten ? .unwritable : .unreadable
      case EROFS: self = .readOnlyDisk
      case ENOSPC, EDQUOT: self = .diskFull
      case ELOOP: self = .loop
      case EBUSY where isWritten: self = .mountPoint
      case ENAMETOOLONG: self = .nameTooLong
      case EPIPE: self = .closedPipe
      default: self = .other(String(cString: strerror(code)), isWritten: isWritten)
      }
    }
  }

  public var description: String { path.isEmpty ? words : "\(path): \(words)" }

  /// Without the path.
  public var words: String {
    switch reason {
    case .missing: "there is no such file"
    case .noFolder: "can't be written: there is no folder \"\(FilePlace.folder(of: path))\""
    case .emptyPath: "a file's name is empty"
    case .folder: "is a folder"
    case .notFolder: "is not a folder"
    case .kind: "is not a regular file"
    case .unreadable: "can't be read: there is no permission to"
    case .unwritable: "can't be written: there is no permission to"
    case .readOnlyDisk: "can't be written: its disk is read-only"
    case .diskFull: "can't be written: the disk is full"
    case .tooLong(let size?, let limit): "has \(size) bytes; such a file has at most \(limit)"
    case .tooLong(nil, let limit): "has more bytes than the \(limit) that such a file has at most"
    case .loop: "is a symbolic link that leads to itself"
    case .mountPoint:
      "can't be replaced: it is mounted as a file of its own; mount the folder that it lies in"
    case .nameTooLong: "the name is too long"
    case .closedPipe: "can't be written: nobody reads what is written there"
    case .other(let words, let isWritten): "can't be \(isWritten ? "written" : "read"): \(words)"
    }
  }
}

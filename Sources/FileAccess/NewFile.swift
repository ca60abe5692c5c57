import Foundation

/// A file in the making, which takes its place only once it is whole and on the disk.
///
/// It lies beside the place under a name that nobody can foresee, made anew and through no link.
/// What is in the place is replaced as a file: symbolic links that lead there stay, and lead to the
/// new file. A file that is not finished is removed.
public final class NewFile {
  private let place: String
  private let target: String
  private let temporary: String
  private var descriptor: Int32

  /// Makes an empty file.
  /// - Parameters:
  ///   - path: the place; not that of a folder, a device or a pipe.
  ///   - isSecret: whether only the owner may read the file.
  /// - Throws: `FileError`.
  public init(_ path: String, isSecret: Bool = false) throws(FileError) {
    let found = try FilePlace(path)
    switch found.kind {
    case .nothing, .file: break
    case .folder: throw FileError(path, .folder)
    case .stream: throw FileError(path, .kind)
    }
    (place, target) = (path, found.target)
    let number = String(UInt64.random(in: .min ... .max), radix: 16)
    temporary = FilePlace.folder(of: target) + "/.assay-\(number).tmp"
    TemporaryFiles.insert(temporary)
    descriptor = open(
      temporary, O_RDWR | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, isSecret ? 0o600 : 0o666)
    guard descriptor >= 0 else {
      let error = FileError.system(path, isWritten: true)
      TemporaryFiles.remove(temporary)
      throw error
    }
  }

  deinit {
    if descriptor >= 0 {
      close(descriptor)
      unlink(temporary)
    }
    TemporaryFiles.remove(temporary)
  }

  /// Makes sure that there can be such a file, and leaves nothing.
  /// - Parameter room: how many bytes the disk must have left, where it says how many there are.
  /// - Throws: `FileError`.
  public static func probe(_ path: String, room: Int = 0) throws(FileError) {
    let file = try NewFile(path)
    var disk = statvfs()
    if room > 0, fstatvfs(file.descriptor, &disk) == 0 {
      // Some blocks are for root alone.
      let blocks = geteuid() == 0 ? disk.f_bfree : disk.f_bavail
      guard UInt64(blocks) > UInt64(room - 1) / UInt64(max(disk.f_frsize, 1)) else {
        throw FileError(path, .diskFull)
      }
    }
    guard !Mount.begins(at: file.target) else { throw FileError(path, .mountPoint) }
  }

  /// Appends.
  /// - Throws: `FileError`.
  public func write(_ bytes: some ContiguousBytes) throws(FileError) {
    let code = bytes.withUnsafeBytes { FileBytes.write($0, to: descriptor) }
    guard code == 0 else { throw .system(place, isWritten: true, code: code) }
  }

  /// Waits until the disk has what was written.
  /// - Throws: `FileError`.
  public func synchronize() throws(FileError) {
    // A system file that can't be asked for it, as there are on some network disks, says EINVAL.
    guard fsync(descriptor) == 0 || errno == EINVAL else {
      throw .system(place, isWritten: true)
    }
  }

  /// Puts the file in its place, when the disk has it.
  /// - Parameter commit: called when the file is whole, before it takes its place. It must make no
  ///   other file.
  /// - Throws: what `commit` throws, or `FileError`: the place then holds what it did.
  public func finish(commit: () throws -> Void = {}) throws {
    try synchronize()
    try TemporaryFiles.uninterrupted {
      try commit()
      guard rename(temporary, target) == 0 else {
        throw FileError.system(place, isWritten: true)
      }
    }
    settle()
  }

  /// Puts the file in its place unless there is one.
  /// - Throws: `FileError`.
  /// - Returns: whether it is there.
  public func finishAsNew() throws(FileError) -> Bool {
    try synchronize()
    guard link(temporary, target) == 0 else {
      guard errno == EEXIST else { throw .system(place, isWritten: true) }
      return false
    }
    unlink(temporary)
    settle()
    return true
  }

  /// The new name is on the disk as well, where folders can be asked for that.
  private func settle() {
    close(descriptor)
    descriptor = -1
    let folder = open(FilePlace.folder(of: target), O_RDONLY | O_CLOEXEC)
    guard folder >= 0 else { return }
    fsync(folder)
    close(folder)
  }
}

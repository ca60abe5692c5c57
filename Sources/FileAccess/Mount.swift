import Foundation

/// What is mounted where, as far as it decides whether files can be replaced.
enum Mount {
  /// Whether a file is mounted at a path, as containers are given single files: no other can take
  /// its place. Where the system does not say, none is.
  static func begins(at path: String) -> Bool {
    guard let file = number(path), let folder = number(FilePlace.folder(of: path)) else {
      return false
    }
    return file != folder
  }

  /// Which mount something lies in; nil where it is not there, or that is not known.
  private static func number(_ path: String) -> Int? {
    #if os(Linux)
      let descriptor = open(path, O_RDONLY | O_NONBLOCK | O_CLOEXEC)
      guard descriptor >= 0 else { return nil }
      defer { close(descriptor) }
      let place = "/proc/self/fdinfo/\(descriptor)"
      let lines = try? String(contentsOfFile: place, encoding: .utf8).split(separator: "\n")
      let line = lines?.first { $0.hasPrefix("mnt_id:") }
      return line?.split { !$0.isNumber }.first.flatMap { Int($0) }
    #else
      return nil
    #endif
  }
}

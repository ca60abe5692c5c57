import Foundation

/// The folder of inputs: one folder for each target.
struct Corpus {
  let path: String

  /// Inputs that a target begins with and that are what they claim to be.
  static let honestPrefix = "honest-"

  /// The honest inputs of a target, by name.
  func honest(_ target: any FuzzTarget.Type) throws -> [String: [UInt8]] {
    let folder = path + "/" + target.name
    var files: [String: [UInt8]] = [:]
    for name in try FileManager.default.contentsOfDirectory(atPath: folder)
    where name.hasPrefix(Self.honestPrefix) {
      files[name] = [UInt8](try Data(contentsOf: URL(fileURLWithPath: folder + "/" + name)))
    }
    return files
  }

  /// Writes the honest inputs of all targets, in place of those that are there. Other inputs stay.
  func write() throws {
    for target in allTargets {
      let folder = path + "/" + target.name
      try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
      for name in try honest(target).keys {
        try FileManager.default.removeItem(atPath: folder + "/" + name)
      }
      for (name, bytes) in try target.seeds() {
        try Data(bytes).write(to: URL(fileURLWithPath: "\(folder)/\(Self.honestPrefix)\(name)"))
      }
    }
  }
}

/// A folder for readers that take a path, in memory where the system has a place for such.
struct ScratchFolder {
  private let path: String

  init() {
    let shared = "/dev/shm"
    let parent =
      FileManager.default.isWritableFile(atPath: shared) ? shared : NSTemporaryDirectory()
    path = "\(parent)/assay-fuzz-\(ProcessInfo.processInfo.processIdentifier)"
  }

  /// Runs the body with the path of a file that it may write, and takes away whatever there is then.
  func withPath<Result>(_ body: (String) throws -> Result) throws -> Result {
    try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(atPath: path) }
    return try body(path + "/file")
  }

  /// Runs the body with the path of a file of these bytes.
  func with(_ bytes: [UInt8], _ body: (String) -> Void) {
    do {
      try withPath { path in
        try Data(bytes).write(to: URL(fileURLWithPath: path))
        body(path)
      }
    } catch {
      fatalError("\(path) can't be used: \(error)")
    }
  }

  /// The bytes that the body writes to a path.
  func bytes(_ write: (String) throws -> Void) throws -> [UInt8] {
    try withPath { path in
      try write(path)
      return [UInt8](try Data(contentsOf: URL(fileURLWithPath: path)))
    }
  }
}

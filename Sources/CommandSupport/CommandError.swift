import Foundation

/// Why a command ends without having done its work.
public enum CommandError: Error, Equatable, Sendable, CustomStringConvertible {
  /// A proof that is not accepted.
  case rejected(String)
  /// Files, names or values that can't be used.
  case input(String)
  /// A network that can't be compiled.
  case unsupported(String)
  /// A secret that serves a counted number of proofs, and has served them all.
  case exhausted(String)

  /// What kept a file from being used, in words of this package where the system has an error.
  public static func file(_ path: String, _ error: any Error) -> CommandError {
    guard error is CocoaError else { return .input("\(path): \(error)") }
    return FileManager.default.fileExists(atPath: path)
      ? .input("\(path): can't be used: \(error.localizedDescription)")
      : .input("\(path): there is no such file or folder")
  }

  /// The exit status of the process.
  public var status: Int32 {
    switch self {
    case .rejected: 1
    case .input: 2
    case .unsupported: 3
    case .exhausted: 4
    }
  }

  public var description: String {
    switch self {
    case .rejected(let text), .input(let text), .unsupported(let text), .exhausted(let text): text
    }
  }
}

import FileAccess
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

  /// What kept a file from being used.
  /// - Parameter error: one of this package's, whose description is in words.
  public static func file(_ path: String, _ error: any Error) -> CommandError {
    // It names the file itself.
    guard !(error is FileError) else { return .input("\(error)") }
    return .input("\(path): \(error)")
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

  /// For people, with nothing in it that steers a terminal.
  public var description: String {
    switch self {
    case .rejected(let text), .input(let text), .unsupported(let text), .exhausted(let text):
      Text.message(text)
    }
  }
}

import Foundation
import Hashing
import Verifier

/// What a proof is made for, as `--context` says it: a file's contents or a text, as bytes.
///
/// `file:PATH` and `text:TEXT` say which. Anything else is a path if a file or a pipe of that name is
/// there, and otherwise the text itself. Equal bytes are one context, whatever they come from.
public struct ContextArgument: Sendable {
  /// What stands in the proof (`Paper/` section 11.2).
  public let digest: Digest
  /// What the argument was taken for, as "the file …" or "the text …".
  public let source: String

  /// - Throws: `CommandError.input` for a file that can't be read, and for no text at all.
  public init(_ argument: String) throws(CommandError) {
    if let path = Self.path(argument) {
      try self.init(file: path)
    } else {
      try self.init(text: Self.rest(of: argument, behind: "text:") ?? argument)
    }
  }

  /// The file that an argument is taken for; nil for a text.
  public static func path(_ argument: String) -> String? {
    if let path = rest(of: argument, behind: "file:") { return path }
    guard rest(of: argument, behind: "text:") == nil else { return nil }
    return isFile(argument) ? argument : nil
  }

  private init(text: String) throws(CommandError) {
    guard !text.isEmpty else { throw .input("--context: is empty, and stands for no case") }
    digest = ProofContext.digest(of: Array(text.utf8))
    source = "the text \"\(Text.printable(text))\""
  }

  private init(file path: String) throws(CommandError) {
    let bytes = try ArtifactFile.read(path, limit: Self.maximalLength)
    digest = ProofContext.digest(of: bytes)
    source = "the file \(Text.printable(path))"
  }

  /// The longest file.
  private static let maximalLength = 1 << 30

  private static func rest(of argument: String, behind prefix: String) -> String? {
    argument.hasPrefix(prefix) ? String(argument.dropFirst(prefix.count)) : nil
  }

  private static func isFile(_ path: String) -> Bool {
    var isFolder: ObjCBool = false
    return FileManager.default.fileExists(atPath: path, isDirectory: &isFolder)
      && !isFolder.boolValue
  }

  /// `digest`, and `source`, what the argument was taken for.
  public var json: JSONValue {
    .object(["digest": .string(hexadecimal(digest.bytes)), "source": .string(source)])
  }

  /// What it was taken for, and the digest that stands for it.
  public var text: String {
    "made for \(source) (context \(hexadecimal(digest.bytes)))"
  }
}

import CommandSupport
import Hashing
import Transcript
import Verifier

/// A key, and what is known of its own proof and of its layers.
struct KnownKey {
  let key: VerifyingKey
  let standing: Standing
  /// What the layers are made of; nil if that was looked at before, in this very file.
  let origin: OriginReport?

  enum Standing: String {
    /// It has no model, so that there is nothing to be shown of one.
    case withoutModel = "none needed"
    /// Its certificate has been checked, now.
    case proven = "checked"
    /// Its certificate was checked before, by whoever kept the file's digest.
    case provenBefore = "checked before"
    /// It has a certificate, which does not hold.
    case wrong = "wrong"
    /// It has none.
    case unproven = "missing"
    /// A bare `--skip-key-proof`.
    case notChecked = "not checked"
  }

  /// Checks the key's own proof.
  /// - Parameter checksTables: whether to compute tables of real functions again.
  init(checking key: VerifyingKey, checksTables: Bool) {
    do throws(ProofError) {
      self.key = try Verifier.verify(certificateOf: key)
      standing = key.pinnedRoot == nil ? .withoutModel : .proven
    } catch {
      self.key = key
      standing = error == .unproven ? .unproven : .wrong
    }
    origin = OriginReport(key, checksTables: checksTables)
  }

  init(_ key: VerifyingKey, _ standing: Standing, checksTables: Bool) {
    self.key = key
    self.standing = key.pinnedRoot == nil ? .withoutModel : standing
    // Tables may not have been computed when the layers were looked at.
    origin =
      standing == .provenBefore && !checksTables
      ? nil : OriginReport(key, checksTables: checksTables)
  }

  /// The layers in a line.
  var originText: String {
    origin?.text ?? "the layers were looked at before, in this very file"
  }

  /// As JSON has it: null where nobody looked.
  var isProven: JSONValue {
    switch standing {
    case .withoutModel, .proven, .provenBefore: .boolean(true)
    case .wrong, .unproven: .boolean(false)
    case .notChecked: .null
    }
  }

  /// Private or public; nil without a model.
  var visibility: String? {
    guard key.pinnedRoot != nil else { return nil }
    return key.hidesModel ? "private" : "public"
  }
}

/// What `--skip-key-proof` says.
enum SkippedKeyProof: Equatable {
  /// That it was checked before, in the file of this digest.
  case file(Digest)
  /// That it is not to be checked.
  case unnamed

  private static let option = "--skip-key-proof"
  private static let bare = "unnamed"

  /// The arguments with a value for the option where it has none, which the parser demands. There are
  /// no arguments without an option before them, so that one behind it can only be its value.
  static func spellOut(_ arguments: [String]) -> [String] {
    arguments.enumerated().map { index, argument in
      let next = index + 1 < arguments.count ? arguments[index + 1] : "-"
      return argument == option && next.hasPrefix("-") ? "\(option)=\(bare)" : argument
    }
  }

  /// - Returns: nil for what is no digest.
  init?(_ text: String) {
    if text == Self.bare {
      self = .unnamed
    } else if let digest = Digest(hexadecimal: text) {
      self = .file(digest)
    } else {
      return nil
    }
  }
}

enum KeyFile {
  static func read(_ path: String) throws(CommandError) -> VerifyingKey {
    let bytes = try ArtifactFile.read(path, limit: VerifyingKey.maximalLength)
    do throws(KeyError) {
      return try VerifyingKey(bytes)
    } catch {
      throw CommandError.input("\(path): \(error.description)")
    }
  }
}

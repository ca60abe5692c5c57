import ArgumentParser
import CommandSupport
import Hashing
import Transcript
import Verifier

/// What a proof or a key must be to be accepted.
struct Demands: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "The digest of the model that it must be, as setup prints it; the key must then be proven.",
      valueName: "hex"))
  var modelDigest: String?

  @Option(
    help: ArgumentHelp(
      "What the proof must have been made for: a file, or a text (file:… and text:… say which).",
      valueName: "text|file"))
  var context: String?

  @Flag(help: "Accept a proof that hides nothing, made with --no-zk.")
  var allowNonHiding = false

  @Flag(help: "Accept a key without a proof of its own; no model is named then.")
  var allowUnprovenKey = false

  @Flag(
    help: ArgumentHelp(
      "Accept a key with circuits that are not Assay's own, or that does not say what it was made "
        + "from: they may say anything, and leave outputs free."))
  var allowForeignCircuits = false

  @Flag(
    help: ArgumentHelp(
      "Compute the key's tables of real functions again, which may take a second for each; "
        + "otherwise they are taken on trust."))
  var checkTables = false

  @Option(
    help: ArgumentHelp(
      "Do not check the key's own proof. With the key's digest, as --key-only prints it: because it "
        + "was checked before, in this very file. Without: no model is named.",
      valueName: "hex"))
  var skipKeyProof: String?

  func validate() throws {
    if let modelDigest, Digest(hexadecimal: modelDigest) == nil {
      throw ValidationError("--model-digest takes \(2 * Digest.byteCount) hexadecimal digits")
    }
    guard let skipKeyProof else { return }
    guard let skipped = SkippedKeyProof(skipKeyProof) else {
      throw ValidationError("--skip-key-proof takes \(2 * Digest.byteCount) hexadecimal digits")
    }
    guard skipped != .unnamed || modelDigest == nil else {
      throw ValidationError(
        "--model-digest needs the key's own proof, which ties it to the model: give --skip-key-proof "
          + "the digest of the key that was checked before, as --key-only prints it")
    }
    guard !allowUnprovenKey else {
      throw ValidationError("--allow-unproven-key and --skip-key-proof exclude each other")
    }
  }

  /// Whether nothing is demanded that only a proof can meet.
  var concernKeysOnly: Bool {
    skipKeyProof == nil && !allowNonHiding && !allowUnprovenKey && context == nil
  }

  /// Checks that the key is that of the pinned model, if there is one.
  func checkDigest(_ key: VerifyingKey) throws(Rejection) {
    guard let modelDigest, let pinned = Digest(hexadecimal: modelDigest),
      pinned != key.identityDigest
    else { return }
    throw Rejection(
      "the key is that of the model \(hexadecimal(key.identityDigest.bytes)), not of "
        + hexadecimal(pinned.bytes))
  }

  /// Checks the key's own proof, once for all proofs, unless that is to be skipped.
  func known(_ key: VerifyingKey) throws(Rejection) -> KnownKey {
    try checkDigest(key)
    let known =
      switch skipKeyProof.flatMap({ SkippedKeyProof($0) }) {
      case nil: KnownKey(checking: key, checksTables: checkTables)
      case .unnamed:
        KnownKey(key.withoutCertificate, .notChecked, checksTables: checkTables)
      case .file(let digest):
        KnownKey(
          try checked(key, before: digest), .provenBefore, checksTables: checkTables)
      }
    try checkOrigin(known)
    return known
  }

  /// Checks that the key's layers are those of a network, if there is no leave for others.
  func checkOrigin(_ known: KnownKey) throws(Rejection) {
    if let fault = known.origin?.tables?.fault { throw Rejection(fault) }
    guard let origin = known.origin, !origin.isOwn, !allowForeignCircuits else { return }
    throw Rejection(
      "\(origin.text); such a key need not be that of any network: look at it with assay inspect "
        + "--statements, and say --allow-foreign-circuits to take it")
  }

  /// The key, if it is the very file that is said to have been checked before.
  private func checked(
    _ key: VerifyingKey, before digest: Digest
  ) throws(Rejection) -> VerifyingKey {
    do throws(ProofError) {
      return try key.checkedBefore(fileDigest: digest)
    } catch {
      throw Rejection(
        error == .otherKeyFile
          ? "the key's file is \(hexadecimal(key.fileDigest.bytes)), and --skip-key-proof says that "
            + "\(hexadecimal(digest.bytes)) was checked before"
          : "the key is not proven: \(error.explanation)")
    }
  }

  /// Verifies a proof under a key.
  func verify(_ known: KnownKey, _ proof: [UInt8]) throws(Rejection) -> VerifiedInference {
    // Whoever names a model is told of no other: the key has to be tied to it.
    let allowsUnproven =
      known.standing == .notChecked || allowUnprovenKey && modelDigest == nil
    do throws(ProofError) {
      return try Verifier.verify(
        key: known.key, proof: proof, allowsPlain: allowNonHiding, allowsUnproven: allowsUnproven)
    } catch {
      throw Rejection("the proof is rejected: \(error.explanation)")
    }
  }
}

extension VerifyingKey {
  /// A key without a model has none anyway.
  fileprivate var withoutCertificate: VerifyingKey { (try? with(certificate: [])) ?? self }

  /// The key whose certificate has been checked.
  func proven() throws(Rejection) -> VerifyingKey {
    do throws(ProofError) {
      return try Verifier.verify(certificateOf: self)
    } catch {
      throw Rejection("the key is not proven: \(error.explanation)")
    }
  }
}

extension Digest {
  /// - Returns: nil unless there are two digits for each byte.
  init?(hexadecimal text: String) {
    let digits = Array(text.utf8)
    guard digits.count == 2 * Digest.byteCount, text.allSatisfy(\.isHexDigit) else { return nil }
    let bytes = stride(from: 0, to: digits.count, by: 2).compactMap {
      UInt8(String(decoding: digits[$0..<$0 + 2], as: UTF8.self), radix: 16)
    }
    self.init(bytes: bytes)
  }
}

/// Why a proof or a key is not accepted, for people.
struct Rejection: Error {
  var reason: String

  init(_ reason: String) { self.reason = reason }

  /// What JSON says of it.
  var members: [JSONValue.Member] {
    [
      .init("accepted", .boolean(false)), .init("exit", .integer(1)),
      .init("reason", .string(reason)),
    ]
  }
}

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

  @Flag(help: "Accept a proof that hides nothing, made with --no-zk.")
  var allowNonHiding = false

  @Flag(help: "Do not check the key's own proof, because it was checked before.")
  var skipKeyProof = false

  func validate() throws {
    guard let modelDigest else { return }
    guard modelDigest.utf8.count == 2 * Digest.byteCount, modelDigest.allSatisfy(\.isHexDigit)
    else {
      throw ValidationError("--model-digest takes \(2 * Digest.byteCount) hexadecimal digits")
    }
  }

  /// Checks that the key is that of the pinned model, if there is one.
  func checkDigest(_ key: VerifyingKey) throws(Rejection) {
    let found = hexadecimal(key.identityDigest.bytes)
    guard let pinned = modelDigest?.lowercased(), pinned != found else { return }
    throw Rejection("the key is that of the model \(found), not of \(pinned)")
  }

  /// Verifies a proof and its key.
  func verify(
    _ key: VerifyingKey, _ proof: [UInt8]
  ) throws(Rejection) -> (VerifiedInference, KeyStanding) {
    try checkDigest(key)
    let verified: VerifiedInference
    do throws(ProofError) {
      verified = try Verifier.verify(
        key: skipKeyProof ? key.withoutCertificate : key, proof: proof, allowsPlain: allowNonHiding)
    } catch {
      throw Rejection("the proof is rejected: \(error.explanation)")
    }
    if skipKeyProof { return (verified, .notChecked) }
    guard verified.isKeyProven || modelDigest == nil else {
      throw Rejection(
        "the key is not proven: whoever made it may have committed to weights beyond their ranges, "
          + "so that the pinned digest says nothing of what was computed; get the key with its "
          + "proof, or say --skip-key-proof")
    }
    return (verified, verified.isKeyProven ? .proven : .unproven)
  }
}

extension VerifyingKey {
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

/// Why a proof or a key is not accepted, for people.
struct Rejection: Error {
  var reason: String

  init(_ reason: String) { self.reason = reason }

  var json: JSONValue {
    .object(["accepted": .boolean(false), "reason": .string(reason)])
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

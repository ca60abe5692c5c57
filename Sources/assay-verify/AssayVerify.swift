import ArgumentParser
import CommandSupport
import Hashing
import Transcript
import Verifier

@main
enum Main {
  static func main() { CommandRunner.main(AssayVerify.self) }
}

struct AssayVerify: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "assay-verify",
    abstract: "Checks a proof that a neural network computed its output.",
    discussion: """
      Prints what the proof says: which model, the public tensors, and the proven security. The \
      verifying key must come from a source that you trust, or its model must be pinned with \
      --model-digest. Private tensors are not shown: the proof only says that they exist.

      Exit status: 0 accepted, 1 rejected, 2 bad usage or input.
      """,
    version: "0.1.0")

  @Option(help: "The model's verifying key.", completion: .file())
  var verifyingKey: String

  @Option(help: "The proof.", completion: .file())
  var proof: String

  @Option(
    help: ArgumentHelp(
      "The digest of the model that it must be, as setup printed it.", valueName: "hex"))
  var modelDigest: String?

  @Flag(help: "Accept a proof that hides nothing, made with --no-zk.")
  var allowNonHiding = false

  @Option(
    help: ArgumentHelp(
      "Folder to write the public tensors to, as .npy, real values and integers.",
      valueName: "folder"), completion: .directory)
  var outputDir: String?

  @Flag(help: "Print the verdict as JSON.")
  var json = false

  func validate() throws {
    guard let modelDigest else { return }
    let digits = modelDigest.utf8
    guard digits.count == 2 * Digest.byteCount,
      digits.allSatisfy({ Character(Unicode.Scalar($0)).isHexDigit })
    else {
      throw ValidationError("--model-digest takes \(2 * Digest.byteCount) hexadecimal digits")
    }
  }

  func run() throws {
    let key = try KeyFile.read(verifyingKey)
    let bytes = try ArtifactFile.read(proof, limit: Proof.maximalLength)
    let verified: VerifiedInference
    do throws(Rejection) {
      try key.check(digest: modelDigest)
      verified = try verify(key, bytes)
    } catch {
      if json { print(Verdict.rejection(error).text) }
      throw CommandError.rejected("the proof is rejected: \(error.reason)")
    }
    if let outputDir { try PublicFiles.write(verified, to: outputDir) }
    let verdict = Verdict(verified: verified, key: key, listsValues: outputDir == nil)
    print(json ? verdict.json.text : verdict.text)
  }

  private func verify(
    _ key: VerifyingKey, _ bytes: [UInt8]
  ) throws(Rejection) -> VerifiedInference {
    let verified: VerifiedInference
    do throws(ProofError) {
      verified = try Verifier.verify(key: key, proof: bytes, allowsPlain: allowNonHiding)
    } catch {
      throw Rejection(error)
    }
    guard verified.zeroKnowledge || allowNonHiding else { throw Rejection(.notHiding) }
    return verified
  }
}

/// Why a proof or a key is not accepted, for people.
struct Rejection: Error {
  var reason: String

  init(_ reason: String) { self.reason = reason }

  init(_ error: ProofError) { reason = error.explanation }
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

extension VerifyingKey {
  /// Whether the key is that of the model which somebody pinned.
  /// - Parameter digest: hexadecimal, nil when any model will do.
  func check(digest pinned: String?) throws(Rejection) {
    let found = hexadecimal(digest.bytes)
    guard let pinned, pinned.lowercased() != found else { return }
    throw Rejection("the key is that of the model \(found), not of \(pinned.lowercased())")
  }
}

import ArgumentParser
import CommandSupport
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
      Prints what the proof says: which model, its public inputs and outputs, and the proven \
      security. The verifying key must come from a source that you trust.

      Exit status: 0 accepted, 1 rejected, 2 bad usage or input.
      """,
    version: "0.1.0")

  @Option(help: "The model's verifying key.", completion: .file())
  var verifyingKey: String

  @Option(help: "The proof.", completion: .file())
  var proof: String

  @Option(
    help: ArgumentHelp(
      "Folder to write the public tensors to, as .npy, real values and integers.",
      valueName: "folder"), completion: .directory)
  var outputDir: String?

  @Flag(help: "Print the verdict as JSON.")
  var json = false

  func run() throws {
    let key = try readKey()
    let bytes = try ArtifactFile.read(proof, limit: Proof.maximalLength)
    let verified: VerifiedInference
    do throws(ProofError) {
      verified = try Verifier.verify(key: key, proof: bytes, allowsPlain: !key.isHiding)
    } catch {
      if json { print(Verdict.rejection(error).text) }
      throw CommandError.rejected("the proof is rejected: \(error.explanation)")
    }
    if let outputDir { try PublicFiles.write(verified, to: outputDir) }
    let verdict = Verdict(verified: verified, listsValues: outputDir == nil)
    print(json ? verdict.json.text : verdict.text)
  }

  private func readKey() throws -> VerifyingKey {
    let bytes = try ArtifactFile.read(verifyingKey, limit: VerifyingKey.maximalLength)
    do throws(KeyError) {
      return try VerifyingKey(bytes)
    } catch {
      throw CommandError.input("\(verifyingKey): \(error.description)")
    }
  }
}

extension ProofError {
  /// For people.
  var explanation: String {
    switch self {
    case .truncated(let label): "it ends within message \(label.code)"
    case .trailingBytes(let count): "\(count) bytes follow it"
    case .nonCanonical(let label): "an element of message \(label.code) is not canonical"
    case .rejected(let check): check.description
    case .foreign: "the file is no proof"
    case .unsupportedVersion(let version): "it has version \(version), which is not supported"
    case .otherKey: "it was made with another key"
    case .notHiding: "it hides nothing, though the key's proofs should hide"
    case .unknownCommitment: "it opens a commitment to the model that the key does not list"
    case .unsupportedBatch(let count): "there are no parameters for \(count) inferences at once"
    case .unproven: "the key has no certificate"
    case .badCertificate: "the key's certificate does not hold"
    }
  }
}

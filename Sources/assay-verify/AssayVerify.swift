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
    usage: """
      assay-verify --verifying-key <key> --proof <proof> [--commitment <name=file>] …
      assay-verify --key-only <key>
      """,
    discussion: """
      Prints what the proof says: which model, the public tensors, and the proven security. Of \
      private tensors it shows nothing; --commitment checks that one of them is the data that \
      somebody committed to. The verifying key must come from a source that you trust, or its model \
      must be pinned with --model-digest.

      A key holds a proof of its own, that all weights lie in their declared ranges; it is checked \
      with each proof unless --skip-key-proof says that this was done before.

      Exit status: 0 accepted, 1 rejected, 2 bad usage or input.
      """,
    version: "0.1.0")

  @Option(help: "The model's verifying key.", completion: .file())
  var verifyingKey: String?

  @Option(help: "The proof.", completion: .file())
  var proof: String?

  @Option(
    help: ArgumentHelp("Check a verifying key's own proof, and nothing else.", valueName: "key"),
    completion: .file())
  var keyOnly: String?

  @Option(
    help: ArgumentHelp(
      "A commitment (assay commit) that a private tensor must hold the data of.",
      valueName: "name=file"))
  var commitment: [String] = []

  @OptionGroup var demands: Demands

  @Option(
    help: ArgumentHelp(
      "Folder to write the public tensors to, as .npy, real values and integers.",
      valueName: "folder"), completion: .directory)
  var outputDir: String?

  @Flag(help: "Print the verdict as JSON.")
  var json = false

  func validate() throws {
    guard keyOnly == nil else {
      guard verifyingKey == nil, proof == nil, commitment.isEmpty, outputDir == nil,
        !demands.skipKeyProof, !demands.allowNonHiding
      else { throw ValidationError("--key-only goes with --model-digest and --json alone") }
      return
    }
    guard verifyingKey != nil else { throw ValidationError("--verifying-key is missing") }
    guard proof != nil else { throw ValidationError("--proof is missing") }
  }

  func run() throws {
    do {
      if let keyOnly {
        try runKeyOnly(keyOnly)
      } else if let verifyingKey, let proof {
        try run(verifyingKey, proof)
      }
    } catch let rejection as Rejection {
      if json { print(rejection.json.text) }
      throw CommandError.rejected(rejection.reason)
    }
  }

  private func runKeyOnly(_ path: String) throws {
    let key = try KeyFile.read(path)
    try demands.checkDigest(key)
    let verdict = KeyVerdict(key: try key.proven())
    print(json ? verdict.json.text : verdict.text)
  }

  private func run(_ keyPath: String, _ proofPath: String) throws {
    let key = try KeyFile.read(keyPath)
    let demanded = try DemandedCommitment.read(commitment, for: key)
    let bytes = try ArtifactFile.read(proofPath, limit: Proof.maximalLength)
    let (verified, standing) = try demands.verify(key, bytes)
    for demand in demanded { try demand.check(verified) }
    if let outputDir { try PublicFiles.write(verified, to: outputDir) }
    let verdict = Verdict(
      verified: verified, key: key, standing: standing, demanded: demanded,
      listsValues: outputDir == nil)
    print(json ? verdict.json.text : verdict.text)
  }
}

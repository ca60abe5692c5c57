import ArgumentParser
import CommandSupport
import Hashing
import Transcript
import Verifier

@main
enum Main {
  static func main() {
    CommandRunner.main(
      AssayVerify.self,
      arguments: SkippedKeyProof.spellOut(Array(CommandLine.arguments.dropFirst())),
      about: VerdictJSON.about + [.init("accepted", .boolean(false))])
  }
}

struct AssayVerify: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "assay-verify",
    abstract: "Checks a proof that a neural network computed its output.",
    usage: """
      assay-verify --verifying-key <key> --proof <proof> … [--commitment <name=file>] …
      assay-verify --key-only <key>
      """,
    discussion: """
      Prints what the proof says: which model, the public tensors, and the proven security. Of \
      private tensors it shows nothing; --commitment checks that one of them is the data that \
      somebody committed to. The verifying key must come from a source that you trust, or its model \
      must be pinned with --model-digest. Several proofs under one key are all checked, and get a \
      verdict each.

      A key holds a proof of its own: that all its commitments hold the weights of the model that it \
      names, and that these lie in their declared ranges. It is checked with each proof. Without it \
      nothing shows which model proofs under the key are about, so that such a key is rejected \
      unless --allow-unproven-key takes it, and no model is named then. --key-only checks it once \
      and prints the key's digest, with which --skip-key-proof knows the very file again.

      What the key's statements were made from is made again from Assay's own circuits: a key with \
      circuits of somebody else's, or that does not say what it was made from, is rejected unless \
      --allow-foreign-circuits takes it. assay inspect shows them. Tables of real functions are in \
      the key as values, under the formulas that they are of; --check-tables computes them again.

      Exit status: 0 accepted, 1 rejected, 2 bad usage or input.
      """,
    version: Build.version)

  @Option(help: "The model's verifying key.", completion: .file())
  var verifyingKey: String?

  @Option(help: "A proof; may be given several times.", completion: .file())
  var proof: [String] = []

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
      "Folder to write the public tensors to, as .npy, real values and integers; a folder in it for "
        + "each of several proofs.",
      valueName: "folder"), completion: .directory)
  var outputDir: String?

  @Flag(help: "Print the verdict as JSON.")
  var json = false

  func validate() throws {
    guard keyOnly == nil else {
      guard verifyingKey == nil, proof.isEmpty, commitment.isEmpty, outputDir == nil,
        demands.concernKeysOnly
      else {
        throw ValidationError(
          "--key-only goes with --model-digest, --allow-foreign-circuits, --check-tables and --json "
            + "alone")
      }
      return
    }
    guard verifyingKey != nil else { throw ValidationError("--verifying-key is missing") }
    guard !proof.isEmpty else { throw ValidationError("--proof is missing") }
  }

  func run() throws {
    if let keyOnly {
      try runKeyOnly(keyOnly)
    } else if let verifyingKey {
      try run(verifyingKey)
    }
  }

  private func runKeyOnly(_ path: String) throws {
    let key = try KeyFile.read(path)
    let verdict: KeyVerdict
    do throws(Rejection) {
      try demands.checkDigest(key)
      let known = KnownKey(try key.proven(), .proven, checksTables: demands.checkTables)
      try demands.checkOrigin(known)
      verdict = KeyVerdict(known: known)
    } catch {
      // No digest: it is for --skip-key-proof, which a key that is not accepted must not pass.
      if json { try Console.write(JSONValue.object(VerdictJSON.about + error.members).text) }
      throw ReportedError(.rejected(error.reason))
    }
    try Console.write(json ? verdict.json.text : verdict.text)
  }

  /// The files that are read; standard input is read once.
  private func plan(_ keyPath: String) throws(CommandError) -> FilePlan {
    var plan = FilePlan([.array], remedy: "choose another folder")
    try plan.reads(keyPath, as: "--verifying-key")
    for path in proof { try plan.reads(path, as: "--proof") }
    try plan.reads(named: commitment, as: "--commitment")
    if let context = demands.context, let path = ContextArgument.path(context) {
      try plan.reads(path, as: "--context")
    }
    return plan
  }

  private func run(_ keyPath: String) throws {
    var plan = try plan(keyPath)
    let key = try KeyFile.read(keyPath)
    let check = ProofCheck(
      key: Result { () throws(Rejection) in try demands.known(key) }, demands: demands,
      commitments: try DemandedCommitment.read(commitment, for: key),
      context: try demands.context.map { try ContextArgument($0) }, listsValues: outputDir == nil)
    let outcomes = VerdictList(key: key, outcomes: proof.map { check.run($0) })
    if let outputDir { try PublicFiles.write(outcomes, to: outputDir, &plan) }
    if json {
      try Console.write(outcomes.json.text)
    } else if let text = outcomes.text {
      try Console.write(text)
    }
    if let failure = outcomes.failure { throw ReportedError(failure) }
  }
}

import ArgumentParser
import CommandSupport
import Prover

struct ExportKeyCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "export-key", abstract: "Writes the verifying key of a proving key again.",
    discussion: """
      The file is the same, byte for byte, as setup or rekey wrote with the proving key. Of the keys \
      that a rekeyed key had before it knows nothing.
      """)

  @Option(help: "The proving key.", completion: .file())
  var provingKey: String

  @Option(
    help: "Where to write the verifying key; - for standard output.", completion: .file())
  var verifyingKey: String

  @Flag(help: "Print the report as JSON.")
  var json = false

  @OptionGroup var replacement: ReplacementOptions

  func run() throws {
    var plan = FilePlan(replacement)
    try plan.reads(provingKey, as: "--proving-key")
    try plan.keeps(beside: provingKey, CommitmentFiles.suffix, as: "--proving-key")
    let file = try plan.writes(verifyingKey, as: "--verifying-key", .verifyingKey)
    let key = try Artifacts.readKey(provingKey).verifyingKey
    try file.write(key.file)
    let digest = hexadecimal(key.identityDigest.bytes)
    try plan.report(
      json
        ? JSONValue.object([
          "model_digest": .string(digest), "verifying_key_bytes": .integer(key.file.count),
        ]).text : "model digest \(digest)\nverifying key \(Quantity.bytes(key.file.count))")
  }
}

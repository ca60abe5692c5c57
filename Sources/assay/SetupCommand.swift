import ArgumentParser
import CommandSupport
import Compiler
import Prover
import Verifier

struct SetupCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "setup", abstract: "Commits to a model and writes its keys.",
    discussion: """
      There is no ceremony and no secret: whoever runs this on the same model gets the same keys. \
      The verifying key is what verifiers need to have from a source that they trust.
      """)

  @Argument(help: "The compiled model.", completion: .file())
  var model: String

  @Option(help: "Where to write what the prover needs.", completion: .file())
  var provingKey: String

  @Option(help: "Where to write what verifiers need.", completion: .file())
  var verifyingKey: String

  @Flag(help: "Print the report as JSON.")
  var json = false

  @OptionGroup var machine: MachineOptions

  func run() throws {
    machine.apply()
    let clock = StageClock.logging()
    let model = try Artifacts.readModel(self.model)
    let key = try clock.stage("setup") { try Artifacts.makeKey(model) }
    try Artifacts.write(key, to: provingKey)
    try ArtifactFile.write(key.verifyingKey.file, to: verifyingKey)
    let digest = hexadecimal(key.verifyingKey.identityDigest.bytes)
    guard json else {
      print("model digest \(digest)")
      print("verifying key \(Quantity.bytes(key.verifyingKey.file.count)), \(clock.text)")
      return
    }
    print(
      JSONValue.object([
        "model_digest": .string(digest),
        "security_bits": .integer(key.verifyingKey.security.bits),
        "verifying_key_bytes": .integer(key.verifyingKey.file.count),
        "timings": clock.json, "peak_rss_bytes": .integer(Console.peakResidentBytes),
      ]).text)
  }
}

import ArgumentParser
import CommandSupport
import Compiler
import Prover
import Transcript
import Verifier
import Witness

struct ProveCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "prove", abstract: "Computes a model's output and proves it.")

  @Option(help: "The proving key that setup wrote.", completion: .file())
  var provingKey: String

  @Option(
    help: ArgumentHelp("An input of the network (.npy, .pb or .json).", valueName: "[name=]file"))
  var input: [String]

  @Option(help: "Where to write the proof.", completion: .file())
  var proof: String

  @Option(
    help: ArgumentHelp("Folder to write the outputs to, as .npy.", valueName: "folder"),
    completion: .directory)
  var outputDir: String?

  @Flag(
    name: .customLong("no-zk"),
    help: "Make a proof that hides nothing, to measure what hiding costs.")
  var isPlain = false

  @Flag(help: "Print the report as JSON.")
  var json = false

  @OptionGroup var machine: MachineOptions

  func run() throws {
    machine.apply()
    let clock = StageClock.logging()
    let key = try clock.stage("load") { try Artifacts.readKey(provingKey) }
    guard isPlain || key.verifyingKey.hiding != nil else {
      throw CommandError.input(
        "\(provingKey): proofs under this key hide nothing, because setup was told --no-zk: run "
          + "setup without it, or say --no-zk here too")
    }
    let interface = ModelInterface(key.circuit.system)
    let values = try InputArguments.tensors(input, interface.slots)
    let assignment = try clock.stage("witness") {
      try Artifacts.evaluate(key, interface, values)
    }
    let result = try clock.stage("prove") {
      try Prover.prove(key, assignment: assignment, hides: !isPlain) { clock.note($0.rawValue) }
    }
    try clock.stage("check") { try check(result.proof, key.verifyingKey) }
    try ArtifactFile.write(result.proof, to: proof)
    let outputs = interface.outputs { assignment[$0].values }
    if let outputDir { try OutputFiles.write(outputs, interface, to: outputDir) }
    guard json else {
      print(OutputFiles.table(outputs))
      print("\nproof \(Quantity.bytes(result.proof.count)), \(clock.text)")
      return
    }
    print(
      JSONValue.object([
        "outputs": OutputFiles.json(outputs), "timings": clock.json,
        "proof_bytes": .integer(result.proof.count),
        "peak_rss_bytes": .integer(Console.peakResidentBytes),
      ]).text)
  }

  /// A proof that would be rejected is not written: the model's commitment in the key's file may be
  /// damaged, of which only the opened parts are read.
  private func check(_ proof: [UInt8], _ key: VerifyingKey) throws {
    do throws(ProofError) {
      _ = try Verifier.verify(key: key, proof: proof, allowsPlain: true)
    } catch {
      throw CommandError.input(
        "\(provingKey): the proof would be rejected, because the key is damaged: run setup again")
    }
  }
}

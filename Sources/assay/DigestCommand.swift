import ArgumentParser
import CommandSupport
import Compiler
import Hashing
import Prover
import TensorGraph
import Verifier

struct DigestCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "digest",
    abstract: "Checks that the verifying key of a public model belongs to a network.",
    discussion: """
      Compiles the network with the scales that the key's statements have, commits to its weights, \
      and compares the digests: if they are the same, proofs under the key are about this network. \
      Give --constant, --output-tensor and --circuits as whoever compiled it did; sizes that the \
      network leaves open are the key's unless --dimension says otherwise.

      Exit status: 0 the key is this network's, 1 it is not, 2 it can't be checked.
      """)

  @OptionGroup var network: NetworkOptions

  @Option(help: "The verifying key of a public model.", completion: .file())
  var verifyingKey: String

  @Flag(help: "Print the result as JSON.")
  var json = false

  @OptionGroup var machine: MachineOptions

  func run() throws {
    machine.apply()
    let key = try Artifacts.readVerifyingKey(verifyingKey)
    guard !key.hidesModel else {
      throw CommandError.input(
        "\(verifyingKey): the model is private: its digest is of commitments that hide the weights, "
          + "and can't be recomputed from the network")
    }
    let clock = StageClock.logging()
    let inputs = ModelInterface(key.system).inputs
    let shapes = Dictionary(inputs.map { ($0.name, $0.shape) }) { first, _ in first }
    let graph = try network.load(shapes: shapes)
    do {
      let found = try clock.stage("digest") { try recomputed(graph, key) }
      guard found == key.identityDigest else {
        throw Mismatch(reason: "the weights differ from those that the key is for")
      }
    } catch let error as Mismatch {
      let rejection = CommandError.rejected(
        "\(verifyingKey): is not of \(network.model): \(error.reason)")
      guard json else { throw rejection }
      try Console.write(report(key, matches: false).text)
      throw ReportedError(rejection)
    }
    let digest = hexadecimal(key.identityDigest.bytes)
    try Console.write(
      json ? report(key, matches: true).text : "the key is of this network\nmodel digest \(digest)")
  }

  private struct Mismatch: Error { var reason: String }

  private func report(_ key: VerifyingKey, matches: Bool) -> JSONValue {
    .object([
      "matches": .boolean(matches),
      "model_digest": .string(hexadecimal(key.identityDigest.bytes)),
    ])
  }

  /// The digest of the network under the key's scales.
  private func recomputed(_ graph: FloatGraph, _ key: VerifyingKey) throws -> Digest {
    let compiler = try network.compiler()
    let model: CompiledModel
    do throws(CompileError) {
      model = try compiler.compile(graph, as: key.system)
    } catch .different(let reason) {
      throw Mismatch(reason: reason)
    } catch {
      throw CommandError(error)
    }
    do {
      let made = try ProvingKey.make(
        circuit: model.circuit, model: model.model, privacy: key.isHiding ? .witness : .none)
      return made.verifyingKey.identityDigest
    } catch {
      throw CommandError.input("\(network.model): \(error)")
    }
  }
}

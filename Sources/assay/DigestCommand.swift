import ArgumentParser
import CommandSupport
import Compiler
import Equations
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
      Give --constant, --until and --circuits as whoever compiled it did; sizes that the \
      network leaves open are the key's unless --dimension says otherwise.

      The scales are the key's, whoever chose them; scales that are too coarse make another network \
      of it. They are printed. With --calibration the outputs for these inputs are compared with the \
      float network's, and refused above --tolerance as by compile; without, made-up inputs are \
      tried, and what looks wrong is a warning.

      Exit status: 0 the key is this network's, 1 it is not or its scales are too coarse, 2 it can't \
      be checked.
      """)

  @OptionGroup var network: NetworkOptions

  @Option(help: "The verifying key of a public model.", completion: .file())
  var verifyingKey: String

  @Option(
    help: ArgumentHelp(
      "Real inputs to judge the key's scales by (.npy, .pb or .json; may hold several samples).",
      valueName: "[name=]file"))
  var calibration: [String] = []

  @Option(
    help: ArgumentHelp(
      "Greatest error of an output that is accepted, as a fraction of its greatest magnitude.",
      valueName: "fraction|percent%"))
  var tolerance = Tolerance(fraction: 0.01)

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
    let samples =
      calibration.isEmpty ? nil : try InputArguments.samples(calibration, graph.slots)
    do {
      let (found, compilation) = try clock.stage("digest") { try recomputed(graph, key) }
      guard found == key.identityDigest else {
        throw Mismatch(reason: "the weights differ from those that the key is for")
      }
      let scales = try judged(key, compilation, samples)
      try show(key, scales)
    } catch let error as Mismatch {
      let rejection = CommandError.rejected(
        "\(verifyingKey): is not of \(network.model): \(error.reason)")
      guard json else { throw rejection }
      try Console.write(report(key, matches: false).text)
      throw ReportedError(rejection)
    }
  }

  /// What the key's scales make of the network; a refusal is reported as JSON, too.
  private func judged(
    _ key: VerifyingKey, _ compilation: Compilation, _ samples: [[String: Tensor]]?
  ) throws -> ScaleReport {
    do throws(CompileError) {
      return try ScaleReport(compilation, samples: samples, tolerance)
    } catch {
      let reason = "the key's scales destroy the network: \(error)"
      let rejection = CommandError.rejected("\(verifyingKey): \(reason)")
      guard json else { throw rejection }
      try Console.write(report(key, matches: true, [.init("reason", .string(reason))]).text)
      throw ReportedError(rejection)
    }
  }

  private func show(_ key: VerifyingKey, _ scales: ScaleReport) throws {
    for warning in scales.warnings { Console.warn(warning) }
    if json {
      try Console.write(report(key, matches: true, scales.json).text)
    } else {
      let digest = hexadecimal(key.identityDigest.bytes)
      try Console.write("the key is of this network\nmodel digest \(digest)\n\(scales.text)")
    }
  }

  private struct Mismatch: Error { var reason: String }

  private func report(
    _ key: VerifyingKey, matches: Bool, _ more: [JSONValue.Member] = []
  ) -> JSONValue {
    .object(
      [
        .init("matches", .boolean(matches)),
        .init("model_digest", .string(hexadecimal(key.identityDigest.bytes))),
      ] + more)
  }

  /// The digest of the network under the key's scales, and the network so compiled.
  private func recomputed(
    _ graph: EquationGraph, _ key: VerifyingKey
  ) throws -> (Digest, Compilation) {
    let compiler = try network.compiler()
    let compilation: Compilation
    do throws(CompileError) {
      compilation = try compiler.compilation(graph, as: key.system)
    } catch .different(let reason) {
      throw Mismatch(reason: reason)
    } catch {
      throw CommandError(error)
    }
    let model = compilation.model
    do {
      let made = try ProvingKey.make(
        circuit: model.circuit, model: model.model, privacy: key.isHiding ? .witness : .none)
      return (made.verifyingKey.identityDigest, compilation)
    } catch {
      throw CommandError.input("\(network.model): \(error)")
    }
  }
}

import ArgumentParser
import CommandSupport
import Compiler
import Prover
import TensorGraph
import Verifier
import Witness

struct RunCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "run",
    abstract: "Compiles a network, proves its output for one input, and verifies the proof.",
    discussion: "Scales are chosen by the calibration samples, or without any by the input itself.")

  @OptionGroup var network: NetworkOptions
  @OptionGroup var machine: MachineOptions

  @Option(
    help: ArgumentHelp("An input of the network (.npy, .pb or .json).", valueName: "[name=]file"))
  var input: [String] = []

  @Flag(help: "Print the results as JSON.")
  var json = false

  @Option(
    help: ArgumentHelp(
      "Folder to keep the model, keys, proof and outputs in.", valueName: "folder"),
    completion: .directory)
  var workdir: String?

  func run() throws {
    machine.apply()
    let report = try RunStages(options: self).run()
    print(json ? report.json.text : report.text)
  }
}

/// The stages from the network to the verdict.
struct RunStages {
  let options: RunCommand
  private let clock = StageClock.logging()

  init(options: RunCommand) { self.options = options }

  func run() throws -> RunReport {
    if let workdir = options.workdir { try ArtifactFile.makeDirectory(workdir) }
    let graph = try options.network.load()
    let values = try InputArguments.tensors(options.input, graph.slots)
    let model = try clock.stage("compile") { try compile(graph, values) }
    try keep("model.circuit") { model.fileBytes }
    let key = try clock.stage("setup") { try Artifacts.makeKey(model) }
    let verifyingKey = key.verifyingKey.file
    try keep("verifying.key") { verifyingKey }
    if let workdir = options.workdir { try Artifacts.write(key, to: "\(workdir)/proving.key") }
    let assignment = try clock.stage("witness") {
      try Artifacts.evaluate(key, model.interface, values)
    }
    let proof = try clock.stage("prove") {
      try Prover.prove(key, assignment: assignment) { clock.note($0.rawValue) }.proof
    }
    try keep("proof") { proof }
    let verified = try clock.stage("verify") { try verify(verifyingKey, proof) }
    let outputs = outputs(of: verified)
    if let workdir = options.workdir {
      try OutputFiles.write(outputs, model.interface, to: "\(workdir)/outputs")
    }
    return RunReport(
      outputs: outputs, clock: clock, proofBytes: proof.count,
      verifyingKeyBytes: verifyingKey.count, error: try error(of: outputs, graph, values))
  }

  private func compile(
    _ graph: FloatGraph, _ values: [String: Tensor]
  ) throws -> CompiledModel {
    let samples =
      options.network.calibration.isEmpty
      ? [values] : try InputArguments.samples(options.network.calibration, graph.slots)
    return try options.network.compile(graph, samples: samples, clock: clock)
  }

  private func keep(_ name: String, _ bytes: () -> [UInt8]) throws {
    guard let workdir = options.workdir else { return }
    try ArtifactFile.write(bytes(), to: "\(workdir)/\(name)")
  }

  /// Verifies from the bytes, as somebody else would.
  private func verify(_ key: [UInt8], _ proof: [UInt8]) throws -> VerifiedInference {
    do {
      return try Verifier.verify(key: try VerifyingKey(key), proof: proof, allowsPlain: true)
    } catch {
      throw CommandError.rejected("the proof is rejected: \(error)")
    }
  }

  private func outputs(of verified: VerifiedInference) -> [String: ModelInterface.RealTensor] {
    var result: [String: ModelInterface.RealTensor] = [:]
    for tensor in verified.tensors where !tensor.isInput {
      result[tensor.name] = .init(
        shape: tensor.shape,
        values: tensor.values.map {
          FixedPoint.real($0, fractionalBits: tensor.fractionalBits)
        })
    }
    return result
  }

  /// The greatest difference to the float evaluation.
  private func error(
    of outputs: [String: ModelInterface.RealTensor], _ graph: FloatGraph,
    _ values: [String: Tensor]
  ) throws -> Double {
    var error = 0.0
    for (name, reference) in try graph.evaluate(values) {
      for (value, real) in zip(outputs[name]?.values ?? [], reference.reals) {
        error = max(error, abs(value - Double(real)))
      }
    }
    return error
  }
}

/// What a run found.
struct RunReport {
  var outputs: [String: ModelInterface.RealTensor]
  var clock: StageClock
  var proofBytes: Int
  var verifyingKeyBytes: Int
  var error: Double

  var json: JSONValue {
    .object([
      "outputs": OutputFiles.json(outputs),
      "timings": clock.json,
      "proof_bytes": .integer(proofBytes),
      "verifying_key_bytes": .integer(verifyingKeyBytes),
      "peak_rss_bytes": .integer(Console.peakResidentBytes),
      "max_abs_error": .number(error),
      "verified": .boolean(true),
    ])
  }

  var text: String {
    var table = TextTable([("", .left), ("", .right)])
    for (stage, seconds) in clock.seconds { table.append([stage, Quantity.seconds(seconds)]) }
    table.append(["proof", Quantity.bytes(proofBytes)])
    table.append(["verifying key", Quantity.bytes(verifyingKeyBytes)])
    table.append(["peak memory", Quantity.bytes(Console.peakResidentBytes)])
    table.append(["error against float", Quantity.text(error, digits: 2)])
    return OutputFiles.table(outputs) + "\n\n" + table.text + "\n\nverified"
  }
}

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
    discussion: """
      Scales are chosen by the calibration samples, or without any by the input itself. Verifiers do \
      not see the input unless --visibility input=public says so. Inputs may have a further leading \
      axis, for one proof of several inferences.
      """)

  @OptionGroup var network: NetworkOptions
  @OptionGroup var compilation: CompilationOptions
  @OptionGroup var machine: MachineOptions

  @Option(
    help: ArgumentHelp("An input of the network (.npy, .pb or .json).", valueName: "[name=]file"))
  var input: [String] = []

  @Option(help: "How many proofs of a private model the keys in --workdir serve.")
  var proofs = 1

  @Flag(
    name: .customLong("no-zk"),
    help: "Make a proof that hides nothing, to measure what hiding costs.")
  var isPlain = false

  @Flag(help: "Print the results as JSON.")
  var json = false

  @Option(
    help: ArgumentHelp(
      "Folder to keep the model, keys, proof and outputs in.", valueName: "folder"),
    completion: .directory)
  var workdir: String?

  func validate() throws {
    guard proofs >= 1 else { throw ValidationError("--proofs must be at least 1") }
  }

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
    let samples = try InputArguments.samples(options.input, graph.slots)
    let model = try clock.stage("compile") { try compile(graph, samples) }
    try keep("model.circuit") { model.fileBytes }
    let key = try clock.stage("setup") {
      try Artifacts.makeKey(model, proofs: options.proofs, isPlain: options.isPlain, clock: clock)
    }
    try BatchLimit(key: key.verifyingKey, isPlain: options.isPlain).check(samples.count)
    let verifyingKey = key.verifyingKey.file
    try keep("verifying.key") { verifyingKey }
    if let workdir = options.workdir { try Artifacts.write(key, to: "\(workdir)/proving.key") }
    let batch = try clock.stage("witness") {
      try Artifacts.evaluate(key, model.interface, samples)
    }
    let proof = try clock.stage("prove") {
      try Artifacts.prove(
        key, batch, isPlain: options.isPlain, path: "the proving key", clock: clock
      ).proof
    }
    try keep("proof") { proof }
    let verified = try clock.stage("verify") { try verify(verifyingKey, proof) }
    try compare(verified, model.interface, batch)
    let outputs = realOutputs(model.interface, batch)
    if let workdir = options.workdir {
      try OutputFiles.write(outputs, model.interface, to: "\(workdir)/outputs")
    }
    return RunReport(
      outputs: outputs, clock: clock, proofBytes: proof.count,
      verifyingKeyBytes: verifyingKey.count, error: try error(of: batch, model, graph, samples),
      visibility: ModelReport(model).visibilityText, hides: verified.zeroKnowledge)
  }

  private func compile(
    _ graph: FloatGraph, _ inputs: [[String: Tensor]]
  ) throws -> CompiledModel {
    let samples =
      options.compilation.calibration.isEmpty
      ? inputs : try InputArguments.samples(options.compilation.calibration, graph.slots)
    return try options.compilation.compile(
      graph, of: options.network, samples: samples, clock: clock)
  }

  private func keep(_ name: String, _ bytes: () -> [UInt8]) throws {
    guard let workdir = options.workdir else { return }
    try ArtifactFile.write(bytes(), to: "\(workdir)/\(name)")
  }

  /// Verifies from the bytes, as somebody else would.
  private func verify(_ key: [UInt8], _ proof: [UInt8]) throws -> VerifiedInference {
    do {
      return try Verifier.verify(
        key: try VerifyingKey(key), proof: proof, allowsPlain: options.isPlain)
    } catch {
      throw CommandError.rejected("the proof is rejected: \(error)")
    }
  }

  /// Checks that the proof shows the very outputs that are reported, as far as they are public.
  private func compare(
    _ verified: VerifiedInference, _ interface: ModelInterface, _ batch: [Assignment]
  ) throws {
    for port in interface.outputs where port.isPublic {
      let shown = verified.tensors.first { $0.name == port.name && !$0.isInput }
      guard shown?.values == batch.flatMap({ $0[port.tensor].values }) else {
        throw CommandError.rejected("the proof shows another output \(port.name)")
      }
    }
  }

  /// The greatest difference to the float evaluation.
  private func error(
    of batch: [Assignment], _ model: CompiledModel, _ graph: FloatGraph,
    _ samples: [[String: Tensor]]
  ) throws -> Double {
    var error = 0.0
    for (assignment, values) in zip(batch, samples) {
      let outputs = model.interface.outputs { assignment[$0].values }
      for (name, reference) in try graph.evaluate(values) {
        for (value, real) in zip(outputs[name]?.values ?? [], reference.reals) {
          error = max(error, abs(value - Double(real)))
        }
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
  var visibility: String
  var hides: Bool

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
    let hiding = hides ? visibility : "the proof hides nothing (--no-zk)"
    return OutputFiles.table(outputs) + "\n\n" + table.text + "\n\nverified; \(hiding)"
  }
}

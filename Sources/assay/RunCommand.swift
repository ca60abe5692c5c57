import ArgumentParser
import CommandSupport
import Compiler
import Equations
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
      axis, or a longer one where the network's own has the extent 1, for one proof of several \
      inferences.

      Before anything is proven the outputs for the calibration samples and for the very inputs are \
      compared with the float network's, as by compile: above --tolerance nothing is proven, and the \
      exit status is 3. Keys and proof are kept with --workdir. With --no-proof the integer network \
      is evaluated and compared, and nothing is proven.
      """)

  @OptionGroup var network: NetworkOptions
  @OptionGroup var compilation: CompilationOptions
  @OptionGroup var machine: MachineOptions
  @OptionGroup var replacement: ReplacementOptions

  @Option(
    help: ArgumentHelp("An input of the network (.npy, .pb or .json).", valueName: "[name=]file"))
  var input: [String] = []

  @OptionGroup var purpose: ContextOption

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

  @Flag(help: "Evaluate the integer network and compare it with the float network; prove nothing.")
  var noProof = false

  @Option(
    help: ArgumentHelp(
      "The right class of each input, with --no-proof: how many are found is counted.",
      valueName: "file"))
  var labels: String?

  func validate() throws {
    guard proofs >= 1 else { throw ValidationError("--proofs must be at least 1") }
    guard labels == nil || noProof else { throw ValidationError("--labels goes with --no-proof") }
    guard workdir == nil || !noProof else {
      throw ValidationError("--workdir keeps what --no-proof does not make")
    }
  }

  func run() throws {
    machine.apply()
    let stages = RunStages(options: self)
    if noProof {
      let report = try stages.evaluate()
      try Console.write(json ? report.json.text : report.text)
    } else {
      let report = try stages.run()
      try Console.write(json ? report.json.text : report.text)
    }
  }
}

/// The stages from the network to the verdict.
struct RunStages {
  let options: RunCommand
  private let clock = StageClock.logging()

  init(options: RunCommand) { self.options = options }

  func run() throws -> RunReport {
    var files = try WorkFiles(options)
    let context = try options.purpose.read()
    let graph = try options.network.load(
      files: [options.input, options.compilation.calibration], external: { try files?.reads($0) })
    let inputs = try InputArguments.read(options.input, graph.slots)
    let samples = inputs.samples
    let (model, accuracy) = try clock.stage("compile") { try compile(graph, samples) }
    try files?.planOutputs(model.interface)
    try files?.model.write(model.fileBytes, isSecret: !model.isPublic)
    SetupEstimate(model, proofs: options.proofs, isPlain: options.isPlain)?.announce()
    let key = try clock.stage("setup") {
      try Artifacts.makeKey(model, proofs: options.proofs, isPlain: options.isPlain, clock: clock)
    }
    try BatchLimit(key: key.verifyingKey, isPlain: options.isPlain).check(samples.count)
    let verifyingKey = key.verifyingKey.file
    try files?.keys.write(key)
    let batch = try clock.stage("witness") {
      try Artifacts.evaluate(key, model.interface, samples)
    }
    let proof = try clock.stage("prove") {
      try Artifacts.prove(
        key, batch, isPlain: options.isPlain, context: context, path: "the proving key",
        clock: clock
      ).proof
    }
    try files?.proof.write(proof)
    let verified = try clock.stage("verify") { try verify(verifyingKey, proof) }
    guard verified.context == context?.digest else {
      throw CommandError.rejected("the proof was made for another context")
    }
    try compare(verified, model.interface, batch)
    let outputs = realOutputs(model.interface, batch, of: inputs)
    if let files { try OutputFiles.write(outputs, to: files.outputs) }
    return RunReport(
      outputs: outputs, clock: clock, proofBytes: proof.count,
      verifyingKeyBytes: verifyingKey.count,
      accuracy: AccuracyReport(
        accuracy, options.compilation.tolerance, target: options.compilation.target),
      visibility: ModelReport(model).visibilityText, hides: verified.zeroKnowledge,
      context: context, workdir: options.workdir)
  }

  /// The integer network's outputs, compared and not proven.
  func evaluate() throws -> EvaluationReport {
    let graph = try options.network.load(files: [options.input, options.compilation.calibration])
    let inputs = try InputArguments.read(options.input, graph.slots)
    let samples = inputs.samples
    let (model, accuracy) = try clock.stage("compile") { try compile(graph, samples) }
    let batch = try clock.stage("witness") {
      try samples.map { sample in
        do throws(CompileError) {
          return try model.evaluate(sample)
        } catch {
          throw CommandError(error)
        }
      }
    }
    let found = try options.labels.map {
      try LabelCount(file: $0, graph, samples, model.interface, batch)
    }
    return EvaluationReport(
      outputs: realOutputs(model.interface, batch, of: inputs), clock: clock,
      accuracy: AccuracyReport(
        accuracy, options.compilation.tolerance, target: options.compilation.target), labels: found)
  }

  /// The model, and how far it is from the float network on the inputs.
  private func compile(
    _ graph: EquationGraph, _ inputs: [[String: Tensor]]
  ) throws -> (CompiledModel, Accuracy) {
    let isCalibrated = !options.compilation.calibration.isEmpty
    let samples =
      isCalibrated
      ? try InputArguments.samples(options.compilation.calibration, graph.slots) : inputs
    let result = try options.compilation.compile(
      graph, of: options.network, samples: samples, clock: clock)
    do throws(CompileError) {
      let accuracy = try judge(result, inputs, calibration: isCalibrated ? samples : nil)
      return (result.model, accuracy)
    } catch {
      throw CommandError(error)
    }
  }

  /// Judges what comes of the very inputs. Their errors are measured by the ranges that calibration
  /// saw, too, if it is of inputs like these.
  private func judge(
    _ result: Compilation, _ inputs: [[String: Tensor]], calibration: [[String: Tensor]]?
  ) throws(CompileError) -> Accuracy {
    var own: Accuracy
    if calibration == nil, let known = result.accuracy, known.samples == inputs.count {
      own = known
    } else {
      own = try result.judge(inputs)
    }
    let tolerance = options.compilation.tolerance
    if let calibration, let known = result.accuracy,
      result.areAlike(inputs, calibration)
    {
      let wide = own.including(rangesOf: known)
      let isNarrow = own.errorOfRange > tolerance.fraction
      if isNarrow, wide.errorOfRange <= tolerance.fraction, let worst = own.worst {
        Console.warn(
          "for these inputs \"\(worst.name)\" is so near to zero, by the ranges of the "
            + "calibration, that its error is \(Quantity.text(100 * own.errorOfRange, digits: 2)) % "
            + "of its value")
      }
      own = wide
    }
    try tolerance.check(result, own, inputs, countingLabels: true)
    return own
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
      let shown = verified.tensors.first { $0.tensor == port.tensor }
      guard shown?.values == batch.flatMap({ $0[port.tensor].values }) else {
        throw CommandError.rejected("the proof shows another output \(port.name)")
      }
    }
  }
}

/// What a run found.
struct RunReport {
  var outputs: [NamedOutput]
  var clock: StageClock
  var proofBytes: Int
  var verifyingKeyBytes: Int
  var accuracy: AccuracyReport
  var visibility: String
  var hides: Bool
  var context: ContextArgument?
  /// Where the files are kept; nil where they are not.
  var workdir: String?

  var json: JSONValue {
    let members: KeyValuePairs<String, JSONValue> = [
      "outputs": OutputFiles.json(outputs),
      "timings": clock.json,
      "proof_bytes": .integer(proofBytes),
      "verifying_key_bytes": .integer(verifyingKeyBytes),
      "peak_rss_bytes": .integer(Console.peakResidentBytes),
      "max_abs_error": .number(accuracy.accuracy.error),
      "context": context?.json ?? .null,
      "verified": .boolean(true),
    ]
    return .object(members.map { .init($0.key, $0.value) } + accuracy.json)
  }

  var text: String {
    var table = TextTable([("", .left), ("", .right)])
    for (stage, seconds) in clock.seconds { table.append([stage, Quantity.seconds(seconds)]) }
    table.append(["proof", Quantity.bytes(proofBytes)])
    table.append(["verifying key", Quantity.bytes(verifyingKeyBytes)])
    table.append(["peak memory", Quantity.bytes(Console.peakResidentBytes)])
    table.append(["error against float", Quantity.text(accuracy.accuracy.error, digits: 2)])
    let hiding = hides ? visibility : "the proof hides nothing (--no-zk)"
    let made = context.map { "\n" + $0.text } ?? ""
    return OutputFiles.table(outputs) + "\n\n" + table.text + "\n\n\(accuracy.text)"
      + "\nverified; \(hiding)\(made)\n\(kept)"
  }

  private var kept: String {
    guard let workdir else {
      return "keys and proof were not kept: --workdir FOLDER keeps them"
    }
    let plain = hides ? "" : " --allow-non-hiding"
    return "kept in \(workdir); check the proof with\n  assay-verify --verifying-key "
      + "\(workdir)/verifying.key --proof \(workdir)/proof\(plain)"
  }
}

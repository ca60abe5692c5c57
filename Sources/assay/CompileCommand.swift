import ArgumentParser
import CircuitLanguage
import CommandSupport
import Compiler
import Equations
import TensorGraph

struct CompileCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "compile", abstract: "Turns a network into a circuit over integers.",
    discussion: """
      Every tensor gets the scale that holds what the calibration samples make of it, with some \
      headroom. An input that exceeds them by more is refused when it is to be proven. Without \
      samples, made-up inputs of magnitude about 1 take their place.

      The outputs of up to 64 samples are compared with the float network's. The error of an output \
      is its greatest difference, as a fraction of the greatest magnitude that the output has on \
      these samples. Above --tolerance nothing is written, the tensor that loses the bits is named, \
      and the exit status is 3.

      --target accuracy chooses finer scales where the error is above a tenth of the tolerance and \
      they are cheap; --target speed the narrowest values and the smallest tables with which it stays \
      within half of the tolerance. A key's model is found again from either (assay digest).

      --visibility says who sees what. A private tensor is committed to, and proofs show nothing of \
      it; verifiers see public tensors. Of a public model everybody who has the network's file can \
      check the key with assay digest.

      The compiled model holds the weights in the clear. If the model is private, keep it as secret \
      as the proving key; only its owner may read the file.
      """)

  @OptionGroup var network: NetworkOptions
  @OptionGroup var compilation: CompilationOptions
  @OptionGroup var machine: MachineOptions

  @OptionGroup var replacement: ReplacementOptions

  @Option(
    name: [.short, .long], help: "Where to write the compiled model; - for standard output.",
    completion: .file())
  var output: String?

  @Option(
    help: ArgumentHelp(
      "Print what a stage makes of the network instead of compiling it: "
        + CompileDump.Stage.allCases.map(\.rawValue).joined(separator: ", ") + ".",
      valueName: "stage"))
  var dump: CompileDump.Stage?

  @Flag(help: "Print the report as JSON.")
  var json = false

  func validate() throws {
    if dump == nil, output == nil {
      throw ValidationError("Missing expected argument '--output <output>'")
    }
    if dump != nil, output != nil || json {
      throw ValidationError("--dump prints a stage as text, without --output and --json")
    }
  }

  func run() throws {
    machine.apply()
    if let dump { return try show(dump) }
    guard let output else { return }
    var plan = FilePlan(replacement)
    try network.plan(&plan)
    try plan.reads(named: compilation.calibration, as: "--calibration")
    let file = try plan.writes(output, as: "--output", .model)
    let clock = StageClock.logging()
    let isMadeUp = compilation.calibration.isEmpty
    let result = try clock.stage("compile") {
      let graph = try network.load(files: [compilation.calibration]) {
        try plan.reads($0, as: "the network's tensors")
      }
      return try compilation.compile(
        graph, of: network, samples: samples(for: graph), isMadeUp: isMadeUp, clock: clock)
    }
    try file.write(result.model.fileBytes, isSecret: !result.model.isPublic)
    let accuracy = result.accuracy.map {
      AccuracyReport(
        $0, compilation.tolerance, isMadeUp: isMadeUp, target: compilation.target)
    }
    let report = ModelReport(result.model, accuracy)
    try plan.report(json ? report.json(clock).text : report.text)
  }

  private func show(_ stage: CompileDump.Stage) throws {
    let graph = try network.load(files: [compilation.calibration])
    let found = try compilation.dump(stage, of: graph, network) { try samples(for: graph) }
    switch found {
    case .lines(let lines):
      try Console.write(lines.map { Text.line($0, limit: .max) }.joined(separator: "\n"))
    case .circuit(let circuit):
      // Its last line ends already.
      try Console.write(String(describe(circuit.readable).dropLast()))
    }
  }

  private func samples(for graph: EquationGraph) throws -> [[String: Tensor]] {
    guard compilation.calibration.isEmpty else {
      return try InputArguments.samples(compilation.calibration, graph.slots)
    }
    guard !graph.inputs.isEmpty else { return [[:]] }
    Console.printError(
      "warning: scales are chosen by made-up inputs of magnitude about 1; give real ones with "
        + "--calibration file.npy")
    return try MadeUpSamples.make(graph.slots)
  }
}

extension CompileDump.Stage: ExpressibleByArgument {}

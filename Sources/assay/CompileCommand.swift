import ArgumentParser
import CommandSupport
import Compiler
import TensorGraph

struct CompileCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "compile", abstract: "Turns a network into a circuit over integers.",
    discussion: """
      Every tensor gets the scale that holds what the calibration samples make of it, with some \
      headroom. An input that exceeds them by more is refused when it is to be proven. Without \
      samples, made-up inputs of magnitude about 1 take their place.

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
  var output: String

  @Flag(help: "Print the report as JSON.")
  var json = false

  func run() throws {
    machine.apply()
    var plan = FilePlan(replacement)
    try network.plan(&plan)
    try plan.reads(named: compilation.calibration, as: "--calibration")
    let file = try plan.writes(output, as: "--output", .model)
    let clock = StageClock.logging()
    let model = try clock.stage("compile") {
      let graph = try network.load()
      return try compilation.compile(
        graph, of: network, samples: samples(for: graph), clock: clock)
    }
    try file.write(model.fileBytes, isSecret: !model.isPublic)
    plan.report(json ? ModelReport(model).json(clock).text : ModelReport(model).text)
  }

  private func samples(for graph: FloatGraph) throws -> [[String: Tensor]] {
    guard compilation.calibration.isEmpty else {
      return try InputArguments.samples(compilation.calibration, graph.slots)
    }
    Console.printError(
      "warning: scales are chosen by made-up inputs of magnitude about 1; give real ones with "
        + "--calibration file.npy")
    return try MadeUpSamples.make(graph.slots)
  }
}

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
      """)

  @OptionGroup var network: NetworkOptions
  @OptionGroup var compilation: CompilationOptions
  @OptionGroup var machine: MachineOptions

  @Option(name: [.short, .long], help: "Where to write the compiled model.", completion: .file())
  var output: String

  @Flag(help: "Print the report as JSON.")
  var json = false

  func run() throws {
    machine.apply()
    let clock = StageClock.logging()
    let model = try clock.stage("compile") {
      let graph = try network.load(files: [compilation.calibration])
      return try compilation.compile(
        graph, of: network, samples: samples(for: graph), clock: clock)
    }
    try ArtifactFile.write(model.fileBytes, to: output)
    try Console.write(json ? ModelReport(model).json(clock).text : ModelReport(model).text)
  }

  private func samples(for graph: FloatGraph) throws -> [[String: Tensor]] {
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

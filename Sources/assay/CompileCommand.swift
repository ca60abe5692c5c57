import ArgumentParser
import CommandSupport
import Compiler

struct CompileCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "compile", abstract: "Turns a network into a circuit over integers.",
    discussion: """
      Every tensor gets the scale that holds what the calibration samples make of it, with some \
      headroom. An input that exceeds them by more is refused when it is to be proven.
      """)

  @OptionGroup var network: NetworkOptions
  @OptionGroup var machine: MachineOptions

  @Option(name: [.short, .long], help: "Where to write the compiled model.", completion: .file())
  var output: String

  @Flag(help: "Print the report as JSON.")
  var json = false

  func run() throws {
    machine.apply()
    let clock = StageClock()
    let model = try clock.stage("compile") {
      let graph = try network.load()
      guard !network.calibration.isEmpty else {
        throw CommandError.input(
          "give sample inputs to choose the scales by: --calibration file.npy")
      }
      let samples = try InputArguments.samples(network.calibration, graph.slots)
      return try network.compile(graph, samples: samples, clock: clock)
    }
    try ArtifactFile.write(model.fileBytes, to: output)
    print(json ? ModelReport(model).json(clock).text : ModelReport(model).text)
  }
}

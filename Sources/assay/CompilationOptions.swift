import ArgumentParser
import CommandSupport
import Compiler
import Equations
import TensorGraph

/// Options of every command that compiles a network.
struct CompilationOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "Inputs to choose the scales by (.npy, .pb or .json; may hold several samples).",
      valueName: "[name=]file"))
  var calibration: [String] = []

  @Option(help: "Bits left free above the magnitudes seen in calibration, 0 to 8.")
  var headroomBits = 1

  @Option(
    help: ArgumentHelp(
      "Greatest error of an output that is accepted, as a fraction of its greatest magnitude.",
      valueName: "fraction|percent%"))
  var tolerance = Tolerance(fraction: 0.01)

  @Option(
    help: ArgumentHelp(
      "What scales are chosen for: accuracy, an error of a tenth of the tolerance where that is cheap; "
        + "or speed, the narrowest values and smallest tables that stay within half of the tolerance.",
      valueName: "accuracy|speed"))
  var target = CompileTarget.accuracy

  @Option(
    help: ArgumentHelp(
      "Fractional bits of an input, as those of the output that it is to be; chosen by calibration "
        + "unless given.", valueName: "name=bits"))
  var inputBits: [String] = []

  @Option(
    help: ArgumentHelp(
      "Who sees what: input, output and model, or single tensors by name, each public or private; "
        + "input=private,output=public,model=private unless given.",
      valueName: "name=public|private,…"))
  var visibility: [String] = []

  func validate() throws {
    guard (0...8).contains(headroomBits) else {
      throw ValidationError("--headroom-bits must be from 0 to 8")
    }
  }

  /// Compiles with the given samples, and refuses what they show to be too inaccurate.
  ///
  /// - Parameter isMadeUp: whether nobody gave the samples.
  func compile(
    _ graph: EquationGraph, of network: NetworkOptions, samples: [[String: Tensor]],
    isMadeUp: Bool = false, clock: StageClock
  ) throws -> Compilation {
    let compiler = try network.compiler(options(for: graph))
    do throws(CompileError) {
      let result = try compiler.compilation(graph, samples: samples) { clock.note($0.rawValue) }
      if let accuracy = result.accuracy {
        try tolerance.check(result, accuracy, samples, isMadeUp: isMadeUp)
      }
      for note in result.notes { Console.warn(note) }
      if !isMadeUp { warn(result.warnings, samples) }
      return result
    } catch {
      throw CommandError(error)
    }
  }

  /// What a stage makes of the network.
  /// - Parameter samples: asked for where the stage needs any.
  func dump(
    _ stage: CompileDump.Stage, of graph: EquationGraph, _ network: NetworkOptions,
    samples: () throws -> [[String: Tensor]]
  ) throws -> CompileDump {
    let compiler = try network.compiler(options(for: graph))
    do {
      return try compiler.dump(stage, of: graph, samples: samples)
    } catch let error as CompileError {
      throw CommandError(error)
    }
  }

  private func options(for graph: EquationGraph) throws -> CompileOptions {
    CompileOptions(
      headroomBits: headroomBits,
      visibility: try VisibilityArguments(visibility).resolve(for: graph),
      inputBits: try InputBits.parse(inputBits), target: target, tolerance: tolerance.fraction)
  }

  private func warn(_ warnings: [String], _ samples: [[String: Tensor]]) {
    guard !calibration.isEmpty else { return }
    for warning in warnings { Console.warn(warning) }
    if samples.count == 1 {
      Console.printError(
        "warning: scales rest on a single calibration sample; what exceeds it by more than the "
          + "headroom is refused when it is to be proven")
    }
  }
}

extension CompileTarget: ExpressibleByArgument {}

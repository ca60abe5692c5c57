import ConstraintSystem
import Equations
import TensorGraph
import Witness

/// What a compilation hands from one stage to the next, for people.
public enum CompileDump: Sendable {
  case lines([String])
  /// `describe` writes it as text.
  case circuit(Circuit)

  /// Which of these things.
  public enum Stage: String, CaseIterable, Sendable {
    /// The network as its operators' equations.
    case equations
    /// These in the forms that there are integer circuits for.
    case forms
    /// How values and sums become integers.
    case scales
    /// The statements that are proven.
    case circuit
  }
}

extension Compiler {
  /// What a stage makes of a network. No later stage is run, so that it can be seen even where a later
  /// one fails.
  ///
  /// - Parameter samples: as of `compilation`; asked for where the stage needs any.
  /// - Throws: as `compilation`, and what `samples` throws.
  public func dump(
    _ stage: CompileDump.Stage, of graph: EquationGraph,
    samples: () throws -> [[String: Tensor]]
  ) throws -> CompileDump {
    try options.checkNames(of: graph)
    switch stage {
    case .equations: return .lines(graph.lines)
    case .forms: return .lines(try forms(graph).lines)
    case .scales:
      let forms = try forms(graph)
      let calibration = try calibration(of: forms, samples())
      var solver = try FormScaleSolver(forms, options, calibration)
      let plan = try solver.solve()
      return .lines(
        ScaleListing(graph: forms, plan: plan, calibration: calibration, classes: solver.classes)
          .lines)
    case .circuit:
      return .circuit(try compile(graph, samples: samples()).circuit)
    }
  }

  private func calibration(
    of forms: FormGraph, _ samples: [[String: Tensor]]
  ) throws(CompileError) -> FormCalibration {
    guard !samples.isEmpty else {
      throw .input(name: forms.inputs.first.map { forms[$0].name } ?? "", reason: "no samples")
    }
    let inputs = try samples.mapTyped { sample throws(CompileError) in try forms.inputs(sample) }
    return try FormCalibration(forms, samples: inputs, spread: Blindness(forms).values)
  }
}

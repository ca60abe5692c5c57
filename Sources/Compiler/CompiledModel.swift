import CircuitLanguage
import ConstraintSystem
import Equations
import TensorGraph
import Witness

/// A network as a circuit with the integers of its weights: all that proving needs.
public struct CompiledModel: Sendable {
  public var circuit: Circuit
  /// Values of the tensors whose role is `model`, by tensor of the system.
  public var model: [Int: IntegerBuffer]
  public var layers: [LayerReport]
  public var options: CompileOptions
  /// What the circuit's system was made from, for keys; empty if that is not known.
  public var derivation: [UInt8]
  /// The words that the integers of inputs and of outputs are the places of, by name.
  public var words = Vocabularies()

  /// Lists of words that everybody may know.
  public struct Vocabularies: Equatable, Sendable {
    public var inputs: [String: [String]] = [:]
    public var outputs: [String: [String]] = [:]

    public init() {}

    var isEmpty: Bool { inputs.isEmpty && outputs.isEmpty }
  }

  public init(
    circuit: Circuit, model: [Int: IntegerBuffer], layers: [LayerReport] = [],
    options: CompileOptions = CompileOptions(), derivation: [UInt8] = []
  ) {
    self.circuit = circuit
    self.model = model
    self.layers = layers
    self.options = options
    self.derivation = derivation
  }

  /// Whether everybody may know the weights.
  public var isPublic: Bool { options.visibility.model == .public }

  /// Its inputs and outputs.
  public var interface: ModelInterface { ModelInterface(circuit.system, words: words) }
}

/// What quantisation did to a layer, and what the layer costs.
public struct LayerReport: Equatable, Sendable {
  /// The operation of what is no layer, but an input of the network.
  public static let input = "Input"

  /// The node, or the input.
  public var name: String
  /// As ONNX spells it; `input` for an input.
  public var operation: String
  public var shape: [Int]
  public var fractionalBits: Int
  /// Of the calibration, zero included.
  public var minimum: Double
  public var maximum: Double
  /// The tensor of the system that holds the result; nil for what is only a view.
  public var tensor: Int?
  /// Greatest difference to the float evaluation of the calibration's first sample, once measured.
  public var maximalError: Double?
  public var weights: Int
  public var witnessCells: Int
  public var lookups: Int
}

/// The stages of a compilation, in order, for whoever shows progress.
public enum CompileStage: String, Sendable {
  case normalise, calibrate, quantise, lower, measure
}

/// Compiles networks.
public struct Compiler: Sendable {
  public var options: CompileOptions
  public var library: CircuitLibrary
  /// Whether all statements are checked for every sample that is judged, and not for the first one
  /// alone: for circuits that nobody has tested yet.
  public var checksAllSamples = false

  public init(library: CircuitLibrary, options: CompileOptions = CompileOptions()) {
    self.library = library
    self.options = options
  }

  /// The network as a circuit.
  ///
  /// - Parameters: as of `compilation`.
  public func compile(
    _ graph: EquationGraph, samples: [[String: Tensor]],
    progress: (CompileStage) -> Void = { _ in }
  ) throws(CompileError) -> CompiledModel {
    try compilation(graph, samples: samples, progress: progress).model
  }

  /// The network as a circuit, with what became of the samples: its error is measured, and not
  /// judged (see `Compilation.inaccuracy`).
  ///
  /// - Parameters:
  ///   - samples: for each input a tensor, by name; every tensor's scale is chosen so that it holds
  ///     what it held for these. At least one.
  ///   - progress: called before each stage.
  /// - Throws: `CompileError.unsupported` with all nodes that have no circuit.
  public func compilation(
    _ graph: EquationGraph, samples: [[String: Tensor]],
    progress: (CompileStage) -> Void = { _ in }
  ) throws(CompileError) -> Compilation {
    guard !samples.isEmpty else {
      throw .input(name: graph.inputs.first.map { graph[$0].name } ?? "", reason: "no samples")
    }
    try options.checkNames(of: graph)
    return try formCompilation(graph, samples: samples, progress: progress)
  }

  /// Proves, for the declared ranges of weights and activations, that no accumulator leaves the
  /// integers that the field tells apart. The equalities are checked with the constraint system.
  func checkAccumulators(_ circuit: Circuit) throws(CompileError) {
    let accumulators = circuit.program.steps.count { step in
      guard case .sumOfProducts = step.computation else { return false }
      return step.target >= circuit.system.tensors.count
    }
    for report in analyseIntervals(circuit).prefix(accumulators) {
      if let remedy = report.remedy { throw .scales(node: report.name, reason: remedy) }
    }
  }
}

import CircuitLanguage
import ConstraintSystem
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
  public var interface: ModelInterface { ModelInterface(circuit.system) }
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
  /// Whether networks are compiled by way of forms. Only tests ask for it, until it is the
  /// only way.
  var usesForms = false

  public init(library: CircuitLibrary, options: CompileOptions = CompileOptions()) {
    self.library = library
    self.options = options
  }

  /// The network as a circuit.
  ///
  /// - Parameters: as of `compilation`.
  public func compile(
    _ graph: FloatGraph, samples: [[String: Tensor]],
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
    _ graph: FloatGraph, samples: [[String: Tensor]],
    progress: (CompileStage) -> Void = { _ in }
  ) throws(CompileError) -> Compilation {
    guard !samples.isEmpty else {
      throw .input(name: graph.inputs.first.map { graph[$0].name } ?? "", reason: "no samples")
    }
    try options.checkNames(of: graph)
    if usesForms { return try formCompilation(graph, samples: samples, progress: progress) }
    progress(.normalise)
    let normal = try normalised(graph)
    progress(.calibrate)
    let calibration = try Calibration(
      normal, samples: samples, keeping: Set(normal.targets.map(\.tensor)),
      limit: Compilation.samples(of: normal))
    progress(.quantise)
    let integers = try normal.quantised(bits: normal.scales(calibration, options), options)
    progress(.lower)
    var lowering = Lowering(graph: integers, library: library, options: options)
    let lowered = try lowering.run()
    try checkAccumulators(lowered.circuit)
    progress(.measure)
    var result = Compilation(
      model: assemble(integers, lowered, normal, calibration), source: graph, graph: normal,
      integers: integers, tensors: lowered.tensors, outputs: lowered.outputs)
    result.warnings = calibration.warnings(normal, samples)
    try result.measure(samples, calibration, checks: checksAllSamples)
    return result
  }

  /// The network in the form that layers are made of, if there is a circuit for each.
  func normalised(_ graph: FloatGraph) throws(CompileError) -> FloatGraph {
    let normal = try graph.normalised()
    let unsupported = normal.unsupportedNodes()
    guard unsupported.isEmpty else { throw .unsupported(unsupported) }
    return normal
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

  private func assemble(
    _ integers: IntegerGraph, _ lowered: Lowering.Result, _ normal: FloatGraph,
    _ calibration: Calibration
  ) -> CompiledModel {
    CompiledModel(
      circuit: lowered.circuit, model: lowered.model,
      layers: reports(integers, lowered, normal, calibration), options: options,
      derivation: lowered.derivation.bytes)
  }
}

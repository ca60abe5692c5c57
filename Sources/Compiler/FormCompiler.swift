import CircuitLanguage
import ConstraintSystem
import Equations
import TensorGraph
import Witness

// The way from a network over forms to its circuit.
extension Compiler {
  /// The network as forms.
  func forms(_ graph: EquationGraph) throws(CompileError) -> FormGraph {
    let forms = try FormGraph(graph)
    let obstacles = forms.obstacles
    guard obstacles.isEmpty else { throw .unsupported(obstacles) }
    var balance = ChannelBalance(try forms.absorbing().roundingMasks())
    return try balance.run().roundingScores()
  }

  /// The network as a circuit, as `compilation(_:samples:progress:)` gives it.
  func formCompilation(
    _ graph: EquationGraph, samples: [[String: Tensor]], progress: (CompileStage) -> Void
  ) throws(CompileError) -> Compilation {
    progress(.normalise)
    let forms = try forms(graph)
    progress(.calibrate)
    let inputs = try samples.mapTyped { sample throws(CompileError) in
      try forms.inputs(sample)
    }
    let results = forms.inputs + forms.layerResults.map(\.value)
    let calibration = try FormCalibration(
      forms, samples: inputs, spread: Blindness(forms).values, keeping: Set(results),
      targets: Set(forms.targets.map(\.value)),
      limit: forms.judgedSamples)
    return try best(samples) { effort throws(CompileError) in
      let isFirst = effort == options.target.efforts[0]
      return try compilation(graph, forms, samples, calibration, effort) {
        if isFirst { progress($0) }
      }
    }
  }

  /// The network with scales of one effort.
  private func compilation(
    _ graph: EquationGraph, _ forms: FormGraph, _ samples: [[String: Tensor]],
    _ calibration: FormCalibration, _ effort: ScaleEffort, progress: (CompileStage) -> Void
  ) throws(CompileError) -> Compilation {
    progress(.quantise)
    var solver = try FormScaleSolver(forms, options, calibration, effort)
    let plan = try solver.solve()
    progress(.lower)
    progress(.lower)
    var realiser = Realiser(graph: forms, plan: plan, library: library, options: options)
    let realised = try realiser.run()
    try checkAccumulators(realised.circuit)
    progress(.measure)
    let network = FormNetwork(
      source: graph, graph: forms, plan: plan, tensors: realised.tensors)
    var result = compilation(network, realised, options)
    result.model.layers = reports(forms, plan, realised, calibration)
    result.warnings = calibration.warnings(forms, samples)
    result.notes = forms.notes
    try result.measure(samples, network, calibration, checks: checksAllSamples)
    result.notes += result.accuracy?.notes ?? []
    return result
  }

  private func compilation(
    _ network: FormNetwork, _ realised: Realiser.Result, _ options: CompileOptions
  ) -> Compilation {
    var model = CompiledModel(
      circuit: realised.circuit, model: realised.model, options: options,
      derivation: realised.derivation.bytes)
    model.words.inputs = network.source.inputWords
    model.words.outputs = network.source.outputWords
    return Compilation(model: model, outputs: realised.outputs, forms: network)
  }

  /// A report for each input and each layer, without errors.
  private func reports(
    _ graph: FormGraph, _ plan: ScalePlan, _ realised: Realiser.Result,
    _ calibration: FormCalibration
  ) -> [LayerReport] {
    func report(
      _ name: String, _ operation: String, _ id: ValueID, _ cost: Realiser.LayerCost
    ) -> LayerReport {
      LayerReport(
        name: name, operation: operation, shape: graph[id].shape, fractionalBits: plan[id].bits,
        minimum: calibration[id].low, maximum: calibration[id].high, tensor: realised.tensors[id],
        maximalError: nil, weights: cost.weights, witnessCells: cost.witnessCells,
        lookups: cost.lookups)
    }
    let inputs = zip(graph.inputs, realised.inputCosts).map {
      report(graph[$0].name, LayerReport.input, $0, $1)
    }
    let layers = graph.layerResults.map { layer, value in
      report(
        graph.layers[layer].name, graph.layers[layer].operation, value,
        realised.layerCosts[layer])
    }
    return inputs + layers
  }
}

// A circuit that somebody else compiled.
extension Compiler {
  /// As `compilation(_:as:)`.
  func formCompilation(
    _ graph: EquationGraph, as system: ConstraintSystem
  ) throws(CompileError) -> Compilation {
    let forms = try forms(graph)
    let trial = try FormTrial(forms, self)
    var matching = self
    matching.options.inputBits = [:]
    matching.options.visibility = trial.visibility(of: system, options.visibility)
    let plan = try trial.plan(of: system, matching.options)
    var realiser = Realiser(
      graph: forms, plan: plan, library: library, options: matching.options)
    let realised = try realiser.run()
    guard realised.circuit.system == system else {
      throw .different(realised.circuit.system.difference(from: system))
    }
    try checkAccumulators(realised.circuit)
    let network = FormNetwork(
      source: graph, graph: forms, plan: plan, tensors: realised.tensors)
    return compilation(network, realised, matching.options)
  }
}

extension FormGraph {
  /// How many samples are compared: fewer where the outputs are so large that keeping them would
  /// take more than 2^26 values.
  var judgedSamples: Int {
    let size = targets.reduce(0) { $0 + self[$1.value].shape.reduce(1, *) }
    return min(Compilation.judgedSamples, max(1, (1 << 26) / max(size, 1)))
  }
}

extension Compilation {
  /// How accurate and how dear it is.
  var result: EffortResult {
    let layers = model.layers.reduce(0) { $0 + $1.witnessCells + $1.lookups }
    let rows = model.circuit.system.tables.reduce(0) { $0 + $1.rows }
    return EffortResult(error: accuracy?.errorOfRange ?? 0, cost: layers + rows)
  }

  /// All tensors of the circuit for a sample of the calibration.
  private func evaluate(
    _ sample: [String: Tensor], calibration number: Int
  ) throws(CompileError) -> Assignment {
    do throws(CompileError) {
      return try model.evaluate(sample)
    } catch {
      guard case .overflow(var overflow) = error else { throw error }
      overflow.calibration = number
      throw .overflow(overflow)
    }
  }

  /// Compares the first samples of a calibration, and the layers of the first one.
  fileprivate mutating func measure(
    _ samples: [[String: Tensor]], _ network: FormNetwork, _ calibration: FormCalibration,
    checks: Bool
  ) throws(CompileError) {
    var judge = Judge(compilation: self, given: samples.count)
    let constants = network.graph.constants.mapValues(\.doubles)
    let blindness = Blindness(network.graph)
    for (number, kept) in calibration.kept.enumerated() {
      let assignment = try evaluate(samples[number], calibration: number)
      let found = kept.merging(constants) { own, _ in own }
      let references =
        number == 0
        ? try network.originals(samples[0], found) : network.targets.map { found[$0.value] }
      try judge.add(assignment, references, checks: checks || number == 0)
      guard number == 0 else { continue }
      let values = network.graph.inputs + network.graph.layerResults.map(\.value)
      for (index, id) in values.enumerated() {
        // How far a mask is beyond all measure is nobody's business.
        guard let reference = calibration.reference[id], let tensor = model.layers[index].tensor,
          blindness[id] == .none
        else { continue }
        model.layers[index].maximalError = maximalDifference(
          assignment[tensor], network.graph[id].isOrdered ? 0 : network.plan[id].bits,
          reference.map { Float($0) })
      }
    }
    accuracy = judge.accuracy
  }
}

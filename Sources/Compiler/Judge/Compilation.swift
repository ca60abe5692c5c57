import TensorGraph
import Witness

/// A compiled model beside the network that it was made of, so that the two can be compared.
public struct Compilation: Sendable {
  public internal(set) var model: CompiledModel
  /// What the samples that the scales were chosen by lead to; nil where there were none.
  public internal(set) var accuracy: Accuracy?
  /// What makes these samples suspicious, in sentences for people.
  public internal(set) var warnings: [String] = []
  /// The network as it was given, and in the form that layers are made of.
  let source: FloatGraph
  let graph: FloatGraph
  let integers: IntegerGraph
  /// Tensors of the system that hold exactly a value of the integer graph.
  let tensors: [Int: Int]
  /// The tensor of the system that holds each output.
  let outputs: [Int]
  /// The network as forms, where it was compiled from these; what is said of layers is then empty.
  var forms: FormNetwork?

  /// Most samples of a calibration that are compared.
  public static let judgedSamples = 64

  /// What is compared for an output: its own tensor, or the scores that it is the label of.
  struct Target {
    var name: String
    /// The tensor of the float graph, and the node that makes labels of it.
    var tensor: TensorID
    var label: FloatGraph.Node?
  }

  /// One for each output.
  var targets: [Target] { graph.targets }

  /// Compares the integer network with the float network.
  ///
  /// - Parameters:
  ///   - samples: for each input a tensor, by name; at least one.
  ///   - checked: of how many samples all statements are checked, too, which a circuit that
  ///     somebody else wrote may contradict.
  /// - Throws: `CompileError.outOfRange` or `.overflow` where a value is beyond what its scale holds,
  ///   `.node` where the float network's value is not a finite number or a statement does not hold.
  public func judge(
    _ samples: [[String: Tensor]], checked: Int = 0
  ) throws(CompileError) -> Accuracy {
    var judge = Judge(compilation: self, given: samples.count)
    for (number, sample) in samples.enumerated() {
      let references = try judgedReferences(sample, isFirst: number == 0)
      try judge.add(try model.evaluate(sample), references, checks: number < checked)
    }
    return judge.accuracy
  }

  /// What each output is compared with.
  private func judgedReferences(
    _ sample: [String: Tensor], isFirst: Bool
  ) throws(CompileError) -> [[Double]?] {
    if let forms { return try forms.references(sample, isFirst: isFirst) }
    var references = try references(sample)
    if isFirst { try replaceByOriginal(&references, sample) }
    return reals(references)
  }

  /// The values of all targets.
  func reals(_ references: [TensorID: Tensor]) -> [[Double]?] {
    targets.map { references[$0.tensor]?.doubles }
  }

  /// The float values of all targets, by tensor.
  private func references(_ sample: [String: Tensor]) throws(CompileError) -> [TensorID: Tensor] {
    let wanted = Set(targets.map(\.tensor))
    var found = graph.constants.filter { wanted.contains($0.key) }
    do throws(GraphError) {
      _ = try graph.evaluate(sample) { id, tensor throws(GraphError) in
        if wanted.contains(id) { found[id] = tensor }
      }
    } catch {
      throw CompileError(error)
    }
    return found
  }

  /// Takes the outputs that the network has as it was given, so that what rewriting it changed counts
  /// as well.
  func replaceByOriginal(
    _ references: inout [TensorID: Tensor], _ sample: [String: Tensor]
  ) throws(CompileError) {
    do throws(GraphError) {
      let original = try source.evaluate(sample)
      for target in targets where target.label == nil {
        if let value = original[target.name] { references[target.tensor] = value }
      }
    } catch {
      throw CompileError(error)
    }
  }
}

extension Compilation {
  /// Why the samples' accuracy is not tolerable; nil where it is.
  ///
  /// - Parameters:
  ///   - accuracy: what `judge` found for the samples.
  ///   - tolerance: the greatest error that is tolerated, as a fraction of an output's range.
  ///   - countingLabels: whether a label that differs is an error even where the scores are almost
  ///     equal; the tolerance is then of their number, too.
  ///   - isMadeUp: whether the samples were not given but made up.
  public func inaccuracy(
    _ accuracy: Accuracy, _ samples: [[String: Tensor]], tolerance: Double,
    countingLabels: Bool = false, isMadeUp: Bool = false
  ) throws(CompileError) -> Inaccuracy? {
    let shares = accuracy.outputs.map {
      countingLabels ? max($0.errorOfRange, $0.changedLabels) : $0.errorOfRange
    }
    guard let number = shares.indices.max(by: { shares[$0] < shares[$1] }),
      shares[number] > tolerance
    else { return nil }
    let output = accuracy.outputs[number]
    if let forms {
      let finder = try FormLossFinder(forms, model, number, samples[output.sample])
      return Inaccuracy(
        output: output, shape: model.circuit.system.tensors[outputs[number]].shape,
        tolerance: tolerance, losses: try finder.losses(tolerated: tolerance * output.range),
        isMadeUp: isMadeUp)
    }
    let finder = try LossFinder(self, targets[number], samples[output.sample])
    return Inaccuracy(
      output: output, shape: model.circuit.system.tensors[outputs[number]].shape,
      tolerance: tolerance, losses: try finder.losses(tolerated: tolerance * output.range),
      isMadeUp: isMadeUp)
  }
}

extension FloatGraph {
  /// What is compared for each output of a normalised graph.
  var targets: [Compilation.Target] {
    var producers: [TensorID: Node] = [:]
    for node in nodes { producers[node.output] = node }
    return outputs.map { output in
      var tensor = output.tensor
      while let node = producers[tensor] {
        switch node.operation {
        case .argMax: return .init(name: output.name, tensor: node.inputs[0], label: node)
        // The positions are the same ones.
        case .reshape: tensor = node.inputs[0]
        default: return .init(name: output.name, tensor: output.tensor)
        }
      }
      return .init(name: output.name, tensor: output.tensor)
    }
  }
}

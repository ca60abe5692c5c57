import Equations
import TensorGraph
import Witness

/// A compiled model beside the network that it was made of, so that the two can be compared.
public struct Compilation: Sendable {
  public internal(set) var model: CompiledModel
  /// What the samples that the scales were chosen by lead to; nil where there were none.
  public internal(set) var accuracy: Accuracy?
  /// What makes these samples suspicious, in sentences for people.
  public internal(set) var warnings: [String] = []
  /// What is less exact than it may seem, in sentences for people.
  public internal(set) var notes: [String] = []
  /// The tensor of the system that holds each output.
  let outputs: [Int]
  /// The network as forms, with their scales.
  let forms: FormNetwork

  /// The network as it was given.
  var source: EquationGraph { forms.source }

  /// Most samples of a calibration that are compared.
  public static let judgedSamples = 64

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
      let references = try forms.references(sample, isFirst: number == 0)
      try judge.add(try model.evaluate(sample), references, checks: number < checked)
    }
    return judge.accuracy
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
    let finder = try FormLossFinder(forms, model, number, samples[output.sample])
    return Inaccuracy(
      output: output, shape: model.circuit.system.tensors[outputs[number]].shape,
      tolerance: tolerance, losses: try finder.losses(tolerated: tolerance * output.range),
      isMadeUp: isMadeUp)
  }
}

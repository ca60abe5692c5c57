import CommandSupport
import Compiler

/// How far a compiled model is from its network, for people and for programs.
struct AccuracyReport {
  let accuracy: Accuracy
  let tolerance: Tolerance
  /// Whether nobody gave the samples: then nothing is known of real inputs.
  let isMadeUp: Bool
  /// What the scales were chosen for; nil where they were not chosen now.
  let target: CompileTarget?

  init(
    _ accuracy: Accuracy, _ tolerance: Tolerance, isMadeUp: Bool = false,
    target: CompileTarget? = nil
  ) {
    self.target = target
    self.accuracy = accuracy
    self.tolerance = tolerance
    self.isMadeUp = isMadeUp
  }

  var text: String {
    guard isMadeUp else { return Text.line(accuracy.text) }
    return "error on real inputs unknown: none were given (--calibration); on made-up ones "
      + Text.line(accuracy.text)
  }

  /// What is known of the samples that somebody gave; null where none were.
  var json: [JSONValue.Member] {
    [
      .init("error_of_range", isMadeUp ? .null : .number(accuracy.errorOfRange)),
      .init("samples", .integer(isMadeUp ? 0 : accuracy.samples)),
      .init(
        "class_unchanged", isMadeUp ? .null : accuracy.unchanged.map(JSONValue.integer) ?? .null),
      .init("tolerance", .number(tolerance.fraction)),
    ] + (target.map { [.init("target", .string($0.rawValue))] } ?? [])
  }
}

import ArgumentParser
import Compiler
import TensorGraph

/// The greatest error of an output that is accepted, as a fraction of its range: `0.01` or `1%`.
struct Tolerance: ExpressibleByArgument {
  let fraction: Double

  init(fraction: Double) { self.fraction = fraction }

  init?(argument: String) {
    let isPercent = argument.hasSuffix("%")
    guard let value = Double(isPercent ? String(argument.dropLast()) : argument), value >= 0,
      value.isFinite
    else { return nil }
    fraction = isPercent ? value / 100 : value
  }

  var defaultValueDescription: String { "\(fraction)" }

  /// - Throws: `CompileError.inaccurate` where the samples' error is greater, or, where labels are
  ///   counted, the fraction of them that differ.
  func check(
    _ compilation: Compilation, _ accuracy: Accuracy, _ samples: [[String: Tensor]],
    countingLabels: Bool = false, isMadeUp: Bool = false
  ) throws(CompileError) {
    let found = try compilation.inaccuracy(
      accuracy, samples, tolerance: fraction, countingLabels: countingLabels, isMadeUp: isMadeUp)
    if let found { throw .inaccurate(found) }
  }
}

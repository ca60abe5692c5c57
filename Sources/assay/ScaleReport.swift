import CommandSupport
import Compiler
import TensorGraph

/// Whether the scales that a key has leave the network what it is, for people and for programs.
struct ScaleReport {
  let compilation: Compilation
  /// The error on samples that somebody gave.
  private(set) var accuracy: AccuracyReport?
  private(set) var warnings: [String] = []

  /// - Parameter samples: real inputs; without any only made-up ones can be tried.
  /// - Throws: `CompileError` where the samples lead to an error above the tolerance, or are beyond
  ///   what the scales hold.
  init(
    _ compilation: Compilation, samples: [[String: Tensor]]?, _ tolerance: Tolerance
  ) throws(CompileError) {
    self.compilation = compilation
    guard let samples else {
      warnings = compilation.vanishingConstants()
      tryMadeUp(tolerance)
      return
    }
    let found = try compilation.judge(samples)
    accuracy = AccuracyReport(found, tolerance)
    try tolerance.check(compilation, found, samples)
  }

  /// Tries inputs of magnitude about 1, and such as fill the scales of the inputs.
  private mutating func tryMadeUp(_ tolerance: Tolerance) {
    let limits = Dictionary(
      compilation.model.interface.inputs.map { ($0.name, $0.limits.upperBound) },
      uniquingKeysWith: { first, _ in first })
    let kinds: [(String, (Double) -> Double)] = [
      ("of magnitude about 1", { min(1, $0 / 4) }), ("that fill the inputs' scales", { $0 / 4 }),
    ]
    for (kind, magnitude) in kinds {
      let slots = compilation.model.interface.slots
      guard
        let samples = try? MadeUpSamples.make(slots).prefix(2).map({
          try Self.scaled($0, by: limits.mapValues(magnitude))
        })
      else { continue }
      do throws(CompileError) {
        try tolerance.check(compilation, try compilation.judge(samples), samples, isMadeUp: true)
      } catch .inaccurate(let reason) {
        warnings.append("for made-up inputs \(kind): \(reason.finding)")
      } catch {
        // What nobody calibrated for may well exceed some layer's scale.
      }
    }
  }

  private static func scaled(
    _ sample: [String: Tensor], by factors: [String: Double]
  ) throws -> [String: Tensor] {
    var result: [String: Tensor] = [:]
    for (name, tensor) in sample {
      // Labels and positions have no magnitude.
      guard tensor.integers == nil else {
        result[name] = tensor
        continue
      }
      let factor = Float(factors[name] ?? 1)
      result[name] = try Tensor(shape: tensor.shape, real: tensor.reals.map { $0 * factor })
    }
    return result
  }

  private var ports: [(role: String, port: ModelInterface.Port)] {
    let interface = compilation.model.interface
    return interface.inputs.map { ("input", $0) } + interface.outputs.map { ("output", $0) }
  }

  var text: String {
    var lines = ports.map { "the \($0.role) \(Text.ownName($0.port.name)): \(Scale($0.port).text)" }
    let coarsest = compilation.coarsestLayers(3).map {
      "\(Text.ownName($0.layer)) \(Quantity.text($0.unit, digits: 2))"
    }
    if !coarsest.isEmpty {
      lines.append("coarsest layers: steps of " + coarsest.joined(separator: ", "))
    }
    lines.append(
      accuracy?.text
        ?? "whether these scales suit real inputs was not judged: give some with --calibration")
    return lines.joined(separator: "\n")
  }

  var json: [JSONValue.Member] {
    let scales = ports.map { role, port in
      JSONValue.Member(
        port.name,
        .object([
          "role": .string(role), "fractional_bits": .integer(port.fractionalBits),
          "least": .number(port.limits.lowerBound), "greatest": .number(port.limits.upperBound),
        ]))
    }
    return [
      .init("scales", .object(scales)), .init("warnings", .array(warnings.map(JSONValue.string))),
    ]
      + (accuracy?.json ?? [])
  }
}

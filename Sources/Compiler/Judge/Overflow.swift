import ConstraintSystem
import Foundation
import TensorGraph
import Witness

/// A value of the integer network that its tensor's scale does not hold, in real numbers.
public struct Overflow: Equatable, Sendable, CustomStringConvertible {
  /// The layer or tensor, as the network calls it.
  public var name: String
  /// Indices along each axis.
  public var position: [Int]
  public var value: Double
  /// What the scale holds.
  public var limits: ClosedRange<Double>
  /// What calibration saw of the layer's result, where that is known.
  public var seen: ClosedRange<Double>?
  /// Which of the samples that the scales were chosen by it is of, counted from 0; nil for another one.
  public var calibration: Int?

  public var description: String {
    let seen = seen.map {
      "calibration saw \(Readable.number($0.lowerBound)) to \(Readable.number($0.upperBound)); "
    }
    return "layer \"\(name)\": the value \(Readable.number(value)) at \(position) is outside of "
      + "\(Readable.number(limits.lowerBound)) to \(Readable.number(limits.upperBound)), which its "
      + "scale holds; \(seen ?? "")" + remedy
  }

  private var remedy: String {
    guard let calibration else { return Self.remedy }
    return "calibration sample \(calibration + 1) itself leads to it by what is rounded before; "
      + "compile with more --headroom-bits, or normalise what the layer reads"
  }

  static let remedy =
    "compile with calibration samples that cover this input (--calibration), or with more "
    + "--headroom-bits; that makes another model digest"
}

extension Circuit {
  /// What an error of the evaluation means in real numbers; nil for errors of another kind.
  ///
  /// - Parameter layer: the layer that a step belongs to, which is called after it, where layers are
  ///   known.
  public func overflow(
    _ error: EvaluationError, layer: (String) -> LayerReport? = { _ in nil }
  ) -> Overflow? {
    switch error {
    case .outOfRange(let step, let tensor, let position, let value, let range):
      let bits = declaration(step, named: tensor)?.fractionalBits ?? 0
      return overflow(step, position, value, bits, range, layer)
    case .tableMiss(let step, let position, let table, let value):
      guard let rows = system.tables.first(where: { $0.name == table }) else { return nil }
      let bits = argumentBits(step, rows.name)
      return overflow(step, position, value, bits, rows.first...(rows.first + rows.rows - 1), layer)
    default: return nil
    }
  }

  /// What an error of the evaluation says where something is divided by zero; nil for errors of another
  /// kind.
  public func missingQuotient(_ error: EvaluationError) -> String? {
    guard case .division(let step, let position, let divisor) = error else { return nil }
    return "layer \"\(Self.layer(step))\": the divisor at \(position) is \(divisor), by which "
      + "nothing is divided; give an input for which it is not zero, or add a small number to it"
  }

  /// The layer of a statement that does not hold, as the network calls it; nil where none is told.
  ///
  /// - Parameter layer: as of `overflow`.
  func layerName(of violation: StatementViolation, layer: (String) -> LayerReport?) -> String? {
    switch violation {
    case .equality(let name, _, _), .lookup(let name, _, _, _), .outOfRange(let name, _, _, _),
      .wrongCount(let name, _, _):
      let own = Self.layer(name)
      return layer(own)?.name ?? own
    case .rowCount, .malformed: return nil
    }
  }

  /// The fractional bits of what a step looks up in a table; 0 where it looks up nothing there.
  private func argumentBits(_ step: String, _ table: String) -> Int {
    guard case .expression(let whole) = self.step(step)?.computation else { return 0 }
    let tables = system.tables
    let argument = whole.argument { tables.indices.contains($0) && tables[$0].name == table }
    return argument?.fractionalBits { declarations[$0].fractionalBits } ?? 0
  }

  private func overflow(
    _ step: String, _ position: [Int], _ value: Int, _ bits: Int, _ range: ClosedRange<Int>,
    _ layer: (String) -> LayerReport?
  ) -> Overflow {
    let name = Self.layer(step)
    let known = layer(name)
    let low = FixedPoint.real(range.lowerBound, fractionalBits: bits)
    return Overflow(
      name: known?.name ?? name, position: position,
      value: FixedPoint.real(value, fractionalBits: bits),
      limits: low...max(low, FixedPoint.real(range.upperBound, fractionalBits: bits)),
      seen: known.map { $0.minimum...max($0.minimum, $0.maximum) })
  }

  private var declarations: [TensorDeclaration] { system.tensors + program.temporaries }

  private func step(_ name: String) -> WitnessProgram.Step? {
    program.steps.first { $0.name == name }
  }

  private func declaration(_ step: String, named tensor: String) -> TensorDeclaration? {
    let own = program.steps.first {
      $0.name == step && declarations[$0.target].name == tensor
    }
    return own.map { declarations[$0.target] } ?? declarations.first { $0.name == tensor }
  }

  /// The layer of a step, which is called "layer (circuit:line)".
  private static func layer(_ step: String) -> String {
    guard step.hasSuffix(")"), let mark = step.range(of: " (", options: .backwards) else {
      return step
    }
    return String(step[..<mark.lowerBound])
  }
}

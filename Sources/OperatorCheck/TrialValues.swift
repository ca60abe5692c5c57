import Compiler
import Equations
import TensorGraph

/// What the inputs of a trial lie in: a function may have a value for some numbers only.
public struct TrialDomain: Equatable, Sendable, CustomStringConvertible {
  public let low: Float
  public let high: Float

  /// In the order in which they are tried.
  static let all = [
    TrialDomain(low: -2, high: 2), TrialDomain(low: 0.25, high: 2),
    TrialDomain(low: -0.875, high: 0.875), TrialDomain(low: 1.25, high: 3),
  ]

  public var description: String { "\(low)…\(high)" }

  func clamp(_ value: Float) -> Float { min(max(value, low), high) }
}

/// Inputs to try an operator with: ends of the domain, zeros, equal values, and some at random; and,
/// once scales are known, units and halves of units.
struct TrialValues {
  let slots: [EquationGraph.Value]
  let domain: TrialDomain
  /// Whether there are zeros, equal values and the ends of the domain among them, and not numbers at
  /// random alone.
  let isHard: Bool

  private enum Pattern: CaseIterable {
    case random, otherRandom, ramp, low, high, alternating, ties, zero

    static let plain = [Pattern.random, .otherRandom, .ramp]
  }

  /// The samples that scales are chosen by.
  func samples() throws(GraphError) -> [[String: Tensor]] {
    var result: [[String: Tensor]] = []
    for pattern in isHard ? Pattern.allCases : Pattern.plain {
      var generator = Numbers(state: pattern == .random ? 1 : 2)
      result.append(
        try sample { _, place in
          switch pattern {
          case .random, .otherRandom: domain.low + (domain.high - domain.low) * generator.unit()
          case .ramp: domain.low + (domain.high - domain.low) * Float(place % 8) / 7
          case .low: domain.low
          case .high: domain.high
          case .alternating: place % 2 == 0 ? domain.low : domain.high
          case .ties: place % 4 == 1 ? domain.low : domain.high / 2
          case .zero: domain.clamp(0)
          }
        })
    }
    return result
  }

  /// Values about zero, or about the end of the domain that is nearest to it, some units of their
  /// scales apart.
  /// - Parameter ports: the inputs with their scales.
  func edges(_ ports: [ModelInterface.Port]) throws(GraphError) -> [[String: Tensor]] {
    let steps: [(Int) -> Float] = [
      { _ in 1 }, { _ in -1 }, { Float($0 % 7) - 3 }, { $0 % 2 == 0 ? 1 : 0 },
    ]
    var result: [[String: Tensor]] = []
    for step in steps {
      result.append(
        try sample { name, place in
          let bits = ports.first { $0.name == name }?.fractionalBits ?? 0
          let unit = Float(sign: .plus, exponent: -bits, significand: 1)
          return domain.clamp(domain.clamp(0) + unit * step(place))
        })
    }
    return result
  }

  /// A sample of which the inputs' scales lose nothing.
  static func rounded(
    _ sample: [String: Tensor], to ports: [ModelInterface.Port]
  ) -> [String: Tensor] {
    var result = sample
    for port in ports {
      guard let tensor = sample[port.name] else { continue }
      let factor = Float(sign: .plus, exponent: port.fractionalBits, significand: 1)
      let values = tensor.reals.map { ($0 * factor).rounded() / factor }
      result[port.name] = (try? Tensor(shape: tensor.shape, real: values)) ?? tensor
    }
    return result
  }

  private func sample(
    _ value: (String, Int) -> Float
  ) throws(GraphError) -> [String: Tensor] {
    var sample: [String: Tensor] = [:]
    for slot in slots {
      sample[slot.name] = try Tensor(
        shape: slot.shape, real: (0..<slot.count).map { value(slot.name, $0) })
    }
    return sample
  }

  /// A linear congruential generator of 64 bits.
  private struct Numbers {
    var state: UInt64

    /// From 0 to 1.
    mutating func unit() -> Float {
      state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
      return Float(state >> 40) / Float(1 << 24)
    }
  }
}

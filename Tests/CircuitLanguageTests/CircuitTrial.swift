import ConstraintSystem
import TestSupport
import Testing
import Witness

@testable import CircuitLanguage

/// A circuit at given inputs, its result, and what became of all attacks on it.
struct CircuitTrial {
  var harness: LayerHarness
  var views: [TensorView] = []

  init() throws { harness = try LayerHarness() }

  mutating func input(_ values: [Int], _ shape: [Int], range: ClosedRange<Int>) {
    views.append(
      harness.tensor("x\(views.count)", shape, range: range, values: values).view)
  }

  static let changes: [@Sendable (Int) -> Int] = [
    { $0 - 1 }, { $0 + 1 }, { $0 + 1 << 16 }, { $0 - 1 << 16 }, { -$0 }, { 1 - $0 }, { $0 * 2 },
    { $0 / 2 }, { $0 + 1 << 8 },
  ]

  /// One of the circuit's outputs.
  mutating func output(
    _ circuit: String, _ parameters: [String: Int] = [:], attacks: Int = 3, number: Int = 0
  ) throws -> [Int] {
    let view = try harness.builder.instantiate(
      circuit, views, parameters: parameters, name: "c", fractionalBits: 0)[number]
    let output = try harness.builder.markOutput(view, name: "output")
    let result = try harness.values(of: output)
    #expect(
      undetectedMutations(result.circuit, result.assignment, limit: attacks, changes: Self.changes)
        == [], "\(circuit) \(parameters)")
    #expect(
      undetectedLies(result.circuit, harness, limit: attacks, by: [-1, 1, 1 << 16]) == [],
      "\(circuit) \(parameters)")
    return result.values
  }
}

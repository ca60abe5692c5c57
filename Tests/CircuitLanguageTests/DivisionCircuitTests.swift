import ConstraintSystem
import TestSupport
import Testing
import Witness

@testable import CircuitLanguage

@Suite("Quotients that are integers")
struct DivisionCircuitTests {
  static let range = -(1 << 20)...(1 << 20) - 1
  static let dividends = [
    0, 1, -1, 6, 7, 8, -6, -7, -8, (1 << 20) - 1, -(1 << 20), 999_999, -999_999,
  ]

  /// The result of a circuit, which nobody could have changed unseen.
  private func output(
    _ circuit: String, _ inputs: [[Int]], _ parameters: [String: Int]
  ) throws -> [Int] {
    var harness = try LayerHarness()
    let views = inputs.enumerated().map { number, values in
      harness.tensor("x\(number)", [values.count], range: Self.range, values: values).view
    }
    let view = try harness.builder.instantiate(
      circuit, views, parameters: parameters, name: "c", fractionalBits: 0)[0]
    let output = try harness.builder.markOutput(view, name: "output")
    let result = try harness.values(of: output)
    #expect(
      undetectedMutations(
        result.circuit, result.assignment, limit: 5,
        changes: [{ $0 - 1 }, { $0 + 1 }, { -$0 }, { 1 - $0 }, { $0 + 1 << 16 }]) == [])
    #expect(undetectedLies(result.circuit, harness, limit: 5, by: [-1, 1, 7, 1 << 16]) == [])
    return result.values
  }

  private static func floor(_ a: Int, _ b: Int) -> Int {
    Int((Double(a) / Double(b)).rounded(.down))
  }

  @Test(arguments: [2, 3, 7, 256, 65_537, 1 << 21]) func byNumbers(divisor: Int) throws {
    let parameters = ["divisor": divisor, "width": 22]
    #expect(
      try output("floored", [Self.dividends], parameters)
        == Self.dividends.map { Self.floor($0, divisor) })
    #expect(
      try output("truncated", [Self.dividends], parameters) == Self.dividends.map { $0 / divisor })
    #expect(
      try output("remainder", [Self.dividends], parameters)
        == Self.dividends.map { $0 - divisor * Self.floor($0, divisor) })
  }

  @Test(arguments: [0, 1]) func byValues(truncated: Int) throws {
    let divisors = Self.dividends.indices.map { [1, 2, 3, 7, 100, (1 << 20) - 1][$0 % 6] }
    let parameters = ["truncated": truncated, "width": 22]
    func expected(_ divisors: [Int]) -> [Int] {
      zip(Self.dividends, divisors).map { truncated == 1 ? $0 / $1 : Self.floor($0, $1) }
    }
    #expect(
      try output("floor_quotient", [Self.dividends, divisors], parameters) == expected(divisors))
    let signed = divisors.enumerated().map { $0.offset % 2 == 0 ? $0.element : -$0.element }
    #expect(
      try output("signed_floor_quotient", [Self.dividends, signed], parameters) == expected(signed))
  }

  /// Nobody divides by zero.
  @Test func zero() throws {
    var harness = try LayerHarness()
    let views = [[6], [0]].enumerated().map { number, values in
      harness.tensor("x\(number)", [1], range: -8...7, values: values).view
    }
    let view = try harness.builder.instantiate(
      "signed_floor_quotient", views, parameters: ["truncated": 0, "width": 5], name: "c",
      fractionalBits: 0)[0]
    let output = try harness.builder.markOutput(view, name: "output")
    #expect(throws: (any Error).self) { try harness.values(of: output) }
  }
}

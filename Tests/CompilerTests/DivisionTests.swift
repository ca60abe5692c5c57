import Equations
import TensorGraph
import Testing

@testable import Compiler

@Suite("Integers, and what rounds to them, are exact")
struct DivisionTests {
  private func outcome(
    _ kind: ElementKind, _ sample: [Double], _ body: (RealExpression) -> RealExpression
  ) throws -> FormOutcome {
    var net = FormNetwork()
    let x = try net.input("x", [1, sample.count], kind)
    let y = try net.map("y", x, kind: kind == .real ? .real : .integer) { body($0[0]) }
    var outcome = try FormOutcome(try net.forms(y), [sample])
    outcome.kind = kind
    return outcome
  }

  private static let integers: [Double] = [3, 6, 9, 12, 0, -3, -6, -9, 1, -1, 100_000, -99_999]

  @Test(arguments: [3, 7, -3, 16, 1]) func quotientsByNumbers(divisor: Double) throws {
    for result in [RealExpression.Unary.truncate, .floor, .ceil] {
      let found = try outcome(.integer, Self.integers) {
        .unary(result, $0 / .constant(divisor))
      }
      #expect(try found.error(Self.integers) == 0)
      try found.expectFoundAgain()
    }
  }

  @Test(arguments: [5, 7, -7, 1000, 65_537]) func products(factor: Double) throws {
    let found = try outcome(.integer, Self.integers) { .constant(factor) * $0 + .constant(3) }
    #expect(try found.error(Self.integers) == 0)
  }

  /// A weight of more digits than 16 bits have.
  @Test func wideWeights() throws {
    var net = FormNetwork()
    let x = try net.input("x", [1, 2], .integer)
    let w = try net.integers("w", [2], [1_234_567, -7_654_321])
    let y = try net.map("y", x, w, kind: .integer) { $0[0] * $0[1] }
    var found = try FormOutcome(try net.forms(y), [[31, -77]])
    found.kind = .integer
    #expect(try found.error([17, 60]) == 0)
  }

  @Test func powers() throws {
    let sample: [Double] = [55, -100, 3, 0]
    let found = try outcome(.integer, sample) { .binary(.power, $0, .constant(3)) }
    #expect(try found.error(sample) == 0)
  }

  /// Of what is beyond single precision no digit is lost on the way in.
  @Test(arguments: [0.0, 128]) func wideIntegers(least: Double) throws {
    let sample: [Double] = [1_556_712_376, -2_000_000_001, 5, -129]
    let found = try outcome(.integer, sample) {
      let moved = RealExpression.binary(.modulo, $0 + .constant(least), .constant(256))
      return least == 0 ? moved : moved - .constant(least)
    }
    #expect(try found.error(sample) == 0)
  }

  /// Where nothing can wrap around, nothing is committed.
  @Test func needlessRemainders() throws {
    let whole = try outcome(.integer, [5, -7]) {
      let half = RealExpression.constant(0x1p31)
      return .binary(.modulo, $0 + half, .constant(0x1p32)) - half
    }
    let plain = try outcome(.integer, [5, -7]) { $0 + .constant(0) }
    #expect(whole.system.lookups.count <= plain.system.lookups.count + 1)
    #expect(try whole.error([-7, 5]) == 0)
  }

  @Test func roundings() throws {
    let sample: [Double] = [1, 2, -1, -2, 0.5, -0.5, 1.999, -1.999, 0.001, -0.001, 7.25, -7.75]
    for function in [RealExpression.Unary.floor, .ceil, .truncate, .sign] {
      let found = try outcome(.real, sample) { .unary(function, $0) }
      #expect(try found.error(sample) == 0)
    }
    let fraction = try outcome(.real, sample) { $0 - .unary(.floor, $0) }
    #expect(try fraction.error(sample) < 1e-4)
  }

  @Test func remaindersOfReals() throws {
    let sample: [Double] = [5.5, -5.5, 0.25, -0.25, 3, -3, 1.5, 0]
    let found = try outcome(.real, sample) { .binary(.modulo, $0, .constant(1.5)) }
    #expect(try found.error(sample) < 1e-4)
  }
}

@Suite("Functions that jump do so where they say")
struct JumpTests {
  /// One threshold for all, met by what is beside it as closely as calibration allows.
  @Test(arguments: [0.1, 0.3, -0.7, 1e-3] as [Float]) func thresholds(k: Float) throws {
    let sample = [Double(k), Double(k) + 2e-6, Double(k) - 2e-6, 1, -1, 0]
    for comparison in [RealExpression.Binary.less, .lessOrEqual, .equal] {
      var net = FormNetwork()
      let x = try net.input("x", [1, 6])
      let y = try net.map("y", x) {
        .select(.binary(comparison, .constant(Double(k)), $0[0]), .constant(0.5), $0[0])
      }
      let found = try FormOutcome(try net.forms(y), [sample])
      #expect(try found.error(sample) < 1e-4, "\(comparison)")
    }
  }

  /// A band around a number, far below the steps of 16 bits, computed node by node.
  @Test(arguments: [0.0, 0.25]) func bands(middle: Double) throws {
    var net = FormNetwork()
    let x = try net.input("x", [1, 6])
    let d = try net.map("d", x) { $0[0] - .constant(middle) }
    let a = try net.map("a", d) { .unary(.abs, $0[0]) }
    let b = try net.map("b", a, kind: .boolean) { .binary(.less, $0[0], .constant(1e-4)) }
    let y = try net.map("y", b, x) { .select($0[0], .constant(3), $0[1]) }
    let sample = [middle, middle + 9e-5, middle - 9e-5, middle + 1.1e-4, 4, -4]
    let found = try FormOutcome(try net.forms(y), [sample])
    #expect(try found.error(sample) < 1e-3)
  }

  /// Branches that meet are a table as before.
  @Test func branchesThatMeet() throws {
    var net = FormNetwork()
    let x = try net.input("x", [1, 4])
    let y = try net.map("y", x) {
      .select(
        .binary(.less, $0[0], .constant(0)), .unary(.exp, $0[0]) - .constant(1), $0[0])
    }
    #expect(try FormOutcome(try net.forms(y), [[-1, 2, 0, -3]]).tables.count == 1)
  }

  /// What is compared with far smaller values has room beside them.
  @Test func unlikeMagnitudes() throws {
    var net = FormNetwork()
    let x = try net.input("x", [1, 4])
    let small = try net.map("s", x) { .constant(1e-9) * .unary(.exp, $0[0]) }
    let y = try net.map("y", x, small) {
      .select(.binary(.less, $0[0], $0[1]), .constant(1), .constant(0))
    }
    let sample: [Double] = [2000, -1500, 3, -4].map { $0 / 200 }
    #expect(try FormOutcome(try net.forms(y), [sample]).error(sample) == 0)
  }

  /// A divisor that would count as zero is named.
  @Test func vanishingDivisors() throws {
    var net = FormNetwork()
    let x = try net.input("x", [1, 2])
    let z = try net.reduceLast("z", x) { read, index in
      .constant(1e-20) * .reduce(.sum, over: [index], .unary(.exp, read))
    }
    let y = try net.map("y", x, z) { $0[0] / $0[1] }
    let forms = try net.forms(y)
    #expect { try FormOutcome(forms, [[1, 2]]) } throws: { error in
      "\(error)".contains("would count as zero")
    }
  }

  /// Products of values that are held are as large as their sums allow.
  @Test func productsOfHeldValues() throws {
    var net = FormNetwork()
    let x = try net.input("x", [1, 7])
    let c = try net.map("c", x) {
      .binary(.minimum, .max($0[0], .constant(-2)), .constant(2))
    }
    let y = try net.reduceLast("y", c) { read, index in
      .reduce(.product, over: [index], read)
    }
    let b = try net.map("b", x, y) {
      .select(.binary(.less, $0[1], $0[0]), .constant(1), .constant(0))
    }
    let sample: [Double] = [0.6, 2.3, 0.4, -0.8, -1, -0.35, -0.5]
    #expect(try FormOutcome(try net.forms(b), [sample]).error(sample) == 0)
  }
}

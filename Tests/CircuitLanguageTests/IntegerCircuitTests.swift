import ConstraintSystem
import TestSupport
import Testing
import Witness

@testable import CircuitLanguage

private func values(_ count: Int, _ range: ClosedRange<Int>, edges: [Int] = []) -> [Int] {
  var generator = SeededGenerator(seed: UInt64(count))
  let drawn = (0..<count).map { _ in Int.random(in: range, using: &generator) }
  return Array((edges + drawn).prefix(count))
}

@Suite("Integer circuits") struct IntegerCircuitTests {
  static let i16 = -32768...32767

  @Test(arguments: [0, 1, 3, 13, 16, 17, 24, 30], [1, 2, 3, 5])
  func rounding(shift: Int, count: Int) throws {
    let limit = min(1 << 40, 1 << (shift + 15)) - (1 << max(shift, 1))
    let half = shift == 0 ? 0 : 1 << (shift - 1)
    var generator = SeededGenerator(seed: UInt64(10 * shift + count))
    let edges = [half, -half, half - 1, limit, -limit].shuffled(using: &generator)
    let x = values(count, -limit...limit, edges: edges)
    var trial = try CircuitTrial()
    trial.input(x, [count], range: -(1 << 40)...1 << 40)
    #expect(
      try trial.output("round", ["shift": shift, "width": 16], attacks: 1)
        == x.map { ($0 + half) >> shift })
  }

  @Test(arguments: [16, 24, 32]) func roundingToWidths(width: Int) throws {
    let limit = (1 << (width - 1)) - 1
    let x = [limit << 6, -(limit + 1) << 6, 31, 32, -33]
    var trial = try CircuitTrial()
    trial.input(x, [5], range: -(1 << 40)...1 << 40)
    #expect(
      try trial.output("round", ["shift": 6, "width": width], attacks: 2)
        == x.map { ($0 + 32) >> 6 })
  }

  @Test(arguments: [1, 2, 3, 768, 65535, 65537, 999_983, (1 << 30) + 1], [1, 3])
  func division(divisor: Int, count: Int) throws {
    let limit = min(1 << 40, divisor << 15) - divisor
    let half = divisor / 2
    var generator = SeededGenerator(seed: UInt64(divisor + count))
    let edges = [half, -half, half - 1, -half - 1, limit, -limit].shuffled(using: &generator)
    let x = values(count, -limit...limit, edges: edges)
    var trial = try CircuitTrial()
    trial.input(x, [count], range: -(1 << 40)...1 << 40)
    let expected = x.map { Int((Double($0 + half) / Double(divisor)).rounded(.down)) }
    #expect(
      try trial.output("divided", ["divisor": divisor, "width": 16], attacks: 1) == expected)
  }

  /// A product is committed with its remainder alone.
  @Test(arguments: [5, 16, 20]) func roundingOfProducts(shift: Int) throws {
    var harness = try LayerHarness()
    let (x, xs) = harness.tensor("x", [5], spread: -181...181)
    let product = try harness.builder.instantiate("mul", [x, x], name: "m", fractionalBits: 0)[0]
    let y = try harness.builder.instantiate(
      "round", [product], parameters: ["shift": shift, "width": 16], name: "r", fractionalBits: 0)[
        0]
    let output = try harness.builder.markOutput(y, name: "y")
    let result = try harness.values(of: output)
    #expect(result.values == xs.map { ($0 * $0 + 1 << (shift - 1)) >> shift })
    #expect(
      undetectedMutations(
        result.circuit, result.assignment, limit: 3, changes: CircuitTrial.changes) == [])
    let witness = result.circuit.system.tensors.filter { $0.role == .witness }
    #expect(witness.count(where: { !$0.name.contains("limb") }) == 1)
  }

  @Test(arguments: [1, 2, 3, 4, 5, 9], [16, 24])
  func extremes(size: Int, bits: Int) throws {
    let range = -(1 << (bits - 1))...(1 << (bits - 1)) - 1
    let rows = [
      values(size, range, edges: [range.lowerBound, range.upperBound]),
      values(size, range, edges: [5, 5, 5, 5]), [Int](repeating: range.lowerBound, count: size),
    ]
    var trial = try CircuitTrial()
    trial.input(rows.flatMap { $0 }, [3, size], range: range)
    #expect(try trial.output("extreme", attacks: 3) == rows.map { $0.max() ?? 0 })
  }

  @Test(arguments: [1, 2, 3, 9], [1, 7, 40_000, 1 << 20])
  func differences(size: Int, depth: Int) throws {
    let range = -(1 << 23)...(1 << 23) - 1
    let rows = [
      values(size, range, edges: [range.lowerBound, range.upperBound]),
      values(size, -9...9, edges: [5, 5, 5, 5]), values(size, -30000...30000, edges: [0, -depth]),
    ]
    let tops = rows.map { $0.max() ?? 0 }
    let below = zip(rows, tops).flatMap { row, top in row.map { max($0 - top, -depth) } }
    for (number, expected) in [tops, below].enumerated() {
      var trial = try CircuitTrial()
      trial.input(rows.flatMap { $0 }, [3, size], range: range)
      let found = try trial.output(
        "extreme_below", ["depth": depth], attacks: 4, number: number)
      #expect(found == expected)
    }
  }

  @Test(arguments: [1, 2, 3, 5], [0, 1]) func positions(size: Int, last: Int) throws {
    let rows = [values(size, Self.i16), values(size, -1...1), [Int](repeating: -7, count: size)]
    var trial = try CircuitTrial()
    trial.input(rows.flatMap { $0 }, [3, size], range: Self.i16)
    let expected = rows.map { row -> Int in
      let top = row.max()
      return (last == 1 ? row.lastIndex { $0 == top } : row.firstIndex { $0 == top }) ?? -1
    }
    #expect(try trial.output("argmax", ["last": last], attacks: 6) == expected)
  }

  @Test(arguments: [1, 2, 3, 5], [16, 24, 32]) func comparisons(count: Int, bits: Int) throws {
    let range = -(1 << (bits - 1))...(1 << (bits - 1)) - 1
    let a = values(count, range, edges: [range.lowerBound, range.upperBound, 7, 7])
    let b = values(count, range, edges: [range.upperBound, range.lowerBound, 7, 8])
    for (circuit, expected) in [
      ("less", zip(a, b).map { $0 < $1 }), ("equal", zip(a, b).map { $0 == $1 }),
    ] {
      var trial = try CircuitTrial()
      trial.input(a, [count], range: range)
      trial.input(b, [count], range: range)
      #expect(try trial.output(circuit, attacks: 5) == expected.map { $0 ? 1 : 0 })
    }
  }

  @Test(arguments: [1, 2, 3, 5], [8, 16, 24]) func relu(count: Int, bits: Int) throws {
    let range = -(1 << (bits - 1))...(1 << (bits - 1)) - 1
    let x = values(count, range, edges: [range.lowerBound, range.upperBound, 0, -1, 1])
    var trial = try CircuitTrial()
    trial.input(x, [count], range: range)
    #expect(try trial.output("relu", attacks: 5) == x.map { max($0, 0) })
  }

  private static func quotient(_ a: Int, _ b: Int, _ shift: Int) -> Int {
    let (n, d) = (2 * (a << shift) + b, 2 * b)
    return Int((Double(n) / Double(d)).rounded(.down))
  }

  @Test(arguments: [1, 2, 3, 5], [0, 8]) func quotients(count: Int, shift: Int) throws {
    let a = values(count, -30_000...30_000, edges: [5, -5, 0, 30_000, -30_000])
    let b = values(count, 300...1 << 20, edges: [2 << shift, 10 << shift, 1 << 20, 900, 1000])
    var trial = try CircuitTrial()
    trial.input(a, [count], range: Self.i16)
    trial.input(b, [count], range: 0...1 << 20)
    #expect(
      try trial.output("quotient", ["shift": shift, "width": 16], attacks: 5)
        == zip(a, b).map { Self.quotient($0, $1, shift) })
  }

  @Test func signedQuotients() throws {
    let a = [7, -7, 7, -7, 0]
    let b = [2, 2, -2, -2, -5]
    var trial = try CircuitTrial()
    trial.input(a, [5], range: Self.i16)
    trial.input(b, [5], range: -(1 << 20)...1 << 20)
    // Halves are rounded up.
    #expect(
      try trial.output("signed_quotient", ["shift": 0, "width": 16], attacks: 5)
        == [4, -3, -3, 4, 0])
  }

  /// Nobody divides by zero, and `quotient` by nothing negative either.
  @Test(arguments: [0, -3]) func divisorsArePositive(divisor: Int) throws {
    var trial = try CircuitTrial()
    trial.input([6], [1], range: Self.i16)
    trial.input([divisor], [1], range: Self.i16)
    let y = try trial.harness.builder.instantiate(
      "quotient", trial.views, parameters: ["shift": 0, "width": 16], name: "q", fractionalBits: 0)
    let output = try trial.harness.builder.markOutput(y[0], name: "y")
    let circuit = try trial.harness.builder.finish()
    let values = circuit.system.tensors.indices.filter { circuit.system.tensors[$0].role.isWitness }
    let r = try #require(values.first { circuit.system.tensors[$0].name == "q.r" })
    for quotient in -4...4 {
      for rest in -13...13 {
        var tensors = circuit.system.tensors.map {
          IntegerBuffer([Int](repeating: 0, count: $0.count))
        }
        tensors[0] = IntegerBuffer([6])
        tensors[1] = IntegerBuffer([divisor])
        tensors[output] = IntegerBuffer([quotient])
        tensors[r] = IntegerBuffer([rest])
        #expect(throws: StatementViolation.self) {
          try StatementChecker.check(circuit.system.withoutRanges, Assignment(tensors))
        }
      }
    }
  }

  @Test(arguments: [1, 2, 3, 5], [0, 7]) func squareRoots(count: Int, power: Int) throws {
    let top = 1 << 40
    let a = values(count, 0...top - 1, edges: [0, 1, top - 1, 35, 36].map { $0 })
    var trial = try CircuitTrial()
    trial.input(a, [count], range: 0...top - 1)
    let roots = try trial.output("square_root", ["power": power], attacks: 5)
    for (value, root) in zip(a, roots) {
      #expect(root * root <= value << power && value << power < (root + 1) * (root + 1))
    }
  }

  @Test(arguments: [16, 20, 41], [1, 2, 3, 5]) func inverseRoots(bits: Int, count: Int) throws {
    let top = 1 << (bits - 1)
    let a = values(count, 1...top - 1, edges: [1, top - 1, 1 << 14, (1 << 14) - 1, 3])
    for power in [30, 41] {
      var trial = try CircuitTrial()
      trial.input(a, [count], range: 0...top - 1)
      let roots = try trial.output(
        "inverse_root", ["power": power, "width": power / 2 + 3], attacks: count == 5 ? 3 : 1)
      for (value, root) in zip(a, roots) {
        let exact = (Double(1 << power) / Double(value)).squareRoot()
        #expect(abs(Double(root) - exact) <= 0.5 + exact / 16384, "\(value): \(root), \(exact)")
      }
    }
  }

  /// What the comments of the circuit say, to the last unit.
  @Test func inverseRootsAreDefinedExactly() throws {
    let a = [1, 2, 5, 77, 16383, 16384, 65535, 65536, 70_001, 1 << 30, (1 << 40) - 1]
    var trial = try CircuitTrial()
    trial.input(a, [a.count], range: 1...(1 << 40) - 1)
    let roots = try trial.output("inverse_root", ["power": 40, "width": 24], attacks: 0)
    let expected = a.map { a -> Int in
      let t = (Int.bitWidth - 1 - a.leadingZeroBitCount) / 2 - 7
      let m = t < 0 ? a << (-2 * t) : a >> (2 * t)
      let s = Int((Double(1 << 47) / Double(2 * m + 1)).squareRoot())
      let shift = 23 + t - 20
      return shift <= 0 ? s << -shift : (s + 1 << (shift - 1)) >> shift
    }
    #expect(roots == expected)
  }

  @Test func onesAndPrivateInputs() throws {
    var trial = try CircuitTrial()
    trial.views = []
    #expect(try trial.output("ones", ["size": 5]) == [1, 1, 1, 1, 1])
  }

  /// Sums that are no linear expression are taken as they are where a circuit says so.
  @Test func exactSums() throws {
    for circuit in ["extreme", "extreme_below", "less", "quotient", "signed_quotient"] {
      var harness = try LayerHarness()
      let (x, xs) = harness.tensor("x", [3, 2], values: [3, -4, 5, 6, -7, 2])
      let product = try harness.builder.instantiate("mul", [x, x], name: "m", fractionalBits: 0)[0]
      let parameters =
        circuit.contains("quotient")
        ? ["shift": 0, "width": 16] : circuit == "extreme_below" ? ["depth": 8] : [:]
      let (d, _) = harness.tensor("d", [3, 2], values: [1, 2, 3, 4, 5, 6])
      let y = try harness.builder.instantiate(
        circuit, circuit.hasPrefix("extreme") ? [product] : [product, d], parameters: parameters,
        name: "c",
        fractionalBits: 0)[0]
      let output = try harness.builder.markOutput(y, name: "y")
      let result = try harness.values(of: output)
      let squares = xs.map { $0 * $0 }
      let expected: [Int] =
        switch circuit {
        case "extreme", "extreme_below": [16, 36, 49]
        case "less": zip(squares, 1...6).map { $0 < $1 ? 1 : 0 }
        default: zip(squares, 1...6).map { Self.quotient($0, $1, 0) }
        }
      #expect(result.values == expected)
      #expect(
        undetectedMutations(
          result.circuit, result.assignment, limit: 6, changes: CircuitTrial.changes)
          == [])
    }
  }
}

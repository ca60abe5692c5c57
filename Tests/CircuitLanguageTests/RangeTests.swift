import ConstraintSystem
import Testing
import Witness

@testable import CircuitLanguage

@Suite("Ranges of any size") struct RangeTests {
  private func library(_ text: String) throws -> CircuitLibrary {
    var library = try CircuitLibrary.standard()
    try library.add(source: text, file: "test.circuit")
    return library
  }

  /// The circuit `t` over x, whose only values differ at the first place.
  private func isAccepted(
    _ value: Int, _ text: String, count: Int, _ range: ClosedRange<Int>
  ) throws -> Bool {
    var harness = try LayerHarness()
    harness.builder = CircuitBuilder(library: try library(text))
    var values = [Int](repeating: range.lowerBound, count: count)
    values[0] = value
    let wide = min(value, range.lowerBound)...max(value, range.upperBound)
    let (x, _) = harness.tensor("x", [count], range: wide, values: values)
    _ = try harness.builder.instantiate("t", [x], name: "t", fractionalBits: 0)
    var circuit = try harness.builder.finish()
    circuit.system = circuit.system.withoutRanges
    let assignment = try Evaluator.evaluate(circuit, model: [:], inputs: harness.inputs)
    return (try? StatementChecker.check(circuit.system, assignment)) != nil
  }

  static let sizes = [
    1, 2, 3, 5, 16, 17, 100, 256, 1000, 1 << 13, 3 << 14, 1 << 16, 1 << 16 + 1, 1 << 20, 1_000_000,
    (1 << 24) + 5, 1 << 32, (1 << 40) - 1,
  ]

  @Test(arguments: sizes, [1, 700]) func exactlyTheRange(size: Int, count: Int) throws {
    let low = -size / 3
    let text = "circuit t(x: any[n]) -> () { lookup x[i] in int(\(low), \(low + size - 1)) }"
    let range = low...low + size - 1
    for (value, isInside) in [
      (low, true), (low + size - 1, true), (low + size / 2, true), (low - 1, false),
      (low + size, false), (low + 2 * size, false), (low - (1 << 16), false),
    ] {
      #expect(
        try isAccepted(value, text, count: count, range) == isInside, "\(value) in \(range)")
    }
  }

  /// What is asked of a multiple leaves the same values.
  @Test(arguments: [2, 3, 8, 1 << 13, 1 << 20], [1, 400])
  func rangesOfSums(size: Int, count: Int) throws {
    let text = """
      circuit t(x: any[n]) -> () {
        z[i] := 3 * x[i]
        lookup 2 * z[i] - 5 * x[i] in range(\(size))
      }
      """
    for (value, isInside) in [(0, true), (size - 1, true), (-1, false), (size, false)] {
      #expect(try isAccepted(value, text, count: count, 0...size - 1) == isInside, "\(value)")
    }
  }

  @Test func nothingNegative() throws {
    let text = "circuit t(x: any[n]) -> () { lookup x[i] in nonnegative(1000) }"
    for value in [0, 1, 999] { #expect(try isAccepted(value, text, count: 3, 0...999)) }
    for value in [-1, -1000, -(1 << 20)] {
      #expect(try !isAccepted(value, text, count: 3, 0...999))
    }
  }

  @Test func tooLargeARange() throws {
    let text = "circuit t(x: any[n]) -> () { lookup x[i] in i48 }"
    let error = #expect(throws: CircuitLanguageError.self) {
      _ = try isAccepted(0, text, count: 1, 0...1)
    }
    #expect(error?.message.contains("at most 2^47 values") == true)
    #expect(error?.location?.line == 1)
  }

  /// Whatever tables there are, a plan shows what is asked and nothing else.
  @Test func plansAreExact() throws {
    for tables in [[1], [3], [8], [16], [4, 9], [1, 16]] {
      var planner = RangePlanner(tables: tables)
      for size in Self.sizes where size > 1 && size < 1 << 40 {
        for (isLoose, spare) in [(false, 0), (false, 3), (true, 0)] {
          let kind = RangeKind(size: size, isLoose: isLoose, spareBits: spare)
          guard let plan = planner.plan(for: kind) else { continue }
          let shown = plan.top << plan.limbs.reduce(0, +)
          #expect(plan.top <= plan.rows && plan.shift <= spare)
          #expect(plan.limbs.allSatisfy(tables.contains))
          if isLoose || plan.isDouble {
            #expect(shown >= size && shown < 1 << 48 && plan.shift == 0)
          } else {
            #expect(shown == size << plan.shift)
          }
        }
      }
    }
  }

  private func tables(_ counts: [RangeKind: Int]) throws -> Set<Int> {
    let demands = counts.mapValues { RangeCost.Demand(tuples: $0, statements: 1) }
    var planners = RangePlanners()
    let choice = try #require(RangeCost.cheapest(demands, &planners))
    return Set(
      choice.plans.values.flatMap { plan in plan.limbs.map { 1 << $0 } + [plan.rows] })
  }

  @Test func tablesAreWorthTheirRows() throws {
    let wide = RangeKind(size: 1 << 16, isLoose: false, spareBits: 0)
    let long = RangeKind(size: 1 << 21, isLoose: false, spareBits: 0)
    #expect(try tables([wide: 128]).allSatisfy { $0 <= 256 })
    #expect(try tables([wide: 300_000]) == [1 << 16])
    #expect(try tables([wide: 300_000, long: 10]) == [1 << 16])
    #expect(try tables([:]).isEmpty)
    // An odd range has a table of its own where it is asked for often enough.
    let odd = RangeKind(size: 1000, isLoose: false, spareBits: 0)
    #expect(try tables([odd: 100_000]) == [1000])
    #expect(try tables([odd: 10]).allSatisfy { $0 < 1000 })
  }
}

@Suite("Bounds and choices are decided at the end") struct DeferredTests {
  private func circuit(
    _ shape: [Int], _ text: String = "", _ add: (inout CircuitBuilder, TensorView) throws -> Void
  ) throws -> ConstraintSystem {
    var library = try CircuitLibrary.standard()
    if !text.isEmpty { try library.add(source: text, file: "test.circuit") }
    var systems: [ConstraintSystem] = []
    for _ in 0..<2 {
      var builder = CircuitBuilder(library: library)
      let x = builder.addTensor(
        .init(name: "x", shape: shape, role: .publicInput, range: -32768...32767))
      try add(&builder, x)
      systems.append(try builder.finish().system)
    }
    #expect(systems[0] == systems[1])
    return systems[0]
  }

  private func relus(_ count: Int) throws -> ConstraintSystem {
    try circuit([count]) { builder, x in
      let q = try builder.instantiate(
        "round", [x], parameters: ["shift": 2, "width": 16], name: "r", fractionalBits: 0)
      _ = try builder.instantiate("relu", q, name: "relu", fractionalBits: 0)
    }
  }

  @Test func aTableWhereItPays() throws {
    let few = try relus(128)
    #expect(
      few.tables.allSatisfy { $0.rows <= 256 } && few.lookups.allSatisfy { $0.columns.count == 1 })
    let many = try relus(1 << 18)
    #expect(many.tables.contains { $0.name == "relu" })
    // The table also bounds what is rounded, which so takes no lookup of its own.
    #expect(many.lookups.count == 2 && many.tensors.count == 3)
  }

  /// Nothing but its own range bounds what is rounded last.
  @Test func aBoundIsAddedWhereNothingElseIs() throws {
    let alone = try circuit([4]) { builder, x in
      _ = try builder.instantiate(
        "round", [x], parameters: ["shift": 2, "width": 16], name: "r", fractionalBits: 0)
    }
    #expect(alone.lookups.contains { $0.name == "r (round:14)" || $0.name.hasPrefix("r (round") })
    let y = try #require(alone.tensors.firstIndex { $0.name == "r.y" })
    let bounds = try WitnessBounds(of: alone)
    #expect(bounds.intervals[y].map { $0.low >= -32768 && $0.high <= 32767 } == true)
    // An equality says it all.
    let copied = try circuit([4]) { builder, x in
      _ = try builder.instantiate(
        "round", [x], parameters: ["shift": 0, "width": 16], name: "r", fractionalBits: 0)
    }
    #expect(copied.lookups.isEmpty && copied.tables.isEmpty)
  }

  /// What an equality leaves is too wide for what reads it: then the bound counts.
  @Test func aBoundIsAddedWhereSumsWouldWrap() throws {
    let text = """
      circuit t(x: any[n]) -> (y: i16[n]) {
        hint y[i] = x[i] * 2^30 - x[i] * 2^30
        assert y[i] == 2^30 * x[i] - 2^30 * x[i] + 0 * x[i]
        bound y
      }
      circuit wide(x: any[n]) -> (y: i16[n]) {
        hint a[i]: i48 = x[i] * 2^30
        assert a[i] == x[i] * 2^30
        hint y[i] = a[i] - x[i] * 2^30
        assert y[i] == a[i] - x[i] * 2^30
        bound y
      }
      circuit square(x: any[n], y: any[n]) -> (z: int(-2^36, 2^36)[n]) {
        hint z[i] = x[i] * y[i]
        assert z[i] == x[i] * y[i]
      }
      """
    for isRead in [false, true] {
      let system = try circuit([4], text) { builder, x in
        let y = try builder.instantiate("wide", [x], name: "w", fractionalBits: 0)[0]
        if isRead { _ = try builder.instantiate("square", [x, y], name: "s", fractionalBits: 0) }
      }
      #expect(system.lookups.isEmpty == !isRead)
    }
  }

  /// Arguments of a table are in the range of its rows: a wider range says nothing more.
  @Test(arguments: [(-10...0, true), (-11...3, true), (-9...0, false), (-10...(-1), false)])
  func tablesShowRanges(range: ClosedRange<Int>, isShown: Bool) throws {
    let text = """
      table square(x: int(-10, 0)) = x * x
      circuit t(x: any[n]) -> () { lookup x[i] in int(\(range.lowerBound), \(range.upperBound)) }
      circuit e(x: any[n]) -> (y: range(101)[n]) {
        hint y[i] = x[i] * x[i]
        lookup (x[i], y[i]) in table square
      }
      """
    let system = try circuit([40], text) { builder, x in
      _ = try builder.instantiate("t", [x], name: "t", fractionalBits: 0)
      _ = try builder.instantiate("e", [x], name: "e", fractionalBits: 0)
    }
    #expect(system.lookups.contains { $0.name.hasPrefix("e ") })
    #expect(system.lookups.contains { $0.name.hasPrefix("t ") } == !isShown)
  }

  @Test func nothingComesAfterwards() throws {
    var builder = CircuitBuilder(library: try .standard())
    let x = builder.addTensor(
      .init(name: "x", shape: [4], role: .publicInput, range: -32768...32767))
    try builder.settle()
    #expect(throws: CircuitLanguageError.self) {
      try builder.instantiate("relu", [x], name: "r", fractionalBits: 0)
    }
  }

  /// Layers own what was added for them at the end.
  @Test func lateStatementsBelongToTheirLayers() throws {
    var builder = DerivationBuilder(library: try .standard())
    var view = try builder.addTensor(
      .init(name: "x", shape: [50], role: .publicInput, range: -32768...32767))
    for name in ["a", "b"] {
      builder.beginLayer(name: name, operation: "Relu")
      view = try builder.instantiate("relu", [view], name: name, fractionalBits: 0)[0]
    }
    builder.beginOutputs()
    _ = try builder.markOutput(view, name: "y")
    try builder.settle()
    #expect(builder.instances.map(\.name) == ["a", "b"])
    #expect(builder.instances.allSatisfy { $0.lookups > 0 && $0.witnessCells >= 50 })
    let derivation = builder.derivation
    let system = try builder.finish().system
    let audit = try DerivationAudit(derivation.bytes, of: system)
    #expect(audit.foreignLayers == [])
    for layer in audit.layers {
      let lines = audit.statements(of: layer)
      #expect(lines.contains { $0.hasPrefix("lookup") })
      #expect(lines.allSatisfy { !$0.contains(layer.name == "a" ? "# b " : "# a ") })
    }
    let counted = audit.layers.flatMap(\.additions).reduce(0) {
      $0 + audit.derived.additions[$1].lookups.count
    }
    #expect(counted == system.lookups.count)
  }
}

@Suite("Limbs of weights") struct LimbOrderTests {
  /// Limbs of what reads a copy of weights are computed behind the copy.
  @Test func limbsComeAfterCopies() throws {
    var harness = try LayerHarness()
    let (x, xs) = harness.tensor("x", [3], values: [1, -2, 3])
    let (w, ws) = harness.tensor("w", [3], role: .model, values: [100, 20_000, -30_000])
    let sum = try harness.builder.instantiate(
      "add", [x, w], parameters: ["shift_a": 0, "shift_b": 0], name: "a", fractionalBits: 0)[0]
    let y = try harness.builder.instantiate(
      "round", [sum], parameters: ["shift": 14, "width": 16], name: "r", fractionalBits: 0)[0]
    let output = try harness.builder.markOutput(y, name: "y")
    let values = try harness.values(of: output).values
    #expect(values == zip(xs, ws).map { ($0 + $1 + 1 << 13) >> 14 })
  }
}

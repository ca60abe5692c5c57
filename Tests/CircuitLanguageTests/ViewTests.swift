import CircuitTestSupport
import ConstraintSystem
import Testing
import Witness

@testable import CircuitLanguage

@Suite struct ViewTests {
  /// Copies the view out and compares; says how many values were committed on the way.
  private func expect(
    _ harness: LayerHarness, _ view: TensorView, _ shape: [Int], _ values: [Int],
    committed: Int = 0
  ) throws {
    var harness = harness
    #expect(view.shape == shape)
    let before = harness.builder.system.tensors.reduce(0) {
      $0 + ($1.role == .witness ? $1.count : 0)
    }
    #expect(before == committed)
    let output = try harness.builder.markOutput(view, name: "output")
    let result = try harness.values(of: output)
    #expect(result.values == values)
    #expect(result.circuit.system.tensors[output].shape == shape)
    #expect(try wrongHints(result.circuit, result.assignment) == [])
  }

  @Test func reshapesSplitAndJoinAxes() throws {
    var harness = try LayerHarness()
    let (x, values) = harness.tensor("x", [4, 6])
    for shape in [[24], [2, 12], [2, 2, 3, 2], [1, 8, 3, 1], [24, 1, 1], [2, 2, 6], [12, 2]] {
      let view = try harness.builder.reshape(x, to: shape, name: "r")
      try expect(harness, view, shape, values)
    }
    let coarse = try harness.builder.reshape(x, to: [3, 8], name: "r")
    try expect(harness, coarse, [3, 8], values, committed: 24)
  }

  @Test func transposesAndSlices() throws {
    var harness = try LayerHarness()
    let (x, values) = harness.tensor("x", [2, 3, 4])
    let turned = try harness.builder.transpose(x, [2, 0, 1], name: "t")
    let expected = (0..<24).map { (place: Int) -> Int in
      let (i, j, k) = (place / 6, place / 3 % 2, place % 3)
      return values[j * 12 + k * 4 + i]
    }
    try expect(harness, turned, [4, 2, 3], expected)
    let part = try harness.builder.slice(turned, axis: 0, start: 3, count: 2, step: -2, name: "s")
    try expect(
      harness, part, [2, 2, 3], Array(expected[18..<24]) + Array(expected[6..<12]))
    let flat = try harness.builder.reshape(turned, to: [24], name: "f")
    let blocks = try harness.builder.slice(flat, axis: 0, start: 6, count: 12, name: "b")
    try expect(harness, blocks, [12], Array(expected[6..<18]))
    let odd = try harness.builder.slice(flat, axis: 0, start: 5, count: 12, name: "o")
    try expect(harness, odd, [12], Array(expected[5..<17]), committed: 24)
  }

  @Test func concatenationsAndPadding() throws {
    var harness = try LayerHarness()
    let (a, av) = harness.tensor("a", [2, 2])
    let (b, bv) = harness.tensor("b", [2, 3])
    let joined = try harness.builder.concat([a, b, a], axis: 1, name: "c")
    func row(_ i: Int) -> [Int] {
      let own = Array(av[2 * i..<2 * i + 2])
      return own + Array(bv[3 * i..<3 * i + 3]) + own
    }
    try expect(harness, joined, [2, 7], row(0) + row(1))
    #expect(joined.range == LayerHarness.i16)
    let padded = try harness.builder.pad(joined, before: [1, 0], after: [0, 2], name: "p")
    try expect(
      harness, padded, [3, 9], Array(repeating: 0, count: 9) + row(0) + [0, 0] + row(1) + [0, 0])
    // Padding around a slice would show what the slice has cut off.
    let part = try harness.builder.slice(b, axis: 1, start: 0, count: 2, name: "s")
    let wide = try harness.builder.pad(part, before: [0, 0], after: [0, 1], name: "w")
    try expect(
      harness, wide, [2, 3], [bv[0], bv[1], 0, bv[3], bv[4], 0], committed: 4)
  }

  @Test("a view of many parts is copied before its axes are split, so that its bounds stay")
  func manyPartsAreCopied() throws {
    for (count, copied) in [(16, 0), (17, 34)] {
      var harness = try LayerHarness()
      let (x, values) = harness.tensor("x", [2, 1])
      let parts = [TensorView](repeating: x, count: count)
      let joined = try harness.builder.concat(parts, axis: 0, name: "c")
      let shape = count % 2 == 0 ? [count, 2] : [2, count]
      let view = try harness.builder.reshape(joined, to: shape, name: "r")
      try expect(
        harness, view, shape, (0..<count).flatMap { _ in values }, committed: copied)
    }
  }

  @Test func broadcasts() throws {
    var harness = try LayerHarness()
    let (x, values) = harness.tensor("x", [3, 1])
    let view = try harness.builder.broadcast(x, to: [2, 3, 2], name: "b")
    try expect(harness, view, [2, 3, 2], (0..<12).map { values[$0 / 2 % 3] })
    let (scalar, value) = harness.tensor("s", [], role: .model)
    let filled = try harness.builder.broadcast(scalar, to: [2, 2], name: "s")
    try expect(harness, filled, [2, 2], Array(repeating: value[0], count: 4))
  }

  @Test func convolutionOverAReshapedAxisReadsACopy() throws {
    var harness = try LayerHarness()
    let (x, values) = harness.tensor("x", [1, 1, 2, 3])
    let flat = try harness.builder.reshape(x, to: [1, 1, 6], name: "flat")
    let (w, _) = harness.tensor("w", [1, 1, 2], role: .model, values: [1, 1])
    let acc = try harness.builder.instantiate(
      "conv1d_no_bias", [flat, w],
      parameters: ["stride": 1, "pad_begin": 1, "pad_end": 0, "dilation": 1, "groups": 1],
      name: "conv", fractionalBits: 0)[0]
    let y = try harness.builder.instantiate(
      "rescale", [acc], parameters: ["shift": 1], name: "r", fractionalBits: 0)[0]
    let sums = (0..<6).map { (place: Int) -> Int in
      let previous = place > 0 ? values[place - 1] : 0
      return (values[place] + previous + 1) >> 1
    }
    // The copy, y and r.
    try expect(harness, y, [1, 1, 6], sums, committed: 18)
  }

  @Test func tablesAndModelCopiesAreShared() throws {
    var harness = try LayerHarness()
    let (x, _) = harness.tensor("x", [2, 3], spread: -100...100)
    let (c, _) = harness.tensor("c", [3], role: .model, spread: -100...100)
    let wide = try harness.builder.broadcast(c, to: [2, 3], name: "b")
    for name in ["one", "two"] {
      let acc = try harness.builder.instantiate("mul", [x, wide], name: name, fractionalBits: 0)
      _ = try harness.builder.instantiate(
        "rescale_relu", acc, parameters: ["shift": 7], name: name + ".relu", fractionalBits: 0)
    }
    try harness.builder.settle()
    #expect(harness.builder.instances.map(\.witnessCells) == [0, 48 + 3, 0, 48])
    let circuit = try harness.builder.finish()
    #expect(circuit.system.tables.map(\.name) == ["range(2)", "range(64)"])
    #expect(circuit.system.tensors.count { $0.name == "c.copy" } == 1)
  }

  @Test func descriptionNamesEverything() throws {
    var harness = try LayerHarness()
    let (x, _) = harness.tensor("x", [2, 3])
    let (w, _) = harness.tensor("w", [4, 3], role: .model)
    let acc = try harness.builder.instantiate(
      "gemm_no_bias", [x, w], name: "fc", fractionalBits: 0)
    _ = try harness.builder.instantiate(
      "rescale_relu", acc, parameters: ["shift": 16], name: "act", fractionalBits: 0)
    let text = describe(try harness.builder.finish())
    for line in [
      "model w[4, 3]: -32768...32767, 0 fractional bits",
      "table range(64): x for x in 0..<64",
      "+ sum(acc.0 in 3) x[...0, acc.0] * w[...1, acc.0] == 0 for ...0 in 2, ...1 in 4",
      "lookup (act.relu.limb1[...0, ...1]) in range(64)",
    ] {
      #expect(text.contains(line), "\(text)")
    }
  }

  @Test func misuseIsExplained() throws {
    var builder = CircuitBuilder(library: try .withExamples())
    let x = builder.addTensor(
      .init(name: "x", shape: [2, 3], role: .publicInput, range: -32768...32767))
    let wide = builder.addTensor(
      .init(name: "wide", shape: [2, 3], role: .publicInput, range: 0...65535))
    func message(_ circuit: String, _ views: [TensorView], _ parameters: [String: Int]) -> String {
      do {
        var copy = builder
        _ = try copy.instantiate(
          circuit, views, parameters: parameters, name: "layer", fractionalBits: 0)
        return ""
      } catch { return error.description }
    }
    #expect(message("nothing", [], [:]).contains("layer 'layer': there is no circuit 'nothing'"))
    #expect(message("relu", [], [:]).contains("takes 1 tensors, not 0"))
    #expect(message("clip", [wide], [:]).contains("parameter 'low' of circuit 'clip'"))
    #expect(
      message("clip", [wide], ["low": 0, "high": 1]).contains("does not fit i16 (-32768...32767)"))
    #expect(message("relu", [x], ["k": 1]).contains("has no parameter 'k'"))
    #expect(message("rescale", [x], [:]).contains("parameter 'shift' of circuit 'rescale'"))
    #expect(message("rescale", [x], ["shift": 33]).contains("this requirement is not met"))
    #expect(message("rescale", [x], ["shift": -1]).contains("it must be at least 0"))
    #expect(message("gemm_no_bias", [x, builder.slice1(x)], [:]).contains("where 3 are needed"))
    #expect(
      message("mul", [x, builder.slice1(x)], [:]).contains("'...' stands for the axes [2, 3]"))
  }
}

extension CircuitBuilder {
  /// The first two columns.
  fileprivate func slice1(_ view: TensorView) -> TensorView {
    var copy = self
    return (try? copy.slice(view, axis: 1, start: 0, count: 2, name: "slice")) ?? view
  }
}

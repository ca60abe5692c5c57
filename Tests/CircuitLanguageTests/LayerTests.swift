import ConstraintSystem
import Testing
import Witness

@testable import CircuitLanguage

@Suite struct LayerTests {
  /// Marks the view as output and checks the circuit, its values and that it pins them down.
  private func expect(
    _ harness: inout LayerHarness, _ view: TensorView, shape: [Int], values: [Int]
  ) throws {
    #expect(view.shape == shape)
    let output = try harness.builder.markOutput(view, name: "output")
    let result = try harness.values(of: output)
    #expect(result.values == values)
    #expect(try wrongHints(result.circuit, result.assignment) == [])
  }

  private func rounded(_ value: Int, _ shift: Int) -> Int {
    shift == 0 ? value : (value + 1 << (shift - 1)) >> shift
  }

  @Test func gemm() throws {
    var harness = try LayerHarness()
    let (x, xs) = harness.tensor("x", [3, 5])
    let (w, ws) = harness.tensor("w", [7, 5], role: .model)
    let (b, bs) = harness.tensor(
      "b", [7], role: .model, range: -(1 << 47)...(1 << 47) - 1, spread: -100_000_000...100_000_000)
    let acc = try harness.builder.instantiate("gemm", [x, w, b], name: "fc", fractionalBits: 20)[0]
    #expect(acc.isVirtual && !acc.isLinear && acc.fractionalBits == 20)
    let y = try harness.builder.instantiate(
      "rescale", [acc], parameters: ["shift": 18], name: "fc.rescale", fractionalBits: 2)[0]
    var expected: [Int] = []
    for i in 0..<3 {
      for j in 0..<7 {
        expected.append(
          rounded((0..<5).reduce(bs[j]) { $0 + xs[i * 5 + $1] * ws[j * 5 + $1] }, 18))
      }
    }
    try expect(&harness, y, shape: [3, 7], values: expected)
  }

  @Test func gemmWithoutBiasAndReluThroughReshapes() throws {
    var harness = try LayerHarness()
    let (x, xs) = harness.tensor("x", [2, 3, 2, 1], spread: -300...300)
    let (w, ws) = harness.tensor("w", [1, 6], role: .model, spread: -300...300)
    let flat = try harness.builder.reshape(x, to: [2, 6], name: "flatten")
    let acc = try harness.builder.instantiate(
      "gemm_no_bias", [flat, w], name: "fc", fractionalBits: 0)[0]
    let y = try harness.builder.instantiate(
      "rescale_relu", [acc], parameters: ["shift": 3], name: "act", fractionalBits: 0)[0]
    let expected = (0..<2).map { i in
      max(0, rounded((0..<6).reduce(0) { $0 + xs[i * 6 + $1] * ws[$1] }, 3))
    }
    try expect(&harness, y, shape: [2, 1], values: expected)
  }

  @Test(arguments: [0, 1, 5, 16, 17, 21])
  func matmulAndEveryKindOfShift(shift: Int) throws {
    var harness = try LayerHarness()
    let limit = shift == 0 ? 100 : min(32767, 128 << (shift / 2))
    let clipped = -limit...limit
    let (a, av) = harness.tensor("a", [2, 3, 2], spread: clipped)
    let (b, bv) = harness.tensor("b", [2, 2, 3], role: .model, spread: clipped)
    let acc = try harness.builder.instantiate("matmul", [a, b], name: "mm", fractionalBits: 0)[0]
    let y = try harness.builder.instantiate(
      "rescale", [acc], parameters: ["shift": shift], name: "r", fractionalBits: 0)[0]
    var expected: [Int] = []
    for g in 0..<2 {
      for i in 0..<3 {
        for j in 0..<3 {
          let sum = (0..<2).reduce(0) { $0 + av[g * 6 + i * 2 + $1] * bv[g * 6 + $1 * 3 + j] }
          expected.append(rounded(sum, shift))
        }
      }
    }
    try expect(&harness, y, shape: [2, 3, 3], values: expected)
  }

  @Test func elementwise() throws {
    var harness = try LayerHarness()
    let (a, av) = harness.tensor("a", [2, 3], spread: -9000...9000)
    let (b, bv) = harness.tensor("b", [3], role: .model, spread: -9000...9000)
    let wide = try harness.builder.broadcast(b, to: [2, 3], name: "repeat")
    let sum = try harness.builder.instantiate(
      "add", [a, wide], parameters: ["shift_a": 2, "shift_b": 0], name: "add", fractionalBits: 0)[0]
    #expect(sum.isLinear)
    let s = try harness.builder.instantiate(
      "rescale", [sum], parameters: ["shift": 2], name: "add.rescale", fractionalBits: 0)[0]
    let difference = try harness.builder.instantiate(
      "sub", [s, wide], parameters: ["shift_a": 0, "shift_b": 1], name: "sub", fractionalBits: 0)[0]
    let d = try harness.builder.instantiate(
      "rescale_clip", [difference], parameters: ["shift": 1, "low": -5000, "high": 6000],
      name: "clip", fractionalBits: 0)[0]
    let product = try harness.builder.instantiate(
      "mul", [d, wide], name: "mul", fractionalBits: 0)[0]
    let m = try harness.builder.instantiate(
      "rescale_leaky_relu", [product],
      parameters: ["shift": 12, "numerator": 3, "denominator_bits": 4], name: "leaky",
      fractionalBits: 0)[0]
    let expected = (0..<6).map { i -> Int in
      let s = rounded(av[i] * 4 + bv[i % 3], 2)
      let d = min(max(rounded(s - 2 * bv[i % 3], 1), -5000), 6000)
      let q = rounded(d * bv[i % 3], 12)
      return q < 0 ? (q * 3 + 8) >> 4 : q
    }
    try expect(&harness, m, shape: [2, 3], values: expected)
  }

  @Test func batchNormAndScale() throws {
    var harness = try LayerHarness()
    let (x, xs) = harness.tensor("x", [2, 3, 2])
    let (scale, scales) = harness.tensor("scale", [3], role: .model)
    let (shift, shifts) = harness.tensor("shift", [3], role: .model)
    let acc = try harness.builder.instantiate(
      "batch_norm", [x, scale, shift], name: "bn", fractionalBits: 0)[0]
    let y = try harness.builder.instantiate(
      "rescale", [acc], parameters: ["shift": 15], name: "bn.rescale", fractionalBits: 0)[0]
    let expected = (0..<12).map { rounded(xs[$0] * scales[$0 / 2 % 3] + shifts[$0 / 2 % 3], 15) }
    try expect(&harness, y, shape: [2, 3, 2], values: expected)
  }

  @Test func argmaxTakesTheFirst() throws {
    var harness = try LayerHarness()
    let rows = [[3, 9, -2, 9, 1], [-7, -7, -7, -7, -7], [0, 1, 2, 3, 4], [5, 4, 3, 2, 32767]]
    let (x, _) = harness.tensor("x", [4, 5], values: rows.flatMap { $0 })
    let index = try harness.builder.instantiate(
      "argmax", [x], parameters: ["last": 0], name: "argmax", fractionalBits: 0)[0]
    try expect(&harness, index, shape: [4], values: [1, 0, 4, 4])
  }

  @Test(arguments: [1, 2]) func argmaxOfFew(size: Int) throws {
    var harness = try LayerHarness()
    let (x, _) = harness.tensor("x", [size], values: size == 1 ? [-5] : [-5, 7])
    let index = try harness.builder.instantiate(
      "argmax", [x], parameters: ["last": 0], name: "argmax", fractionalBits: 0)[0]
    try expect(&harness, index, shape: [], values: [size - 1])
  }
}

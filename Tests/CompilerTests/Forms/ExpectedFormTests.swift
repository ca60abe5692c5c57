import Compiler
import ConstraintSystem
import Equations
import TensorGraph
import Testing

@Suite("Networks come into the forms that they should")
struct ExpectedFormTests {
  private func check(
    _ forms: FormGraph, _ expected: String, location: SourceLocation = #_sourceLocation
  ) {
    #expect(forms.description == expected, "\n\(forms)", sourceLocation: location)
  }

  @Test func gemmAndRelu() throws {
    var net = FormNetwork()
    let x = try net.input("x", [2, 3])
    let y = try net.map("relu", net.gemm("gemm", x, 4)) { .max($0[0], 0.0) }
    check(
      try net.forms(y),
      """
      gemm[a in 2, b in 4] = sum(c in 3) x[a, c] gemm/w[b, c] + gemm/b[b]
      relu[i0 in 2, i1 in 4] = maximum(gemm[i0, i1], 0.0)
      """)
  }

  @Test func convolutionNormalisationReluAndPooling() throws {
    var net = FormNetwork()
    let x = try net.input("x", [1, 2, 4, 4])
    let conv = try net.normalisation("norm", net.convolution("conv", x, 3))
    let relu = try net.map("relu", conv) { .max($0[0], 0.0) }
    check(
      try net.forms(net.pooling("pool", relu, .maximum)),
      """
      norm[a in 1, b in 3, c in 4, d in 4] := sum(e in 2, f in 3, g in 3) x[0, e, c + f + -1, d + g + -1] norm/constant#3[b, e, f, g] + norm/constant#5[b]
      pool/max[a in 1, b in 3, c in 2, d in 2] = max(e in 2, f in 2) norm[0, b, 2 c + e, 2 d + f]
      pool[i0 in 1, i1 in 3, i2 in 2, i3 in 2] = maximum(pool/max[0, i1, i2, i3], 0.0)
      """)
  }

  @Test func residual() throws {
    var net = FormNetwork()
    let x = try net.input("x", [2, 3])
    let y = try net.map("add", net.gemm("gemm", x, 3), x) { $0[0] + $0[1] }
    check(
      try net.forms(y),
      """
      add[a in 2, b in 3] = sum(c in 3) x[a, c] gemm/w[b, c] + x[a, b] + gemm/b[b]
      """)
  }

  @Test func softmax() throws {
    var net = FormNetwork()
    let x = try net.input("x", [2, 3])
    let top = try net.reduceLast("top", x) { .reduce(.maximum, over: [$1], $0) }
    let power = try net.map("power", x, top) { ($0[0] - $0[1]).exponential }
    let total = try net.reduceLast("total", power) { .reduce(.sum, over: [$1], $0) }
    let y = try net.map("y", power, total) { $0[0] / $0[1] }
    check(
      try net.forms(y),
      """
      top[a in 2, b in 1] = max(c in 3) x[a, c]
      power/sum[a in 2, b in 3] := x[a, b] + -1.0 top[a, 0]
      power[i0 in 2, i1 in 3] = exp(power/sum[i0, i1])
      total[a in 2, b in 1] = sum(c in 3) power[a, c]
      y[i0 in 2, i1 in 3] = power[i0, i1] / total[i0, 0]
      """)
  }

  @Test func layerNormalisation() throws {
    var net = FormNetwork()
    let x = try net.input("x", [2, 4])
    let mean = try net.reduceLast("mean", x) { .reduce(.sum, over: [$1], $0) / 4.0 }
    let d = try net.map("d", x, mean) { $0[0] - $0[1] }
    let squares = try net.map("squares", d) { $0[0].power(2) }
    let spread = try net.reduceLast("spread", squares) { .reduce(.sum, over: [$1], $0) / 4.0 }
    let shifted = try net.map("shifted", spread) { $0[0] + 1e-5 }
    let deviation = try net.map("deviation", shifted) { $0[0].root }
    let quotient = try net.map("quotient", d, deviation) { $0[0] / $0[1] }
    let scaled = try net.map("scaled", quotient, net.constant("scale", [4])) { $0[0] * $0[1] }
    let y = try net.map("y", scaled, net.constant("shift", [4])) { $0[0] + $0[1] }
    check(
      try net.forms(y),
      """
      mean[a in 2, b in 1] = 0.25 sum(c in 4) x[a, c]
      d[a in 2, b in 4] := x[a, b] + -1.0 mean[a, 0]
      shifted[a in 2, b in 1] = 0.25 sum(c in 4) d[a, c] d[a, c] + 1e-05
      deviation/inverse[i0 in 2, i1 in 1] = 1 / root(shifted[i0, 0])
      quotient[i0 in 2, i1 in 4] = d[i0, i1] deviation/inverse[i0, 0]
      y[a in 2, b in 4] = quotient[a, b] scale[b] + shift[b]
      """)
  }

  @Test func geluOfFiveNodes() throws {
    var net = FormNetwork()
    let x = try net.gemm("gemm", net.input("x", [2, 3]), 4)
    let quotient = try net.map("quotient", x) { $0[0] / 1.4142135623730951 }
    let erf = try net.map("erf", quotient) { .unary(.erf, $0[0]) }
    let sum = try net.map("sum", erf) { $0[0] + 1.0 }
    let product = try net.map("product", x, sum) { $0[0] * $0[1] }
    check(
      try net.forms(net.map("y", product) { $0[0] * 0.5 }),
      """
      gemm[a in 2, b in 4] = sum(c in 3) x[a, c] gemm/w[b, c] + gemm/b[b]
      y[i0 in 2, i1 in 4] = (0.5 * (gemm[i0, i1] * (erf((0.7071067811865475 * gemm[i0, i1])) + 1.0)))
      """)
  }

  @Test func geluOfEightNodes() throws {
    var net = FormNetwork()
    let x = try net.gemm("gemm", net.input("x", [2, 3]), 4)
    let cube = try net.map("cube", x) { $0[0].power(3) }
    let small = try net.map("small", cube) { $0[0] * 0.044715 }
    let inner = try net.map("inner", x, small) { $0[0] + $0[1] }
    let scaled = try net.map("scaled", inner) { $0[0] * 0.7978845608028654 }
    let tanh = try net.map("tanh", scaled) { .unary(.tanh, $0[0]) }
    let sum = try net.map("sum", tanh) { $0[0] + 1.0 }
    let half = try net.map("half", x) { $0[0] * 0.5 }
    check(
      try net.forms(net.map("y", half, sum) { $0[0] * $0[1] }),
      """
      gemm[a in 2, b in 4] = sum(c in 3) x[a, c] gemm/w[b, c] + gemm/b[b]
      y[i0 in 2, i1 in 4] = (0.5 * (gemm[i0, i1] * (tanh(((0.7978845608028654 * gemm[i0, i1]) + (0.035677408136300125 * (gemm[i0, i1] ^ 3.0)))) + 1.0)))
      """)
  }

  @Test("what is needed in any case is not computed twice")
  func sharedSigmoid() throws {
    var net = FormNetwork()
    let x = try net.input("x", [3])
    let sigmoid = try net.map("sigmoid", x) { 1.0 / (1.0 + (0.0 - $0[0]).exponential) }
    let y = try net.map("y", x, sigmoid) { $0[0] * $0[1] }
    check(
      try net.forms(sigmoid, y),
      """
      sigmoid[i in 3] = (1.0 / (1.0 + exp((0.0 - x[i]))))
      y[a in 3] = x[a] sigmoid[a]
      """)
  }

  @Test func attentionWithMask() throws {
    var net = FormNetwork()
    let q = try net.input("q", [2, 3])
    let k = try net.input("k", [2, 3])
    let mask = try net.constant("mask", [2, 2], [0, -1e9, 0, 0])
    let scores = try net.equation(
      "scores", [2, 2], [3], [q, k], .reduce(.sum, over: [2], .at(0, 0, 2) * .at(1, 1, 2)))
    let scaled = try net.map("scaled", scores) { $0[0] / 2.0 }
    let masked = try net.map("masked", scaled, mask) { $0[0] + $0[1] }
    let top = try net.reduceLast("top", masked) { .reduce(.maximum, over: [$1], $0) }
    check(
      try net.forms(net.map("y", masked, top) { ($0[0] - $0[1]).exponential }),
      """
      masked[a in 2, b in 2] = mask[a, b] + 0.5 sum(c in 3) q[a, c] k[b, c]
      top[a in 2, b in 1] = max(c in 2) masked[a, c]
      y/sum[a in 2, b in 2] := masked[a, b] + -1.0 top[a, 0]
      y[i0 in 2, i1 in 2] = exp(y/sum[i0, i1])
      """)
  }

  @Test("an average of fewer values at the borders has one constant for each position")
  func averagePooling() throws {
    var net = FormNetwork()
    let x = try net.input("x", [4])
    let tap = AffineIndex(
      constant: -1, terms: [.init(index: 0, coefficient: 1), .init(index: 1, coefficient: 1)])
    let cell = AffineIndex(
      constant: -1, terms: [.init(index: 0, coefficient: 1), .init(index: 2, coefficient: 1)])
    let inside =
      RealExpression.binary(.lessOrEqual, 0.0, .index(cell))
      * .binary(.less, .index(cell), 4.0)
    let y = try net.equation(
      "y", [4], [3, 3], [x],
      .reduce(.sum, over: [1], .at(0, [tap])) / .reduce(.sum, over: [2], inside))
    let forms = try net.forms(y)
    check(
      forms,
      """
      y[a in 4] = sum(b in 3) x[a + b + -1] y/constant[a]
      """)
    let counts: [Float] = [0.5, 1 / 3, 1 / 3, 0.5]
    #expect(forms.constants.values.map(\.reals) == [counts])
  }

  @Test func slopePerChannel() throws {
    var net = FormNetwork()
    let x = try net.input("x", [2, 3])
    let y = try net.map("y", x, net.constant("slope", [3])) {
      .select(.binary(.less, $0[0], 0.0), $0[0] * $0[1], $0[0])
    }
    check(
      try net.forms(y),
      """
      y/apply[i0 in 2, i1 in 3] = maximum(x[i0, i1], 0.0)
      y/sum[a in 2, b in 3] := x[a, b] + -1.0 y/apply[a, b]
      y[a in 2, b in 3] = y/sum[a, b] slope[b] + y/apply[a, b]
      """)
  }

  @Test func clipWithTensors() throws {
    var net = FormNetwork()
    let x = try net.input("x", [3])
    let low = try net.input("low", [])
    let y = try net.map("y", x, low) { .min(.max($0[0], $0[1]), 6.0) }
    let scalar = try net.map("z", x, net.constant("c", [], [-1])) { .min(.max($0[0], $0[1]), 6.0) }
    check(
      try net.forms(y, scalar),
      """
      y/extreme[a in 3] = max() x[a], low[]
      y[i in 3] = minimum(y/extreme[i], 6.0)
      z[i in 3] = minimum(maximum(x[i], -1.0), 6.0)
      """)
  }

  @Test func choice() throws {
    var net = FormNetwork()
    let c = try net.input("c", [3], .boolean)
    let x = try net.input("x", [3])
    let y = try net.input("y", [3])
    let both = try net.map("both", c, x, y) { .select($0[0], $0[1], $0[2]) }
    let one = try net.map("one", c, x) { .select($0[0], $0[1], -100.0) }
    check(
      try net.forms(both, one),
      """
      both/sum[a in 3] := x[a] + -1.0 y[a]
      both[a in 3] = c[a] both/sum[a] + y[a]
      one[a in 3] = 100.0 c[a] + c[a] x[a] + -100.0
      """)
  }

  @Test func squaresAndNorms() throws {
    var net = FormNetwork()
    let x = try net.input("x", [2, 3])
    let square = try net.map("square", x) { $0[0].power(2) }
    let norm = try net.reduceLast("norm", x) { .unary(.sqrt, .reduce(.sum, over: [$1], $0 * $0)) }
    check(
      try net.forms(square, norm),
      """
      square[a in 2, b in 3] = x[a, b] x[a, b]
      norm/sum[a in 2, b in 1] = sum(c in 3) x[a, c] x[a, c]
      norm[i0 in 2, i1 in 1] = root(norm/sum[i0, 0])
      """)
  }

  @Test func logic() throws {
    var net = FormNetwork()
    let a = try net.input("a", [3], .boolean)
    let x = try net.input("x", [3])
    let less = try net.map("less", x, kind: .boolean) { .binary(.lessOrEqual, $0[0], 0.5) }
    let and = try net.map("and", a, less, kind: .boolean) { .binary(.and, $0[0], $0[1]) }
    let or = try net.map("or", a, less, kind: .boolean) { .binary(.or, $0[0], $0[1]) }
    let not = try net.map("not", and, or, kind: .boolean) {
      .unary(.not, .binary(.xor, $0[0], $0[1]))
    }
    check(
      try net.forms(not),
      """
      less/less[i in 3] boolean = less/constant[] < x[i]
      less[a in 3] boolean := -1.0 less/less[a] + 1.0
      and[a in 3] boolean = a[a] less[a]
      or[a in 3] boolean = a[a] + less[a] + -1.0 a[a] less[a]
      not[a in 3] boolean = -1.0 and[a] + -1.0 or[a] + 2.0 and[a] or[a] + 1.0
      """)
  }

  @Test("a factor of channels goes through the reshape that joins groups")
  func normalisationAfterGroups() throws {
    var net = FormNetwork()
    let x = try net.input("x", [1, 4, 2, 2])
    let w = try net.constant("w", [2, 3, 2])
    let channel = AffineIndex(
      terms: [.init(index: 1, coefficient: 2), .init(index: 5, coefficient: 1)])
    let read = RealExpression.at(
      0, [AffineIndex(index: 0), channel, AffineIndex(index: 3), AffineIndex(index: 4)])
    let groups = try net.equation(
      "groups", [1, 2, 3, 2, 2], [2], [x, w], .reduce(.sum, over: [5], read * .at(1, 1, 2, 5)))
    let joined = try net.view("joined", groups, .reshape([1, 6, 2, 2]))
    check(
      try net.forms(net.normalisation("norm", joined)),
      """
      norm/before[i0 in 1, i1 in 2, i2 in 3, i3 in 2, i4 in 2] = sum(f in 2) x[0, 2 i1 + f, i3, i4] norm/before/constant[i1, i2, f] + norm/shift[3 i1 + i2]
      norm[i0 in 1, i1 in 6, i2 in 2, i3 in 2] = reshape[1, 6, 2, 2](norm/before)
      """)
  }

  @Test func separableWindow() throws {
    var net = FormNetwork()
    let x = try net.input("x", [1, 6, 6])
    func tap(_ at: Int, _ tap: Int) -> AffineIndex {
      AffineIndex(
        constant: -1, terms: [.init(index: at, coefficient: 1), .init(index: tap, coefficient: 1)])
    }
    let y = try net.equation(
      "y", [1, 6, 6], [3, 3], [x],
      .reduce(.maximum, over: [3, 4], .at(0, [AffineIndex(index: 0), tap(1, 3), tap(2, 4)])))
    check(
      try net.forms(y),
      """
      y/axis[axis0 in 1, axis2 in 6, b in 6] = max(d in 3) x[axis0, b + d + -1, axis2]
      y[a in 1, b in 6, c in 6] = max(e in 3) y/axis[0, c + e + -1, b]
      """)
  }

  @Test func products() throws {
    var net = FormNetwork()
    let x = try net.input("x", [2, 5])
    let y = try net.reduceLast("y", x) { .reduce(.product, over: [$1], $0) }
    check(
      try net.forms(y),
      """
      y/sum[a in 2, c in 2] = x[a, c] x[a, c + 2]
      y/sum#2[a in 2, b in 1] = y/sum[a, 0] y/sum[a, 1]
      y[a in 2, b in 1] = y/sum#2[a, 0] x[a, 4]
      """)
  }

  @Test("a row of a table is picked, and a place may count from the end")
  func embedding() throws {
    var net = FormNetwork()
    let index = try net.input("index", [2], .integer)
    let table = try net.constant("table", [4, 3])
    let y = try net.equation(
      "y", [2, 3], [], [table, index],
      .read(
        .init(operand: 0, positions: [.computed(.at(1, 0)), .affine(AffineIndex(index: 1))])))
    check(
      try net.forms(y),
      """
      y[a in 2, b in 3] = table[place, b] at place = index[a]
      """)
    let back = RealExpression.select(.binary(.less, .at(1, 0), 0.0), .at(1, 0) + 4.0, .at(1, 0))
    let z = try net.equation(
      "z", [2, 3], [], [table, index],
      .read(.init(operand: 0, positions: [.computed(back), .affine(AffineIndex(index: 1))])))
    check(
      try net.forms(z),
      """
      y[a in 2, b in 3] = table[place, b] at place = index[a]
      z/less[i in 2] boolean = index[i] < z/constant[]
      z/sum[a in 2] integer = index[a] + 4.0 z/less[a]
      z[a in 2, b in 3] = table[place, b] at place = z/sum[a]
      """)
  }

  @Test("constant places are a view in their order, and none where they follow a rule")
  func picks() throws {
    var net = FormNetwork()
    let x = try net.input("x", [5])
    func pick(_ name: String, _ places: [Float]) throws -> ValueID {
      let index = try net.constant("\(name)/index", [places.count], places)
      return try net.equation(
        name, [places.count], [], [x, index],
        .read(.init(operand: 0, positions: [.computed(.at(1, 0))])) + 1.0)
    }
    check(
      try net.forms(pick("rule", [4, 2, 0]), pick("order", [3, 3, 0, 2])),
      """
      rule[a in 3] = x[-2 a + 4] + 1.0
      order/picked[i in 1] = slice[3 + 1 * 1](x)
      order/picked#2[i in 2] = slice[3 + 2 * -3](x)
      order/picked#3[i in 1] = slice[2 + 1 * 1](x)
      order/picked#4[i in 4] = concatenate[0](order/picked, order/picked#2, order/picked#3)
      order[a in 4] = order/picked#4[a] + 1.0
      """)
  }

  @Test func everyLayerWithoutAFormIsNamed() throws {
    var net = FormNetwork()
    let x = try net.input("x", [3])
    let a = try net.map("first", x) { $0[0] * .constant(.infinity) }
    let b = try net.map("second", a, x) { $0[0] - .max($0[1] * $0[1], .constant(.infinity)) }
    let c = try net.map("third", b) { $0[0] + 1.0 }
    do throws(CompileError) {
      _ = try net.formsOrError(c)
      Issue.record("it has forms")
    } catch {
      let first = UnsupportedNode(
        name: "first", operation: "Test", reason: "it computes with inf")
      let second = UnsupportedNode(
        name: "second", operation: "Test",
        reason: "it computes with inf")
      #expect(error == CompileError.unsupported([first, second]))
    }
  }
}

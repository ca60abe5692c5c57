import ConstraintSystem
import TestSupport
import Testing
import Witness

/// Evaluates with random values and compares every tensor with the definition.
func expectDefinition(
  _ circuit: Circuit, seed: UInt64 = 1, in range: ClosedRange<Int> = -300...300,
  sourceLocation: SourceLocation = #_sourceLocation
) throws {
  var generator = SeededGenerator(seed: seed)
  let (model, inputs) = randomValues(for: circuit, &generator, in: range)
  let assignment = try Evaluator.evaluate(circuit, model: model, inputs: inputs)
  let given = model.merging(inputs) { a, _ in a }
  let expected = NaiveEvaluator.evaluate(circuit, given: given)
  for (number, values) in expected.enumerated() {
    #expect(assignment[number].values == values, sourceLocation: sourceLocation)
  }
}

@Suite struct SumOfProductsTests {
  @Test(arguments: [(1, 1, 1), (7, 1, 70), (1, 65, 3), (5, 9, 130), (33, 17, 19), (70, 130, 4)])
  func matrixProduct(m: Int, n: Int, k: Int) throws {
    for transposed in [false, true] {
      let w = transposed ? read(0, index(1), index(2)) : read(0, index(2), index(1))
      try expectDefinition(
        circuit(
          [
            tensor("w", transposed ? [n, k] : [k, n], .model),
            tensor("x", [m, k], .publicInput), tensor("y", [m, n], .witness),
          ], indices(m, n, k),
          .sumOfProducts([product(read(1, index(0), index(2)), w, over: [2])])))
    }
  }

  struct Window: Sendable {
    var size: (Int, Int)
    var kernel: (Int, Int)
    var stride = 1
    var padding = 0
    var dilation = 1

    func output(_ size: Int, _ kernel: Int) -> Int {
      (size + 2 * padding - dilation * (kernel - 1) - 1) / stride + 1
    }

    func position(_ output: Int, _ tap: Int) -> AffineIndex {
      AffineIndex(
        constant: -padding,
        terms: [
          .init(index: output, coefficient: stride), .init(index: tap, coefficient: dilation),
        ])
    }
  }

  static let windows = [
    Window(size: (9, 7), kernel: (3, 3), padding: 1),
    Window(size: (8, 11), kernel: (3, 2), stride: 2, padding: 2),
    Window(size: (10, 12), kernel: (3, 3), stride: 3, padding: 3, dilation: 2),
    Window(size: (5, 5), kernel: (5, 5)),
    Window(size: (6, 1), kernel: (1, 1), stride: 2, padding: 4),
    Window(size: (1, 33), kernel: (1, 7), padding: 9),
  ]

  @Test(arguments: windows.indices) func convolution(number: Int) throws {
    let window = Self.windows[number]
    let (h, width) = window.size
    let (kh, kw) = window.kernel
    let (oh, ow) = (window.output(h, kh), window.output(width, kw))
    let x = read(1, index(3), window.position(1, 4), window.position(2, 5))
    let w = read(0, index(0), index(3), index(4), index(5))
    try expectDefinition(
      circuit(
        [
          tensor("w", [5, 3, kh, kw], .model), tensor("x", [3, h, width], .publicInput),
          tensor("y", [5, oh, ow], .witness),
        ], indices(5, oh, ow, 3, kh, kw),
        .sumOfProducts([product(w, x, over: [3, 4, 5])])))
  }

  @Test(arguments: windows.indices) func depthwiseConvolution(number: Int) throws {
    let window = Self.windows[number]
    let (h, w) = window.size
    let (kh, kw) = window.kernel
    let (oh, ow) = (window.output(h, kh), window.output(w, kw))
    let x = read(1, index(0), window.position(1, 3), window.position(2, 4))
    try expectDefinition(
      circuit(
        [
          tensor("w", [6, kh, kw], .model), tensor("x", [6, h, w], .publicInput),
          tensor("y", [6, oh, ow], .witness),
        ], indices(6, oh, ow, kh, kw),
        .sumOfProducts([product(read(0, index(0), index(3), index(4)), x, over: [3, 4])])))
  }

  @Test func batchedProductWithBiasAndLinearFactor() throws {
    // y[b, i, j] = Σ_l (2·x[b, i, l] − c[i] + 5)·w[b, j, l] − 3·Σ_l x[b, i, l] + bias[j] + 7
    let first = LinearExpression(
      constant: 5,
      terms: [
        .init(coefficient: 2, read: read(0, index(0), index(1), index(3))),
        .init(coefficient: -1, read: read(2, index(1))),
      ])
    let second = LinearExpression(read(1, index(0), index(2), index(3)))
    try expectDefinition(
      circuit(
        [
          tensor("x", [4, 6, 11], .publicInput), tensor("w", [4, 5, 11], .witness),
          tensor("c", [6], .witness), tensor("bias", [5], .model),
          tensor("y", [4, 6, 5], .witness),
        ], indices(4, 6, 5, 11),
        .sumOfProducts([
          .init(coefficient: 1, summed: [3], factors: [first, second]),
          .init(
            coefficient: -3, summed: [3],
            factors: [LinearExpression(read(0, index(0), index(1), index(3)))]),
          .init(
            coefficient: 1,
            factors: [
              LinearExpression(
                constant: 7, terms: [.init(coefficient: 1, read: read(3, index(2)))])
            ]),
        ])))
  }

  @Test func broadcastTransposedAndReversedReads() throws {
    // y[i, j, k] = Σ_l a[9 − l, j]·b[l − 2, i], which does not depend on k
    try expectDefinition(
      circuit(
        [
          tensor("a", [10, 8], .publicInput), tensor("b", [7, 4], .publicInput),
          tensor("y", [4, 8, 3], .witness),
        ], indices(4, 8, 3, 10),
        .sumOfProducts([
          product(
            read(0, index(3, times: -1, plus: 9), index(1)),
            read(1, index(3, plus: -2), index(0)), over: [3])
        ])))
  }

  @Test func elementwiseProductsAndOuterSums() throws {
    // y[i, j] = x[i, j]·s[j] + Σ_{l, m} x[i, l]·v[m]
    try expectDefinition(
      circuit(
        [
          tensor("x", [40, 30], .publicInput), tensor("s", [30], .model),
          tensor("v", [3], .publicInput), tensor("y", [40, 30], .witness),
        ], indices(40, 30, 30, 3),
        .sumOfProducts([
          product(read(0, index(0), index(1)), read(1, index(1))),
          product(read(0, index(0), index(2)), read(2, index(3)), over: [2, 3]),
        ])))
  }

  @Test func sumOfConstants() throws {
    let five = LinearExpression(constant: 5)
    try expectDefinition(
      circuit(
        [tensor("x", [8], .publicInput), tensor("y", [3, 8], .witness)], indices(3, 8, 20),
        .sumOfProducts([
          .init(coefficient: 3, summed: [2], factors: [five, five]),
          .init(coefficient: 1, summed: [2], factors: [five, LinearExpression(read(0, index(1)))]),
          .init(coefficient: 2, factors: [five]),
        ])))
  }

  @Test func sumOfSquaresOfLongAndShortRows() throws {
    for (rows, columns) in [(3, 2000), (2000, 3), (1, 1500), (700, 700)] {
      try expectDefinition(
        circuit(
          [tensor("x", [rows, columns], .publicInput), tensor("y", [rows], .witness)],
          indices(rows, columns),
          .sumOfProducts([
            product(read(0, index(0), index(1)), read(0, index(0), index(1)), over: [1])
          ])))
    }
  }

  @Test func sumsBeyondDoublePrecisionAreExact() throws {
    // The products are near 2^56 in magnitude, odd, and cancel to small numbers.
    let wide = -(1 << 40)...(1 << 40)
    let tensors = [
      tensor("x", [4, 6], .publicInput, range: wide), tensor("w", [5, 6], .model, range: wide),
      tensor("y", [4, 5], .witness, range: -(1 << 61)...(1 << 61)),
    ]
    let circuit = circuit(
      tensors, indices(4, 5, 6),
      .sumOfProducts([
        product(read(0, index(0), index(2)), read(1, index(1), index(2)), over: [2])
      ]))
    let x = IntegerBuffer((0..<24).map { (1 << 28) + 1 + 2 * $0 })
    let w = IntegerBuffer((0..<30).map { $0 % 2 == 0 ? (1 << 28) + $0 + 1 : -(1 << 28) - $0 })
    let assignment = try Evaluator.evaluate(circuit, model: [1: w], inputs: [0: x])
    #expect(assignment[2].values == NaiveEvaluator.evaluate(circuit, given: [0: x, 1: w])[2])
  }
}

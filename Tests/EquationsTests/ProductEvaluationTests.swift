import ConstraintSystem
import Equations
import Kernels
import TensorGraph
import TestSupport
import Testing

/// Sums of products, which become matrix products, against their meaning.
@Suite struct ProductEvaluationTests {
  private static let sizes: [[Int]] = [
    [1, 1, 1], [1, 7, 13], [5, 1, 31], [11, 3, 1], [2, 2, 2], [13, 17, 19], [131, 29, 67],
    [3, 601, 37], [1, 97, 521],
  ]

  @Test("matrix products, and what is added to them", arguments: sizes)
  func matrixProduct(size: [Int]) throws {
    var numbers = SeededGenerator(seed: UInt64(size[0] * 1000 + size[2]))
    let (m, n, k) = (size[0], size[1], size[2])
    let operands = [
      try numbers.reals([m, k]), try numbers.reals([n, k]), try numbers.reals([n]),
    ]
    let product = sum(over: 2, of: product(read(0, [0, 2]), read(1, [1, 2])))
    try expectMeaning(equation([m, n, k], rank: 2, product), operands)
    let scaled = RealExpression.binary(
      .add, read(2, [1]), .binary(.divide, product, .constant(3)))
    try expectMeaning(equation([m, n, k], rank: 2, scaled), operands)
  }

  @Test("stacks of matrices, one of them common", arguments: [1, 2, 7])
  func batches(batch: Int) throws {
    var numbers = SeededGenerator(seed: UInt64(batch))
    let operands = [try numbers.reals([batch, 5, 11]), try numbers.reals([batch, 11, 3])]
    let product = sum(over: 3, of: product(read(0, [0, 1, 3]), read(1, [0, 3, 2])))
    try expectMeaning(equation([batch, 5, 3, 11], rank: 3, product), operands)
  }

  /// y[n, g·m + o, p] with groups, strides, dilation and padding; the group is an index of its own.
  @Test(arguments: [(1, 1, 1, 0), (2, 2, 1, 1), (3, 1, 2, 2), (1, 3, 1, 4)])
  func convolution(groups: Int, stride: Int, dilation: Int, pad: Int) throws {
    var numbers = SeededGenerator(seed: UInt64(groups + 10 * stride))
    let (channels, maps, extent, taps) = (3, 5, 13, 3)
    let places = (extent + 2 * pad - dilation * (taps - 1) - 1) / stride + 1
    let operands = [
      try numbers.reals([2, groups, channels, extent]),
      try numbers.reals([groups, maps, channels, taps]), try numbers.reals([groups, maps]),
    ]
    let position = AffineIndex(
      constant: -pad,
      terms: [.init(index: 3, coefficient: stride), .init(index: 5, coefficient: dilation)])
    let window = read(0, affine(0), affine(1), affine(4), position)
    let value = RealExpression.binary(
      .add, read(2, [1, 2]), sum(over: 4, 5, of: product(window, read(1, [1, 2, 4, 5]))))
    try expectMeaning(
      equation([2, groups, maps, places, channels, taps], rank: 4, value), operands)
  }

  @Test("factors that are not reads")
  func factors() throws {
    var numbers = SeededGenerator(seed: 3)
    let operands = [
      try numbers.reals([7, 23]), try numbers.reals([11, 23]), try numbers.reals([11]),
      try numbers.reals([23]),
    ]
    let (x, w) = (read(0, [0, 2]), read(1, [1, 2]))
    let (scale, offset) = (read(2, [1]), read(3, [2]))
    let terms: [RealExpression] = [
      product(.binary(.subtract, x, offset), .binary(.add, w, .constant(0.5))),
      product(scale, x, w), product(x, w, offset), product(x, x, w), product(x, scale),
      .unary(.negate, product(x, .unary(.exp, w))),
      product(.binary(.divide, x, offset), .constant(-2), w),
      product(.binary(.maximum, x, scale), w),
    ]
    for term in terms {
      try expectMeaning(equation([7, 11, 23], rank: 2, sum(over: 2, of: term)), operands)
    }
  }

  @Test("a sum within a sum, and one within a function of its result")
  func nested() throws {
    var numbers = SeededGenerator(seed: 4)
    let operands = [try numbers.reals([5, 7]), try numbers.reals([7, 3]), try numbers.reals([3])]
    let inner = sum(over: 2, of: product(read(0, [0, 2]), read(1, [2, 1])))
    try expectMeaning(
      equation(
        [5, 3, 7], rank: 1, sum(over: 1, of: product(.unary(.tanh, inner), read(2, [1])))),
      operands)
    try expectMeaning(equation([5, 3, 7], rank: 1, sum(over: 1, of: inner)), operands)
    let share = RealExpression.binary(
      .divide, .unary(.exp, read(0, [0, 1])), sum(over: 2, of: .unary(.exp, read(0, [0, 2]))))
    try expectMeaning(equation([5, 7, 7], rank: 2, share), operands)
  }

  @Test("products of integers are exact, whether or not doubles hold them")
  func integers() throws {
    var numbers = SeededGenerator(seed: 5)
    let dot = sum(over: 2, of: product(read(0, [0, 2]), read(1, [1, 2])))
    let equation = equation([5, 7, 13], rank: 2, dot)
    for limit: Int64 in [9, 1 << 24, 1 << 29] {
      let operands = [
        try numbers.integers([5, 13], in: -limit...limit),
        try numbers.integers([7, 13], in: -limit...limit),
      ]
      try expectMeaning(equation, operands, kind: .integer)
      try expectMeaning(equation, operands)
    }
    let large = try Tensor(shape: [1, 2], integer: [1 << 62, 1 << 62])
    let one = try Tensor(shape: [1, 2], integer: [1, 1])
    let sum = Equation(
      indices: [1, 1, 2].map { .init(name: "i", size: $0) }, domainRank: 2, value: dot)
    #expect(throws: GraphError.self) { try sum.result(on: [large, one], kind: .integer) }
  }

  @Test("the number of threads changes nothing")
  func threads() throws {
    var numbers = SeededGenerator(seed: 6)
    let operands = [try numbers.reals([301, 263]), try numbers.reals([67, 263])]
    let dot = sum(over: 2, of: product(read(0, [0, 2]), read(1, [1, 2])))
    let total = { (index: Int) in sum(over: index, of: .unary(.exp, read(0, [0, index]))) }
    defer { Parallelism.threads = 0 }
    let sizes = [301, 67, 263, 263]
    for equation in [
      equation(sizes.dropLast(), rank: 2, dot), equation(sizes.dropLast(), rank: 2, total(2)),
      equation(sizes, rank: 2, .binary(.multiply, dot, total(3))),
    ] {
      Parallelism.threads = 1
      let single = try equation.result(on: operands, kind: .real)
      for threads in [2, 5] {
        Parallelism.threads = threads
        #expect(try equation.result(on: operands, kind: .real) == single)
      }
    }
  }
}

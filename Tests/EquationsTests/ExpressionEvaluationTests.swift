import ConstraintSystem
import Equations
import TensorGraph
import TestSupport
import Testing

/// Expressions and reductions on the fast evaluator, against their meaning.
@Suite struct ExpressionEvaluationTests {
  @Test("every function of one real", arguments: RealExpression.Unary.allCases)
  func functions(function: RealExpression.Unary) throws {
    let inside = try Tensor(shape: [5], real: [0.125, 0.25, 0.5, 0.75, 0.875])
    let anywhere = try Tensor(
      shape: [9], real: [-3.5, -2.5, -0.5, 0, 0.5, 1, 1.5, 2.5, 1_000_000.25])
    let value = RealExpression.unary(
      function, function == .acosh ? .binary(.add, read(0, [0]), .constant(1)) : read(0, [0]))
    try expectMeaning(equation([5], rank: 1, value), [inside])
    switch function {
    case .exp, .log, .sqrt, .acos, .asin, .atanh, .acosh, .cosh, .sinh, .tan: break
    default:
      try expectMeaning(equation([9], rank: 1, .unary(function, read(0, [0]))), [anywhere])
    }
  }

  @Test("every operation on two numbers", arguments: RealExpression.Binary.allCases)
  func operations(operation: RealExpression.Binary) throws {
    let left: [Int64] = [7, -7, 7, -7, 0, 6, -6, 1, 0, 1]
    let right: [Int64] = [2, 2, -2, -2, 5, 3, 3, 1, 1, -1]
    let value = RealExpression.binary(operation, read(0, [0]), read(1, [0]))
    let size = left.count
    let integers = [
      try Tensor(shape: [size], integer: left), try Tensor(shape: [size], integer: right),
    ]
    if operation != .divide && operation != .power {
      try expectMeaning(equation([size], rank: 1, value), integers, kind: .integer)
    }
    let halves = try integers.map {
      try Tensor(shape: [size], real: $0.reals.map { $0 + 0.5 })
    }
    guard operation != .power else {
      let square = RealExpression.binary(.power, read(0, [0]), .constant(2))
      try expectMeaning(equation([size], rank: 1, square), integers, kind: .integer)
      try expectMeaning(equation([size], rank: 1, square), halves)
      return
    }
    try expectMeaning(equation([size], rank: 1, value), halves)
  }

  @Test("roundings of quotients of integers are exact in 64 bits")
  func quotients() throws {
    let operands = [
      try Tensor(shape: [4], integer: [.max, .min, .max, -.max]),
      try Tensor(shape: [4], integer: [3, 7, -3, -2]),
    ]
    let quotient = RealExpression.binary(.divide, read(0, [0]), read(1, [0]))
    let found = try [RealExpression.Unary.truncate, .floor, .ceil].map {
      try equation([4], rank: 1, .unary($0, quotient)).result(on: operands, kind: .integer)
        .integers
    }
    let exact = zip([Int64.max, .min, .max, -.max], [Int64(3), 7, -3, -2])
    #expect(found[0] == exact.map { $0 / $1 })
    #expect(found[1] == exact.map { a, b in a / b - (a % b != 0 && (a < 0) != (b < 0) ? 1 : 0) })
    #expect(found[2] == exact.map { a, b in a / b + (a % b != 0 && (a < 0) == (b < 0) ? 1 : 0) })
  }

  @Test(
    "every reduction, over windows that reach outside",
    arguments: RealExpression.Reduction.allCases, [1, 2, 5, 1301])
  func windows(reduction: RealExpression.Reduction, size: Int) throws {
    var numbers = SeededGenerator(seed: UInt64(size))
    let operands = [try numbers.reals([size]), try numbers.integers([size], in: -3...3)]
    let position = AffineIndex(
      constant: -2, terms: [.init(index: 0, coefficient: 1), .init(index: 1, coefficient: 1)])
    for operand in 0..<2 {
      let kind: ElementKind = operand == 1 || reduction.isPlace ? .integer : .real
      let terms = [
        read(operand, position), .binary(.add, read(operand, position), .index(affine(1))),
        .select(
          .binary(.less, .index(affine(1)), .constant(2)), read(operand, position),
          read(operand, affine(0))),
      ]
      for term in terms {
        try expectMeaning(
          equation([size, 5], rank: 1, .reduce(reduction, over: [1], term)), operands, kind: kind)
      }
    }
  }

  @Test(
    "every reduction of a whole axis, long or short",
    arguments: RealExpression.Reduction.allCases, [[1, 1], [3, 2], [2, 1301], [1301, 3]])
  func axes(reduction: RealExpression.Reduction, shape: [Int]) throws {
    var numbers = SeededGenerator(seed: UInt64(shape[0]))
    let kind: ElementKind = reduction.isPlace ? .integer : .real
    let term = RealExpression.binary(
      .add, .constant(1), .binary(.divide, read(0, [0, 1]), .constant(1000)))
    let operands = [try numbers.reals(shape)]
    try expectMeaning(
      equation(shape, rank: 1, .reduce(reduction, over: [1], term)), operands, kind: kind)
    let columns = RealExpression.binary(
      .add, .constant(1), .binary(.divide, read(0, affine(1), affine(0)), .constant(1000)))
    try expectMeaning(
      equation([shape[1], shape[0]], rank: 1, .reduce(reduction, over: [1], columns)), operands,
      kind: kind)
  }

  @Test("a reduction of nothing is refused, and so is an extreme of nothing but outside")
  func nothing() throws {
    let x = try Tensor(shape: [3], real: [1, 2, 3])
    for reduction in RealExpression.Reduction.allCases {
      let empty = equation([3, 0], rank: 1, .reduce(reduction, over: [1], read(0, [0])))
      #expect(throws: GraphError.self) { try empty.result(on: [x], kind: .real) }
    }
    for kind in [ElementKind.real, .integer] {
      let outside = equation(
        [2, 2], rank: 1,
        .reduce(
          .maximum, over: [1],
          read(
            0,
            AffineIndex(
              constant: 2,
              terms: [.init(index: 0, coefficient: 1), .init(index: 1, coefficient: 1)]))))
      let operand = kind == .real ? x : try Tensor(shape: [3], integer: [1, 2, 3])
      let error = #expect(throws: GraphError.self) {
        try outside.result(on: [operand], kind: kind, name: "y")
      }
      #expect(error?.reason.hasPrefix("y[1] is a greatest or least of nothing") == true)
    }
  }

  @Test("computed places, and one index in two places")
  func places() throws {
    var numbers = SeededGenerator(seed: 9)
    let data = try numbers.reals([5, 7])
    let rows = try Tensor(shape: [3], integer: [4, 0, 2])
    let row = ReadPosition.computed(read(1, [0]))
    let pick = RealExpression.read(
      OperandRead(operand: 0, positions: [row, .affine(affine(1, plus: -1))]))
    try expectMeaning(equation([3, 9], rank: 2, pick), [data, rows])
    try expectMeaning(equation([6], rank: 1, read(0, [0, 0])), [data])
    try expectMeaning(equation([2], rank: 1, read(0, [0])), [try Tensor(shape: [0], real: [])])
    try expectMeaning(
      equation([3, 9], rank: 1, .reduce(.maximum, over: [1], pick)), [data, rows])
    let far = try Tensor(shape: [3], integer: [4, 5, 2])
    let error = #expect(throws: GraphError.self) {
      try equation([3, 9], rank: 2, pick).result(on: [data, far], kind: .real, name: "y")
    }
    #expect(error?.reason == "y[1, 0] reads the element 5 of an axis of 5")
    // What is not selected may be anywhere.
    let guarded = RealExpression.select(
      .binary(.less, read(1, [0]), .constant(5)), pick, .constant(-1))
    try expectMeaning(equation([3, 7], rank: 2, guarded), [data, far])
  }

  @Test("what is not selected is no error")
  func selection() throws {
    let x = try Tensor(shape: [4], integer: [0, 1, .max, -2])
    let double = RealExpression.binary(.add, read(0, [0]), read(0, [0]))
    let small = RealExpression.binary(.less, read(0, [0]), .constant(100))
    try expectMeaning(
      equation([4], rank: 1, .select(small, double, .constant(0))), [x], kind: .integer)
    let inverse = RealExpression.binary(.floorDivide, .constant(6), read(0, [0]))
    try expectMeaning(
      equation([4], rank: 1, .select(read(0, [0]), inverse, .constant(-1))), [x], kind: .integer)
    let total = sum(over: 1, of: .binary(.multiply, read(0, [1]), read(0, [0])))
    try expectMeaning(
      equation([4, 4], rank: 1, .select(.constant(0), total, .constant(3))), [x], kind: .integer)
    #expect(throws: GraphError.self) {
      try equation([4], rank: 1, double).result(on: [x], kind: .integer)
    }
  }

  @Test("values that their kind does not hold are errors with a place")
  func kinds() throws {
    let x = try Tensor(shape: [2, 2], real: [1, 0, 0.5, 2])
    let value = read(0, [0, 1])
    func fault(_ value: RealExpression, _ kind: ElementKind) -> String? {
      let error = #expect(throws: GraphError.self) {
        try equation([2, 2], rank: 2, value).result(on: [x], kind: kind, name: "y")
      }
      return error?.reason
    }
    let infinite = fault(.binary(.divide, .constant(-1), value), .real)
    #expect(infinite?.hasPrefix("y[0, 1] is -inf, which is not finite") == true)
    let inverse = equation([2, 2], rank: 2, .binary(.divide, .constant(-1), value))
    #expect(
      try inverse.result(on: [x], kind: .real, areFinite: false).reals == [
        -1, -.infinity, -2, -0.5,
      ])
    let large = fault(product(value, .constant(1e39)), .real)
    #expect(large?.hasPrefix("y[0, 0] is 1e+39, which is not finite") == true)
    #expect(fault(value, .integer) == "y[1, 0] is 0.5, which is no integer of 64 bits")
    #expect(fault(value, .boolean) == "y[1, 0] is 0.5, which is neither 0 nor 1")
    let truth = RealExpression.binary(.less, value, .constant(1))
    try expectMeaning(equation([2, 2], rank: 2, truth), [x], kind: .boolean)
  }
}

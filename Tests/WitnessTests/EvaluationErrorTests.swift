import ConstraintSystem
import Kernels
import Testing
import Witness

@Suite struct EvaluationErrorTests {
  /// Evaluates y[i, j] = an expression of x[i, j] on 3000 values from −1500 on.
  private func evaluate(
    _ expression: (HintExpression) -> HintExpression,
    range: ClosedRange<Int> = -1_000_000...1_000_000, scale: Int = 1
  ) throws(EvaluationError) -> [Int] {
    let x = HintExpression.read(read(0, index(0), index(1)))
    let all = Int.min...Int.max
    let circuit = circuit(
      [
        tensor("x", [30, 100], .publicInput, range: all),
        tensor("y", [30, 100], .witness, range: range),
      ], indices(30, 100), .expression(expression(x)), tables: [RandomStep.table])
    let values = IntegerBuffer((0..<3000).map { ($0 - 1500) * scale })
    return try Evaluator.evaluate(circuit, model: [:], inputs: [0: values])[1].values
  }

  @Test func valueOutsideOfItsRange() {
    let expected = EvaluationError.outOfRange(
      step: "the step", tensor: "y", position: [25, 13], value: 1013, range: -1500...1012)
    for threads in [1, 2, 5] {
      Parallelism.threads = threads
      #expect(throws: expected) { try evaluate({ $0 }, range: -1500...1012) }
    }
    Parallelism.threads = 0
    #expect(
      expected.description
        == "the step: y[25, 13] is 1013, outside of [-1500, 1012]: "
        + "recalibrate with a sample that covers this input, or compile with more headroom")
  }

  @Test func divisionByWhatIsNotPositive() {
    // x runs from −1500, so the divisor 600 − x is first zero at x = 600.
    let expected = EvaluationError.division(step: "the step", position: [21, 0], divisor: 0)
    #expect(throws: expected) {
      try evaluate { .floorDivide(.constant(7), .subtract(.constant(600), $0)) }
    }
    #expect(throws: expected) {
      try evaluate { .remainder(.constant(7), .subtract(.constant(600), $0)) }
    }
  }

  @Test func branchesThatAreNotSelectedMayFail() throws {
    let values = try evaluate { x in
      .select(
        .less(.constant(0), x), .floorDivide(.constant(1000), x),
        .select(
          .equal(x, .constant(0)), .constant(-1),
          .remainder(.constant(9), .subtract(.constant(0), x))))
    }
    let expected = (0..<3000).map { n in
      let x = n - 1500
      return x > 0 ? 1000 / x : x == 0 ? -1 : 9 % -x
    }
    #expect(values == expected)
  }

  @Test func overflowOfIntermediateValues() {
    // x runs from −1500·2^52 on, and is first positive at [15, 1].
    let large = 1 << 52
    let cases: [([Int], (HintExpression) -> HintExpression)] = [
      ([0, 0], { .multiply($0, .constant(1 << 12)) }),
      ([0, 0], { .subtract(.subtract($0, .constant(.max / 2)), .constant(.max / 2)) }),
      ([15, 1], { .add($0, .constant(.max)) }),
    ]
    for (position, expression) in cases {
      #expect(throws: EvaluationError.overflow(step: "the step", position: position)) {
        try evaluate(expression, scale: large)
      }
    }
  }

  @Test func valueThatIsInNoRow() throws {
    #expect(
      throws: EvaluationError.tableMiss(
        step: "the step", position: [10, 1], table: "relu", value: 5001)
    ) {
      try evaluate { .table(0, column: 1, .add($0, .constant(5500))) }
    }
  }

  @Test func overflowOfASum() throws {
    // Two summands of 2^62 overflow; which way the sum runs depends on the shape.
    for shape in [[2, 1000], [1000, 2]] {
      let circuit = circuit(
        [
          tensor("x", shape, .publicInput, range: 0...(1 << 62)),
          tensor("y", [shape[0]], .witness, range: 0...Int.max),
        ], indices(shape[0], shape[1]),
        .sumOfProducts([
          .init(
            coefficient: 1, summed: [1],
            factors: [LinearExpression(read(0, index(0), index(1)))])
        ]))
      var values = [Int](repeating: 0, count: 2000)
      values[2000 - shape[1]] = 1 << 62
      values[2000 - 1] = 1 << 62
      #expect(throws: EvaluationError.overflow(step: "the step", position: [shape[0] - 1])) {
        try Evaluator.evaluate(circuit, model: [:], inputs: [0: IntegerBuffer(values)])
      }
    }
  }

  private static let copy = circuit(
    [
      tensor("w", [2], .model, range: -8...7), tensor("x", [2, 2], .publicInput, range: -8...7),
      tensor("y", [2, 2], .witness),
    ], indices(2, 2),
    .sumOfProducts([product(read(0, index(1)), read(1, index(0), index(1)))]))

  @Test func givenValues() throws {
    let (w, x) = (IntegerBuffer([1, 2]), IntegerBuffer([1, -2, 3, 4]))
    let circuit = Self.copy
    let assignment = try Evaluator.evaluate(circuit, model: [0: w], inputs: [1: x])
    #expect(assignment[2].values == [1, -4, 3, 8])
    #expect(throws: EvaluationError.missingTensor(name: "w")) {
      try Evaluator.evaluate(circuit, model: [:], inputs: [1: x])
    }
    #expect(throws: EvaluationError.missingTensor(name: "x")) {
      try Evaluator.evaluate(circuit, model: [0: w], inputs: [:])
    }
    #expect(throws: EvaluationError.unexpectedTensor(name: "w")) {
      try Evaluator.evaluate(circuit, model: [:], inputs: [0: w, 1: x])
    }
    #expect(throws: EvaluationError.unexpectedTensor(name: "y")) {
      try Evaluator.evaluate(circuit, model: [0: w], inputs: [1: x, 2: x])
    }
    #expect(throws: EvaluationError.unexpectedTensor(name: "tensor 3")) {
      try Evaluator.evaluate(circuit, model: [0: w], inputs: [1: x, 3: x])
    }
    #expect(throws: EvaluationError.wrongCount(tensor: "x", expected: 4, found: 2)) {
      try Evaluator.evaluate(circuit, model: [0: w], inputs: [1: w])
    }
    #expect(
      throws: EvaluationError.inputOutOfRange(
        tensor: "x", position: [1, 0], value: 8, range: -8...7)
    ) {
      try Evaluator.evaluate(circuit, model: [0: w], inputs: [1: IntegerBuffer([0, 0, 8, 9])])
    }
  }

  /// A position that is more than an integer away, or nearly so.
  private func far(coefficient: Int = 1, constant: Int = 0) -> AffineIndex {
    AffineIndex(
      constant: constant,
      terms: (0..<2).map { AffineIndex.Term(index: $0, coefficient: coefficient) })
  }

  @Test func malformedPrograms() throws {
    let given = [1: IntegerBuffer([1, -2, 3, 4])]
    let model = [0: IntegerBuffer([1, 2])]
    let changes: [(inout WitnessProgram.Step) -> Void] = [
      { $0.target = 0 },
      { $0.target = 7 },
      { $0.indices = indices(2, 3) },
      { $0.indices = indices(2, 1 << 62) },
      { $0.indices = indices(2, 2, 1 << 62, 1 << 62) },
      { $0.computation = .expression(.read(read(2, index(0), index(1)))) },
      { $0.computation = .expression(.read(read(9, index(0), index(1)))) },
      { $0.computation = .expression(.read(read(1, index(0)))) },
      { $0.computation = .expression(.read(read(1, index(0), index(0)))) },
      { $0.computation = .expression(.read(read(1, index(0), index(2)))) },
      { $0.computation = .expression(.index(far(coefficient: .max))) },
      { $0.computation = .expression(.index(far(constant: .min))) },
      { $0.computation = .expression(.read(read(1, far(coefficient: 1 << 62), index(1)))) },
      { $0.computation = .expression(.read(read(1, index(0), far(constant: .max)))) },
      {
        let x = read(1, far(constant: .max), constant(0))
        $0.computation = .sumOfProducts([product(read(0, constant(0)), x)])
      },
      { $0.computation = .expression(.table(0, column: 0, .constant(0))) },
      { $0.computation = .expression(.sum(over: [0], .constant(0))) },
      { $0.computation = .sumOfProducts([.init(coefficient: 1, factors: [])]) },
      {
        $0.computation = .sumOfProducts([product(read(2, index(0), index(1)), read(0, index(1)))])
      },
      { $0.computation = .sumOfProducts([product(read(0, index(2)), read(0, index(1)))]) },
      {
        $0.indices = indices(2, 2, 0)
        $0.computation = .expression(.maximumOver([2], .constant(0)))
      },
      {
        $0.indices = indices(2, 2, 50, 2)
        let w = read(0, index(3))
        $0.computation = .sumOfProducts([product(w, read(1, index(0), index(1)), over: [2])])
      },
      {
        $0.indices = indices(2, 2, 5)
        let w = read(0, index(2))
        $0.computation = .sumOfProducts([product(w, w, over: [2, 2])])
      },
    ]
    for (number, change) in changes.enumerated() {
      var circuit = Self.copy
      change(&circuit.program.steps[0])
      do throws(EvaluationError) {
        _ = try Evaluator.evaluate(circuit, model: model, inputs: given)
        Issue.record("the malformed program \(number) was run")
      } catch {
        guard case .malformed(step: "the step", _) = error else {
          Issue.record("program \(number): \(error)")
          continue
        }
      }
    }
  }
}

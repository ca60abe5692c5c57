import ConstraintSystem
import Evaluation

/// An equation on operands that are in memory.
///
/// Reductions are computed first, each once for the values of the indices that it depends on: sums of
/// products as matrix products. What is left reads their results.
struct EquationRun {
  let indices: [StatementIndex]
  let domain: [Int]
  /// The operands, then what has been computed.
  private(set) var sources: TensorSources
  /// The most elements of what is computed on the way.
  let limit: Int

  /// `sources` are the equation's operands, by their numbers.
  init(_ equation: Equation, sources: TensorSources) {
    indices = equation.indices.map { StatementIndex(name: $0.name, size: $0.size) }
    domain = Array(0..<equation.domainRank)
    limit = max(1 << 26, equation.shape.reduce(1, *))
    self.sources = sources
  }

  /// An expression without reductions that has the value of `expression`; they have been computed.
  ///
  /// - Parameter isMasked: whether the value is not used everywhere: then what may fail stays.
  mutating func reduced(
    _ expression: RealExpression, isMasked: Bool = false
  ) throws(EquationFailure) -> RealExpression {
    switch expression {
    case .constant, .index: return expression
    case .read(var read):
      for (axis, position) in read.positions.enumerated() {
        guard case .computed(let place) = position else { continue }
        read.positions[axis] = .computed(try reduced(place, isMasked: isMasked))
      }
      return .read(read)
    case .unary(let function, let operand):
      return .unary(function, try reduced(operand, isMasked: isMasked)).folded
    case .binary(let operation, let left, let right):
      let left = try reduced(left, isMasked: isMasked)
      return .binary(operation, left, try reduced(right, isMasked: isMasked)).folded
    case .select(let condition, let first, let second):
      let condition = try reduced(condition, isMasked: isMasked)
      let first = try reduced(first, isMasked: true)
      return .select(condition, first, try reduced(second, isMasked: true))
    case .reduce(let reduction, var bound, var term):
      while case .reduce(reduction, let more, let inner) = term, !reduction.isPlace {
        (bound, term) = (bound + more, inner)
      }
      term = try reduced(term, isMasked: isMasked)
      return try value(of: reduction, over: bound, term, isMasked: isMasked)
    }
  }

  /// Computes a reduction of a term without any, unless it is better left where it is.
  mutating func value(
    of reduction: RealExpression.Reduction, over bound: [Int], _ term: RealExpression,
    isMasked: Bool = false
  ) throws(EquationFailure) -> RealExpression {
    let whole = RealExpression.reduce(reduction, over: bound, term)
    let mayFail =
      isIntegral(term) || term.readsComputedPlaces || reduction.skipsOutside
    if isMasked && mayFail { return whole }
    if reduction == .sum, let result = try product(over: bound, term) { return result }
    return try computed(whole) ?? whole
  }

  /// Computes an expression over just the indices that it depends on, and reads the result; nil where
  /// that would be too large.
  mutating func computed(
    _ expression: RealExpression
  ) throws(EquationFailure) -> RealExpression? {
    let space = expression.freeIndices.sorted()
    guard let count = elementCount(space) else { return nil }
    if isIntegral(expression) {
      let result = LaneArray<Int64>(count: count)
      try integers(expression, over: space).perform { run throws(ExpressionFailure) in
        try run.write(to: result.base)
      }
      return append(.int64(UnsafePointer(result.base)), result, over: space)
    }
    let result = LaneArray<Double>(count: count)
    try reals(expression, over: space).perform { run throws(ExpressionFailure) in
      try run.write(to: result.base)
    }
    return append(.double(UnsafePointer(result.base)), result, over: space)
  }

  /// Takes up what has been computed over a space of indices; the result reads it.
  mutating func append(
    _ pointer: ElementPointer, _ owner: any AnyObject & Sendable, over space: [Int]
  ) -> RealExpression {
    let shape = space.map { indices[$0].size }
    let number = sources.append(shape: shape, pointer, owner: owner)
    return .read(
      OperandRead(operand: number, positions: space.map { .affine(AffineIndex(index: $0)) }))
  }

  /// The number of values of some indices; nil beyond the limit.
  func elementCount(_ space: [Int]) -> Int? {
    var count = 1
    for index in space {
      let (product, overflow) = count.multipliedReportingOverflow(by: indices[index].size)
      guard !overflow, product <= limit else { return nil }
      count = product
    }
    return count
  }

  func isIntegral(_ expression: RealExpression) -> Bool {
    expression.isIntegral { sources[$0]?.isInteger ?? false }
  }
}

// MARK: - Programs

extension EquationRun {
  /// A program with the space that it runs over.
  struct Prepared<Element: LaneElement> {
    var run: ExpressionRun<Element>
    var space: [Int]

    /// Runs the program and says where it failed.
    func perform(
      _ body: (ExpressionRun<Element>) throws(ExpressionFailure) -> Void
    ) throws(EquationFailure) {
      do throws(ExpressionFailure) { try body(run) } catch { throw .place(error, domain: space) }
    }
  }

  func reals(
    _ expression: RealExpression, over space: [Int]
  ) throws(EquationFailure) -> Prepared<Double> {
    do throws(MalformedRead) {
      let program = try EquationProgram<Double>.make(
        expression, indices: indices, domain: space, sources: sources
      ) { $0 }
      return Prepared(run: ExpressionRun(program, tensors: sources), space: space)
    } catch { throw .malformed(error.reason) }
  }

  /// Of an expression that is integral.
  func integers(
    _ expression: RealExpression, over space: [Int]
  ) throws(EquationFailure) -> Prepared<Int64> {
    do throws(MalformedRead) {
      let program = try EquationProgram<Int64>.make(
        expression, indices: indices, domain: space, sources: sources
      ) { Int64($0) }
      return Prepared(run: ExpressionRun(program, tensors: sources), space: space)
    } catch { throw .malformed(error.reason) }
  }
}

extension RealExpression {
  /// The same as a constant, where it is one of reals or of small integers.
  fileprivate var folded: RealExpression {
    var value: Double
    switch self {
    case .unary(let function, .constant(let operand)): value = function.value(operand)
    case .binary(.add, .constant(let a), .constant(let b)): value = a + b
    case .binary(.subtract, .constant(let a), .constant(let b)): value = a - b
    case .binary(.multiply, .constant(let a), .constant(let b)): value = a * b
    case .binary(.divide, .constant(let a), .constant(let b)): value = a / b
    default: return self
    }
    return value.magnitude < 0x1p53 ? .constant(value) : self
  }
}

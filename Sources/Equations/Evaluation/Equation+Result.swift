import Evaluation
import TensorGraph

extension Equation {
  /// The value of the equation on operands, fast and on all threads: reductions once for what they
  /// depend on, sums of products as matrix products, everything else in blocks of lanes.
  ///
  /// It means what `evaluate(operands:kind:)` means, but for the order of sums of reals, so that the
  /// last bits of a real can differ between machines; they do not depend on the number of threads.
  /// Reductions over nothing are refused.
  ///
  /// - Parameters:
  ///   - operands: by number. Those of truth values hold 0 and 1.
  ///   - kind: what the elements are; truth values are given as the integers 0 and 1.
  ///   - name: of what is computed, for errors.
  ///   - areFinite: whether a real that is not finite is an error; a constant may be infinite.
  ///
  /// Throws what `check` throws, and `.value` with the place of an integer beyond 64 bits, a division
  /// of integers by zero, a computed position that does not exist, a real that is not finite, or a
  /// value that is not of `kind`.
  public func result(
    on operands: [Tensor], kind: ElementKind, name: String = "the result",
    areFinite: Bool = true
  ) throws(GraphError) -> Tensor {
    try check(operands: operands.map(\.shape))
    guard try Shape.elementCount(shape) > 0 else {
      return try Tensor(shape: shape, kind == .real ? .real([]) : .integer([]))
    }
    let elements: Tensor.Elements
    do throws(EquationFailure) {
      elements = try operands.map { EquationOperand($0) }.withSources {
        sources throws(EquationFailure) in
        var run = EquationRun(self, sources: sources)
        let value = try run.reduced(value)
        return kind == .real
          ? .real(try run.reals(value, areFinite: areFinite))
          : .integer(try run.integers(value, isTruth: kind == .boolean))
      }
    } catch {
      throw error.error(name, self, kind: kind)
    }
    return try Tensor(shape: shape, elements)
  }

  /// The value of the equation on operands in double precision, as `result` computes it, whatever it
  /// is: truth values are 0 and 1, and what is not finite stays.
  ///
  /// - Parameters:
  ///   - operands: by number, as the equation's reads need them. Integers are exact up to 2^53.
  ///   - name: of what is computed, for errors.
  ///
  /// The limits of `check` are for what people write, and are not asked here: the forms of a compiler
  /// have passed their own checks, and each of their terms may bind indices of its own.
  ///
  /// Throws `.value` with the place of a computed position that does not exist, or of an extreme of
  /// nothing.
  package func doubles(
    on operands: [EquationOperand], name: String = "the result"
  ) throws(GraphError) -> [Double] {
    guard try Shape.elementCount(shape) > 0 else { return [] }
    do throws(EquationFailure) {
      return try operands.withSources { sources throws(EquationFailure) in
        var run = EquationRun(self, sources: sources)
        let value = try run.reduced(value)
        return try run.doubles(value)
      }
    } catch {
      throw error.error(name, self, kind: .real)
    }
  }
}

extension EquationRun {
  /// The values of an expression without reductions over the whole domain.
  fileprivate func doubles(_ value: RealExpression) throws(EquationFailure) -> [Double] {
    let program = try reals(value, over: domain)
    return try filled { target throws(EquationFailure) in
      try program.perform { run throws(ExpressionFailure) in try run.write(to: target) }
    }
  }

  /// The values of an expression without reductions over the whole domain, in single precision.
  fileprivate func reals(
    _ value: RealExpression, areFinite: Bool
  ) throws(EquationFailure) -> [Float] {
    guard isIntegral(value) else {
      let program = try reals(value, over: domain)
      return try filled { target throws(EquationFailure) in
        try program.perform { run throws(ExpressionFailure) in
          try run.write(to: target, areFinite: areFinite)
        }
      }
    }
    let program = try integers(value, over: domain)
    return try filled { target throws(EquationFailure) in
      try program.perform { run throws(ExpressionFailure) in try run.write(to: target) }
    }
  }

  /// The values of an expression without reductions over the whole domain, which are to be integers,
  /// or 0 and 1.
  fileprivate func integers(
    _ value: RealExpression, isTruth: Bool
  ) throws(EquationFailure) -> [Int64] {
    guard isIntegral(value) else {
      let program = try reals(value, over: domain)
      return try filled { target throws(EquationFailure) in
        try program.perform { run throws(ExpressionFailure) in
          try run.write(to: target, isTruth: isTruth)
        }
      }
    }
    let program = try integers(value, over: domain)
    return try filled { target throws(EquationFailure) in
      try program.perform { run throws(ExpressionFailure) in
        if isTruth { try run.writeTruth(to: target) } else { try run.write(to: target) }
      }
    }
  }

  /// As many numbers as the domain has positions, which `body` writes.
  private func filled<Number>(
    _ body: (UnsafeMutablePointer<Number>) throws(EquationFailure) -> Void
  ) throws(EquationFailure) -> [Number] {
    let count = indices.count(of: domain)
    var failure: EquationFailure?
    let result = [Number](unsafeUninitializedCapacity: count) { buffer, initialized in
      guard let base = buffer.baseAddress else { return }
      do throws(EquationFailure) {
        try body(base)
        initialized = count
      } catch { failure = error }
    }
    if let failure { throw failure }
    return result
  }
}

import ConstraintSystem
import Evaluation

extension EquationRun {
  /// A factor, or a product of several, and the indices that it depends on.
  private struct Factor {
    var expression: RealExpression
    var indices: Set<Int>

    init(_ expression: RealExpression) {
      self.expression = expression
      indices = expression.freeIndices
    }
  }

  /// A sum of products, computed as matrix products; nil where that has no advantage.
  ///
  /// Factors that do not depend on what is summed are taken out of the sum.
  mutating func product(
    over bound: [Int], _ term: RealExpression
  ) throws(EquationFailure) -> RealExpression? {
    var product = FlatProduct()
    product.multiply(by: term)
    let factors = product.factors.map(Factor.init)
    let outer = factors.filter { $0.indices.isDisjoint(with: bound) }.map(\.expression)
    var inner = factors.filter { !$0.indices.isDisjoint(with: bound) }
    guard !inner.isEmpty, inner.count > 1 || !outer.isEmpty || product.coefficient != 1 else {
      return nil
    }
    let whole = RealExpression.product(of: inner.map(\.expression))
    while inner.count > 2 { Self.joinNearest(&inner, indices) }
    if inner.count == 2, let sum = try contraction(inner[0], inner[1], over: bound) {
      return .product(of: outer + [sum], times: product.coefficient)
    }
    guard !outer.isEmpty || product.coefficient != 1 else { return nil }
    let sum = try value(of: .sum, over: bound, whole)
    return .product(of: outer + [sum], times: product.coefficient)
  }

  /// Makes one factor of the two that depend on the fewest indices together.
  private static func joinNearest(_ factors: inout [Factor], _ indices: [StatementIndex]) {
    var best = (0, 1)
    var least = Double.infinity
    for second in factors.indices {
      for first in 0..<second {
        let union = factors[first].indices.union(factors[second].indices)
        let size = union.reduce(1.0) { $0 * Double(indices[$1].size) }
        if size < least { (least, best) = (size, (first, second)) }
      }
    }
    let second = factors.remove(at: best.1)
    factors[best.0] = Factor(.binary(.multiply, factors[best.0].expression, second.expression))
  }

  /// The sum of the products of two factors; nil where a matrix product has no advantage, or would
  /// not be exact on integers.
  private mutating func contraction(
    _ left: Factor, _ right: Factor, over bound: [Int]
  ) throws(EquationFailure) -> RealExpression? {
    let space = left.indices.union(right.indices).subtracting(bound).sorted()
    let roles = ContractionRoles(left.indices, right.indices, summed: bound, domain: space)
    guard roles.areWorthwhile(indices), let count = elementCount(space),
      let first = try contractionFactor(left), let second = try contractionFactor(right)
    else { return nil }
    guard isIntegral(left.expression), isIntegral(right.expression) else {
      let result = LaneArray<Double>(count: count)
      result.base.update(repeating: 0, count: count)
      let term = Contraction<Double>.Term(
        coefficient: 1, summed: bound, factors: (first, second))
      guard let contraction = try prepared(term, space) else { return nil }
      contraction.accumulate(into: result.base)
      return append(.double(UnsafePointer(result.base)), result, over: space)
    }
    let bound = Double(indices.count(of: bound))
    guard bound * magnitude(first) * magnitude(second) < ContractionFactor.exactInDouble else {
      return nil
    }
    let result = LaneArray<Int64>(count: count)
    result.base.update(repeating: 0, count: count)
    let term = Contraction<Int64>.Term(
      coefficient: 1, summed: roles.inner, factors: (first, second))
    guard let contraction = try prepared(term, space) else { return nil }
    contraction.accumulate(into: result.base)
    return append(.int64(UnsafePointer(result.base)), result, over: space)
  }

  private func prepared<Element>(
    _ term: Contraction<Element>.Term, _ space: [Int]
  ) throws(EquationFailure) -> Contraction<Element>? {
    do throws(MalformedRead) {
      return try Contraction(term, indices: indices, domain: space, tensors: sources)
    } catch { throw .malformed(error.reason) }
  }

  /// How large a factor can be.
  private func magnitude(_ factor: ContractionFactor) -> Double {
    factor.terms.reduce(factor.constant.magnitude) {
      $0 + $1.coefficient.magnitude * sources.greatestMagnitude(of: $1.read.tensor)
    }
  }

  /// A factor as reads; what is not linear in reads is computed first. Nil where that is too large.
  private mutating func contractionFactor(
    _ factor: Factor
  ) throws(EquationFailure) -> ContractionFactor? {
    if let linear = ContractionFactor(factor.expression) { return linear }
    return try computed(factor.expression).flatMap { ContractionFactor($0) }
  }
}

/// A product as a list of factors, none of which is a product.
private struct FlatProduct {
  private(set) var coefficient = 1.0
  private(set) var factors: [RealExpression] = []

  mutating func multiply(by expression: RealExpression) {
    switch expression {
    case .constant(let value): coefficient *= value
    case .unary(.negate, let operand):
      coefficient = -coefficient
      multiply(by: operand)
    case .binary(.multiply, let left, let right):
      multiply(by: left)
      multiply(by: right)
    case .binary(.divide, let dividend, .constant(let divisor)) where divisor != 0:
      coefficient /= divisor
      multiply(by: dividend)
    default: factors.append(expression)
    }
  }
}

extension RealExpression {
  /// The product of factors, of which there is at least one.
  fileprivate static func product(
    of factors: [RealExpression], times coefficient: Double = 1
  ) -> RealExpression {
    var result = factors[0]
    for factor in factors.dropFirst() { result = .binary(.multiply, result, factor) }
    return coefficient == 1 ? result : .binary(.multiply, .constant(coefficient), result)
  }
}

extension ContractionFactor {
  /// Integers up to here are exact in double precision, and so are their sums up to here; it keeps a
  /// margin for how magnitudes are computed.
  fileprivate static let exactInDouble = 9.0e15

  /// Nil where the expression is not linear in reads at affine positions.
  fileprivate init?(_ expression: RealExpression) {
    self.init(constant: 0, terms: [])
    guard add(expression, times: 1) else { return nil }
  }

  private mutating func add(_ expression: RealExpression, times coefficient: Double) -> Bool {
    switch expression {
    case .constant(let value):
      constant += coefficient * value
      return true
    case .read(let read):
      guard let read = read.tensorRead else { return false }
      terms.append(Term(coefficient: coefficient, read: read))
      return true
    case .unary(.negate, let operand): return add(operand, times: -coefficient)
    case .binary(.add, let left, let right):
      return add(left, times: coefficient) && add(right, times: coefficient)
    case .binary(.subtract, let left, let right):
      return add(left, times: coefficient) && add(right, times: -coefficient)
    case .binary(.multiply, .constant(let value), let operand),
      .binary(.multiply, let operand, .constant(let value)):
      return add(operand, times: coefficient * value)
    default: return false
    }
  }
}

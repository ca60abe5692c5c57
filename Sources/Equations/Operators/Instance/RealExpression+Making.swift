import ConstraintSystem

// Expressions whose constant parts are computed and whose affine parts are positions.
extension RealExpression {
  static func affine(_ index: AffineIndex) -> RealExpression {
    index.terms.isEmpty ? .constant(Double(index.constant)) : .index(index)
  }

  static func negation(of operand: RealExpression) -> RealExpression {
    if case .constant(let value) = operand { return .constant(value == 0 ? 1 : 0) }
    return .unary(.not, operand)
  }

  static func applied(_ function: Unary, _ operand: RealExpression) -> RealExpression {
    if case .constant(let value) = operand, !function.value(value).isNaN {
      return .constant(function.value(value))
    }
    return .unary(function, operand)
  }

  static func combined(
    _ operation: Binary, _ left: RealExpression, _ right: RealExpression
  ) -> RealExpression {
    if let index = affine(operation, left, right) { return .affine(index) }
    switch (left, right) {
    case (.constant(let a), .constant(let b)):
      if let value = try? operation.value(.real(a), .real(b)).double, !value.isNaN {
        return .constant(value)
      }
    case (.constant(let a), _):
      if let value = neutral(operation, a, right, isLeft: true) { return value }
    case (_, .constant(let b)):
      if let value = neutral(operation, b, left, isLeft: false) { return value }
    default: break
    }
    return .binary(operation, left, right)
  }

  /// What is left of an operation with a constant that changes nothing.
  private static func neutral(
    _ operation: Binary, _ constant: Double, _ other: RealExpression, isLeft: Bool
  ) -> RealExpression? {
    switch operation {
    case .add where constant == 0: other
    case .multiply where constant == 1: other
    case .subtract where constant == 0: isLeft ? .unary(.negate, other) : other
    case .divide where constant == 1 && !isLeft: other
    case .power where constant == 1 && !isLeft: other
    case .maximum where constant == -.infinity: other
    case .minimum where constant == .infinity: other
    case .and where constant != 0 && other.isTruth: other
    case .or where constant == 0 && other.isTruth: other
    default: nil
    }
  }

  /// Whether it is 0 or 1 by its form.
  package var isTruth: Bool {
    switch self {
    case .unary(.not, _): true
    case .binary(let operation, _, _):
      [.equal, .less, .lessOrEqual, .and, .or, .xor].contains(operation)
    default: false
    }
  }

  /// The affine function that sums and multiples of such functions are.
  private static func affine(
    _ operation: Binary, _ left: RealExpression, _ right: RealExpression
  ) -> AffineIndex? {
    guard let a = left.affineIndex, let b = right.affineIndex else { return nil }
    if a.terms.isEmpty && b.terms.isEmpty { return nil }
    switch operation {
    case .add: return a.adding(b, times: 1)
    case .subtract: return a.adding(b, times: -1)
    case .multiply where a.terms.isEmpty: return AffineIndex().adding(b, times: a.constant)
    case .multiply where b.terms.isEmpty: return AffineIndex().adding(a, times: b.constant)
    default: return nil
    }
  }

  private var affineIndex: AffineIndex? {
    switch self {
    case .index(let index): index
    case .constant(let value) where Swift.abs(value) <= 0x1p40:
      Int(exactly: value).map { AffineIndex(constant: $0) }
    default: nil
    }
  }
}

extension AffineIndex {
  /// The sum with a multiple; nil where a number of it leaves 64 bits.
  fileprivate func adding(_ other: AffineIndex, times factor: Int) -> AffineIndex? {
    guard let constant = constant.adding(other.constant, times: factor) else { return nil }
    var coefficients: [Int: Int] = [:]
    for term in terms { coefficients[term.index] = term.coefficient }
    for term in other.terms {
      let old = coefficients[term.index] ?? 0
      guard let sum = old.adding(term.coefficient, times: factor) else { return nil }
      coefficients[term.index] = sum
    }
    let sums = coefficients.filter { $0.value != 0 }.sorted { $0.key < $1.key }
    return AffineIndex(
      constant: constant, terms: sums.map { Term(index: $0.key, coefficient: $0.value) })
  }
}

extension Int {
  fileprivate func adding(_ other: Int, times factor: Int) -> Int? {
    let (product, overflow) = other.multipliedReportingOverflow(by: factor)
    let (sum, isTooLarge) = addingReportingOverflow(product)
    return overflow || isTooLarge ? nil : sum
  }
}

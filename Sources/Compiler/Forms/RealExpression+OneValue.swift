import Equations

/// Functions of one value: expressions whose only read is `.argument`.
extension RealExpression {
  /// The value that a function of one value is of.
  static var argument: RealExpression { .read(.init(operand: 0, positions: [])) }

  /// How many parts the expression has.
  var partCount: Int { 1 + children.reduce(0) { $0 + $1.partCount } }

  /// A constant of the expression that is not finite; nil where there is none.
  var infiniteConstant: Double? {
    if case .constant(let value) = self { return value.isFinite ? nil : value }
    return children.lazy.compactMap(\.infiniteConstant).first
  }

  /// The greatest magnitude of a constant of the expression; 0 where there is none.
  var greatestConstant: Double {
    if case .constant(let value) = self { return abs(value) }
    return children.reduce(0) { max($0, $1.greatestConstant) }
  }

  /// The function of another function's value.
  func composed(with inner: RealExpression) -> RealExpression {
    if case .read = self { return inner }
    return mapChildren { $0.composed(with: inner) }
  }

  /// The function's value.
  func value(at x: Double) -> Double {
    switch self {
    case .constant(let value): value
    case .read: x
    case .unary(let function, let operand): function.value(operand.value(at: x))
    case .binary(let operation, let left, let right):
      operation.real(left.value(at: x), right.value(at: x))
    case .select(let condition, let first, let second):
      condition.value(at: x) != 0 ? first.value(at: x) : second.value(at: x)
    case .index, .reduce: .nan
    }
  }

  /// The coefficients, by ascending degree, of a function that is a polynomial of degree 2 or less.
  var coefficients: [Double]? {
    switch self {
    case .constant(let value): return value.isFinite ? [value] : nil
    case .read: return [0, 1]
    case .unary(.negate, let operand): return operand.coefficients?.map { -$0 }
    case .unary(.single, let operand): return operand.coefficients
    case .binary(.add, let left, let right): return Self.combined(left, right, 1)
    case .binary(.subtract, let left, let right): return Self.combined(left, right, -1)
    case .binary(.multiply, let left, let right):
      return Self.product(left.coefficients, right.coefficients)
    case .binary(.divide, let left, .constant(let divisor)) where divisor != 0:
      return left.coefficients?.map { $0 / divisor }
    case .binary(.power, let base, .constant(2)):
      return Self.product(base.coefficients, base.coefficients)
    default: return nil
    }
  }

  /// The slope and the value at 0 of an affine function.
  var affine: (slope: Double, offset: Double)? {
    guard let list = coefficients, list.count <= 2 else { return nil }
    return (list.count == 2 ? list[1] : 0, list[0])
  }

  private static func combined(
    _ left: RealExpression, _ right: RealExpression, _ sign: Double
  ) -> [Double]? {
    guard let a = left.coefficients, let b = right.coefficients else { return nil }
    let sum = (0..<max(a.count, b.count)).map {
      ($0 < a.count ? a[$0] : 0) + sign * ($0 < b.count ? b[$0] : 0)
    }
    return trimmed(sum)
  }

  private static func product(_ a: [Double]?, _ b: [Double]?) -> [Double]? {
    guard let a, let b, a.count + b.count <= 4 else { return nil }
    var result = [Double](repeating: 0, count: a.count + b.count - 1)
    for (i, x) in a.enumerated() {
      for (j, y) in b.enumerated() { result[i + j] += x * y }
    }
    return trimmed(result)
  }

  private static func trimmed(_ list: [Double]) -> [Double]? {
    var list = list
    while list.count > 1 && list.last == 0 { list.removeLast() }
    return list.allSatisfy(\.isFinite) ? list : nil
  }
}

extension RealExpression.Binary {
  /// The operation on reals. An extreme is not a number where either operand is none.
  func real(_ a: Double, _ b: Double) -> Double {
    switch self {
    case .add: a + b
    case .subtract: a - b
    case .multiply: a * b
    case .divide: a / b
    case .power: a.power(b)
    case .minimum: a.isNaN ? a : b < a || b.isNaN ? b : a
    case .maximum: a.isNaN ? a : b > a || b.isNaN ? b : a
    case .floorDivide: (a / b).rounded(.down)
    case .modulo: a - (a / b).rounded(.down) * b
    case .equal: a == b ? 1 : 0
    case .less: a < b ? 1 : 0
    case .lessOrEqual: a <= b ? 1 : 0
    case .and: a != 0 && b != 0 ? 1 : 0
    case .or: a != 0 || b != 0 ? 1 : 0
    case .xor: (a != 0) != (b != 0) ? 1 : 0
    }
  }
}

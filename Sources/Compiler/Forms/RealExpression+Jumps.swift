import Equations

/// Where functions of one value jump.
extension RealExpression {
  /// Whether it says on which side of a number the argument is.
  var isComparison: Bool {
    switch self {
    case .unary(.not, let inner): inner.isComparison
    case .binary(.less, let left, let right), .binary(.lessOrEqual, let left, let right),
      .binary(.equal, let left, let right):
      left.affine != nil && right.affine != nil
    default: false
    }
  }

  /// Whether it jumps somewhere, as far as its parts show. Roundings to the nearest integer do not
  /// count: they jump half way between two integers, where a rounded argument decides as well as any.
  var hasJumps: Bool {
    switch self {
    case .constant, .read, .index, .reduce: return false
    case .unary(let function, let operand):
      switch function {
      case .floor, .ceil, .truncate, .sign, .not: return !operand.isFixed
      default: return operand.hasJumps
      }
    case .binary(let operation, let left, let right):
      switch operation {
      case .less, .lessOrEqual, .equal, .and, .or, .xor, .floorDivide, .modulo:
        return !left.isFixed || !right.isFixed
      default: return left.hasJumps || right.hasJumps
      }
    case .select(let condition, let first, let second):
      if first.hasJumps || second.hasJumps { return true }
      return !condition.isFixed && !Self.meet(condition, first, second)
    }
  }

  /// Whether it has no argument.
  private var isFixed: Bool {
    switch self {
    case .read: false
    default: children.allSatisfy(\.isFixed)
    }
  }

  /// Whether two branches are the same where a condition changes.
  private static func meet(
    _ condition: RealExpression, _ first: RealExpression, _ second: RealExpression
  ) -> Bool {
    switch condition {
    case .unary(.not, let inner): return meet(inner, first, second)
    case .binary(.less, let left, let right), .binary(.lessOrEqual, let left, let right):
      guard let a = left.affine, let b = right.affine else { return false }
      guard a.slope != b.slope else { return true }
      let edge = (b.offset - a.offset) / (a.slope - b.slope)
      let (low, high) = (first.value(at: edge), second.value(at: edge))
      return abs(low - high) <= 1e-6 * max(1, abs(low), abs(high))
    default: return false
    }
  }

  /// Whether a function of an integer has a quotient that is an integer again, or a power that soon is
  /// beyond what tables hold.
  var dividesIntegers: Bool {
    switch self {
    case .unary(.floor, .binary(.divide, _, _)), .unary(.ceil, .binary(.divide, _, _)),
      .unary(.truncate, .binary(.divide, _, _)), .binary(.floorDivide, _, _),
      .binary(.modulo, _, _):
      true
    case .binary(.power, _, .constant(let exponent)):
      exponent > 2 && exponent <= 16 && exponent.rounded() == exponent
    default: children.contains { $0.dividesIntegers }
    }
  }
}

import Equations

/// Replaces the arguments of functions that are not defined everywhere where a condition does not hold.
struct PartialFunctions {
  let signs: Signs
  let reading: Signs.Reading
  let condition: BranchCondition
  /// How many operands the expression has; those of the condition come behind.
  let known: Int

  func guarded(_ expression: RealExpression) -> RealExpression {
    switch expression {
    case .unary(let function, let operand):
      let inner = guarded(operand)
      guard let safe = safeArgument(function, operand) else { return .unary(function, inner) }
      return .unary(function, replaced(inner, operand, by: safe))
    case .binary(let operation, let left, let right):
      let (a, b) = (guarded(left), guarded(right))
      switch operation {
      case .divide, .floorDivide, .modulo:
        guard !signs.isNeverZero(right, reading) else { return .binary(operation, a, b) }
        return .binary(operation, a, replaced(b, right, by: 1))
      case .power:
        guard !isDefined(left, toThe: right) else { return .binary(operation, a, b) }
        return .binary(operation, replaced(a, left, by: 1), b)
      default: return .binary(operation, a, b)
      }
    default: return expression.mapChildren { guarded($0) }
    }
  }

  /// What the function is defined for, where it is not for all that the operand may be.
  private func safeArgument(
    _ function: RealExpression.Unary, _ operand: RealExpression
  ) -> Double? {
    switch function {
    case .log: signs.sign(operand, reading) == .positive ? nil : 1
    case .sqrt: signs.sign(operand, reading) == .unknown ? 1 : nil
    case .acosh: 1
    case .asin, .acos, .atanh: 0
    default: nil
    }
  }

  private func isDefined(_ base: RealExpression, toThe exponent: RealExpression) -> Bool {
    let sign = signs.sign(base, reading)
    guard case .constant(let value) = exponent else { return sign == .positive }
    if value.rounded() == value { return value >= 0 || signs.isNeverZero(base, reading) }
    return sign >= (value < 0 ? .positive : .notNegative)
  }

  /// The argument where the condition holds. One that is the same for several elements stays as it is: it
  /// would have to be safe for all of them.
  private func replaced(
    _ argument: RealExpression, _ original: RealExpression, by safe: Double
  ) -> RealExpression {
    guard condition.indices.isSubset(of: original.readIndices) else { return argument }
    return .select(condition.expression(behind: known), argument, .constant(safe))
  }
}

import ConstraintSystem
import Equations
import TensorGraph

/// Divisions with remainder, and what rounds to integers.
extension EquationLowering {
  /// The quotient rounded down, or what it leaves.
  mutating func division(
    _ operation: RealExpression.Binary, _ left: RealExpression, _ right: RealExpression
  ) throws(GraphError) -> Polynomial {
    if operation == .floorDivide { return try divided(left, right, .floor) }
    let isWhole = kind(left) != .real && kind(right) != .real
    if isWhole, case .constant(let divisor) = right, divisor > 0 {
      return try divided(left, right, .remainder)
    }
    let floor = try divided(left, right, .floor)
    return try polynomial(left) - product(floor, polynomial(right))
  }

  /// What wraps around: the remainder of an integer that begins at another number than 0; nil where an
  /// expression is none.
  mutating func wrapped(_ expression: RealExpression) throws(GraphError) -> Polynomial? {
    guard
      case .binary(
        .subtract, .binary(.modulo, let moved, .constant(let divisor)), .constant(let back)) =
        expression,
      case .binary(.add, let value, .constant(let offset)) = moved, back == offset,
      kind(value) != .real, offset.rounded() == offset, abs(offset) < 0x1p46, divisor > 0
    else { return nil }
    return try divided(value, .constant(divisor), .remainder, least: -Int(offset))
  }

  /// What a function gives that rounds to integers.
  mutating func rounded(
    _ result: DivisionForm.Result, _ operand: RealExpression
  ) throws(GraphError) -> Polynomial {
    if kind(operand) != .real { return try polynomial(operand) }
    if case .binary(.divide, let left, let right) = operand {
      return try divided(left, right, result)
    }
    return try divided(operand, .constant(1), result)
  }

  private mutating func divided(
    _ left: RealExpression, _ right: RealExpression, _ result: DivisionForm.Result,
    least: Int = 0
  ) throws(GraphError) -> Polynomial {
    let dividend = try inside(value(of: polynomial(left)))
    let polynomial = try polynomial(right)
    guard polynomial.scalar != 0 else { throw GraphError(.unsupported, "it divides by 0") }
    var places = [dividend]
    if polynomial.scalar != 1 { places.append(try inside(value(of: polynomial))) }
    let value = elementwise(places, .integer, result.rawValue) {
      .division(
        DivisionForm(
          argument: $0[0], divisor: $0.count > 1 ? $0[1] : nil, result: result,
          least: least))
    }
    return Polynomial(value)
  }
}

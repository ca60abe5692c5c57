import ConstraintSystem
import Equations
import TensorGraph

/// Truth values, comparisons and choices.
extension EquationLowering {
  /// 1 where the expression is not 0.
  mutating func truth(_ expression: RealExpression) throws(GraphError) -> Polynomial {
    if case .constant(let value) = expression { return Polynomial(value == 0 ? 0 : 1) }
    let polynomial = try polynomial(expression)
    if kind(expression) == .boolean { return polynomial }
    let zero = RealExpression.binary(.equal, .argument, .constant(0))
    return Polynomial(1) - (try apply(zero, to: value(of: polynomial)))
  }

  mutating func exclusive(
    _ a: Polynomial, _ b: Polynomial
  ) throws(GraphError) -> Polynomial {
    let (first, second) = (try value(of: a), try value(of: b))
    let (a, b) = (element(first), element(second))
    return a + b - (try product(a, b).scaled(2))
  }

  mutating func equality(
    _ left: RealExpression, _ right: RealExpression
  ) throws(GraphError) -> Polynomial {
    if kind(left) == .boolean, kind(right) == .boolean {
      return Polynomial(1) - (try exclusive(polynomial(left), polynomial(right)))
    }
    return try compare(left, right, isEqual: true)
  }

  mutating func compare(
    _ left: RealExpression, _ right: RealExpression, isEqual: Bool
  ) throws(GraphError) -> Polynomial {
    let (a, b) = (try polynomial(left), try polynomial(right))
    if let known = compared(a.scalar, b.scalar, isEqual: isEqual) { return Polynomial(known) }
    return Polynomial(try compared(value(of: a), value(of: b), isEqual: isEqual))
  }

  /// What a comparison with an infinity gives, or that of two numbers; nil where values count. No value is
  /// infinite.
  private func compared(_ left: Double?, _ right: Double?, isEqual: Bool) -> Double? {
    if let left, let right { return (isEqual ? left == right : left < right) ? 1 : 0 }
    guard let number = left ?? right, abs(number) >= Saturation.infinity else { return nil }
    if isEqual { return 0 }
    return (number > 0) == (left == nil) ? 1 : 0
  }

  mutating func select(
    _ condition: RealExpression, _ first: RealExpression, _ second: RealExpression
  ) throws(GraphError) -> Polynomial {
    if let result = try rectified(condition, first, second) { return result }
    let choice = try truth(condition)
    let (a, b) = (try polynomial(first), try polynomial(second))
    if let scalar = choice.scalar { return scalar != 0 ? a : b }
    // A constant is not taken from what is chosen, beside which it may be huge.
    if a.isConstant || b.isConstant {
      return try b - product(choice, b) + product(choice, a)
    }
    return try product(choice, a - b) + b
  }

  /// x < 0 ? s·x : t·x is s·min(x, 0) + t·max(x, 0).
  private mutating func rectified(
    _ condition: RealExpression, _ first: RealExpression, _ second: RealExpression
  ) throws(GraphError) -> Polynomial? {
    let (read, low, high): (OperandRead, RealExpression, RealExpression)
    switch condition {
    case .binary(.less, .read(let x), .constant(0)),
      .binary(.lessOrEqual, .read(let x), .constant(0)):
      (read, low, high) = (x, first, second)
    case .binary(.less, .constant(0), .read(let x)),
      .binary(.lessOrEqual, .constant(0), .read(let x)):
      (read, low, high) = (x, second, first)
    default: return nil
    }
    guard let place = try self.read(read).place,
      let below = try quotient(of: polynomial(low), by: place),
      let above = try quotient(of: polynomial(high), by: place)
    else { return nil }
    let positive = try apply(.binary(.maximum, .argument, .constant(0)), to: place)
    var negative = Polynomial(place) - positive
    // Of a constant for each channel, one product rather than two.
    if below.scalar == nil {
      let place = try value(of: negative)
      negative = element(place)
    }
    return try product(below, negative) + product(above, positive)
  }

  /// What a polynomial is times a value; nil where it is no multiple.
  private func quotient(of polynomial: Polynomial, by place: Place) -> Polynomial? {
    var result = polynomial
    for number in result.monomials.indices {
      guard result.monomials[number].summed.isEmpty,
        let factor = result.monomials[number].factors.firstIndex(of: place)
      else { return nil }
      result.monomials[number].factors.remove(at: factor)
    }
    return result
  }
}

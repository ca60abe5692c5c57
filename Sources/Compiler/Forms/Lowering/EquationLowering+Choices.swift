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
    if let mask = try mask(choice, a, b) { return mask }
    if let mask = try maskedTest(choice, a, b) { return mask }
    // A constant is not taken from what is chosen, beside which it may be huge.
    if a.isConstant || b.isConstant {
      return try b - product(choice, b) + product(choice, a)
    }
    return try product(choice, a - b) + b
  }

  /// c·(a − b) + b for constants that mask, with one product rather than two; nil for others.
  private mutating func mask(
    _ choice: Polynomial, _ a: Polynomial, _ b: Polynomial
  ) throws(GraphError) -> Polynomial? {
    guard let first = constantExpression(a), let second = constantExpression(b),
      a.scalar == nil || b.scalar == nil
    else { return nil }
    let greatest = [a, b].reduce(0) { greatest, polynomial in
      let tensor = polynomial.constantPlace.flatMap { maker.graph.constants[$0.value] }
      return max(greatest, tensor?.greatestMagnitude ?? abs(polynomial.scalar ?? 0))
    }
    guard greatest >= Saturation.mask else { return nil }
    let difference = try constant(.binary(.subtract, first, second))
    return try product(choice, polynomial(difference)) + b
  }

  /// Where v is not c a number that masks, otherwise v, which then is c: the test is all that is left of
  /// v. Nil for another choice.
  private mutating func maskedTest(
    _ choice: Polynomial, _ a: Polynomial, _ b: Polynomial
  ) throws(GraphError) -> Polynomial? {
    guard let mask = a.scalar, abs(mask) >= Saturation.mask, let value = b.place,
      let test = choice.place ?? choice.complement, let truth = equality(behind: test),
      truth.value == value, (choice.place != nil) == truth.isNegated
    else { return nil }
    return Polynomial(truth.test).scaled(truth.constant - mask) + Polynomial(mask)
  }

  /// The comparison of a value with a number that a place holds, or the opposite of; nil where it
  /// holds none.
  private func equality(
    behind place: Place
  ) -> (test: Place, value: Place, constant: Double, isNegated: Bool)? {
    guard let node = maker.graph.nodes.last(where: { $0.output == place.value }) else {
      return nil
    }
    let shape = maker.graph[place.value].shape
    if case .sum(let sum) = node.form, sum.terms.count == 2,
      sum.terms.contains(where: { $0.factors.isEmpty && $0.coefficient == 1 }),
      let read = sum.terms.first(where: { $0.coefficient == -1 && $0.factors.count == 1 })?
        .factors[0], read.positions == .identity(shape),
      let inner = equality(
        behind: Place(value: node.operands[read.operand], positions: place.positions)),
      !inner.isNegated
    {
      return (inner.test, inner.value, inner.constant, true)
    }
    guard case .equal(let a, let b) = node.form, a.positions == .identity(shape),
      let constant = maker.graph.constants[node.operands[b.operand]], constant.count == 1
    else { return nil }
    let value = Place(value: node.operands[a.operand], positions: place.positions)
    return (place, value, constant.doubles[0], false)
  }

  /// A number or one constant as an expression; nil for anything else.
  private mutating func constantExpression(_ polynomial: Polynomial) -> RealExpression? {
    if let scalar = polynomial.scalar { return .constant(scalar) }
    guard let place = polynomial.constantPlace else { return nil }
    return read(of: place)
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

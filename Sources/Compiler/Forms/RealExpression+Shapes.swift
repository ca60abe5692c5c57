import Equations

import func Foundation.pow

extension Double {
  func power(_ exponent: Double) -> Double { pow(self, exponent) }
}

/// What can be seen of a function of one value by its expression.
extension RealExpression {
  /// scale·√a, or scale/√a, of an affine a.
  struct ScaledRoot {
    var scale: Double
    var isInverse: Bool
    var radicand: RealExpression
  }

  /// The function as a scaled root; nil where it is none.
  var scaledRoot: ScaledRoot? {
    switch self {
    case .unary(.sqrt, let inner), .binary(.power, let inner, .constant(0.5)):
      return inner.affine.map { _ in ScaledRoot(scale: 1, isInverse: false, radicand: inner) }
    case .binary(.power, let inner, .constant(-0.5)):
      return inner.affine.map { _ in ScaledRoot(scale: 1, isInverse: true, radicand: inner) }
    case .binary(.power, let inner, .constant(-1)): return inner.scaledRoot?.inverted(1)
    case .unary(.negate, let inner): return inner.scaledRoot?.scaled(-1)
    case .unary(.single, let inner): return inner.scaledRoot
    case .binary(.multiply, .constant(let factor), let inner),
      .binary(.multiply, let inner, .constant(let factor)):
      return inner.scaledRoot?.scaled(factor)
    case .binary(.divide, let inner, .constant(let divisor)) where divisor != 0:
      return inner.scaledRoot?.scaled(1 / divisor)
    case .binary(.divide, .constant(let numerator), let inner):
      return inner.scaledRoot?.inverted(numerator)
    default: return nil
    }
  }

  /// The numerator and the affine denominator of a function that is a constant over one.
  var reciprocal: (numerator: Double, denominator: RealExpression)? {
    switch self {
    case .binary(.divide, .constant(let numerator), let inner):
      return inner.affine.map { _ in (numerator, inner) }
    case .binary(.power, let inner, .constant(-1)): return inner.affine.map { _ in (1, inner) }
    case .unary(.negate, let inner): return inner.reciprocal.map { (-$0.numerator, $0.denominator) }
    case .unary(.single, let inner): return inner.reciprocal
    case .binary(.multiply, .constant(let factor), let inner),
      .binary(.multiply, let inner, .constant(let factor)):
      return inner.reciprocal.map { ($0.numerator * factor, $0.denominator) }
    default: return nil
    }
  }

  /// Whether it takes the root of an affine function or divides by one: of a wide value that is no
  /// matter for a table, which sees few of its magnitudes.
  var hasWideParts: Bool {
    switch self {
    case .unary(.sqrt, let inner), .binary(.power, let inner, .constant(0.5)),
      .binary(.power, let inner, .constant(-0.5)), .binary(.power, let inner, .constant(-1)),
      .binary(.divide, .constant, let inner):
      if let affine = inner.affine, affine.slope != 0 { return true }
    default: break
    }
    return children.contains { $0.hasWideParts }
  }

  /// Whether a value's elements can be looked up for the function, or it is one that forms have: a
  /// table has no place for a jump between two of its arguments, nor for integers beyond its ends.
  func isSuited(to kind: ElementKind) -> Bool {
    if affine != nil || scaledRoot != nil || reciprocal != nil || isComparison { return true }
    return !hasWideParts && !(kind == .real ? hasJumps : dividesIntegers)
  }

  /// How a function of one value goes with its argument.
  enum Direction {
    case constant, rising, falling
  }

  /// Never falling or never rising by the expression's composition; nil where that is not seen.
  var direction: Direction? {
    switch self {
    case .constant: return .constant
    case .read: return .rising
    case .unary(let function, let inner):
      guard let direction = inner.direction else { return nil }
      switch function {
      case .negate, .not: return direction.turned
      case .sign, .floor, .ceil, .round, .truncate, .exp, .log, .sqrt, .erf, .atan, .sinh, .tanh,
        .asinh,
        .single, .order:
        return direction
      default: return direction == .constant ? .constant : nil
      }
    case .binary(let operation, let left, let right):
      guard let a = left.direction, let b = right.direction else { return nil }
      return Self.direction(operation, left, a, right, b)
    case .select, .index, .reduce: return rectifierDirection
    }
  }

  private static func direction(
    _ operation: Binary, _ left: RealExpression, _ a: Direction, _ right: RealExpression,
    _ b: Direction
  ) -> Direction? {
    switch operation {
    case .add, .minimum, .maximum: return a.joined(b)
    case .subtract: return a.joined(b.turned)
    case .multiply:
      if case .constant(let factor) = left { return factor < 0 ? b.turned : b }
      if case .constant(let factor) = right { return factor < 0 ? a.turned : a }
      return a == .constant && b == .constant ? .constant : nil
    case .divide:
      if case .constant(let divisor) = right { return divisor < 0 ? a.turned : a }
      return left.reciprocalOfRisingDirection(of: right)
    default: return a == .constant && b == .constant ? .constant : nil
    }
  }

  /// The direction of self/denominator for a constant self that is not negative and a denominator of
  /// the form c + exp(…), which is always positive.
  private func reciprocalOfRisingDirection(of denominator: RealExpression) -> Direction? {
    guard case .constant(let numerator) = self, numerator >= 0,
      case .binary(.add, let first, let second) = denominator,
      let direction = denominator.direction
    else { return nil }
    for (constant, power) in [(first, second), (second, first)] {
      if case .constant(let value) = constant, value >= 0, case .unary(.exp, _) = power {
        return direction.turned
      }
    }
    return nil
  }

  /// Of x < c ? a(x) : b(x) with rising linear branches that meet at c.
  private var rectifierDirection: Direction? {
    guard case .select(.binary(.less, .read, .constant(let edge)), let low, let high) = self,
      let a = low.affine, let b = high.affine, a.slope >= 0, b.slope >= 0,
      a.slope * edge + a.offset <= b.slope * edge + b.offset
    else { return nil }
    return .rising
  }
}

extension RealExpression.ScaledRoot {
  func scaled(_ factor: Double) -> Self {
    .init(scale: scale * factor, isInverse: isInverse, radicand: radicand)
  }

  func inverted(_ numerator: Double) -> Self? {
    scale == 0
      ? nil : .init(scale: numerator / scale, isInverse: !isInverse, radicand: radicand)
  }
}

extension RealExpression.Direction {
  var turned: Self {
    switch self {
    case .constant: .constant
    case .rising: .falling
    case .falling: .rising
    }
  }

  func joined(_ other: Self) -> Self? {
    if self == .constant { return other }
    return other == .constant || other == self ? self : nil
  }
}

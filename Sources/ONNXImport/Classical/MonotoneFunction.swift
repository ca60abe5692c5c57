import ConstraintSystem
import Equations

/// What has been done to a number in single precision before trees compare it: a function that never
/// falls, or never rises. A comparison of its result is one of the number itself.
struct MonotoneFunction: Hashable {
  /// The integers that the number may be given as.
  var domain: ClosedRange<Int>
  /// Whether these are places in the order of single precision, rather than the number itself.
  var isOrdered: Bool
  /// One after the other, of the only value that they read.
  var steps: [RealExpression] = []

  /// The function's value in single precision.
  func value(at integer: Int) -> Float? {
    guard
      var value = isOrdered ? SingleOrder.number(at: integer) : Float(exactly: Float(integer))
    else { return nil }
    for step in steps {
      guard let next = step.single(at: value) else { return nil }
      value = next
    }
    return value
  }

  /// Whether it never falls; nil where it is not seen to be monotone.
  var isRising: Bool? {
    var isRising = true
    for step in steps {
      switch step.singleDirection {
      case .falling?: isRising.toggle()
      case .rising?, .constant?: break
      case nil: return nil
      }
    }
    return isRising
  }

  /// Which integers the function takes up to a cut: those up to the threshold, or if it is turned those
  /// above; nil where it is not monotone, or somewhere no number.
  func place(of cut: Forest.Cut) -> ForestTable.Place? {
    guard let isRising else { return nil }
    // The greatest integer below which, and at which, `isNear` holds; one less than all where it never does.
    var (low, high) = (domain.lowerBound - 1, domain.upperBound)
    while low < high {
      let middle = high - (high - low) / 2
      guard let value = value(at: middle), !value.isNaN else { return nil }
      let isNear = cut.isBelow ? Double(value) < cut.value : Double(value) <= cut.value
      if isNear == isRising { low = middle } else { high = middle - 1 }
    }
    return ForestTable.Place(threshold: Double(low), isTurned: !isRising)
  }
}

extension RealExpression {
  fileprivate enum Direction { case constant, rising, falling }

  /// An expression of one value, each operation rounded to single precision; nil where it is of another
  /// kind.
  fileprivate func single(at x: Float) -> Float? {
    switch self {
    case .constant(let value): return Float(value)
    case .read: return x
    case .unary(.negate, let a): return a.single(at: x).map { -$0 }
    case .unary(.single, let a): return a.single(at: x)
    case .binary(let operation, let left, let right):
      guard let a = left.single(at: x), let b = right.single(at: x) else { return nil }
      switch operation {
      case .add: return a + b
      case .subtract: return a - b
      case .multiply: return a * b
      case .divide: return a / b
      case .minimum: return Swift.min(a, b)
      case .maximum: return Swift.max(a, b)
      default: return nil
      }
    default: return nil
    }
  }

  /// How it goes with its value; nil where that is not seen.
  fileprivate var singleDirection: Direction? {
    switch self {
    case .constant: return .constant
    case .read: return .rising
    case .unary(.negate, let a): return a.singleDirection?.turned
    case .unary(.single, let a): return a.singleDirection
    case .binary(let operation, let left, let right):
      guard let a = left.singleDirection, let b = right.singleDirection else { return nil }
      switch operation {
      case .add, .minimum, .maximum: return a.joined(b)
      case .subtract: return a.joined(b.turned)
      case .multiply:
        if case .constant(let factor) = left { return b.scaled(factor) }
        if case .constant(let factor) = right { return a.scaled(factor) }
        return nil
      case .divide:
        guard case .constant(let divisor) = right, divisor != 0 else { return nil }
        return a.scaled(divisor)
      default: return nil
      }
    default: return nil
    }
  }
}

extension RealExpression.Direction {
  fileprivate var turned: Self {
    switch self {
    case .constant: .constant
    case .rising: .falling
    case .falling: .rising
    }
  }

  fileprivate func scaled(_ factor: Double) -> Self {
    factor > 0 ? self : factor < 0 ? turned : .constant
  }

  fileprivate func joined(_ other: Self) -> Self? {
    if self == .constant { return other }
    return other == .constant || other == self ? self : nil
  }
}

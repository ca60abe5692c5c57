import Equations

/// A function of one value, or of two that are small integers, and of constants, whose results are few
/// integers (`Paper/` sections 17.3 and 18.13).
///
/// Its results are exact: what single precision makes of an integer is computed as single precision
/// computes it. Of one value it rises with it, or the value is a small integer.
public struct StepForm: Hashable, Sendable {
  /// One or two.
  public var arguments: [FormRead]
  /// Of constants.
  public var constants: [FormRead]
  /// What it gives; `.read` with operand k and no positions stands for the k-th of `reads`, and there is no
  /// index and no reduction in it.
  public var function: RealExpression
  /// What no result leaves.
  public var limits: ClosedRange<Int>

  /// Results have 16 bits at the most.
  static let maximumResults = 1 << 16
  /// Results that hold an integer to bounds, and are no more than that.
  static let maximumHeld = 1 << 8
  /// What arguments that are small integers are at the most, or pairs of such.
  static let maximumPlaces = 1 << 16

  public init(
    arguments: [FormRead], constants: [FormRead], function: RealExpression,
    limits: ClosedRange<Int>
  ) {
    self.arguments = arguments
    self.constants = constants
    self.function = function
    self.limits = limits
  }

  /// Whether results are listed for all arguments of the given bounds: where these are few, beside the
  /// results' limits. A function of two values has no other way.
  static func isTabled(_ bounds: [ClosedRange<Int>?], _ limits: ClosedRange<Int>) -> Bool {
    let sizes = bounds.compactMap { $0?.count }
    guard sizes.count == bounds.count else { return false }
    return sizes.count > 1
      ? sizes.reduce(1, *) <= maximumPlaces : sizes[0] <= 4 * max(limits.count, 64)
  }

  var reads: [FormRead] { arguments + constants }
}

extension RealExpression {
  /// The value of a function of several values, which its reads number.
  func value(of arguments: [Double]) -> Double {
    switch self {
    case .constant(let value): value
    case .read(let read): arguments[read.operand]
    case .unary(let function, let operand): function.value(operand.value(of: arguments))
    case .binary(let operation, let left, let right):
      operation.real(left.value(of: arguments), right.value(of: arguments))
    case .select(let condition, let first, let second):
      condition.value(of: arguments) != 0
        ? first.value(of: arguments) : second.value(of: arguments)
    case .index, .reduce: .nan
    }
  }

  /// The two integers between which an expression holds its value, and the value; nil for any other.
  var heldInteger: (value: RealExpression, limits: ClosedRange<Int>)? {
    guard case .binary(let outer, let a, let b) = self, let (inner, first) = Self.bounded(a, b),
      case .binary(let own, let c, let d) = inner, let (value, second) = Self.bounded(c, d),
      Set([outer, own]) == [.minimum, .maximum]
    else { return nil }
    let (low, high) = outer == .minimum ? (second, first) : (first, second)
    guard low < high, high - low < Double(StepForm.maximumResults),
      let least = Int(exactly: low), let greatest = Int(exactly: high)
    else { return nil }
    return (value, least...greatest)
  }

  private static func bounded(
    _ left: RealExpression, _ right: RealExpression
  ) -> (RealExpression, Double)? {
    if case .constant(let bound) = right { return (left, bound) }
    if case .constant(let bound) = left { return (right, bound) }
    return nil
  }

  /// Whether it rounds to the nearest integer, and only adds to that.
  var rounds: Bool {
    switch self {
    case .unary(.round, _): true
    case .binary(.add, let left, let right), .binary(.subtract, let left, let right):
      left.rounds || right.rounds
    default: false
    }
  }
}

extension RealExpression {
  static func * (a: RealExpression, b: RealExpression) -> RealExpression {
    .binary(.multiply, a, b)
  }

  /// The quotient that an expression rounds to the nearest integer before it adds to it and holds it
  /// between bounds; nil where it rounds anything else.
  var roundedQuotient: (dividend: RealExpression, divisor: RealExpression)? {
    switch self {
    case .unary(.round, .unary(.single, .binary(.divide, let dividend, let divisor))),
      .unary(.round, .binary(.divide, let dividend, let divisor)):
      return (dividend, divisor)
    case .binary(let operation, let left, let right)
    where [.add, .minimum, .maximum].contains(operation):
      return left.roundedQuotient ?? right.roundedQuotient
    default: return nil
    }
  }

  /// The expression with another one for what it rounds.
  func replacingRounded(_ value: RealExpression) -> RealExpression {
    switch self {
    case .unary(.round, _): value
    case .binary(let operation, let left, let right):
      .binary(operation, left.replacingRounded(value), right.replacingRounded(value))
    default: self
    }
  }
}

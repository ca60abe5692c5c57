/// A function of one real argument.
public indirect enum RealFunction: Hashable, Sendable {
  case argument
  /// The quotient of two integers, the second of which is greater than zero.
  case constant(Int, over: Int = 1)
  case negate(RealFunction)
  case add(RealFunction, RealFunction)
  case subtract(RealFunction, RealFunction)
  case multiply(RealFunction, RealFunction)
  /// The exact quotient, which there is none of by zero.
  case divide(RealFunction, RealFunction)
  /// The power with the exponent `numerator` / `denominator`, the second of which is greater than zero.
  /// Of negative numbers there are powers with whole exponents only.
  case power(RealFunction, numerator: Int, denominator: Int = 1)
  case minimum(RealFunction, RealFunction)
  case maximum(RealFunction, RealFunction)
  /// The third where the first is less than the second, otherwise the fourth.
  case select(RealFunction, lessThan: RealFunction, RealFunction, otherwise: RealFunction)
  case apply(Name, RealFunction)
  /// The function in which what leaves the domain of a part has the limit at the domain's edge: log is
  /// −∞ at 0 and below, a / 0 is +∞ for positive a and −∞ for negative a, √x is 0 for negative x.
  case limit(RealFunction)

  /// A function with a name.
  public enum Name: String, CaseIterable, Sendable {
    case exp, expm1, log, log1p, sqrt, cbrt, erf
    case sin, cos, tan, asin, acos, atan, sinh, cosh, tanh, asinh, acosh, atanh
    case abs, sign, floor, ceil, trunc
    /// The nearest integer, of two the even one.
    case roundeven
  }

  /// 2^outputBits · f(x / 2^argumentBits), for fixed point.
  /// - Parameters: from −1024 to 1024.
  public func scaled(argumentBits: Int, outputBits: Int) -> RealFunction {
    let argument = RealFunction.argument.timesPower(-argumentBits)
    return substituting(argument).timesPower(outputBits)
  }

  private func timesPower(_ bits: Int) -> RealFunction {
    guard bits != 0 else { return self }
    return .multiply(self, .power(.constant(2), numerator: bits))
  }

  private func substituting(_ inner: RealFunction) -> RealFunction {
    func part(_ function: RealFunction) -> RealFunction { function.substituting(inner) }
    return switch self {
    case .argument: inner
    case .constant: self
    case .negate(let a): .negate(part(a))
    case .add(let a, let b): .add(part(a), part(b))
    case .subtract(let a, let b): .subtract(part(a), part(b))
    case .multiply(let a, let b): .multiply(part(a), part(b))
    case .divide(let a, let b): .divide(part(a), part(b))
    case .power(let a, let numerator, let denominator):
      .power(part(a), numerator: numerator, denominator: denominator)
    case .minimum(let a, let b): .minimum(part(a), part(b))
    case .maximum(let a, let b): .maximum(part(a), part(b))
    case .select(let a, let b, let c, let d):
      .select(part(a), lessThan: part(b), part(c), otherwise: part(d))
    case .apply(let name, let a): .apply(name, part(a))
    case .limit(let a): .limit(part(a))
    }
  }
}

/// Why a function has no rounded value.
public struct RealFunctionError: Error, Equatable, Sendable, CustomStringConvertible {
  public enum Reason: Equatable, Sendable {
    /// It leaves the domain of a part: a logarithm of a negative number, a division by zero.
    case undefined
    /// The nearest integer is beyond those that are asked for.
    case beyond(ClosedRange<Int>)
    /// 2048 bits do not tell two integers from which it is, or it is no number at all.
    case undecided
    /// Too many arguments need too many bits.
    case tooMuchWork
  }

  public var reason: Reason
  public var argument: Int

  public init(_ reason: Reason, at argument: Int) {
    self.reason = reason
    self.argument = argument
  }

  public var description: String {
    switch reason {
    case .undefined:
      "it has no value at x = \(argument): a part leaves its domain there, as log(0), 1 / 0 and "
        + "sqrt(-1) do"
    case .beyond(let range):
      "its value at x = \(argument) is beyond \(range.lowerBound)...\(range.upperBound)"
    case .tooMuchWork:
      "its values up to x = \(argument) took too long to find: write it so that it is easier to "
        + "compute, without differences of large numbers"
    case .undecided:
      "2048 bits do not suffice to find its value at x = \(argument): write it so that none of its "
        + "parts is as large there as exp(700) is, or let it be of smaller numbers"
    }
  }
}

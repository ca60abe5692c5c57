import ConstraintSystem
import Foundation
import TensorGraph

/// A value of an expression: an integer, which is exact, or a real number in double precision.
enum Number {
  case integer(Int64)
  case real(Double)

  init(_ truth: Bool) { self = .integer(truth ? 1 : 0) }

  var double: Double {
    switch self {
    case .integer(let value): Double(value)
    case .real(let value): value
    }
  }

  var isTrue: Bool {
    switch self {
    case .integer(let value): value != 0
    case .real(let value): value != 0
    }
  }

  /// The integer that it is, exactly; nil where it is none of 64 bits.
  var exactInteger: Int64? {
    switch self {
    case .integer(let value): value
    case .real(let value): Int64(exactly: value)
    }
  }

  static func isLess(_ left: Number, _ right: Number) -> Bool {
    if case .integer(let a) = left, case .integer(let b) = right { return a < b }
    return left.double < right.double
  }

  static func isEqual(_ left: Number, _ right: Number) -> Bool {
    if case .integer(let a) = left, case .integer(let b) = right { return a == b }
    return left.double == right.double
  }
}

extension RealExpression.Unary {
  /// The function's value; of an integer an integer, where the function gives one.
  func value(_ operand: Number) throws(GraphError) -> Number {
    if self == .not { return Number(!operand.isTrue) }
    if case .integer(let value) = operand, let result = try value.applying(self) {
      return .integer(result)
    }
    return .real(value(operand.double))
  }

  /// The function of a real number, in double precision.
  public func value(_ x: Double) -> Double {
    switch self {
    case .negate: -x
    case .not: x == 0 ? 1 : 0
    case .abs: Swift.abs(x)
    case .sign: x > 0 ? 1 : x < 0 ? -1 : x
    case .floor: x.rounded(.down)
    case .ceil: x.rounded(.up)
    case .round: x.rounded(.toNearestOrEven)
    case .truncate: x.rounded(.towardZero)
    case .single: Double(Float(x))
    case .order: SingleOrder.place(of: Float(x)).map(Double.init) ?? .nan
    case .exp: Foundation.exp(x)
    case .log: Foundation.log(x)
    case .sqrt: x.squareRoot()
    case .erf: Foundation.erf(x)
    default: trigonometric(x)
    }
  }

  private func trigonometric(_ x: Double) -> Double {
    switch self {
    case .sin: Foundation.sin(x)
    case .cos: Foundation.cos(x)
    case .tan: Foundation.tan(x)
    case .asin: Foundation.asin(x)
    case .acos: Foundation.acos(x)
    case .atan: Foundation.atan(x)
    case .sinh: Foundation.sinh(x)
    case .cosh: Foundation.cosh(x)
    case .tanh: Foundation.tanh(x)
    case .asinh: Foundation.asinh(x)
    case .acosh: Foundation.acosh(x)
    case .atanh: Foundation.atanh(x)
    default: .nan
    }
  }
}

extension Int64 {
  /// The function's value where it is an integer for every integer.
  fileprivate func applying(
    _ function: RealExpression.Unary
  ) throws(GraphError) -> Int64? {
    switch function {
    case .floor, .ceil, .round, .truncate: self
    case .sign: signum()
    case .negate: try Self.exact(Int64(0).subtractingReportingOverflow(self))
    case .abs: self < 0 ? try Self.exact(Int64(0).subtractingReportingOverflow(self)) : self
    default: nil
    }
  }

  fileprivate func power(_ exponent: Int64) throws(GraphError) -> Int64 {
    var (result, base, left): (Int64, Int64, Int64) = (1, self, exponent)
    while left > 0 {
      if left & 1 == 1 { result = try Self.exact(result.multipliedReportingOverflow(by: base)) }
      left >>= 1
      if left > 0 { base = try Self.exact(base.multipliedReportingOverflow(by: base)) }
    }
    return result
  }

  fileprivate static func exact(
    _ result: (partialValue: Int64, overflow: Bool)
  ) throws(GraphError) -> Int64 {
    guard !result.overflow else {
      throw GraphError(.value, "an integer of more than 64 bits is computed")
    }
    return result.partialValue
  }
}

extension RealExpression.Binary {
  /// The operation's value; of integers an integer, where the operation gives one.
  func value(_ left: Number, _ right: Number) throws(GraphError) -> Number {
    switch self {
    case .equal: return Number(Number.isEqual(left, right))
    case .less: return Number(Number.isLess(left, right))
    case .lessOrEqual: return Number(Number.isLess(left, right) || Number.isEqual(left, right))
    case .and: return Number(left.isTrue && right.isTrue)
    case .or: return Number(left.isTrue || right.isTrue)
    case .xor: return Number(left.isTrue != right.isTrue)
    case .minimum: return try extreme(left, right) { Number.isLess($1, $0) }
    case .maximum: return try extreme(left, right) { Number.isLess($0, $1) }
    default: break
    }
    if case .integer(let a) = left, case .integer(let b) = right,
      let result = try value(a, b)
    {
      return .integer(result)
    }
    return .real(value(left.double, right.double))
  }

  /// The second where it replaces the first. Not a number where either is none.
  private func extreme(
    _ left: Number, _ right: Number, _ replaces: (Number, Number) -> Bool
  ) throws(GraphError) -> Number {
    if left.double.isNaN { return left }
    return replaces(left, right) || right.double.isNaN ? right : left
  }

  private func value(_ a: Double, _ b: Double) -> Double {
    switch self {
    case .add: a + b
    case .subtract: a - b
    case .multiply: a * b
    case .divide: a / b
    case .power: pow(a, b)
    case .floorDivide: (a / b).rounded(.down)
    case .modulo: a - (a / b).rounded(.down) * b
    default: .nan
    }
  }

  /// Nil where integers do not give an integer. Throws `.value` beyond 64 bits and for a zero
  /// divisor.
  private func value(_ a: Int64, _ b: Int64) throws(GraphError) -> Int64? {
    switch self {
    case .add: try Int64.exact(a.addingReportingOverflow(b))
    case .subtract: try Int64.exact(a.subtractingReportingOverflow(b))
    case .multiply: try Int64.exact(a.multipliedReportingOverflow(by: b))
    case .divide: b > 0 && a % b == 0 ? a / b : nil
    case .power: b >= 0 ? try a.power(b) : nil
    case .floorDivide, .modulo: try floorDivision(a, b)
    default: nil
    }
  }

  private func floorDivision(_ a: Int64, _ b: Int64) throws(GraphError) -> Int64 {
    guard b != 0 else { throw GraphError(.value, "an integer is divided by zero") }
    let rest = a.remainderReportingOverflow(dividingBy: b).partialValue
    let isShort = rest != 0 && (rest < 0) != (b < 0)
    if self == .modulo { return isShort ? rest + b : rest }
    let quotient = try Int64.exact(a.dividedReportingOverflow(by: b))
    return isShort ? quotient - 1 : quotient
  }
}

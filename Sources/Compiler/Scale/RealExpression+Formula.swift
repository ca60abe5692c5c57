import CircuitLanguage
import Equations
import Foundation

// Functions of one value as formulas of tables (`Paper/` sections 3.10 and 18.6).
extension RealExpression {
  /// The function as a formula; nil where tables have no such functions, or it has too many parts.
  ///
  /// Rounding to single precision is left out: a table has fewer digits in any case.
  var formula: RealFormula? {
    guard var result = part, result.height <= Self.maximalLevels else { return nil }
    if result.hasEdges { result = .function(.limit, [result]) }
    return result.nodeCount <= Self.maximalParts ? result : nil
  }

  /// What a request adds to a formula has room beside these.
  private static let maximalLevels = RealFormula.maximalHeight - 16
  private static let maximalParts = RealFormula.maximalNodes / 2

  private var part: RealFormula? {
    switch self {
    case .constant(let value): return RealFormula(value)
    case .read: return .argument
    case .unary(let function, let operand): return operand.part.flatMap { Self.unary(function, $0) }
    case .binary(.power, let base, let exponent): return Self.power(base, exponent)
    case .binary(let operation, let left, let right):
      guard let a = left.part, let b = right.part else { return nil }
      return Self.binary(operation, a, b, left.isTruth && right.isTruth)
    case .select(let condition, let first, let second):
      guard let a = first.part, let b = second.part else { return nil }
      if case .binary(.less, let left, let right) = condition {
        guard let left = left.part, let right = right.part else { return nil }
        return .select(left, right, a, b)
      }
      guard let truth = condition.part else { return nil }
      let isTrue = condition.isTruth ? truth : Self.different(truth, .integer(0))
      return .select(.integer(0), isTrue, a, b)
    case .index, .reduce: return nil
    }
  }

  private static func unary(_ function: Unary, _ a: RealFormula) -> RealFormula? {
    switch function {
    case .negate: .negate(a)
    case .not: equal(a, .integer(0))
    case .single: a
    // It jumps between any two numbers.
    case .order: nil
    case .round: .function(.roundeven, [a])
    case .truncate: .function(.trunc, [a])
    case .abs: .function(.abs, [a])
    case .sign: .function(.sign, [a])
    case .floor: .function(.floor, [a])
    case .ceil: .function(.ceil, [a])
    case .exp: .function(.exp, [a])
    case .log: .function(.log, [a])
    case .sqrt: .function(.sqrt, [a])
    case .erf: .function(.erf, [a])
    case .sin: .function(.sin, [a])
    case .cos: .function(.cos, [a])
    case .tan: .function(.tan, [a])
    case .asin: .function(.asin, [a])
    case .acos: .function(.acos, [a])
    case .atan: .function(.atan, [a])
    case .sinh: .function(.sinh, [a])
    case .cosh: .function(.cosh, [a])
    case .tanh: .function(.tanh, [a])
    case .asinh: .function(.asinh, [a])
    case .acosh: .function(.acosh, [a])
    case .atanh: .function(.atanh, [a])
    }
  }

  private static func binary(
    _ operation: Binary, _ a: RealFormula, _ b: RealFormula, _ areTruths: Bool
  ) -> RealFormula? {
    func truth(_ value: RealFormula) -> RealFormula {
      areTruths ? value : different(value, .integer(0))
    }
    switch operation {
    case .add: return .binary(.add, a, b)
    case .subtract: return .binary(.subtract, a, b)
    case .multiply: return .binary(.multiply, a, b)
    case .divide: return .binary(.divide, a, b)
    case .power: return nil
    case .minimum: return .function(.min, [a, b])
    case .maximum: return .function(.max, [a, b])
    case .floorDivide: return .function(.floor, [.binary(.divide, a, b)])
    case .modulo:
      let quotient = RealFormula.function(.floor, [.binary(.divide, a, b)])
      return .binary(.subtract, a, .binary(.multiply, b, quotient))
    case .equal: return equal(a, b)
    case .less: return .select(a, b, .integer(1), .integer(0))
    case .lessOrEqual: return .select(b, a, .integer(0), .integer(1))
    case .and: return .function(.min, [truth(a), truth(b)])
    case .or: return .function(.max, [truth(a), truth(b)])
    case .xor: return .function(.abs, [.binary(.subtract, truth(a), truth(b))])
    }
  }

  /// A power of a constant exponent that is a quotient of 64-bit integers, or of a positive constant.
  private static func power(_ base: RealExpression, _ exponent: RealExpression) -> RealFormula? {
    if case .constant(let value) = exponent {
      guard let a = base.part, let b = RealFormula(value), b.isExponent else { return nil }
      return .binary(.power, a, b)
    }
    guard case .constant(let value) = base, value > 0, let a = RealFormula(value),
      let b = exponent.part
    else { return nil }
    return .function(.exp, [.binary(.multiply, b, .function(.log, [a]))])
  }

  private static func equal(_ a: RealFormula, _ b: RealFormula) -> RealFormula {
    .select(a, b, .integer(0), .select(b, a, .integer(0), .integer(1)))
  }

  private static func different(_ a: RealFormula, _ b: RealFormula) -> RealFormula {
    .select(a, b, .integer(1), .select(b, a, .integer(1), .integer(0)))
  }
}

extension RealFormula {
  /// A finite number, exactly: an integer, or one over or times a power of two.
  init?(_ value: Double) {
    guard value.isFinite else { return nil }
    guard value != 0 else {
      self = .integer(0)
      return
    }
    let magnitude = abs(value)
    let bits = magnitude.significandWidth - Int(magnitude.exponent)
    // The odd integer whose product with 2^−bits it is.
    let odd = RealFormula.integer(Int(scalbn(magnitude, bits)))
    let number: RealFormula =
      if bits > 0 {
        .binary(.divide, odd, Self.powerOfTwo(bits))
      } else if magnitude < 0x1p53 {
        .integer(Int(magnitude))
      } else {
        .binary(.multiply, odd, Self.powerOfTwo(-bits))
      }
    self = value < 0 ? .negate(number) : number
  }

  private static func powerOfTwo(_ exponent: Int) -> RealFormula {
    exponent < 62 ? .integer(1 << exponent) : .binary(.power, .integer(2), .integer(exponent))
  }

  /// Whether a number may be an exponent, which is without powers.
  fileprivate var isExponent: Bool {
    switch self {
    case .integer: true
    case .negate(let a): a.isExponent
    case .binary(.divide, .integer, .integer): true
    default: false
    }
  }

  /// Whether a part may leave its domain, so that the limits at the edges are what a table has.
  fileprivate var hasEdges: Bool {
    if parts.contains(where: \.hasEdges) { return true }
    switch self {
    case .binary(.divide, _, let divisor): return divisor.hasArgument
    case .binary(.power, let base, let exponent):
      if case .integer = exponent { return false }
      return base.hasArgument
    case .function(.log, let operands), .function(.sqrt, let operands),
      .function(.asin, let operands), .function(.acos, let operands),
      .function(.acosh, let operands), .function(.atanh, let operands):
      return operands[0].hasArgument
    default: return false
    }
  }
}

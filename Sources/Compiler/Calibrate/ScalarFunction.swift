import Equations
import Foundation

/// A function of one real number, as `ApplyForm` and constant subexpressions have them.
struct ScalarFunction {
  private let body: (Double) -> Double

  /// - Throws: `CompileError.node` where the expression depends on more than its argument.
  init(_ expression: RealExpression) throws(CompileError) {
    body = try Self.compiled(expression)
  }

  func callAsFunction(_ argument: Double) -> Double { body(argument) }

  private static func compiled(
    _ expression: RealExpression
  ) throws(CompileError) -> (Double) -> Double {
    switch expression {
    case .constant(let value): return { _ in value }
    case .read: return { $0 }
    case .unary(let operation, let operand):
      let inner = try compiled(operand)
      let function = operation.function
      return { function(inner($0)) }
    case .binary(let operation, let left, let right):
      let (a, b) = (try compiled(left), try compiled(right))
      let function = operation.function
      return { function(a($0), b($0)) }
    case .select(let condition, let first, let second):
      let (test, a, b) = (try compiled(condition), try compiled(first), try compiled(second))
      return { test($0) != 0 ? a($0) : b($0) }
    case .index, .reduce:
      throw .node(name: "", reason: "a function of one value depends on an index")
    }
  }
}

extension RealExpression.Unary {
  /// What it computes.
  var function: (Double) -> Double {
    switch self {
    case .negate: { -$0 }
    case .not: { $0 == 0 ? 1 : 0 }
    case .abs: { Swift.abs($0) }
    case .sign: { $0 > 0 ? 1 : $0 < 0 ? -1 : 0 }
    case .floor: { $0.rounded(.down) }
    case .ceil: { $0.rounded(.up) }
    case .round: { $0.rounded(.toNearestOrEven) }
    case .truncate: { $0.rounded(.towardZero) }
    case .single: { Double(Float($0)) }
    case .exp: Foundation.exp
    case .log: Foundation.log
    case .sqrt: { $0.squareRoot() }
    case .erf: Foundation.erf
    default: trigonometric
    }
  }

  private var trigonometric: (Double) -> Double {
    switch self {
    case .sin: Foundation.sin
    case .cos: Foundation.cos
    case .tan: Foundation.tan
    case .asin: Foundation.asin
    case .acos: Foundation.acos
    case .atan: Foundation.atan
    case .sinh: Foundation.sinh
    case .cosh: Foundation.cosh
    case .tanh: Foundation.tanh
    case .asinh: Foundation.asinh
    case .acosh: Foundation.acosh
    default: Foundation.atanh
    }
  }
}

extension RealExpression.Binary {
  /// What it computes; truth values are 1 and 0.
  var function: (Double, Double) -> Double {
    switch self {
    case .add: (+)
    case .subtract: (-)
    case .multiply: (*)
    case .divide: (/)
    case .power: Foundation.pow
    case .minimum: { Swift.min($0, $1) }
    case .maximum: { Swift.max($0, $1) }
    case .floorDivide: { ($0 / $1).rounded(.down) }
    case .modulo: { $0 - ($0 / $1).rounded(.down) * $1 }
    case .equal: { $0 == $1 ? 1 : 0 }
    case .less: { $0 < $1 ? 1 : 0 }
    case .lessOrEqual: { $0 <= $1 ? 1 : 0 }
    case .and: { $0 != 0 && $1 != 0 ? 1 : 0 }
    case .or: { $0 != 0 || $1 != 0 ? 1 : 0 }
    case .xor: { ($0 != 0) != ($1 != 0) ? 1 : 0 }
    }
  }
}

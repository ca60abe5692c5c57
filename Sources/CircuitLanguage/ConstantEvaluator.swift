import ConstraintSystem

/// Computes parameters, sizes and conditions.
struct ConstantEvaluator {
  var constants: [String: Int]
  /// The tensors that `linear` may ask about.
  var views: [String: TensorView] = [:]

  func value(_ expression: Expression) throws(CircuitLanguageError) -> Int {
    switch expression.kind {
    case .integer(let value): return value
    case .name(let name):
      guard let value = constants[name] else {
        throw CircuitLanguageError(
          "'\(name)' is not a parameter or a size", at: expression.location)
      }
      return value
    case .negate(let operand):
      return try checked(0.subtractingReportingOverflow(try value(operand)), expression)
    case .binary(let operation, let left, let right):
      return try binary(operation, try value(left), try value(right), expression)
    case .function("select", let arguments):
      return try value(try value(arguments[0]) != 0 ? arguments[1] : arguments[2])
    case .function("linear", let arguments):
      guard case .name(let name) = arguments[0].kind, let view = views[name] else {
        throw CircuitLanguageError("'linear' needs a tensor's name", at: expression.location)
      }
      return view.isLinear ? 1 : 0
    case .function("bits_of", let arguments):
      guard case .name(let name) = arguments[0].kind, let view = views[name] else {
        throw CircuitLanguageError("'bits_of' needs a tensor's name", at: expression.location)
      }
      return view.range.bits
    case .function(let name, _) where name == "isqrt" || name == "log2":
      throw CircuitLanguageError("'\(name)' may stand in hints only", at: expression.location)
    case .function(let name, let arguments):
      let (a, b) = (try value(arguments[0]), try value(arguments[1]))
      return name == "min" ? min(a, b) : max(a, b)
    case .read, .reduction, .table:
      throw CircuitLanguageError(
        "only parameters and sizes may stand here, no tensors", at: expression.location)
    }
  }

  /// The value, if the expression names nothing but parameters and sizes.
  func constantValue(_ expression: Expression) throws(CircuitLanguageError) -> Int? {
    isConstant(expression) ? try value(expression) : nil
  }

  private func isConstant(_ expression: Expression) -> Bool {
    switch expression.kind {
    case .integer: true
    case .name(let name): constants[name] != nil
    case .negate(let operand): isConstant(operand)
    case .binary(_, let left, let right): isConstant(left) && isConstant(right)
    case .function("linear", _), .function("bits_of", _): true
    case .function("isqrt", _), .function("log2", _): false
    case .function(_, let arguments): arguments.allSatisfy(isConstant)
    case .read, .reduction, .table: false
    }
  }

  private func checked(
    _ result: (partialValue: Int, overflow: Bool), _ expression: Expression
  ) throws(CircuitLanguageError) -> Int {
    guard !result.overflow else {
      throw CircuitLanguageError("the value leaves the 64-bit integers", at: expression.location)
    }
    return result.partialValue
  }

  private func binary(
    _ operation: Expression.Operator, _ a: Int, _ b: Int, _ expression: Expression
  ) throws(CircuitLanguageError) -> Int {
    switch operation {
    case .add: return try checked(a.addingReportingOverflow(b), expression)
    case .subtract: return try checked(a.subtractingReportingOverflow(b), expression)
    case .multiply: return try checked(a.multipliedReportingOverflow(by: b), expression)
    case .divide, .remainder:
      guard b > 0 else {
        throw CircuitLanguageError(
          "division by \(b); a divisor must be positive", at: expression.location)
      }
      let (quotient, remainder) = a.quotientAndRemainder(dividingBy: b)
      if operation == .divide { return remainder < 0 ? quotient - 1 : quotient }
      return remainder < 0 ? remainder + b : remainder
    case .power: return try power(a, b, expression)
    case .equal: return a == b ? 1 : 0
    case .unequal: return a != b ? 1 : 0
    case .less: return a < b ? 1 : 0
    case .lessOrEqual: return a <= b ? 1 : 0
    case .greater: return a > b ? 1 : 0
    case .greaterOrEqual: return a >= b ? 1 : 0
    case .and: return a != 0 && b != 0 ? 1 : 0
    case .or: return a != 0 || b != 0 ? 1 : 0
    }
  }

  private func power(
    _ base: Int, _ exponent: Int, _ expression: Expression
  ) throws(CircuitLanguageError) -> Int {
    guard (0...62).contains(exponent) else {
      throw CircuitLanguageError(
        "the exponent is \(exponent); it must be from 0 to 62", at: expression.location)
    }
    var result = 1
    for _ in 0..<exponent {
      result = try checked(result.multipliedReportingOverflow(by: base), expression)
    }
    return result
  }
}

extension ClosedRange<Int> {
  /// The least w of which all of it lies in −2^w..<2^w.
  var bits: Int {
    Swift.max(
      Int.bitWidth - (lowerBound < 0 ? ~lowerBound : lowerBound).leadingZeroBitCount,
      Int.bitWidth - (upperBound < 0 ? ~upperBound : upperBound).leadingZeroBitCount)
  }
}

extension ElementType {
  /// Whether only the least value is meant, and the greatest for the prover alone.
  var isLoose: Bool { name == "nonnegative" }

  /// The least and the greatest value of the type, or nil for `any`.
  func range(
    _ evaluator: ConstantEvaluator, likes: [String: TensorView]
  ) throws(CircuitLanguageError) -> ClosedRange<Int>? {
    switch name {
    case "any": return nil
    case "bool": return 0...1
    case "small": return -(1 << 48) + 1...(1 << 48) - 1
    case "range", "nonnegative":
      let count = try evaluator.value(try argument(0, of: 1))
      guard count >= 1 else {
        throw CircuitLanguageError("\(name)(\(count)) is empty", at: location)
      }
      return 0...count - 1
    case "int":
      let low = try evaluator.value(try argument(0, of: 2))
      let high = try evaluator.value(try argument(1, of: 2))
      guard low <= high else {
        throw CircuitLanguageError("int(\(low), \(high)) is empty", at: location)
      }
      return low...high
    case "like":
      guard case .name(let name) = try argument(0, of: 1).kind, let view = likes[name] else {
        throw CircuitLanguageError("'like' needs the name of an argument", at: location)
      }
      return view.range
    default: return try sized()
    }
  }

  private func argument(_ index: Int, of count: Int) throws(CircuitLanguageError) -> Expression {
    guard arguments.count == count else {
      throw CircuitLanguageError("'\(name)' takes \(count) arguments", at: location)
    }
    return arguments[index]
  }

  /// `i16` and the like.
  private func sized() throws(CircuitLanguageError) -> ClosedRange<Int> {
    guard let bits = Int(name.dropFirst()), (1...62).contains(bits), arguments.isEmpty else {
      throw CircuitLanguageError(
        "unknown type '\(name)'; there are iN and uN with N from 1 to 62, bool, small, any, "
          + "range(n), nonnegative(n), int(low, high), like(x)", at: location)
    }
    switch name.first {
    case "i": return -(1 << (bits - 1))...(1 << (bits - 1)) - 1
    case "u": return 0...(1 << bits) - 1
    default: throw CircuitLanguageError("unknown type '\(name)'", at: location)
    }
  }
}

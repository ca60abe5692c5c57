import CircuitLanguage
import TensorGraph

// Operations and functions.
extension SizeScope {
  func combine(
    _ operation: OperatorExpression.Operator, _ left: Scalar, _ right: Scalar,
    _ expression: OperatorExpression
  ) throws(GraphError) -> Scalar {
    if case .text(let a) = left, case .text(let b) = right {
      return .integer((a == b) == (operation == .equal) ? 1 : 0)
    }
    guard let a = left.numeric, let b = right.numeric else {
      throw GraphError(.attribute, "a word is computed with", at: expression.location)
    }
    let areIntegers = left.isInteger && right.isInteger
    do throws(GraphError) {
      return Scalar(try operation.value(a, b, dividingIntegers: areIntegers))
    } catch {
      throw GraphError(
        .attribute, "\(expression.text): \(error.reason)", at: expression.location)
    }
  }

  func call(
    _ name: String, _ arguments: [OperatorPosition], _ component: Int?,
    _ expression: OperatorExpression
  ) throws(GraphError) -> Scalar {
    if let function = functions[name] {
      return try inner(function, arguments, component).value(function.value, component: component)
    }
    func argument(_ position: Int) throws(GraphError) -> Scalar {
      try value(arguments[position].expression, component: component)
    }
    switch BuiltinFunction(named: name) {
    case .select: return try argument(argument(0).number != 0 ? 1 : 2)
    case .least, .greatest:
      var best = try argument(0)
      for position in 1..<arguments.count {
        let next = try argument(position)
        let isLess = (next.number ?? 0) < (best.number ?? 0)
        if isLess == (name == "min") { best = next }
      }
      return best
    case .count: return .integer(try count(arguments))
    case .value: return try value(ofOperand: arguments[0].expression)
    case .given: return .integer(kinds[arguments[0].expression.text] != nil ? 1 : 0)
    case .boolean: return .integer(kinds[arguments[0].expression.text] == .boolean ? 1 : 0)
    case .constant: return .integer(constants.contains(arguments[0].expression.text) ? 1 : 0)
    case .item:
      return .integer(
        try item(of: arguments[0].expression, integer(arguments[1].expression)))
    case .all: return .integer(try holds(arguments[0]) ? 1 : 0)
    case .unary(let function):
      return Scalar(try function.value(argument(0).numeric ?? .real(.nan)))
    case .binary(let operation):
      return Scalar(
        try operation.value(
          argument(0).numeric ?? .real(.nan), argument(1).numeric ?? .real(.nan)))
    default:
      throw GraphError(.attribute, "a size is made by \(name)", at: expression.location)
    }
  }

  private func value(ofOperand name: OperatorExpression) throws(GraphError) -> Scalar {
    guard let value = operands[name.text] else {
      throw GraphError(
        .unsupported, "\(name.text) must be a constant of one element", at: name.location)
    }
    return value
  }

  private func item(of list: OperatorExpression, _ position: Int) throws(GraphError) -> Int {
    guard let values = vectors[list.text], values.indices.contains(position) else {
      throw GraphError(
        .attribute, "the attribute \"\(list.text)\" has no value \(position)", at: list.location)
    }
    return values[position]
  }

  /// What a function's value is evaluated in.
  private func inner(
    _ function: FunctionDefinition, _ arguments: [OperatorPosition], _ component: Int?
  ) throws(GraphError) -> SizeScope {
    var inner = SizeScope(functions: functions)
    for (position, parameter) in function.parameters.enumerated() {
      let argument = arguments[position].expression
      if function.isPadding(position), case .name(let name) = argument.kind {
        inner.paddings[parameter] = paddings[name]
      } else {
        inner.scalars[parameter] = try value(argument, component: component)
      }
    }
    return inner
  }

  private func holds(_ condition: OperatorPosition) throws(GraphError) -> Bool {
    let expression = condition.expression
    guard condition.isPack else { return try isTrue(expression) }
    for axis in 0..<(rank(expression) ?? 0)
    where try value(expression, component: axis).number == 0 { return false }
    return true
  }

  /// The product of sizes.
  func count(_ sizes: [OperatorPosition]) throws(GraphError) -> Int {
    var product = 1
    for size in sizes {
      let values = size.isPack ? try vector(size.expression) : [try integer(size.expression)]
      for value in values {
        let (next, overflow) = product.multipliedReportingOverflow(by: value)
        guard !overflow else {
          throw GraphError(.tooLarge, "a count beyond 64 bits", at: size.expression.location)
        }
        product = next
      }
    }
    return product
  }
}

extension SizeScope.Scalar {
  /// Nil for a word.
  var numeric: Number? {
    switch self {
    case .integer(let value): .integer(Int64(value))
    case .real(let value): .real(value)
    case .text: nil
    }
  }

  var isInteger: Bool { if case .integer = self { true } else { false } }

  init(_ number: Number) {
    switch number {
    case .integer(let value): self = .integer(Int(value))
    case .real(let value): self = .real(value)
    }
  }
}

extension OperatorExpression.Operator {
  /// - Parameter dividingIntegers: whether a quotient is rounded down.
  func value(
    _ left: Number, _ right: Number, dividingIntegers: Bool
  ) throws(GraphError) -> Number {
    let (operation, isSwapped, isNegated) = meaning(dividingIntegers: dividingIntegers)
    let value = try isSwapped ? operation.value(right, left) : operation.value(left, right)
    return isNegated ? Number(!value.isTrue) : value
  }

  /// The operation of equations, whether its operands are swapped, and whether its value is
  /// negated.
  func meaning(
    dividingIntegers: Bool
  ) -> (operation: RealExpression.Binary, isSwapped: Bool, isNegated: Bool) {
    switch self {
    case .add: (.add, false, false)
    case .subtract: (.subtract, false, false)
    case .multiply: (.multiply, false, false)
    case .divide: (dividingIntegers ? .floorDivide : .divide, false, false)
    case .remainder: (.modulo, false, false)
    case .power: (.power, false, false)
    case .equal: (.equal, false, false)
    case .unequal: (.equal, false, true)
    case .less: (.less, false, false)
    case .lessOrEqual: (.lessOrEqual, false, false)
    case .greater: (.less, true, false)
    case .greaterOrEqual: (.lessOrEqual, true, false)
    case .and: (.and, false, false)
    case .or: (.or, false, false)
    case .xor: (.xor, false, false)
    }
  }
}

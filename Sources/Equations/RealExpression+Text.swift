extension RealExpression {
  /// The expression for people, with parentheses around all that has two sides.
  ///
  /// - Parameters:
  ///   - indices: those of the equation.
  ///   - names: what they are called.
  ///   - read: what a read looks like.
  public func text(
    _ indices: [Equation.Index] = [], names: [String] = [], read: (OperandRead) -> String
  ) -> String {
    func part(_ expression: RealExpression) -> String {
      expression.text(indices, names: names, read: read)
    }
    switch self {
    case .constant(let value): return "\(value)"
    case .index(let position): return position.text(names)
    case .read(let operand): return read(operand)
    case .unary(let function, let operand): return "\(function.rawValue)(\(part(operand)))"
    case .binary(let operation, let left, let right):
      guard let symbol = operation.symbol else {
        return "\(operation.rawValue)(\(part(left)), \(part(right)))"
      }
      return "(\(part(left)) \(symbol) \(part(right)))"
    case .select(let condition, let first, let second):
      return "select(\([condition, first, second].map(part).joined(separator: ", ")))"
    case .reduce(let reduction, let bound, let term):
      let binders = bound.map { "\(names[$0]) in \(indices[$0].size)" }
      return "\(reduction.rawValue)(\(binders.joined(separator: ", "))) \(part(term))"
    }
  }
}

extension RealExpression.Binary {
  /// What stands between the sides; nil for what is written as a function.
  fileprivate var symbol: String? {
    switch self {
    case .add: "+"
    case .subtract: "-"
    case .multiply: "*"
    case .divide: "/"
    case .power: "^"
    case .equal: "=="
    case .less: "<"
    case .lessOrEqual: "<="
    default: nil
    }
  }
}

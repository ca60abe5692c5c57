import CircuitLanguage

extension OperatorParser {
  private static let unaryPrecedence = 6

  /// An expression of operators that bind at least as tightly as `minimum`.
  mutating func expression(
    above minimum: Int = 0
  ) throws(CircuitLanguageError) -> OperatorExpression {
    try nested { (parser: inout OperatorParser) throws(CircuitLanguageError) in
      try parser.operators(above: minimum)
    }
  }

  private mutating func operators(
    above minimum: Int
  ) throws(CircuitLanguageError) -> OperatorExpression {
    var left = try unary()
    while let operation = OperatorExpression.Operator(rawValue: current.text),
      operation.precedence >= minimum
    {
      let location = advance().location
      // Only powers lean to the right.
      let next = operation == .power ? operation.precedence : operation.precedence + 1
      let right = try expression(above: next)
      left = try made(.binary(operation, left, right), at: location)
    }
    return left
  }

  private mutating func unary() throws(CircuitLanguageError) -> OperatorExpression {
    let location = current.location
    if takes("-") {
      return try made(.negate(expression(above: Self.unaryPrecedence)), at: location)
    }
    if takes("not") { return try made(.not(expression(above: Self.unaryPrecedence)), at: location) }
    return try atom()
  }

  /// Makes an expression of parts.
  private func made(
    _ kind: OperatorExpression.Kind, at location: SourceLocation
  ) throws(CircuitLanguageError) -> OperatorExpression {
    let expression = OperatorExpression(kind: kind, location: location)
    guard expression.height <= Self.maximalHeight else {
      throw CircuitLanguageError(
        "the expression has more than \(Self.maximalHeight) levels here; "
          + "define a part of it before",
        at: location)
    }
    return expression
  }

  private mutating func atom() throws(CircuitLanguageError) -> OperatorExpression {
    let location = current.location
    switch current.kind {
    case .integer(let value):
      advance()
      return try made(.integer(value), at: location)
    case .real(let value):
      advance()
      return try made(.real(value), at: location)
    default: break
    }
    if takes("(") {
      let inner = try expression()
      try expect(")")
      return inner
    }
    let name = try self.name("a value")
    return try made(try use(of: name), at: location)
  }

  private mutating func use(of name: String) throws(CircuitLanguageError) -> OperatorExpression.Kind
  {
    if sees("[") { return .read(name, try positions()) }
    if takes(".") { return .member(name, try self.name("a member")) }
    guard sees("(") else { return .name(name) }
    if let reduction = OperatorExpression.Reduction(rawValue: name), isReduction(reduction) {
      return try self.reduction(reduction)
    }
    try expect("(")
    let arguments = try positionList(until: ")")
    try expect(")")
    return .call(name, arguments)
  }

  private mutating func reduction(
    _ reduction: OperatorExpression.Reduction
  ) throws(CircuitLanguageError) -> OperatorExpression.Kind {
    try expect("(")
    if peek(1).kind == .identifier("of") {
      let name = try name("a name for each operand")
      try expect("of")
      let list = try self.name("a list of operands")
      try expect(")")
      return .each(reduction, name, of: list, try body())
    }
    let binders = try list(until: [")"]) {
      (parser: inout OperatorParser) throws(CircuitLanguageError) in try parser.binder()
    }
    try expect(")")
    return .reduction(reduction, binders, try body())
  }

  /// What is reduced: a product.
  private mutating func body() throws(CircuitLanguageError) -> OperatorExpression {
    try expression(above: OperatorExpression.Operator.multiply.precedence)
  }

  /// `max` and `min` are also functions, of what stands between the parentheses; then nothing that
  /// could be reduced follows on the line.
  private func isReduction(_ reduction: OperatorExpression.Reduction) -> Bool {
    guard reduction == .max || reduction == .min else { return true }
    var depth = 0
    for distance in 0... {
      let token = peek(distance)
      switch token.kind {
      case .end: return false
      case .symbol("("), .symbol("["): depth += 1
      case .symbol(")"), .symbol("]"): depth -= 1
      // Binders of packs, or with sizes; a function takes neither.
      case .symbol("..."), .identifier("in"), .identifier("of"): if depth == 1 { return true }
      default: break
      }
      if depth == 0 { return beginsExpression(peek(distance + 1), on: token.location.line) }
    }
    return false
  }

  private func beginsExpression(_ token: Token, on line: Int) -> Bool {
    guard token.location.line == line else { return false }
    switch token.kind {
    case .integer, .real: return true
    case .symbol(let symbol): return symbol == "("
    case .identifier(let name): return !Self.keywords.contains(name) || name == "not"
    case .end, .text: return false
    }
  }

  mutating func positions() throws(CircuitLanguageError) -> [OperatorPosition] {
    try expect("[")
    let positions = try positionList(until: "]")
    try expect("]")
    return positions
  }

  private mutating func positionList(
    until closing: String
  ) throws(CircuitLanguageError) -> [OperatorPosition] {
    try list(until: [closing]) {
      (parser: inout OperatorParser) throws(CircuitLanguageError) -> OperatorPosition in
      let location = parser.current.location
      if parser.takes("...") {
        let rest = OperatorExpression(kind: .name("..."), location: location)
        return OperatorPosition(expression: rest, isPack: true)
      }
      let expression = try parser.expression()
      return OperatorPosition(expression: expression, isPack: parser.takes("..."))
    }
  }
}

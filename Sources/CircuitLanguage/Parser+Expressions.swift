extension Parser {
  private static let unaryPrecedence = 6
  private static let functions: Set<String> = [
    "sum", "min", "max", "select", "linear", "isqrt", "log2", "bits_of",
  ]
  /// Those that take one argument.
  private static let unaryFunctions: Set<String> = ["linear", "isqrt", "log2", "bits_of"]

  /// An expression of operators that bind at least as tightly as `minimum`.
  mutating func expression(above minimum: Int = 0) throws(CircuitLanguageError) -> Expression {
    try nested(.expressions) { (parser: inout Parser) throws(CircuitLanguageError) in
      try parser.operators(above: minimum)
    }
  }

  private mutating func operators(above minimum: Int) throws(CircuitLanguageError) -> Expression {
    var left = try unary()
    while let operation = Expression.Operator(rawValue: current.text),
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

  private mutating func unary() throws(CircuitLanguageError) -> Expression {
    let location = current.location
    guard takes("-") else { return try atom() }
    let operand = try expression(above: Self.unaryPrecedence)
    return try made(.negate(operand), at: location)
  }

  private mutating func atom() throws(CircuitLanguageError) -> Expression {
    let location = current.location
    return try made(try atomKind(), at: location)
  }

  private mutating func atomKind() throws(CircuitLanguageError) -> Expression.Kind {
    if case .integer(let value) = current.kind {
      advance()
      return .integer(value)
    }
    if takes("(") {
      let inner = try expression()
      try expect(")")
      return inner.kind
    }
    if takes("table") { return try tableCall() }
    if Self.functions.contains(current.text) { return try function() }
    let name = try self.name("a value")
    return sees("[") ? .read(name, try positions()) : .name(name)
  }

  private mutating func tableCall() throws(CircuitLanguageError) -> Expression.Kind {
    let name = try name("a table")
    try expect("(")
    let argument = try expression()
    var parameters: [Expression] = []
    if takes(";") {
      parameters = try list(until: [")"]) {
        (parser: inout Parser) throws(CircuitLanguageError) in try parser.expression()
      }
    }
    try expect(")")
    return .table(name, argument, parameters)
  }

  private mutating func function() throws(CircuitLanguageError) -> Expression.Kind {
    let name = advance().text
    if let reduction = Expression.Reduction(rawValue: name), reduction == .sum || isReduction() {
      try expect("(")
      let binders = try list(until: [")"]) {
        (parser: inout Parser) throws(CircuitLanguageError) in try parser.binder()
      }
      try expect(")")
      let body = try expression(above: Expression.Operator.multiply.precedence)
      return .reduction(reduction, binders, body)
    }
    let count = name == "select" ? 3 : Self.unaryFunctions.contains(name) ? 1 : 2
    let location = current.location
    let arguments = try argumentList()
    guard arguments.count == count else {
      throw CircuitLanguageError(
        "'\(name)' takes \(count) argument\(count == 1 ? "" : "s")",
        at: location)
    }
    return .function(name, arguments)
  }

  /// Whether something to reduce follows the closing parenthesis on its line.
  private func isReduction() -> Bool {
    var depth = 0
    for distance in 0... {
      let token = peek(distance)
      if token.kind == .end { return false }
      if token.kind == .symbol("(") { depth += 1 }
      if token.kind == .symbol(")") { depth -= 1 }
      if depth == 0 { return beginsExpression(peek(distance + 1), on: token.location.line) }
    }
    return false
  }

  private func beginsExpression(_ token: Token, on line: Int) -> Bool {
    guard token.location.line == line else { return false }
    switch token.kind {
    case .integer: return true
    case .real, .text: return false
    case .symbol(let symbol): return symbol == "("
    case .identifier(let name):
      return !Self.keywords.contains(name)
        || Self.functions.contains(name) || name == "table"
    case .end: return false
    }
  }

  mutating func argumentList() throws(CircuitLanguageError) -> [Expression] {
    try expect("(")
    let arguments = try list(until: [")"]) {
      (parser: inout Parser) throws(CircuitLanguageError) in try parser.expression()
    }
    try expect(")")
    return arguments
  }

  mutating func positions() throws(CircuitLanguageError) -> [Position] {
    try expect("[")
    let positions = try list(until: ["]"]) {
      (parser: inout Parser) throws(CircuitLanguageError) -> Position in
      let location = parser.current.location
      return parser.takes("...") ? .rest(location) : .expression(try parser.expression())
    }
    try expect("]")
    return positions
  }
}

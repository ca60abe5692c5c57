import CircuitLanguage

extension OperatorParser {
  mutating func block() throws(CircuitLanguageError) -> [OperatorStatement] {
    try expect("{")
    var statements: [OperatorStatement] = []
    while !takes("}") {
      guard current.kind != .end else { throw unexpected("'}'") }
      guard statements.count < Self.maximalStatements else {
        throw CircuitLanguageError(
          "an operator has more than \(Self.maximalStatements) statements", at: current.location)
      }
      let location = current.location
      statements.append(OperatorStatement(kind: try statement(), location: location))
    }
    return statements
  }

  private static let maximalStatements = 256

  private mutating func statement() throws(CircuitLanguageError) -> OperatorStatement.Kind {
    if takes("require") { return .requirement(try expression()) }
    if takes("let") {
      let name = try name("a constant")
      try expect("=")
      return .constant(name, try expression())
    }
    let name = try name("an equation, 'let', 'require' or '}'")
    let positions = sees("[") ? try positions() : []
    try expect("=")
    let value = try expression()
    return .equation(name, positions, value, try binders())
  }

  /// `for i in 4, j... in sizes`, or nothing.
  private mutating func binders() throws(CircuitLanguageError) -> [OperatorBinder] {
    guard takes("for") else { return [] }
    return try list(until: []) {
      (parser: inout OperatorParser) throws(CircuitLanguageError) in
      let binder = try parser.binder()
      guard binder.size != nil else { throw parser.unexpected("'in' and a size") }
      return binder
    }
  }

  mutating func binder() throws(CircuitLanguageError) -> OperatorBinder {
    let location = current.location
    let isRest = takes("...")
    let name = isRest ? "..." : try name("an index")
    let isPack = isRest || takes("...")
    return OperatorBinder(
      name: name, isPack: isPack, size: takes("in") ? try expression() : nil, location: location)
  }
}

extension Parser {
  mutating func block() throws(CircuitLanguageError) -> [Statement] {
    try expect("{")
    var statements: [Statement] = []
    while !takes("}") {
      guard current.kind != .end else { throw unexpected("'}'") }
      statements.append(try statement())
    }
    return statements
  }

  private mutating func statement() throws(CircuitLanguageError) -> Statement {
    let location = current.location
    let kind = try nested(.statements) { (parser: inout Parser) throws(CircuitLanguageError) in
      try parser.statementKind()
    }
    return Statement(kind: kind, location: location)
  }

  private mutating func statementKind() throws(CircuitLanguageError) -> Statement.Kind {
    if takes("let") { return try constant() }
    if takes("require") { return .requirement(try expression()) }
    if takes("hint") { return try hint() }
    if takes("assert") { return try assertion() }
    if takes("lookup") { return try lookup(isPermutation: false) }
    if takes("permute") { return try lookup(isPermutation: true) }
    if takes("if") { return try conditional() }
    if takes("bound") { return .bound(try name("a tensor")) }
    if takes("either") { return try choice() }
    return try definitionOrCall()
  }

  private mutating func constant() throws(CircuitLanguageError) -> Statement.Kind {
    let name = try name("a constant")
    try expect("=")
    return .constant(name, try expression())
  }

  private mutating func hint() throws(CircuitLanguageError) -> Statement.Kind {
    let name = try name("a tensor")
    let positions = try positions()
    let type = takes(":") ? try elementType() : nil
    try expect("=")
    return .hint(name, positions, type, try expression(), try binders())
  }

  private mutating func choice() throws(CircuitLanguageError) -> Statement.Kind {
    var branches = [try block()]
    repeat {
      try expect("or")
      branches.append(try block())
    } while sees("or")
    return .choice(branches)
  }

  private mutating func assertion() throws(CircuitLanguageError) -> Statement.Kind {
    if sees("any"), peek(1).kind == .symbol("(") {
      advance()
      return try anyZero()
    }
    let left = try expression(above: Expression.Operator.add.precedence)
    try expect("==")
    let right = try expression(above: Expression.Operator.add.precedence)
    return .assertion(left, right, try binders())
  }

  private mutating func anyZero() throws(CircuitLanguageError) -> Statement.Kind {
    try expect("(")
    let over = try list(until: [")"]) {
      (parser: inout Parser) throws(CircuitLanguageError) in try parser.binder()
    }
    try expect(")")
    let value = try expression(above: Expression.Operator.add.precedence)
    try expect("==")
    guard current.kind == .integer(0) else { throw unexpected("'0'") }
    advance()
    return .anyZero(over, value, try binders())
  }

  private mutating func lookup(
    isPermutation: Bool
  ) throws(CircuitLanguageError) -> Statement.Kind {
    // A single column needs no parentheses, and may begin with one of its own.
    var columns: [Expression] = []
    if sees("("), isTuple() {
      try expect("(")
      columns = try list(until: [")"]) {
        (parser: inout Parser) throws(CircuitLanguageError) in try parser.expression()
      }
      try expect(")")
    } else {
      columns = [try expression()]
    }
    try expect("in")
    let location = current.location
    if isPermutation || sees("rows") && peek(1).kind == .symbol("(") {
      return .lookup(columns, .rows(try rows(isPermutation)), try binders())
    }
    if takes("table") {
      let name = try name("a table")
      let arguments = sees("(") ? try argumentList() : []
      return .lookup(columns, .table(name, arguments, location), try binders())
    }
    return .lookup(columns, .type(try elementType()), try binders())
  }

  /// `rows (i, x[i, j])`
  private mutating func rows(_ isPermutation: Bool) throws(CircuitLanguageError) -> RowsTarget {
    let location = current.location
    guard takes("rows") else { throw unexpected("'rows'") }
    try expect("(")
    let row = try list(until: [")"]) {
      (parser: inout Parser) throws(CircuitLanguageError) in try parser.expression()
    }
    try expect(")")
    var numbers: [RowsTarget.Number] = []
    for expression in row.dropLast() {
      guard case .name(let name) = expression.kind else {
        throw CircuitLanguageError("a row is numbered by names", at: expression.location)
      }
      numbers.append(.init(name: name, location: expression.location))
    }
    guard let source = row.last, !numbers.isEmpty else {
      throw CircuitLanguageError("rows have a number and a value", at: location)
    }
    return RowsTarget(
      numbers: numbers, source: source, isPermutation: isPermutation, location: location)
  }

  /// Whether the parenthesis here closes right before `in`.
  private func isTuple() -> Bool {
    var depth = 0
    for distance in 0... {
      let token = peek(distance)
      if token.kind == .end { return false }
      if token.kind == .symbol("(") { depth += 1 }
      if token.kind == .symbol(")") {
        depth -= 1
        if depth == 0 { return peek(distance + 1).kind == .identifier("in") }
      }
    }
    return false
  }

  private mutating func conditional() throws(CircuitLanguageError) -> Statement.Kind {
    let condition = try expression()
    let then = try block()
    guard takes("else") else { return .conditional(condition, then, []) }
    if sees("if") { return .conditional(condition, then, [try statement()]) }
    return .conditional(condition, then, try block())
  }

  private mutating func definitionOrCall() throws(CircuitLanguageError) -> Statement.Kind {
    var names = [try name("a statement")]
    if sees("[") {
      let positions = try positions()
      try expect(":=")
      return .definition(names[0], positions, try expression(), try binders())
    }
    while takes(",") { names.append(try name("a tensor")) }
    try expect(":=")
    let circuit = try name("a circuit")
    try expect("(")
    let arguments = try list(until: [";", ")"]) {
      (parser: inout Parser) throws(CircuitLanguageError) in try parser.name("a tensor")
    }
    var values: [NamedValue] = []
    if takes(";") {
      values = try list(until: [")"]) {
        (parser: inout Parser) throws(CircuitLanguageError) in try parser.namedValue()
      }
    }
    try expect(")")
    return .call(names, circuit, arguments, values)
  }

  private mutating func namedValue() throws(CircuitLanguageError) -> NamedValue {
    let location = current.location
    let name = try name("a parameter")
    if takes("=") { return NamedValue(name: name, value: try expression()) }
    return NamedValue(name: name, value: Expression(kind: .name(name), location: location))
  }

  /// `for i in 4, j in 1..<n`, or nothing.
  private mutating func binders() throws(CircuitLanguageError) -> [Binder] {
    guard takes("for") else { return [] }
    return try list(until: []) {
      (parser: inout Parser) throws(CircuitLanguageError) in try parser.binder()
    }
  }

  mutating func binder() throws(CircuitLanguageError) -> Binder {
    let location = current.location
    if takes("...") { return Binder(name: "...", lower: nil, upper: nil, location: location) }
    let name = try name("an index")
    guard takes("in") else {
      return Binder(name: name, lower: nil, upper: nil, location: location)
    }
    let first = try expression()
    guard takes("..<") else {
      return Binder(name: name, lower: nil, upper: first, location: location)
    }
    return Binder(name: name, lower: first, upper: try expression(), location: location)
  }
}

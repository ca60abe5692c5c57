import CircuitLanguage

extension OperatorParser {
  /// - Parameter lines: the file's.
  mutating func operation(
    _ lines: [String]
  ) throws(CircuitLanguageError) -> OperatorDefinition {
    let location = current.location
    let start = position
    let name = try name("the operator's name")
    try expect("(")
    let operands = try list(until: [";", ")"]) {
      (parser: inout OperatorParser) throws(CircuitLanguageError) in try parser.tensor()
    }
    var attributes: [AttributeDeclaration] = []
    if takes(";") {
      attributes = try list(until: [")"]) {
        (parser: inout OperatorParser) throws(CircuitLanguageError) in try parser.attribute()
      }
    }
    try expect(")")
    try expect("->")
    try expect("(")
    let results = try list(until: [")"]) {
      (parser: inout OperatorParser) throws(CircuitLanguageError) in try parser.tensor()
    }
    try expect(")")
    let clauses = try clauses(of: name)
    let first = current.location.line
    let statements = try block()
    return OperatorDefinition(
      name: name, operands: operands, attributes: attributes, results: results, clauses: clauses,
      statements: statements, location: location, body: body(lines, first, statements),
      words: tokens[start..<position].map(\.text))
  }

  /// The lines between the braces, without comments.
  private func body(
    _ lines: [String], _ first: Int, _ statements: [OperatorStatement]
  ) -> [String] {
    let last = peek(0).kind == .end ? lines.count : current.location.line - 1
    guard first <= last else { return [] }
    let text = lines[(first - 1)..<min(last, lines.count)].map { line in
      String(line.prefix { $0 != "#" })
    }.joined(separator: "\n")
    guard let open = text.firstIndex(of: "{"), let close = text.lastIndex(of: "}"), open < close
    else { return [] }
    return text[text.index(after: open)..<close].split(separator: "\n").map(Self.trimmed)
      .filter { !$0.isEmpty }
  }

  private static func trimmed(_ line: Substring) -> String {
    var line = line.drop { $0.isWhitespace }
    while line.last?.isWhitespace == true { line.removeLast() }
    return String(line)
  }

  mutating func function() throws(CircuitLanguageError) -> FunctionDefinition {
    let location = current.location
    let name = try name("the function's name")
    try expect("(")
    let parameters = try list(until: [")"]) {
      (parser: inout OperatorParser) throws(CircuitLanguageError) in
      try parser.name("a parameter")
    }
    try expect(")")
    try expect("=")
    return FunctionDefinition(
      name: name, parameters: parameters, value: try expression(), location: location)
  }

  private mutating func tensor() throws(CircuitLanguageError) -> TensorDeclaration {
    let location = current.location
    let name = try name("a tensor")
    let isVariadic = takes("...")
    try expect(":")
    let type = try elementType()
    var places: [SourceLocation] = []
    var dimensions: [TensorDeclaration.Dimension] = []
    if takes("[") {
      dimensions = try list(until: ["]"]) {
        (parser: inout OperatorParser) throws(CircuitLanguageError) in
        places.append(parser.current.location)
        return try parser.dimension()
      }
      try expect("]")
    }
    return TensorDeclaration(
      name: name, isVariadic: isVariadic, type: type, dimensions: dimensions,
      defaultValue: takes("=") ? try expression() : nil, location: location,
      dimensionLocations: places)
  }

  private mutating func elementType() throws(CircuitLanguageError) -> TensorDeclaration.ElementType
  {
    guard case .identifier(let name) = current.kind else {
      throw unexpected("'real', 'int', 'bool', 'number' or 'any'")
    }
    advance()
    switch name {
    case "real": return .real
    case "int": return .integer
    case "bool": return .boolean
    case "number": return .number
    case "any": return .any
    default: return .attribute(name)
    }
  }

  private mutating func dimension() throws(CircuitLanguageError) -> TensorDeclaration.Dimension {
    let location = current.location
    if takes("...") { return .pack(OperatorExpression(kind: .name("..."), location: location)) }
    let size = try expression()
    if takes("...") { return .pack(size) }
    guard takes("if") else { return .size(size) }
    guard case .integer(1) = size.kind else {
      throw CircuitLanguageError("only an axis of size 1 can be left out", at: location)
    }
    return .single(try name("a flag"), location)
  }
}

// Attributes.
extension OperatorParser {
  private mutating func attribute() throws(CircuitLanguageError) -> AttributeDeclaration {
    let location = current.location
    let name = try name("an attribute")
    try expect(":")
    let kind = try attributeKind()
    var pack: String?
    if takes("[") {
      pack = takes("...") ? "..." : try self.name("a pack of axes")
      try expect("]")
    }
    return AttributeDeclaration(
      name: name, kind: kind, pack: pack, defaultValue: takes("=") ? try expression() : nil,
      location: location)
  }

  private mutating func attributeKind() throws(CircuitLanguageError) -> AttributeDeclaration.Kind {
    let location = current.location
    let kinds =
      "'int', 'nat', 'positive', 'real', 'flag', 'ints', 'choice', 'element', 'axis', 'axes', "
      + "'padding' or 'transposed_padding'"
    guard case .identifier(let name) = current.kind else { throw unexpected(kinds) }
    advance()
    switch name {
    case "int": return .integer
    case "nat": return .natural
    case "positive": return .positive
    case "real": return .real
    case "flag": return .flag
    case "ints": return .integers
    case "element": return .element
    case "choice": return .choice(try names("a choice"))
    case "axis": return .axis(try operandName())
    case "axes": return .axes(try operandName())
    case "padding": return .padding(try expressions(4, of: name))
    case "transposed_padding": return .transposedPadding(try expressions(5, of: name))
    default:
      throw CircuitLanguageError("expected \(kinds), found '\(name)'", at: location)
    }
  }

  private mutating func names(_ what: String) throws(CircuitLanguageError) -> [String] {
    try expect("(")
    let names = try list(until: [")"]) {
      (parser: inout OperatorParser) throws(CircuitLanguageError) in try parser.name(what)
    }
    try expect(")")
    return names
  }

  private mutating func operandName() throws(CircuitLanguageError) -> String {
    try expect("(")
    let name = try name("an operand")
    try expect(")")
    return name
  }

  private mutating func expressions(
    _ count: Int, of name: String
  ) throws(CircuitLanguageError) -> [OperatorExpression] {
    let location = current.location
    try expect("(")
    let list = try list(until: [")"]) {
      (parser: inout OperatorParser) throws(CircuitLanguageError) in try parser.expression()
    }
    try expect(")")
    // A further one says whether sizes are rounded up.
    guard list.count == count || list.count == count + 1 else {
      throw CircuitLanguageError(
        "'\(name)' takes \(count) or \(count + 1) arguments, not \(list.count)", at: location)
    }
    return list
  }
}

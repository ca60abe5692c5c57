/// Reads circuit files. The grammar is written down in `Circuits/GRAMMAR.md`.
struct Parser: TokenReader {
  let tokens: [Token]
  var position = 0
  /// How deeply what is being read lies in others of its kind.
  private var depths: [Nesting: Int] = [:]

  /// What may stand within its own kind, and how deeply: instances of circuits are made by
  /// recursion.
  enum Nesting: Int {
    case expressions = 256
    case statements = 64
  }

  /// The levels of an expression, as many as a table's function may have.
  static let maximalHeight = 128

  static func parse(_ file: SourceFile) throws(CircuitLanguageError) -> SyntaxFile {
    var parser = try Parser(reading: file)
    var items: [SyntaxFile.Item] = []
    while parser.current.kind != .end {
      if parser.takes("circuit") {
        items.append(.circuit(try parser.circuit()))
      } else if parser.takes("table") {
        items.append(.table(try parser.table()))
      } else if Self.otherItems.contains(parser.current.text) {
        parser.skipItem()
      } else {
        throw parser.unexpected("'circuit', 'table', 'operator' or 'function'")
      }
    }
    return SyntaxFile(items: items)
  }

  /// What a file may hold beside circuits and tables: operators, which have a parser of their own.
  private static let otherItems: Set<String> = ["operator", "function"]

  private mutating func skipItem() {
    repeat {
      advance()
    } while current.kind != .end && !Self.beginsItem(current)
  }

  /// Whether a token is a keyword that begins a circuit, a table, an operator or a function; none of
  /// these stands within another item.
  private static func beginsItem(_ token: Token) -> Bool {
    token.kind == .identifier(token.text)
      && ["circuit", "table", "operator", "function"].contains(token.text)
  }

  init(reading file: SourceFile) throws(CircuitLanguageError) {
    tokens = try Lexer.tokens(of: file)
  }

  /// Reads a part that may hold parts of its own kind.
  mutating func nested<Item>(
    _ nesting: Nesting, _ item: (inout Parser) throws(CircuitLanguageError) -> Item
  ) throws(CircuitLanguageError) -> Item {
    let depth = depths[nesting, default: 0]
    guard depth < nesting.rawValue else {
      throw CircuitLanguageError(
        "\(nesting) are nested more than \(nesting.rawValue) deep here", at: current.location)
    }
    depths[nesting] = depth + 1
    defer { depths[nesting] = depth }
    return try item(&self)
  }

  /// Makes an expression of parts.
  func made(
    _ kind: Expression.Kind, at location: SourceLocation
  ) throws(CircuitLanguageError) -> Expression {
    let expression = Expression(kind: kind, location: location)
    guard expression.height <= Self.maximalHeight else {
      throw CircuitLanguageError(
        "the expression has more than \(Self.maximalHeight) levels here; define a part of it before",
        at: location)
    }
    return expression
  }

  static let keywords: Set<String> = [
    "circuit", "table", "operator", "function", "let", "require", "hint", "assert", "lookup", "in",
    "if", "else", "for", "either", "bound", "and", "or", "sum", "min", "max", "select", "linear",
    "isqrt", "log2", "bits_of", "permute",
  ]

  static let maximalItems = Int.max
}

// Declarations.
extension Parser {
  private mutating func circuit() throws(CircuitLanguageError) -> CircuitDefinition {
    let location = current.location
    let name = try name("the circuit's name")
    try expect("(")
    let arguments = try list(until: [";", ")"]) {
      (parser: inout Parser) throws(CircuitLanguageError) in try parser.declaration()
    }
    let parameters = try parameters()
    try expect(")")
    try expect("->")
    try expect("(")
    let outputs = try list(until: [")"]) {
      (parser: inout Parser) throws(CircuitLanguageError) in try parser.declaration()
    }
    try expect(")")
    return CircuitDefinition(
      name: name, arguments: arguments, parameters: parameters, outputs: outputs,
      body: try block(), location: location)
  }

  private mutating func table() throws(CircuitLanguageError) -> TableDefinition {
    let location = current.location
    let name = try name("the table's name")
    guard name != "round" else {
      throw CircuitLanguageError("a table can not be called 'round'", at: location)
    }
    try expect("(")
    let argument = try self.name("the table's argument")
    try expect(":")
    let type = try elementType()
    let parameters = try parameters()
    try expect(")")
    try expect("=")
    let value = try tableValue(of: argument, Set(parameters.map(\.name)))
    return TableDefinition(
      name: name, argument: argument, type: type, parameters: parameters, value: value,
      location: location)
  }

  private mutating func tableValue(
    of argument: String, _ parameters: Set<String>
  ) throws(CircuitLanguageError) -> TableDefinition.Value {
    guard RealFormulaParser.begins(self) else { return .integers(try expression()) }
    var formulas: [RealFormula] = []
    repeat {
      guard RealFormulaParser.begins(self) else { throw unexpected("'round('") }
      let formula = RealFormulaParser(self, argument: argument, parameters: parameters)
      let (next, rest) = try formula.rounded()
      formulas.append(next)
      self = rest
    } while takes(",")
    return .reals(formulas)
  }

  private mutating func parameters() throws(CircuitLanguageError) -> [Parameter] {
    guard takes(";") else { return [] }
    return try list(until: [")"]) {
      (parser: inout Parser) throws(CircuitLanguageError) in try parser.parameter()
    }
  }

  private mutating func parameter() throws(CircuitLanguageError) -> Parameter {
    let location = current.location
    let name = try name("a parameter")
    try expect(":")
    guard let kind = Parameter.Kind(rawValue: current.text) else {
      throw unexpected("'nat', 'positive' or 'int'")
    }
    advance()
    return Parameter(name: name, kind: kind, location: location)
  }

  private mutating func declaration() throws(CircuitLanguageError) -> Declaration {
    let location = current.location
    let name = try name("a tensor")
    try expect(":")
    let type = try elementType()
    var dimensions: [Declaration.Dimension] = []
    if takes("[") {
      dimensions = try list(until: ["]"]) {
        (parser: inout Parser) throws(CircuitLanguageError) -> Declaration.Dimension in
        parser.takes("...") ? .rest : .size(try parser.expression())
      }
      try expect("]")
    }
    return Declaration(name: name, type: type, dimensions: dimensions, location: location)
  }

  mutating func elementType() throws(CircuitLanguageError) -> ElementType {
    let location = current.location
    let name = try name("a type")
    let arguments = sees("(") ? try argumentList() : []
    return ElementType(name: name, arguments: arguments, location: location)
  }
}

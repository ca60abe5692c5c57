import CircuitLanguage

/// Reads the operators and functions of a circuit file. The grammar is written down in
/// `Circuits/operators/README.md`.
struct OperatorParser {
  let tokens: [Token]
  private(set) var position = 0
  private var depth = 0

  /// How deeply expressions may be nested, and how many levels one may have.
  private static let maximalDepth = 256
  static let maximalHeight = 64
  /// What one list may hold.
  private static let maximalItems = 256

  /// What a file defines, in the order of the text.
  enum Item {
    case operation(OperatorDefinition)
    case function(FunctionDefinition)
  }

  static func parse(_ file: SourceFile) throws(CircuitLanguageError) -> [Item] {
    var parser = OperatorParser(tokens: try Lexer.tokens(of: file))
    let lines = file.text.split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
    var items: [Item] = []
    while parser.current.kind != .end {
      if parser.takes("operator") {
        items.append(.operation(try parser.operation(lines)))
      } else if parser.takes("function") {
        items.append(.function(try parser.function()))
      } else if parser.sees("circuit") || parser.sees("table") {
        parser.skipItem()
      } else {
        throw parser.unexpected("'operator', 'function', 'circuit' or 'table'")
      }
    }
    return items
  }

  private init(tokens: [Token]) { self.tokens = tokens }

  /// Circuits and tables have a parser of their own.
  private mutating func skipItem() {
    repeat { advance() } while current.kind != .end && !sees("operator") && !sees("function")
  }

  // The last token is the end, which is never passed.
  var current: Token { tokens[position] }

  func peek(_ distance: Int) -> Token { tokens[min(position + distance, tokens.count - 1)] }

  @discardableResult
  mutating func advance() -> Token {
    let token = current
    if position < tokens.count - 1 { position += 1 }
    return token
  }

  func sees(_ text: String) -> Bool {
    current.kind == .symbol(text) || current.kind == .identifier(text)
  }

  mutating func takes(_ text: String) -> Bool {
    guard sees(text) else { return false }
    advance()
    return true
  }

  mutating func expect(_ text: String) throws(CircuitLanguageError) {
    guard takes(text) else { throw unexpected("'\(text)'") }
  }

  mutating func name(_ what: String) throws(CircuitLanguageError) -> String {
    guard case .identifier(let name) = current.kind else { throw unexpected(what) }
    guard !Self.keywords.contains(name) else {
      throw CircuitLanguageError(
        "'\(name)' is a keyword and can not be \(what)", at: current.location)
    }
    advance()
    return name
  }

  func unexpected(_ wanted: String) -> CircuitLanguageError {
    CircuitLanguageError("expected \(wanted), found '\(current.text)'", at: current.location)
  }

  static let keywords: Set<String> = [
    "circuit", "table", "operator", "function", "let", "require", "for", "in", "of", "if", "and",
    "or", "xor", "not",
  ]

  /// What `item` reads, separated by commas, up to but without the closing symbol.
  mutating func list<Item>(
    until closing: [String], _ item: (inout OperatorParser) throws(CircuitLanguageError) -> Item
  ) throws(CircuitLanguageError) -> [Item] {
    var items: [Item] = []
    if closing.contains(where: { sees($0) }) { return items }
    repeat {
      guard items.count < Self.maximalItems else {
        throw CircuitLanguageError(
          "a list has more than \(Self.maximalItems) items here", at: current.location)
      }
      items.append(try item(&self))
    } while takes(",")
    return items
  }

  /// Reads a part that may hold parts of its own kind.
  mutating func nested<Item>(
    _ item: (inout OperatorParser) throws(CircuitLanguageError) -> Item
  ) throws(CircuitLanguageError) -> Item {
    guard depth < Self.maximalDepth else {
      throw CircuitLanguageError(
        "expressions are nested more than \(Self.maximalDepth) deep here", at: current.location)
    }
    depth += 1
    defer { depth -= 1 }
    return try item(&self)
  }
}

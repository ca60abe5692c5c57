import CircuitLanguage

/// Reads the operators and functions of a circuit file. The grammar is written down in
/// `Circuits/operators/README.md`.
struct OperatorParser: TokenReader {
  let tokens: [Token]
  var position = 0
  private var depth = 0

  /// How deeply expressions may be nested, and how many levels one may have.
  private static let maximalDepth = 256
  static let maximalHeight = 64
  /// What one list may hold.
  static let maximalItems = 256

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

  static let keywords: Set<String> = [
    "circuit", "table", "operator", "function", "let", "require", "for", "in", "of", "if", "and",
    "or", "xor", "not",
  ]

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

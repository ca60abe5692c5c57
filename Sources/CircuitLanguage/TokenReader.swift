/// Reads the tokens of a circuit file one after the other: what the parsers of circuits and of operators
/// have in common.
package protocol TokenReader {
  /// The last one is the end, which is never passed.
  var tokens: [Token] { get }
  var position: Int { get set }
  /// What no name may be.
  static var keywords: Set<String> { get }
  /// What one list may hold.
  static var maximalItems: Int { get }
}

extension TokenReader {
  package var current: Token { tokens[position] }

  package func peek(_ distance: Int) -> Token {
    tokens[max(0, min(position + distance, tokens.count - 1))]
  }

  @discardableResult
  package mutating func advance() -> Token {
    let token = current
    if position < tokens.count - 1 { position += 1 }
    return token
  }

  package func sees(_ text: String) -> Bool {
    current.kind == .symbol(text) || current.kind == .identifier(text)
  }

  package mutating func takes(_ text: String) -> Bool {
    guard sees(text) else { return false }
    advance()
    return true
  }

  package mutating func expect(_ text: String) throws(CircuitLanguageError) {
    guard takes(text) else { throw unexpected("'\(text)'") }
  }

  package mutating func name(_ what: String) throws(CircuitLanguageError) -> String {
    guard case .identifier(let name) = current.kind else { throw unexpected(what) }
    guard !Self.keywords.contains(name) else {
      throw CircuitLanguageError(
        "'\(name)' is a keyword and can not be \(what)", at: current.location)
    }
    advance()
    return name
  }

  package func unexpected(_ wanted: String) -> CircuitLanguageError {
    CircuitLanguageError("expected \(wanted), found '\(current.text)'", at: current.location)
  }

  /// What `item` reads, separated by commas, up to but without the closing symbol.
  package mutating func list<Item>(
    until closing: [String], _ item: (inout Self) throws(CircuitLanguageError) -> Item
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
}

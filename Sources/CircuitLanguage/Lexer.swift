/// A word, a number or a sign of the languages of circuits and operators.
package struct Token: Sendable {
  package enum Kind: Equatable, Sendable {
    case identifier(String)
    case integer(Int)
    /// With a fraction or an exponent.
    case real(Double)
    /// Between quotes, which it is without.
    case text(String)
    case symbol(String)
    case end
  }

  package let kind: Kind
  package let location: SourceLocation

  /// The token as a person would write it.
  package var text: String {
    switch kind {
    case .identifier(let name): name
    case .integer(let value): String(value)
    case .real(let value): String(value)
    case .text(let text): "\"\(text)\""
    case .symbol(let symbol): symbol
    case .end: "end of file"
    }
  }
}

/// Cuts a circuit file into tokens; a comment runs from '#' to the end of its line.
package struct Lexer {
  /// Longest first, so that the first that matches is the right one.
  private static let symbols = [
    "...", "..<", "..", ":=", "->", "==", "!=", "<=", ">=", "(", ")", "[", "]", "{", "}", ",", ";",
    ":", "=", "+", "-", "*", "/", "%", "^", "<", ">", ".",
  ]

  private let file: SourceFile
  private let characters: [Character]
  private var position = 0
  private var line = 1
  private var column = 1

  init(file: SourceFile) {
    self.file = file
    characters = Array(file.text)
  }

  package static func tokens(of file: SourceFile) throws(CircuitLanguageError) -> [Token] {
    var lexer = Lexer(file: file)
    var tokens: [Token] = []
    while true {
      let token = try lexer.next()
      tokens.append(token)
      if token.kind == .end { return tokens }
    }
  }

  private var current: Character? { position < characters.count ? characters[position] : nil }

  private mutating func advance() {
    if current?.isNewline == true {
      line += 1
      column = 1
    } else {
      column += 1
    }
    position += 1
  }

  private mutating func skipSpace() {
    while let character = current {
      if character == "#" {
        while let character = current, !character.isNewline { advance() }
      } else if character.isWhitespace {
        advance()
      } else {
        return
      }
    }
  }

  private mutating func next() throws(CircuitLanguageError) -> Token {
    skipSpace()
    let location = SourceLocation(file: file, line: line, column: column)
    guard let character = current else { return Token(kind: .end, location: location) }
    if Self.startsName(character) {
      return Token(
        kind: .identifier(word { Self.startsName($0) || Self.isDigit($0) }), location: location)
    }
    if Self.isDigit(character) { return try number(at: location) }
    if character == "\"" { return try text(at: location) }
    for symbol in Self.symbols where characters[position...].starts(with: symbol) {
      for _ in symbol { advance() }
      return Token(kind: .symbol(symbol), location: location)
    }
    throw CircuitLanguageError("unexpected character '\(character)'", at: location)
  }

  private mutating func number(
    at location: SourceLocation
  ) throws(CircuitLanguageError) -> Token {
    var digits = word { Self.isDigit($0) || Self.startsName($0) }
    var isReal = false
    if current == ".", position + 1 < characters.count, Self.isDigit(characters[position + 1]) {
      advance()
      digits += "." + word { Self.isDigit($0) || Self.startsName($0) }
      isReal = true
    }
    if let last = digits.last, "eE".contains(last), let sign = current, "+-".contains(sign) {
      advance()
      digits += String(sign) + word { Self.isDigit($0) || Self.startsName($0) }
      isReal = true
    }
    if !isReal, let value = Int(digits) {
      return Token(kind: .integer(value), location: location)
    }
    guard isReal || digits.contains(where: { "eE".contains($0) }), !digits.contains("x"),
      let value = Double(digits), value.isFinite
    else { throw CircuitLanguageError("'\(digits)' is not a number of 64 bits", at: location) }
    return Token(kind: .real(value), location: location)
  }

  private mutating func text(
    at location: SourceLocation
  ) throws(CircuitLanguageError) -> Token {
    advance()
    let text = word { $0 != "\"" && !$0.isNewline }
    guard current == "\"" else {
      throw CircuitLanguageError("the text has no closing quote", at: location)
    }
    advance()
    return Token(kind: .text(text), location: location)
  }

  private mutating func word(_ belongs: (Character) -> Bool) -> String {
    let start = position
    while let character = current, belongs(character) { advance() }
    return String(characters[start..<position])
  }

  private static func startsName(_ character: Character) -> Bool {
    character.isASCII && (character.isLetter || character == "_")
  }

  private static func isDigit(_ character: Character) -> Bool {
    character.isASCII && character.isNumber
  }
}

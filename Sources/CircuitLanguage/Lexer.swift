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
  /// By the code that they begin with; longest first, so that the first that matches is the right one.
  private static let symbols: [[(codes: [UInt8], text: String)]] = {
    var symbols = [[(codes: [UInt8], text: String)]](repeating: [], count: 256)
    for text in [
      "...", "..<", "..", ":=", "->", "==", "!=", "<=", ">=", "(", ")", "[", "]", "{", "}", ",",
      ";", ":", "=", "+", "-", "*", "/", "%", "^", "<", ">", ".",
    ] {
      let codes = Array(text.utf8)
      symbols[Int(codes[0])].append((codes, text))
    }
    return symbols
  }()

  private let file: SourceFile
  private let text: CodedText
  private var position = 0
  private var line = 1
  private var column = 1

  init(file: SourceFile) {
    self.file = file
    text = CodedText(file.text)
  }

  package static func tokens(of file: SourceFile) throws(CircuitLanguageError) -> [Token] {
    var lexer = Lexer(file: file)
    var tokens: [Token] = []
    while true {
      let token = try lexer.next()
      tokens.append(token)
      if case .end = token.kind { return tokens }
    }
  }

  private var current: UInt8? { position < text.codes.count ? text.codes[position] : nil }

  private func isCurrent(_ sign: Unicode.Scalar) -> Bool { current == UInt8(ascii: sign) }

  private mutating func advance() {
    if let current, CodedText.isNewline(current) {
      line += 1
      column = 1
    } else {
      column += 1
    }
    position += 1
  }

  private mutating func skipSpace() {
    while let code = current {
      if code == UInt8(ascii: "#") {
        while let code = current, !CodedText.isNewline(code) { advance() }
      } else if CodedText.isSpace(code) {
        advance()
      } else {
        return
      }
    }
  }

  private mutating func next() throws(CircuitLanguageError) -> Token {
    skipSpace()
    let location = SourceLocation(file: file, line: line, column: column)
    guard let code = current else { return Token(kind: .end, location: location) }
    if CodedText.startsName(code) {
      return Token(kind: .identifier(word(CodedText.continuesName)), location: location)
    }
    if CodedText.isDigit(code) { return try number(at: location) }
    if isCurrent("\"") { return try quoted(at: location) }
    for symbol in Self.symbols[Int(code)] where text.has(symbol.codes, at: position) {
      for _ in symbol.codes { advance() }
      return Token(kind: .symbol(symbol.text), location: location)
    }
    throw CircuitLanguageError(
      "unexpected character '\(text[position..<position + 1])'", at: location)
  }

  private mutating func number(
    at location: SourceLocation
  ) throws(CircuitLanguageError) -> Token {
    var digits = word(CodedText.continuesName)
    var isReal = false
    if isCurrent("."), position + 1 < text.codes.count,
      CodedText.isDigit(text.codes[position + 1])
    {
      advance()
      digits += "." + word(CodedText.continuesName)
      isReal = true
    }
    if let last = digits.last, "eE".contains(last), isCurrent("+") || isCurrent("-") {
      digits += isCurrent("+") ? "+" : "-"
      advance()
      digits += word(CodedText.continuesName)
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

  private mutating func quoted(
    at location: SourceLocation
  ) throws(CircuitLanguageError) -> Token {
    advance()
    let inner = word { $0 != UInt8(ascii: "\"") && !CodedText.isNewline($0) }
    guard isCurrent("\"") else {
      throw CircuitLanguageError("the text has no closing quote", at: location)
    }
    advance()
    return Token(kind: .text(inner), location: location)
  }

  private mutating func word(_ belongs: (UInt8) -> Bool) -> String {
    let start = position
    while let code = current, belongs(code) { advance() }
    return text[start..<position]
  }
}

/// Brings the text of a circuit file into its canonical layout.
///
/// Lines stay lines, and comments stay where they are: what changes is the space within lines, their
/// indentation, and runs of empty lines. So a formatted text says the same, and is formatted already.
public enum SourceFormatter {
  /// The text in its canonical layout, with one end of line at its end; nothing of an empty file.
  /// - Throws: when the text has a character that begins no word.
  public static func format(_ file: SourceFile) throws(CircuitLanguageError) -> String {
    let tokens = try Lexer.tokens(of: file)
    let lines = sourceLines(file, tokens)
    var indentation = Indentation()
    var result: [FormattedLine] = []
    // For each line the first one from it on that has words.
    var following = Array(lines.indices)
    for number in lines.indices.dropLast().reversed() where lines[number].words.isEmpty {
      following[number] = following[number + 1]
    }
    for (number, line) in lines.enumerated() {
      guard !line.isEmpty else {
        if result.last?.isEmpty == false { result.append(FormattedLine()) }
        continue
      }
      let margin: Int
      if line.words.isEmpty {
        margin = indentation.ofComment(before: lines[following[number]].words)
      } else {
        margin = indentation.take(line.words)
      }
      let code = Spacing.text(line.words)
      result.append(
        FormattedLine(
          code: code.isEmpty ? "" : String(repeating: " ", count: margin) + code,
          comment: line.comment.map(comment), margin: margin))
    }
    while result.last?.isEmpty == true { result.removeLast() }
    let text = FormattedLine.text(result)
    try check(text, against: tokens, lines.compactMap(\.comment).map(comment), file)
    return text
  }

  /// Words and comments, line by line.
  private static func sourceLines(_ file: SourceFile, _ tokens: [Token]) -> [SourceLine] {
    let texts = file.text.split(omittingEmptySubsequences: false) { $0.isNewline }
    let starts = Dictionary(grouping: tokens.filter { $0.kind != .end }) { $0.location.line }
    return texts.enumerated().map { number, text in
      let code = code(of: text)
      var line = SourceLine(
        comment: code.endIndex < text.endIndex ? String(text[code.endIndex...]) : nil)
      let columns = (starts[number + 1] ?? []).map { $0.location.column - 1 }
      let characters = Array(code)
      var isAdjacent = false
      for (place, start) in columns.enumerated() {
        let end = place + 1 < columns.count ? columns[place + 1] : characters.count
        var word = characters[start..<end]
        while word.last?.isWhitespace == true { word.removeLast() }
        line.words.append(Word(text: String(word), isAdjacent: isAdjacent))
        isAdjacent = word.endIndex == end
      }
      return line
    }
  }

  /// What stands before the sign that begins a comment; a text between quotes may hold one.
  private static func code(of line: Substring) -> Substring {
    var isQuoted = false
    for place in line.indices {
      if line[place] == "\"" { isQuoted.toggle() }
      if line[place] == "#", !isQuoted { return line[..<place] }
    }
    return line
  }

  /// Without space at its end, and with one after its sign.
  private static func comment(_ text: String) -> String {
    var text = text
    while text.last?.isWhitespace == true { text.removeLast() }
    let rest = text.dropFirst()
    guard let first = rest.first, first.isLetter || first.isNumber else { return text }
    return "# " + rest
  }

  /// Nothing of the text may be lost, whatever it holds.
  private static func check(
    _ text: String, against tokens: [Token], _ comments: [String], _ file: SourceFile
  ) throws(CircuitLanguageError) {
    let formatted = SourceFile(name: file.name, text: text)
    let words = try Lexer.tokens(of: formatted)
    let kept = sourceLines(formatted, words).compactMap(\.comment).map(comment)
    guard words.map(\.kind) == tokens.map(\.kind), kept == comments else {
      throw CircuitLanguageError("\(file.name) can not be formatted without changing what it says")
    }
  }
}

/// A word and whether it touches the one before it.
struct Word {
  /// As the text has it.
  var text: String
  var isAdjacent: Bool

  var isName: Bool { text.first.map { $0.isLetter || $0 == "_" } ?? false }
  var isNumber: Bool { text.first.map(\.isNumber) ?? false }
}

private struct SourceLine {
  var words: [Word] = []
  var comment: String?

  var isEmpty: Bool { words.isEmpty && comment == nil }
}

private struct FormattedLine {
  var code = ""
  var comment: String?
  var margin = 0

  var isEmpty: Bool { code.isEmpty && comment == nil }

  /// All lines; comments behind consecutive lines of code stand below each other.
  static func text(_ lines: [FormattedLine]) -> String {
    var result = ""
    var place = 0
    while place < lines.count {
      var end = place
      while end < lines.count, lines[end].isTrailed { end += 1 }
      let width = lines[place..<end].map(\.code.count).max() ?? 0
      for line in lines[place..<end] {
        let space = String(repeating: " ", count: width - line.code.count + 2)
        result += line.code + space + (line.comment ?? "") + "\n"
      }
      if end < lines.count {
        let line = lines[end]
        let comment = line.comment.map { String(repeating: " ", count: line.margin) + $0 }
        result += (line.code.isEmpty ? comment ?? "" : line.code) + "\n"
      }
      place = end + 1
    }
    return result
  }

  private var isTrailed: Bool { !code.isEmpty && comment != nil }
}

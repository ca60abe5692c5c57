/// How far each line is indented: two for each block, two more for each line that goes on with a
/// statement, and two beyond the line that opened a bracket for what is in it.
struct Indentation {
  private struct Open {
    var bracket: String
    /// Of the line that it stands in; of a block's, of the statement that it belongs to.
    var margin: Int
  }

  private var open: [Open] = []
  /// Of the statement's first line.
  private var statement = 0
  /// Of the last line of the statement that does not go on with an operator.
  private var operand = 0
  /// Of the line before.
  private var last = 0
  private var lastWords: [Word] = []

  /// What begins an item of a file.
  private static let items: Set<String> = ["circuit", "table", "operator", "function"]
  /// What a statement goes on with at the beginning of a line.
  private static let continuing: Set<String> = ["->", "in", "for", "=", ":=", ")", "]"]
  private static let operators: Set<String> = [
    "+", "-", "*", "/", "%", "^", "==", "!=", "<", "<=", ">", ">=", "and", "or",
  ]
  /// What a line ends with whose statement goes on.
  private static let unfinished: Set<String> = [
    ",", ";", ":", "=", ":=", "->", "(", "[", "in", "for", "assert", "lookup",
  ]

  /// The margin of a line with these words, which is the next one.
  mutating func take(_ words: [Word]) -> Int {
    let margin = margin(words)
    let isOperator = words.first.map { Self.operators.contains($0.text) } ?? false
    if begins(words) { statement = margin }
    if !isOperator && !isInBracket { operand = margin }
    for word in words {
      switch word.text {
      case "(", "[": open.append(Open(bracket: word.text, margin: margin))
      case "{": open.append(Open(bracket: "{", margin: statement))
      case ")", "]", "}": if let closed = open.popLast() { after(closed) }
      default: break
      }
    }
    (last, lastWords) = (margin, words)
    return margin
  }

  /// The margin of a comment that stands before a line with these words.
  func ofComment(before words: [Word]) -> Int {
    guard let next = words.first?.text, next != "}" else { return block }
    return next == "{" || next == "else" ? statement : margin(words)
  }

  /// A block's end is the end of its statement; what goes on after it belongs to it still.
  private mutating func after(_ closed: Open) {
    if closed.bracket == "{" { statement = closed.margin }
  }

  /// The margin of a statement in the innermost block.
  private var block: Int { open.last { $0.bracket == "{" }.map { $0.margin + 2 } ?? 0 }

  private var isInBracket: Bool { open.last.map { $0.bracket != "{" } ?? false }

  private func margin(_ words: [Word]) -> Int {
    let first = words.first?.text ?? ""
    if let bracket = open.last, first == "}" || isInBracket {
      return Self.isClosing(first) ? bracket.margin : bracket.margin + 2
    }
    if begins(words) { return block }
    if first == "{" { return statement }
    if isReduction(lastWords) { return last + 2 }
    return Self.operators.contains(first) ? operand + 2 : statement + 2
  }

  private static func isClosing(_ word: String) -> Bool { ["}", ")", "]"].contains(word) }

  /// Whether a line begins a statement or an item.
  private func begins(_ words: [Word]) -> Bool {
    let first = words.first?.text ?? ""
    if isInBracket || first == "{" { return false }
    if first == "}" { return true }
    guard !open.isEmpty else { return Self.items.contains(first) || lastWords.isEmpty }
    let isGoingOn = Self.continuing.contains(first) || Self.operators.contains(first)
    return !isGoingOn && !isUnfinished(lastWords)
  }

  private func isUnfinished(_ words: [Word]) -> Bool {
    guard let end = words.last?.text else { return false }
    return Self.unfinished.contains(end) || Self.operators.contains(end) || isReduction(words)
  }

  /// Whether a line ends with the head of a sum, whose body is to come. That of a minimum or a maximum
  /// stands on one line with it.
  private func isReduction(_ words: [Word]) -> Bool {
    guard words.last?.text == ")" else { return false }
    var depth = 0
    for place in words.indices.reversed() {
      if words[place].text == ")" { depth += 1 }
      if words[place].text == "(" { depth -= 1 }
      if depth == 0 { return place > 0 && ["sum", "product"].contains(words[place - 1].text) }
    }
    return false
  }
}

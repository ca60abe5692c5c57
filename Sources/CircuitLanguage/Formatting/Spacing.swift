/// The space between the words of a line.
enum Spacing {
  /// Words that are followed by an expression, which may begin with a parenthesis.
  private static let openers: Set<String> = [
    "in", "and", "or", "assert", "lookup", "require", "if", "let", "for", "else", "repeat",
    "not", "xor", "of", "bound", "onnx", "microsoft", "permute", "rows",
  ]
  private static let binary: Set<String> = [
    "+", "-", "*", "/", "%", "==", "!=", "<", "<=", ">", ">=", "=", ":=", "->", "and", "or", "in",
  ]
  /// Signs that stand by themselves between spaces, or are followed by one.
  private static let known: Set<String> = binary.union([
    ",", ";", ":", "(", ")", "[", "]", "{", "}",
  ])

  static func text(_ words: [Word]) -> String {
    var result = ""
    for (place, word) in words.enumerated() {
      if place > 0, isSpaced(words, at: place) { result += " " }
      result += word.text
    }
    return result
  }

  /// Whether there is a space before a word that is not the first one.
  private static func isSpaced(_ words: [Word], at place: Int) -> Bool {
    let (before, word) = (words[place - 1], words[place])
    if ["(", "["].contains(before.text) || [",", ";", ")", "]", ":"].contains(word.text) {
      return false
    }
    if [before.text, word.text].contains(where: { ["^", "..<"].contains($0) }) { return false }
    if before.text == "-", isUnary(words, at: place - 1) { return false }
    switch word.text {
    case "(": return !before.isName || openers.contains(before.text)
    case "[": return !before.isName && !word.isAdjacent
    default: break
    }
    if isPlain(before) && isPlain(word) { return true }
    // Of signs that this knows nothing about the author does.
    return !word.isAdjacent
  }

  private static func isPlain(_ word: Word) -> Bool {
    word.isName || word.isNumber || known.contains(word.text)
  }

  /// Whether a minus sign has nothing on its left.
  private static func isUnary(_ words: [Word], at place: Int) -> Bool {
    // A line that begins with one goes on with a sum.
    guard place > 0 else { return false }
    let before = words[place - 1]
    return ["(", "[", "{", ",", ";", ":", "^", "..<"].contains(before.text)
      || binary.contains(before.text) || openers.contains(before.text)
  }
}

/// The characters that JSON writes with a backslash.
enum JSONEscapes {
  private static let single: [Character: Character] = [
    "\"": "\"", "\\": "\\", "/": "/", "b": "\u{8}", "f": "\u{c}", "n": "\n", "r": "\r", "t": "\t",
  ]

  /// The text that a string's raw text stands for; nil where an escape is not one of JSON's.
  static func resolved(_ raw: String) -> String? {
    var result = ""
    var rest = Substring(raw)
    while let mark = rest.firstIndex(of: "\\") {
      result += rest[..<mark]
      rest = rest[mark...].dropFirst()
      guard let kind = rest.popFirst() else { return nil }
      if kind == "u" {
        guard let scalar = scalar(&rest) else { return nil }
        result.unicodeScalars.append(scalar)
      } else {
        guard let character = single[kind] else { return nil }
        result.append(character)
      }
    }
    return result + rest
  }

  /// A character of four hexadecimal digits, or of twice so many as UTF-16 has it.
  private static func scalar(_ rest: inout Substring) -> Unicode.Scalar? {
    guard let first = unit(&rest) else { return nil }
    guard (0xD800..<0xDC00).contains(first) else { return Unicode.Scalar(first) }
    guard rest.hasPrefix("\\u") else { return nil }
    rest = rest.dropFirst(2)
    guard let second = unit(&rest), (0xDC00..<0xE000).contains(second) else { return nil }
    return Unicode.Scalar(0x10000 + (first - 0xD800) << 10 + (second - 0xDC00))
  }

  private static func unit(_ rest: inout Substring) -> UInt32? {
    let digits = rest.prefix(4)
    rest = rest.dropFirst(4)
    guard digits.count == 4, digits.allSatisfy(\.isHexDigit) else { return nil }
    return UInt32(digits, radix: 16)
  }
}

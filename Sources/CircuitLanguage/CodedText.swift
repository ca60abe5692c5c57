/// A text with a byte for each of its characters: to compare bytes takes far less time than to compare
/// characters, and all that the languages are made of is ASCII.
struct CodedText {
  /// The ASCII code of each character, or what kind of another one it is.
  let codes: [UInt8]
  /// Nil where the codes say all.
  private let characters: [Character]?

  /// The kinds of what is no ASCII character.
  private static let other: UInt8 = 128
  private static let otherSpace: UInt8 = 129
  private static let otherNewline: UInt8 = 130
  private static let carriageReturn: UInt8 = 13

  init(_ text: String) {
    let bytes = Array(text.utf8)
    // A carriage return and a line feed are one character.
    if bytes.allSatisfy({ $0 < 128 && $0 != Self.carriageReturn }) {
      (codes, characters) = (bytes, nil)
    } else {
      let characters = Array(text)
      codes = characters.map(Self.code)
      self.characters = characters
    }
  }

  private static func code(_ character: Character) -> UInt8 {
    if let code = character.asciiValue { return code }
    if character.isNewline { return otherNewline }
    return character.isWhitespace ? otherSpace : other
  }

  /// The characters at some places.
  subscript(places: Range<Int>) -> String {
    if let characters { return String(characters[places]) }
    return String(decoding: codes[places], as: UTF8.self)
  }

  /// Whether the codes stand at a place.
  func has(_ wanted: [UInt8], at place: Int) -> Bool {
    guard place + wanted.count <= codes.count else { return false }
    for (offset, code) in wanted.enumerated() where codes[place + offset] != code { return false }
    return true
  }

  static func isNewline(_ code: UInt8) -> Bool {
    (UInt8(ascii: "\n")...carriageReturn).contains(code) || code == otherNewline
  }

  static func isSpace(_ code: UInt8) -> Bool {
    code == UInt8(ascii: " ") || code == UInt8(ascii: "\t") || code == otherSpace || isNewline(code)
  }

  static func startsName(_ code: UInt8) -> Bool {
    (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(code)
      || (UInt8(ascii: "A")...UInt8(ascii: "Z")).contains(code) || code == UInt8(ascii: "_")
  }

  static func isDigit(_ code: UInt8) -> Bool {
    (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(code)
  }

  static func continuesName(_ code: UInt8) -> Bool { startsName(code) || isDigit(code) }
}

/// A JSON value.
enum JSONValue {
  case null
  case bool
  case number(Double)
  case string(String)
  case array([JSONValue])
  case object([String: JSONValue])
}

/// A JSON reader that never rounds an integer, bounds nesting, and says where a fault lies.
struct JSONParser {
  private static let maximumDepth = 64

  private let bytes: [UInt8]
  private var position = 0

  init(_ bytes: [UInt8]) { self.bytes = bytes }

  /// The one value that is the whole text.
  mutating func parse() throws(TensorFileError) -> JSONValue {
    let value = try parseValue(depth: 0)
    skipSpace()
    guard position == bytes.count else { throw fault("has more after its end") }
    return value
  }

  private var next: UInt8? { position < bytes.count ? bytes[position] : nil }

  private func fault(_ reason: String) -> TensorFileError {
    TensorFileError("its JSON \(reason), at byte \(position)")
  }

  private mutating func skipSpace() {
    while let byte = next, byte == 0x20 || byte == 0x0a || byte == 0x0d || byte == 0x09 {
      position += 1
    }
  }

  private mutating func accept(_ character: Unicode.Scalar) -> Bool {
    skipSpace()
    guard next == UInt8(ascii: character) else { return false }
    position += 1
    return true
  }

  private mutating func parseValue(depth: Int) throws(TensorFileError) -> JSONValue {
    guard depth < Self.maximumDepth else { throw fault("is nested too deeply") }
    if accept("[") { return .array(try parseArray(depth: depth)) }
    if accept("{") { return .object(try parseObject(depth: depth)) }
    switch next {
    case UInt8(ascii: "\""):
      let raw = try parseString()
      guard let text = JSONEscapes.resolved(raw) else { throw fault("has an escape that is none") }
      return .string(text)
    case UInt8(ascii: "n"): return try parseWord("null", .null)
    case UInt8(ascii: "t"): return try parseWord("true", .bool)
    case UInt8(ascii: "f"): return try parseWord("false", .bool)
    default: return .number(try parseNumber())
    }
  }

  private mutating func parseWord(
    _ word: String, _ value: JSONValue
  ) throws(TensorFileError) -> JSONValue {
    guard bytes[position...].starts(with: word.utf8) else { throw fault("has an unknown word") }
    position += word.utf8.count
    return value
  }

  private mutating func parseArray(depth: Int) throws(TensorFileError) -> [JSONValue] {
    var elements: [JSONValue] = []
    if accept("]") { return elements }
    repeat { elements.append(try parseValue(depth: depth + 1)) } while accept(",")
    guard accept("]") else { throw fault("has a list that is not closed") }
    return elements
  }

  private mutating func parseObject(depth: Int) throws(TensorFileError) -> [String: JSONValue] {
    var members: [String: JSONValue] = [:]
    if accept("}") { return members }
    repeat {
      skipSpace()
      let key = try parseString()
      guard accept(":") else { throw fault("has a key without a value") }
      guard members.updateValue(try parseValue(depth: depth + 1), forKey: key) == nil else {
        throw fault("has the key \"\(key)\" twice")
      }
    } while accept(",")
    guard accept("}") else { throw fault("has an object that is not closed") }
    return members
  }

  /// A string's raw text: escapes are passed over, as no key that is looked for has any.
  private mutating func parseString() throws(TensorFileError) -> String {
    guard next == UInt8(ascii: "\"") else { throw fault("lacks a string") }
    position += 1
    let start = position
    while let byte = next, byte != UInt8(ascii: "\"") {
      position += byte == UInt8(ascii: "\\") ? 2 : 1
    }
    guard position < bytes.count else { throw fault("has a string that is not closed") }
    defer { position += 1 }
    return String(decoding: bytes[start..<position], as: UTF8.self)
  }

  private mutating func parseNumber() throws(TensorFileError) -> Double {
    let start = position
    while let byte = next, Self.isNumeric(byte) { position += 1 }
    let text = String(decoding: bytes[start..<position], as: UTF8.self)
    guard let first = text.utf8.first, first != UInt8(ascii: "+"), let value = Double(text),
      value.isFinite
    else {
      position = start
      throw fault("has something that is not a finite number")
    }
    if text.utf8.allSatisfy({ $0 != UInt8(ascii: ".") && $0 | 0x20 != UInt8(ascii: "e") }) {
      guard let integer = Int64(text), Double(exactly: integer) != nil else {
        position = start
        throw fault("has the integer \(text), which a double does not hold exactly")
      }
    }
    return value
  }

  private static func isNumeric(_ byte: UInt8) -> Bool {
    switch byte {
    case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "+"),
      UInt8(ascii: "."), UInt8(ascii: "e"), UInt8(ascii: "E"):
      true
    default: false
    }
  }
}

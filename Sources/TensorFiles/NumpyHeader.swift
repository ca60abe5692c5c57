/// The header of a NumPy file: a Python dictionary literal with exactly three known keys.
struct NumpyHeader {
  let type: NumpyElementType
  let isColumnMajor: Bool
  let shape: [Int]
  let dataOffset: Int

  /// The longest header text that is read; real ones have some 120 bytes.
  private static let maximumLength = 1 << 16
  private static let maximumRank = 32

  init(_ bytes: [UInt8]) throws(TensorFileError) {
    guard bytes.starts(with: NumpyFormat.magic), bytes.count >= 10 else {
      throw TensorFileError("it is not a NumPy file")
    }
    guard (1...3).contains(bytes[6]) else {
      throw TensorFileError("its NumPy format version \(bytes[6]) is unknown")
    }
    let textOffset = bytes[6] == 1 ? 10 : 12
    guard bytes.count >= textOffset else { throw TensorFileError("it is truncated") }
    let length = bytes[8..<textOffset].reversed().reduce(0) { $0 << 8 | Int($1) }
    guard length <= Self.maximumLength, bytes.count - textOffset >= length else {
      throw TensorFileError("its header of \(length) bytes is truncated or too long")
    }
    dataOffset = textOffset + length
    var parser = LiteralParser(bytes[textOffset..<dataOffset])
    let fields = try parser.parseFields(maximumRank: Self.maximumRank)
    guard let descriptor = fields.descriptor, let isColumnMajor = fields.isColumnMajor,
      let shape = fields.shape
    else {
      throw TensorFileError("its header lacks \"descr\", \"fortran_order\" or \"shape\"")
    }
    type = try NumpyElementType(descriptor)
    self.isColumnMajor = isColumnMajor
    self.shape = shape
  }
}

/// Reads the subset of Python's literals that NumPy writes.
private struct LiteralParser {
  struct Fields {
    var descriptor: String?
    var isColumnMajor: Bool?
    var shape: [Int]?
  }

  private var rest: ArraySlice<UInt8>

  init(_ text: ArraySlice<UInt8>) { rest = text }

  mutating func parseFields(maximumRank: Int) throws(TensorFileError) -> Fields {
    var fields = Fields()
    try expect("{")
    while !accept("}") {
      let key = try parseString()
      try expect(":")
      switch key {
      case "descr" where fields.descriptor == nil: fields.descriptor = try parseString()
      case "fortran_order" where fields.isColumnMajor == nil:
        fields.isColumnMajor = try parseBool()
      case "shape" where fields.shape == nil:
        fields.shape = try parseTuple(maximumCount: maximumRank)
      default: throw TensorFileError("its header has an unexpected entry \"\(key)\"")
      }
      if !accept(",") {
        try expect("}")
        break
      }
    }
    skipSpace()
    guard rest.isEmpty else { throw Self.malformed }
    return fields
  }

  private static let malformed = TensorFileError("its header is malformed")

  private mutating func skipSpace() {
    rest = rest.drop { $0 == UInt8(ascii: " ") || $0 == UInt8(ascii: "\n") }
  }

  private mutating func accept(_ character: Unicode.Scalar) -> Bool {
    skipSpace()
    guard rest.first == UInt8(ascii: character) else { return false }
    rest.removeFirst()
    return true
  }

  private mutating func expect(_ character: Unicode.Scalar) throws(TensorFileError) {
    guard accept(character) else { throw Self.malformed }
  }

  private mutating func parseString() throws(TensorFileError) -> String {
    skipSpace()
    guard let quote = rest.first, quote == UInt8(ascii: "'") || quote == UInt8(ascii: "\""),
      let end = rest.dropFirst().firstIndex(of: quote)
    else { throw Self.malformed }
    let text = rest[(rest.startIndex + 1)..<end]
    rest = rest[(end + 1)...]
    guard text.count <= 64, text.allSatisfy({ (0x20..<0x7f).contains($0) }) else {
      throw Self.malformed
    }
    return String(decoding: text, as: UTF8.self)
  }

  private mutating func parseBool() throws(TensorFileError) -> Bool {
    skipSpace()
    for (word, value) in [("True", true), ("False", false)] where rest.starts(with: word.utf8) {
      rest = rest.dropFirst(word.utf8.count)
      return value
    }
    throw Self.malformed
  }

  private mutating func parseTuple(maximumCount: Int) throws(TensorFileError) -> [Int] {
    var result: [Int] = []
    try expect("(")
    while !accept(")") {
      skipSpace()
      let digits = rest.prefix { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }
      guard result.count < maximumCount, let extent = Int(String(decoding: digits, as: UTF8.self))
      else { throw Self.malformed }
      result.append(extent)
      rest = rest[digits.endIndex...]
      if !accept(",") {
        try expect(")")
        break
      }
    }
    return result
  }
}

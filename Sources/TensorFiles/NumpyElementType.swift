/// An element type of a NumPy file: its kind, its size in bytes and its byte order.
struct NumpyElementType {
  enum Kind {
    case float, signed, unsigned, bool
    /// Words of so many characters, each in four bytes or in one, filled up with zeros.
    case characters, bytes
  }

  let name: String
  let kind: Kind
  let size: Int
  let isBigEndian: Bool

  /// Parses a descriptor such as `<f4`.
  init(_ descriptor: String) throws(TensorFileError) {
    let kinds: [Character: (Kind, [Int])] = [
      "f": (.float, [2, 4, 8]), "i": (.signed, [1, 2, 4, 8]), "u": (.unsigned, [1, 2, 4, 8]),
      "b": (.bool, [1]),
    ]
    let parts = Array(descriptor)
    name = descriptor
    if let word = Self.word(parts) {
      (kind, size, isBigEndian) = (word.kind, word.size, parts[0] == ">")
      return
    }
    guard parts.count == 3, let (kind, sizes) = kinds[parts[1]],
      let size = parts[2].wholeNumberValue, sizes.contains(size)
    else {
      throw TensorFileError(
        "its elements are of type \"\(descriptor)\"; floats of 2, 4 or 8 bytes, integers of 1 to 8, "
          + "bool and words (U and S) are read")
    }
    switch parts[0] {
    case "<", "=": isBigEndian = false
    case ">": isBigEndian = true
    case "|" where size == 1: isBigEndian = false
    default: throw TensorFileError("its byte order \"\(parts[0])\" is unknown")
    }
    self.kind = kind
    self.size = size
  }

  private static let maximalCharacters = 1 << 12

  /// What `<U5` or `|S5` says.
  private static func word(_ parts: [Character]) -> (kind: Kind, size: Int)? {
    guard parts.count > 2, "<>=|".contains(parts[0]), let count = Int(String(parts[2...])),
      (0...maximalCharacters).contains(count)
    else { return nil }
    switch parts[1] {
    case "U": return (.characters, 4 * count)
    case "S": return (.bytes, count)
    default: return nil
    }
  }

  /// Whether the elements are words.
  var isOfWords: Bool { kind == .characters || kind == .bytes }

  /// The words of `bytes`, which are `count * size`.
  func decodeWords(
    _ bytes: ArraySlice<UInt8>, count: Int
  ) throws(TensorFileError) -> [String] {
    var result: [String] = []
    for index in 0..<count {
      let start = bytes.startIndex + index * size
      guard let word = word(bytes[start..<start + size]) else {
        throw TensorFileError("element \(index) is no word of Unicode")
      }
      result.append(word)
    }
    return result
  }

  private func word(_ bytes: ArraySlice<UInt8>) -> String? {
    if kind == .bytes {
      let characters = Array(bytes.reversed().drop { $0 == 0 }.reversed())
      let word = String(decoding: characters, as: UTF8.self)
      return word.utf8.elementsEqual(characters) ? word : nil
    }
    var word = String.UnicodeScalarView()
    let codes = (0..<size / 4).map { self.word(bytes, $0, of: 4) as UInt32 }
    for code in codes.reversed().drop(while: { $0 == 0 }).reversed() {
      guard let scalar = Unicode.Scalar(code) else { return nil }
      word.append(scalar)
    }
    return String(word)
  }

  /// The elements of `bytes`, which are `count * size`.
  func decode(
    _ bytes: ArraySlice<UInt8>, count: Int
  ) throws(TensorFileError) -> [Double] {
    var result: [Double] = []
    result.reserveCapacity(count)
    for index in 0..<count {
      guard let value = element(bytes, index) else {
        throw TensorFileError("element \(index) is not a value that a double holds exactly")
      }
      result.append(value)
    }
    return result
  }

  private func element(_ bytes: ArraySlice<UInt8>, _ index: Int) -> Double? {
    switch (kind, size) {
    case (.float, 2): Double(Float16(bitPattern: word(bytes, index)))
    case (.float, 4): Double(Float(bitPattern: word(bytes, index)))
    case (.float, _): Double(bitPattern: word(bytes, index))
    case (.signed, 1): Double(word(bytes, index) as Int8)
    case (.signed, 2): Double(word(bytes, index) as Int16)
    case (.signed, 4): Double(word(bytes, index) as Int32)
    case (.signed, _): Double(exactly: word(bytes, index) as Int64)
    case (.unsigned, 1): Double(word(bytes, index) as UInt8)
    case (.unsigned, 2): Double(word(bytes, index) as UInt16)
    case (.unsigned, 4): Double(word(bytes, index) as UInt32)
    case (.unsigned, _): Double(exactly: word(bytes, index) as UInt64)
    case (.bool, _): boolean(word(bytes, index))
    case (.characters, _), (.bytes, _): nil
    }
  }

  private func boolean(_ byte: UInt8) -> Double? { byte <= 1 ? Double(byte) : nil }

  private func word<Word: FixedWidthInteger>(
    _ bytes: ArraySlice<UInt8>, _ index: Int, of width: Int? = nil
  ) -> Word {
    let size = width ?? self.size
    let start = bytes.startIndex + index * size
    var bits: UInt64 = 0
    for position in 0..<size {
      bits = bits << 8 | UInt64(bytes[start + (isBigEndian ? position : size - 1 - position)])
    }
    return Word(truncatingIfNeeded: bits)
  }
}

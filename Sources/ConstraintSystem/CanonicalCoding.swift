/// Something with exactly one encoding as bytes.
package protocol CanonicalCodable {
  func encode(into writer: inout CanonicalWriter)
  init(from reader: inout CanonicalReader) throws(ConstraintSystemError)
}

/// Writes numbers in base 128, the least significant digit first, a set high bit saying that more
/// follow; signed ones as 2v or −2v − 1; lists and names behind their length.
package struct CanonicalWriter {
  package private(set) var bytes: [UInt8] = []

  package init() {}

  package mutating func write(unsigned value: UInt64) {
    var rest = value
    while rest >= 0x80 {
      bytes.append(UInt8(truncatingIfNeeded: rest) | 0x80)
      rest >>= 7
    }
    bytes.append(UInt8(rest))
  }

  package mutating func write(_ value: some FixedWidthInteger & SignedInteger) {
    let wide = Int64(value)
    write(unsigned: UInt64(bitPattern: (wide << 1) ^ (wide >> 63)))
  }

  package mutating func write(tag: UInt8) { bytes.append(tag) }

  package mutating func write(_ name: String) {
    let characters = Array(name.utf8)
    write(unsigned: UInt64(characters.count))
    bytes += characters
  }

  package mutating func write<Item: CanonicalCodable>(_ items: [Item]) {
    write(unsigned: UInt64(items.count))
    for item in items { item.encode(into: &self) }
  }

  package mutating func write(_ values: [Int]) {
    write(unsigned: UInt64(values.count))
    for value in values { write(value) }
  }
}

/// Reads what `CanonicalWriter` writes, and nothing else.
package struct CanonicalReader {
  private let bytes: [UInt8]
  private var position = 0
  /// How deeply expressions may be nested.
  private var depth = 0
  private static let maximalDepth = 128
  /// How many more values tables may have.
  private var tableValues = ConstraintSystemLimits.tableValues

  package init(_ bytes: [UInt8]) { self.bytes = bytes }

  package mutating func byte() throws(ConstraintSystemError) -> UInt8 {
    guard position < bytes.count else { throw ConstraintSystemError(.truncated) }
    position += 1
    return bytes[position - 1]
  }

  package mutating func unsigned() throws(ConstraintSystemError) -> UInt64 {
    var value: UInt64 = 0
    var shift: UInt64 = 0
    while true {
      let digit = UInt64(try byte())
      let low = digit & 0x7f
      guard shift < 63 || low <= 1 else { throw ConstraintSystemError(.numberNotCanonical) }
      value |= low << shift
      if digit < 0x80 {
        // A leading zero digit would be a second way to write the same number.
        guard low != 0 || shift == 0 else { throw ConstraintSystemError(.numberNotCanonical) }
        return value
      }
      guard shift < 63 else { throw ConstraintSystemError(.numberNotCanonical) }
      shift += 7
    }
  }

  /// A value, a coefficient or a bound.
  package mutating func value() throws(ConstraintSystemError) -> Integer {
    let digits = try unsigned()
    return Integer(Int64(bitPattern: digits >> 1) ^ -Int64(bitPattern: digits & 1))
  }

  /// A size, a position or a number of a thing. Where `Int` has 32 bits, one that needs more is of
  /// a system that is too large.
  package mutating func integer() throws(ConstraintSystemError) -> Int {
    guard let integer = Int(exactly: try value()) else { throw ConstraintSystemError(.tooLarge) }
    return integer
  }

  /// A number of things that follow, each of which takes a byte at least.
  package mutating func count() throws(ConstraintSystemError) -> Int {
    let value = try unsigned()
    guard let count = Int(exactly: value), count <= bytes.count - position else {
      throw ConstraintSystemError(.truncated)
    }
    return count
  }

  package mutating func name() throws(ConstraintSystemError) -> String {
    let count = try count()
    let characters = bytes[position..<position + count]
    position += count
    let name = String(decoding: characters, as: UTF8.self)
    // Decoding repairs what is not UTF-8.
    guard name.utf8.elementsEqual(characters) else { throw ConstraintSystemError(.nameNotUTF8) }
    return name
  }

  package mutating func list<Item: CanonicalCodable>() throws(ConstraintSystemError) -> [Item] {
    var items: [Item] = []
    for _ in 0..<(try count()) { items.append(try Item(from: &self)) }
    return items
  }

  package mutating func integers() throws(ConstraintSystemError) -> [Int] {
    var values: [Int] = []
    for _ in 0..<(try count()) { values.append(try integer()) }
    return values
  }

  /// Reads a part of an expression, one level deeper.
  package mutating func nested<Item: CanonicalCodable>() throws(ConstraintSystemError) -> Item {
    guard depth < Self.maximalDepth else { throw ConstraintSystemError(.nestedTooDeeply) }
    depth += 1
    let item = try Item(from: &self)
    depth -= 1
    return item
  }

  /// Counts values of a table, which take more room than the bytes that they are read from.
  mutating func takeTableValues(
    _ count: Int, _ table: String
  ) throws(ConstraintSystemError) {
    guard count <= tableValues else {
      throw ConstraintSystemError(.tooLarge, table, detail: ConstraintSystemLimits.tableValues)
    }
    tableValues -= Integer(count)
  }

  /// Whether everything has been read.
  package var isAtEnd: Bool { position == bytes.count }

  package func finish() throws(ConstraintSystemError) {
    guard position == bytes.count else { throw ConstraintSystemError(.trailingBytes) }
  }
}

extension CanonicalCodable {
  package func encoded() -> [UInt8] {
    var writer = CanonicalWriter()
    encode(into: &writer)
    return writer.bytes
  }

  package init(decoding bytes: [UInt8]) throws(ConstraintSystemError) {
    var reader = CanonicalReader(bytes)
    self = try Self(from: &reader)
    try reader.finish()
  }
}

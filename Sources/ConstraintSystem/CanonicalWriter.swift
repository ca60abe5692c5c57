/// Writes canonical bytes (`Paper/` section 9): numbers as little groups of seven bits, the last
/// group without the high bit; signed numbers with the sign in the lowest bit; lists and texts with
/// their length before them.
struct CanonicalWriter {
  private(set) var bytes: [UInt8] = []

  mutating func natural(_ value: Int) {
    var rest = UInt64(bitPattern: Int64(value))
    while rest >= 0x80 {
      bytes.append(UInt8(truncatingIfNeeded: rest) | 0x80)
      rest >>= 7
    }
    bytes.append(UInt8(truncatingIfNeeded: rest))
  }

  mutating func integer(_ value: Int) { natural((value << 1) ^ (value >> 63)) }

  mutating func text(_ value: String) {
    natural(value.utf8.count)
    bytes.append(contentsOf: value.utf8)
  }

  mutating func list<Element>(
    _ elements: [Element], _ write: (inout CanonicalWriter, Element) -> Void
  ) {
    natural(elements.count)
    for element in elements { write(&self, element) }
  }
}

/// Why bytes are not the canonical encoding of anything.
public enum CanonicalBytesError: Error, Equatable, Sendable {
  case truncated
  case trailingBytes
  /// A number or a text that has a shorter or another encoding.
  case nonCanonical
  /// A tag that no case has, or a value that no such value can have.
  case malformed
  /// Expressions within expressions beyond `CanonicalReader.maximalDepth`.
  case tooDeep
}

/// Reads canonical bytes, never past their end, and never allocating for more than is there.
struct CanonicalReader {
  private let bytes: [UInt8]
  private var position = 0
  private var depth = 0

  /// How deeply expressions may be nested.
  static let maximalDepth = 64

  init(_ bytes: [UInt8]) { self.bytes = bytes }

  mutating func byte() throws(CanonicalBytesError) -> UInt8 {
    guard position < bytes.count else { throw .truncated }
    defer { position += 1 }
    return bytes[position]
  }

  private mutating func word() throws(CanonicalBytesError) -> UInt64 {
    var value: UInt64 = 0
    var shift: UInt64 = 0
    while true {
      let next = try byte()
      let group = UInt64(next & 0x7F)
      guard shift < 63 || (shift == 63 && group <= 1) else { throw .nonCanonical }
      value |= group << shift
      if next & 0x80 == 0 {
        guard group != 0 || shift == 0 else { throw .nonCanonical }
        return value
      }
      shift += 7
    }
  }

  /// A number that is not negative.
  mutating func natural() throws(CanonicalBytesError) -> Int {
    guard let value = Int(exactly: try word()) else { throw .malformed }
    return value
  }

  mutating func integer() throws(CanonicalBytesError) -> Int {
    let word = try word()
    return Int(bitPattern: UInt(word >> 1)) ^ -Int(bitPattern: UInt(word & 1))
  }

  mutating func text() throws(CanonicalBytesError) -> String {
    let count = try natural()
    guard count <= bytes.count - position else { throw .truncated }
    let slice = bytes[position..<position + count]
    position += count
    let text = String(decoding: slice, as: UTF8.self)
    guard text.utf8.elementsEqual(slice) else { throw .nonCanonical }
    return text
  }

  mutating func list<Element>(
    _ read: (inout CanonicalReader) throws(CanonicalBytesError) -> Element
  ) throws(CanonicalBytesError) -> [Element] {
    let count = try natural()
    // Every element takes a byte at the least.
    guard count <= bytes.count - position else { throw .truncated }
    var elements: [Element] = []
    for _ in 0..<count { elements.append(try read(&self)) }
    return elements
  }

  /// Reads an expression within another one.
  mutating func nested<Element>(
    _ read: (inout CanonicalReader) throws(CanonicalBytesError) -> Element
  ) throws(CanonicalBytesError) -> Element {
    guard depth < CanonicalReader.maximalDepth else { throw .tooDeep }
    depth += 1
    defer { depth -= 1 }
    return try read(&self)
  }

  func finish() throws(CanonicalBytesError) {
    guard position == bytes.count else { throw .trailingBytes }
  }
}

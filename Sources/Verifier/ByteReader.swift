/// Reads the fixed-width integers and byte strings of a key or a proof; never past its end.
struct ByteReader {
  private let bytes: [UInt8]
  private(set) var position: Int

  init(_ bytes: [UInt8]) {
    self.bytes = bytes
    position = 0
  }

  var remaining: Int { bytes.count - position }

  /// The next `count` bytes, nil when there are not so many.
  mutating func take(_ count: Int) -> ArraySlice<UInt8>? {
    guard count >= 0, remaining >= count else { return nil }
    defer { position += count }
    return bytes[position..<position + count]
  }

  /// An integer of `width` bytes, least significant first.
  mutating func integer(width: Int) -> UInt64? {
    guard let slice = take(width) else { return nil }
    var value: UInt64 = 0
    for (i, byte) in slice.enumerated() { value |= UInt64(byte) << UInt64(8 * i) }
    return value
  }
}

/// The `width` low bytes of an integer, least significant first.
func littleEndian(_ value: UInt64, width: Int) -> [UInt8] {
  (0..<width).map { UInt8(truncatingIfNeeded: value >> UInt64(8 * $0)) }
}

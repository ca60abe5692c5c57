/// A protocol-buffers message as it stands in bytes, without a schema: fields by number, and what
/// could be a message within a message read as one.
struct WireMessage {
  struct Field {
    var number: Int
    var value: Value
  }

  indirect enum Value {
    case varint(UInt64)
    /// Four or eight bytes.
    case fixed([UInt8])
    case bytes([UInt8])
    case message(WireMessage)
  }

  var fields: [Field] = []

  /// nil for bytes that are no message.
  init?(_ bytes: ArraySlice<UInt8>, depth: Int = 0) {
    var rest = bytes
    while !rest.isEmpty {
      guard let tag = Self.varint(&rest), tag >> 3 > 0, tag < 1 << 13,
        let value = Self.value(wireType: tag & 7, &rest, depth: depth)
      else { return nil }
      fields.append(Field(number: Int(tag >> 3), value: value))
    }
  }

  private static func value(
    wireType: UInt64, _ rest: inout ArraySlice<UInt8>, depth: Int
  ) -> Value? {
    switch wireType {
    case 0: return varint(&rest).map { .varint($0) }
    case 1: return take(8, &rest).map { .fixed(Array($0)) }
    case 5: return take(4, &rest).map { .fixed(Array($0)) }
    case 2:
      guard let length = varint(&rest), length <= UInt64(rest.count),
        let bytes = take(Int(length), &rest)
      else { return nil }
      guard depth < 8, bytes.count > 1, let message = WireMessage(bytes, depth: depth + 1) else {
        return .bytes(Array(bytes))
      }
      return .message(message)
    default: return nil
    }
  }

  private static func take(_ count: Int, _ rest: inout ArraySlice<UInt8>) -> ArraySlice<UInt8>? {
    guard rest.count >= count else { return nil }
    defer { rest = rest.dropFirst(count) }
    return rest.prefix(count)
  }

  private static func varint(_ rest: inout ArraySlice<UInt8>) -> UInt64? {
    var value: UInt64 = 0
    for shift in stride(from: UInt64(0), to: 64, by: 7) {
      guard let digit = rest.popFirst() else { return nil }
      value |= UInt64(digit & 0x7f) << shift
      if digit < 0x80 { return value }
    }
    return nil
  }

  var encoded: [UInt8] {
    var bytes: [UInt8] = []
    for field in fields {
      func begin(_ wireType: UInt64) { Self.append(UInt64(field.number) << 3 | wireType, &bytes) }
      switch field.value {
      case .varint(let value):
        begin(0)
        Self.append(value, &bytes)
      case .fixed(let word):
        begin(word.count == 8 ? 1 : 5)
        bytes += word
      case .bytes(let content): Self.append(content, field.number, &bytes)
      case .message(let message): Self.append(message.encoded, field.number, &bytes)
      }
    }
    return bytes
  }

  private static func append(_ content: [UInt8], _ number: Int, _ bytes: inout [UInt8]) {
    append(UInt64(number) << 3 | 2, &bytes)
    append(UInt64(content.count), &bytes)
    bytes += content
  }

  private static func append(_ value: UInt64, _ bytes: inout [UInt8]) {
    var rest = value
    while rest >= 0x80 {
      bytes.append(UInt8(truncatingIfNeeded: rest) | 0x80)
      rest >>= 7
    }
    bytes.append(UInt8(rest))
  }
}

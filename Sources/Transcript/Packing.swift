import FieldArithmetic

/// Field elements in messages: the canonical integers, 50 bits each, least significant bit first,
/// one after the other, filled up with zero bits to a whole byte.
public enum Packing {
  /// The number of bytes for `count` elements of F.
  @inlinable
  public static func byteCount(elements count: Int) -> Int { (count * Fp.bitWidth + 7) / 8 }

  public static func pack(_ elements: [Fp]) -> [UInt8] {
    var bytes: [UInt8] = []
    bytes.reserveCapacity(byteCount(elements: elements.count))
    var pending: UInt64 = 0
    var bits: UInt64 = 0
    for element in elements {
      pending |= element.canonical << bits
      bits += UInt64(Fp.bitWidth)
      while bits >= 8 {
        bytes.append(UInt8(truncatingIfNeeded: pending))
        pending >>= 8
        bits -= 8
      }
    }
    if bits > 0 { bytes.append(UInt8(truncatingIfNeeded: pending)) }
    return bytes
  }

  public static func pack(_ elements: [Fp3]) -> [UInt8] {
    pack(elements.flatMap { [$0.c0, $0.c1, $0.c2] })
  }

  /// Reads `count` elements; nil when the bytes are not the canonical encoding of so many.
  public static func unpack(_ bytes: ArraySlice<UInt8>, count: Int) -> [Fp]? {
    guard bytes.count == byteCount(elements: count) else { return nil }
    var elements: [Fp] = []
    elements.reserveCapacity(count)
    var pending: UInt64 = 0
    var bits: UInt64 = 0
    for byte in bytes {
      pending |= UInt64(byte) << bits
      bits += 8
      if bits >= UInt64(Fp.bitWidth), elements.count < count {
        guard let element = Fp(canonical: pending & ((1 << UInt64(Fp.bitWidth)) - 1)) else {
          return nil
        }
        elements.append(element)
        pending >>= UInt64(Fp.bitWidth)
        bits -= UInt64(Fp.bitWidth)
      }
    }
    return pending == 0 && elements.count == count ? elements : nil
  }

  /// Three coordinates an element.
  public static func triples(_ coordinates: [Fp]) -> [Fp3] {
    stride(from: 0, to: coordinates.count - 2, by: 3).map {
      Fp3(coordinates[$0], coordinates[$0 + 1], coordinates[$0 + 2])
    }
  }
}

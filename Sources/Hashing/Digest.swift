/// A BLAKE3 hash of 32 bytes, held as its eight little-endian words.
public struct Digest: Equatable, Hashable, Sendable {
  /// Word i holds bytes 4i to 4i + 3, least significant first.
  public let words: SIMD8<UInt32>

  /// The number of bytes of a digest.
  public static let byteCount = 32

  @inlinable
  public init(words: SIMD8<UInt32>) { self.words = words }

  /// The hash of the bytes.
  public init(hashing bytes: [UInt8]) {
    var hasher = Blake3Hasher()
    hasher.update(bytes)
    self = hasher.digest()
  }

  /// The digest with the given bytes; nil when they are not 32.
  public init?(bytes: [UInt8]) { self.init(bytes: bytes[...]) }

  /// The digest with the given bytes; nil when they are not 32.
  public init?(bytes: ArraySlice<UInt8>) {
    guard bytes.count == Digest.byteCount else { return nil }
    var words = SIMD8<UInt32>()
    for (i, byte) in bytes.enumerated() {
      words[i >> 2] |= UInt32(byte) << UInt32(8 * (i & 3))
    }
    self.init(words: words)
  }

  /// The 32 bytes.
  public var bytes: [UInt8] {
    (0..<Digest.byteCount).map {
      UInt8(truncatingIfNeeded: words[$0 >> 2] >> UInt32(8 * ($0 & 3)))
    }
  }
}

/// The 32 bytes of the hash of the bytes.
public func blake3(_ bytes: [UInt8]) -> [UInt8] { Digest(hashing: bytes).bytes }

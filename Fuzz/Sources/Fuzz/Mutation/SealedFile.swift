import Hashing

/// Files that end in the BLAKE3 digest of all before it.
enum SealedFile {
  /// The same content with a digest that fits.
  static func sealed(_ content: [UInt8]) -> [UInt8] { content + Digest(hashing: content).bytes }

  /// What stands before the digest.
  static func content(_ file: [UInt8]) -> [UInt8] { Array(file.dropLast(Digest.byteCount)) }

  /// The last bytes replaced by a digest that fits.
  static func resealed(_ file: [UInt8]) -> [UInt8] { sealed(content(file)) }

  /// An integer of eight bytes, least significant first; nil beyond the end or below zero.
  static func integer(_ file: [UInt8], at start: Int) -> Int? {
    guard start >= 0, start + 8 <= file.count else { return nil }
    let value = file[start..<start + 8].reversed().reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
    return Int(exactly: value)
  }

  static func bytes(_ value: Int) -> [UInt8] {
    (0..<8).map { UInt8(truncatingIfNeeded: value >> (8 * $0)) }
  }
}

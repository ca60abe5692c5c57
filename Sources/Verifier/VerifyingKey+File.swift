import ConstraintSystem
import Hashing

/// The form of a key in a file: what its identity is the digest of (`ASSAYVK` and a zero byte, the
/// version, the length of the system's canonical bytes, these bytes, the flags, the number of
/// openings and the pinned root), the roots, the certificate, what the system was made from, and the
/// digest of all this (`Paper/` section 11.1).
extension VerifyingKey {
  private struct Flags {
    static let model: UInt8 = 1
    static let hiding: UInt8 = 2
    static let hiddenModel: UInt8 = 4
  }

  /// What the identity is the digest of.
  static func identity(
    of system: ConstraintSystem, _ pinnedRoot: Digest?, isHiding: Bool, openings: Int
  ) -> [UInt8] {
    let encoded = system.canonicalBytes
    var bytes = magic + littleEndian(UInt64(version), width: 4)
    bytes.append(contentsOf: littleEndian(UInt64(encoded.count), width: 8))
    bytes.append(contentsOf: encoded)
    bytes.append(
      (pinnedRoot == nil ? 0 : Flags.model) | (isHiding ? Flags.hiding : 0)
        | (openings == 0 ? 0 : Flags.hiddenModel))
    if openings > 0 { bytes.append(contentsOf: littleEndian(UInt64(openings), width: 4)) }
    if let pinnedRoot { bytes.append(contentsOf: pinnedRoot.bytes) }
    return bytes
  }

  /// The key as it is stored.
  public var file: [UInt8] {
    content + fileDigest.bytes
  }

  /// Names the whole file: the roots, the certificate and what the system was made from, besides the
  /// identity. It is the file's checksum, its last 32 bytes.
  public var fileDigest: Digest { readDigest ?? Digest(hashing: content) }

  /// The file without its checksum.
  private var content: [UInt8] {
    var bytes = identityBytes
    if hidesModel {
      bytes.append(contentsOf: littleEndian(UInt64(roots.count), width: 2))
      for root in roots { bytes.append(contentsOf: root.bytes) }
    }
    bytes.append(contentsOf: littleEndian(UInt64(certificate.count), width: 4))
    bytes.append(contentsOf: certificate)
    bytes.append(contentsOf: littleEndian(UInt64(derivation.count), width: 4))
    bytes.append(contentsOf: derivation)
    return bytes
  }

  /// Reads a key. That its certificate holds is for `Verifier.verify(certificateOf:)` to say.
  public init(_ file: [UInt8]) throws(KeyError) {
    guard file.count <= VerifyingKey.maximalLength else { throw .tooLarge }
    var reader = ByteReader(file)
    guard let magic = reader.take(8) else { throw .truncated }
    guard Array(magic) == VerifyingKey.magic else { throw .foreign }
    guard let version = reader.integer(width: 4) else { throw .truncated }
    guard version == UInt64(VerifyingKey.version) else {
      throw .unsupportedVersion(UInt32(truncatingIfNeeded: version))
    }
    guard let length = reader.integer(width: 8), length <= UInt64(reader.remaining),
      let encoded = reader.take(Int(length))
    else { throw .truncated }
    let parts = try KeyParts(&reader)
    let content = Array(file[..<reader.position])
    guard let checksum = reader.take(Digest.byteCount) else { throw .truncated }
    guard reader.remaining == 0 else { throw .trailingBytes }
    let digest = Digest(hashing: content)
    guard digest.bytes == Array(checksum) else { throw .corrupted }
    try self.init(
      system: VerifyingKey.decode(Array(encoded)), pinnedRoot: parts.pinnedRoot,
      isHiding: parts.flags & Flags.hiding != 0, openings: parts.openings, roots: parts.roots,
      certificate: parts.certificate, derivation: parts.derivation)
    readDigest = digest
  }

  private static func decode(_ bytes: [UInt8]) throws(KeyError) -> ConstraintSystem {
    do {
      return try ConstraintSystem(canonicalBytes: bytes)
    } catch {
      throw .malformed
    }
  }

  /// What follows the system.
  private struct KeyParts {
    let flags: UInt8
    var openings = 0
    var pinnedRoot: Digest?
    var roots: [Digest] = []
    let certificate: [UInt8]
    let derivation: [UInt8]

    init(_ reader: inout ByteReader) throws(KeyError) {
      guard let byte = reader.integer(width: 1) else { throw .truncated }
      flags = UInt8(truncatingIfNeeded: byte)
      let isHidden = flags & Flags.hiddenModel != 0
      guard flags < 8, !isHidden || flags == 7 else { throw .malformed }
      if isHidden {
        guard let openings = reader.integer(width: 4) else { throw .truncated }
        guard (1...UInt64(VerifyingKey.maximalOpenings)).contains(openings) else {
          throw .malformed
        }
        self.openings = Int(openings)
      }
      if flags & Flags.model != 0 { pinnedRoot = try reader.digest() }
      if isHidden {
        guard let count = reader.integer(width: 2) else { throw .truncated }
        guard (1...UInt64(VerifyingKey.maximalRoots)).contains(count) else { throw .malformed }
        for _ in 0..<count { roots.append(try reader.digest()) }
      }
      certificate = try reader.bytes()
      derivation = try reader.bytes()
    }
  }
}

extension ByteReader {
  /// Bytes behind their number.
  fileprivate mutating func bytes() throws(KeyError) -> [UInt8] {
    guard let length = integer(width: 4), length <= UInt64(remaining),
      let bytes = take(Int(length))
    else { throw .truncated }
    return Array(bytes)
  }

  fileprivate mutating func digest() throws(KeyError) -> Digest {
    guard let bytes = take(Digest.byteCount), let digest = Digest(bytes: bytes) else {
      throw .truncated
    }
    return digest
  }
}

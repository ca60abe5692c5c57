import Commitment
import ConstraintSystem
import Hashing

/// A commitment to integers that outlives a proof, as its owner publishes it (`Paper/` section 15.3).
///
/// The format is `ASSAYCM` and a zero byte, the version, the number of integers (8 bytes), the
/// number of openings (4), the fractional bits (4, signed), the root, and the BLAKE3 digest of all
/// this. Integers are little-endian.
public struct DataCommitment: Equatable, Hashable, Sendable {
  /// How many integers there are, and how many proofs may open them.
  public let shape: DataShape
  /// A value v stands for v·2^−fractionalBits; with `SingleOrder.scale` for a place in that order.
  public let fractionalBits: Int
  public let root: Digest

  public static let magic: [UInt8] = [0x41, 0x53, 0x53, 0x41, 0x59, 0x43, 0x4D, 0]
  public static let version: UInt32 = 1
  /// The number of bytes of a file.
  public static let fileLength = contentLength + Digest.byteCount
  /// The number of bytes before the digest.
  public static let contentLength = 28 + Digest.byteCount

  /// The greatest magnitude of the fractional bits, that of a constraint system's tensors.
  public static let maximalScale = 1024

  /// Whether tensors have this number of fractional bits, or this in place of one.
  public static func isScale(_ bits: Int) -> Bool {
    bits.magnitude <= maximalScale || bits == SingleOrder.scale
  }

  /// - Parameter fractionalBits: one for which `isScale` holds.
  public init(shape: DataShape, fractionalBits: Int, root: Digest) {
    precondition(DataCommitment.isScale(fractionalBits), "a scale that no tensor has")
    self.shape = shape
    self.fractionalBits = fractionalBits
    self.root = root
  }

  /// Reads a file.
  public init(_ file: [UInt8]) throws(DataCommitmentError) {
    var reader = ByteReader(file)
    self = try DataCommitment(&reader, magic: DataCommitment.magic)
    let content = file[..<reader.position]
    guard let digest = reader.take(Digest.byteCount) else { throw .truncated }
    guard reader.remaining == 0 else { throw .trailingBytes }
    guard Digest(hashing: Array(content)).bytes == Array(digest) else { throw .corrupted }
  }

  /// Reads what a commitment's file and an opening's begin with alike.
  private init(_ reader: inout ByteReader, magic: [UInt8]) throws(DataCommitmentError) {
    guard let found = reader.take(8), Array(found) == magic else { throw .foreign }
    guard let version = reader.integer(width: 4) else { throw .truncated }
    guard version == UInt64(DataCommitment.version) else {
      throw .unsupportedVersion(UInt32(truncatingIfNeeded: version))
    }
    guard let count = reader.integer(width: 8), let openings = reader.integer(width: 4),
      let bits = reader.integer(width: 4), let bytes = reader.take(Digest.byteCount),
      let root = Digest(bytes: bytes)
    else { throw .truncated }
    guard count <= UInt64(DataShape.maximalCount), openings <= UInt64(DataShape.maximalOpenings)
    else { throw .malformed }
    let scale = Int(Int32(truncatingIfNeeded: bits))
    guard DataCommitment.isScale(scale) else { throw .malformed }
    self.init(
      shape: try DataCommitment.shape(count: Int(count), openings: Int(openings)),
      fractionalBits: scale, root: root)
  }

  private static func shape(count: Int, openings: Int) throws(DataCommitmentError) -> DataShape {
    do { return try DataShape(count: count, openings: openings) } catch { throw .malformed }
  }

  /// Reads the beginning of a file of another kind that holds the same: `contentLength` bytes.
  public init(_ content: [UInt8], magic: [UInt8]) throws(DataCommitmentError) {
    var reader = ByteReader(content)
    try self.init(&reader, magic: magic)
  }

  /// The bytes before the digest; another kind of file, which begins alike, has other magic bytes.
  public func content(magic: [UInt8] = DataCommitment.magic) -> [UInt8] {
    magic + littleEndian(UInt64(DataCommitment.version), width: 4)
      + littleEndian(UInt64(shape.count), width: 8) + littleEndian(UInt64(shape.openings), width: 4)
      + littleEndian(UInt64(bitPattern: Int64(fractionalBits)), width: 4) + root.bytes
  }

  /// The commitment as it is stored and published.
  public var file: [UInt8] {
    let content = content()
    return content + Digest(hashing: content).bytes
  }
}

/// Why a file is no commitment to data.
public enum DataCommitmentError: Error, Equatable, Sendable {
  case foreign
  case unsupportedVersion(UInt32)
  case truncated
  case trailingBytes
  /// The digest does not match: the file is damaged.
  case corrupted
  /// No commitment has so many integers, openings or fractional bits.
  case malformed

  public var description: String {
    switch self {
    case .foreign: "this is no commitment to data"
    case .unsupportedVersion(let version):
      "unsupported version of a commitment to data: " + String(version)
    case .truncated: "the commitment is truncated"
    case .trailingBytes: "the commitment has bytes after its end"
    case .corrupted: "the commitment is damaged: its digest does not match"
    case .malformed: "no commitment has so many integers, openings or fractional bits"
    }
  }
}

import Argument
import Commitment
import ConstraintSystem
import Hashing
import Transcript

/// What a verifier needs to know of a model: the constraint system and the model's commitment.
///
/// The format is `ASSAYVK` and a zero byte, the version, the length of the system's canonical bytes,
/// these bytes, whether there is a model, its root, the number of openings, and the digest of all this (`Paper/` section 11).
public struct VerifyingKey: Sendable {
  /// Everything before the digest.
  public let bytes: [UInt8]
  /// The digest of the key, which names the model: system, parameters and weights.
  public let digest: Digest
  public let system: ConstraintSystem
  public let modelRoot: Digest?
  /// How many hiding proofs the model's commitment serves before it shows something of the model;
  /// zero for a key whose proofs do not hide.
  public let openings: Int
  /// Proofs that are succinct and not hiding.
  public let plain: ProofMode
  /// Proofs that hide all but the public tensors, nil for a key whose proofs do not.
  public let hiding: ProofMode?

  public static let magic: [UInt8] = [0x41, 0x53, 0x53, 0x41, 0x59, 0x56, 0x4B, 0]
  public static let version: UInt32 = 1
  /// The bits of security that a key must give: each challenge errs at most so.
  public static let securityFloor = 128
  /// The longest key that is read.
  public static let maximalLength = 1 << 28

  /// The greatest number of openings that a key may announce.
  public static let maximalOpenings = 1 << 20

  /// The mode of hiding proofs, or of plain ones where there is no other.
  public var standard: ProofMode { hiding ?? plain }
  public var layout: Layout { standard.layout }
  public var parameters: OpeningParameters { standard.parameters }
  public var security: ArgumentSecurity { standard.security }

  /// Makes the key of a system and a model's root.
  /// - Parameter openings: how many hiding proofs there may be, zero for none.
  public init(
    system: ConstraintSystem, modelRoot: Digest?, openings: Int = 0
  ) throws(KeyError) {
    let encoded = system.canonicalBytes
    var bytes = VerifyingKey.magic + littleEndian(UInt64(VerifyingKey.version), width: 4)
    bytes.append(contentsOf: littleEndian(UInt64(encoded.count), width: 8))
    bytes.append(contentsOf: encoded)
    bytes.append(modelRoot == nil ? 0 : 1)
    if let modelRoot { bytes.append(contentsOf: modelRoot.bytes) }
    bytes.append(contentsOf: littleEndian(UInt64(openings), width: 4))
    try self.init(bytes: bytes, system: system, modelRoot: modelRoot, openings: openings)
  }

  /// Reads a key.
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
      let encoded = reader.take(Int(length)), let flag = reader.integer(width: 1)
    else { throw .truncated }
    guard flag <= 1 else { throw .malformed }
    var root: Digest?
    if flag == 1 {
      guard let slice = reader.take(Digest.byteCount) else { throw .truncated }
      root = Digest(bytes: slice)
    }
    guard let openings = reader.integer(width: 4) else { throw .truncated }
    guard openings <= UInt64(VerifyingKey.maximalOpenings) else { throw .malformed }
    let content = Array(file[..<reader.position])
    guard let checksum = reader.take(Digest.byteCount) else { throw .truncated }
    guard reader.remaining == 0 else { throw .trailingBytes }
    guard Digest(hashing: content).bytes == Array(checksum) else { throw .corrupted }
    try self.init(
      bytes: content, system: VerifyingKey.decode(Array(encoded)), modelRoot: root,
      openings: Int(openings))
  }

  /// The key with its digest, as it is stored.
  public var file: [UInt8] { bytes + digest.bytes }

  private static func decode(_ bytes: [UInt8]) throws(KeyError) -> ConstraintSystem {
    do {
      return try ConstraintSystem(canonicalBytes: bytes)
    } catch {
      throw .malformed
    }
  }

  private init(
    bytes: [UInt8], system: ConstraintSystem, modelRoot: Digest?, openings: Int
  ) throws(KeyError) {
    self.bytes = bytes
    self.system = system
    self.modelRoot = modelRoot
    self.openings = openings
    digest = Digest(hashing: bytes)
    do { try system.validate() } catch { throw .malformed }
    plain = try ProofMode(system, openings: openings, isHiding: false)
    hiding = openings == 0 ? nil : try ProofMode(system, openings: openings, isHiding: true)
    guard (plain.layout.modelShape == nil) == (modelRoot == nil) else { throw .malformed }
  }
}

/// Why a key is refused.
public enum KeyError: Error, Equatable, Sendable {
  case truncated
  case trailingBytes
  case foreign
  case unsupportedVersion(UInt32)
  /// The digest does not match: the file is damaged.
  case corrupted
  /// The constraint system breaks a rule.
  case malformed
  case tooLarge
  /// The parameters do not reach the floor.
  case insufficientSecurity

  public var description: String {
    switch self {
    case .truncated: "the verifying key is truncated"
    case .trailingBytes: "the verifying key has bytes after its end"
    case .foreign: "this is no verifying key"
    case .unsupportedVersion(let version): "unsupported verifying-key version " + String(version)
    case .corrupted: "the verifying key is damaged: its digest does not match"
    case .malformed: "the verifying key's constraint system breaks a rule"
    case .tooLarge: "the verifying key describes a system that is too large"
    case .insufficientSecurity: "the verifying key's parameters give less than 128 bits"
    }
  }
}

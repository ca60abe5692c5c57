import ConstraintSystem
import Hashing
import Transcript

/// A proof's outer form: `ASSAYPF` and a zero byte, the version, the key's digest, whether the
/// proof hides, the public tensors' values, and the messages (`Paper/` section 11).
public enum Proof {
  public static let magic: [UInt8] = [0x41, 0x53, 0x53, 0x41, 0x59, 0x50, 0x46, 0]
  public static let version: UInt32 = 1
  /// The protocol's name, the transcript's beginning.
  public static let domain: StaticString = "Assay v1 proof of inference"
  /// The longest proof that is read.
  public static let maximalLength = 1 << 28

  /// Everything before the messages.
  public static func header(
    keyDigest: Digest, isHiding: Bool, publicValues: [[Integer]?], _ system: ConstraintSystem
  ) -> [UInt8] {
    magic + littleEndian(UInt64(version), width: 4) + keyDigest.bytes + [isHiding ? 1 : 0]
      + PublicValues.encode(publicValues, system)
  }

  /// Reads the header.
  /// - Returns: how the proof is made, the public values, and where the messages begin.
  static func read(_ proof: [UInt8], for key: VerifyingKey) throws(ProofError)
    -> (mode: ProofMode, publicValues: [[Integer]?], start: Int)
  {
    var reader = ByteReader(proof)
    guard let magic = reader.take(8) else { throw .truncated(.statement) }
    guard Array(magic) == Proof.magic else { throw .foreign }
    guard let version = reader.integer(width: 4) else { throw .truncated(.statement) }
    guard version == UInt64(Proof.version) else {
      throw .unsupportedVersion(UInt32(truncatingIfNeeded: version))
    }
    guard let digest = reader.take(Digest.byteCount) else { throw .truncated(.statement) }
    guard Digest(bytes: digest) == key.digest else { throw .otherKey }
    guard let flag = reader.integer(width: 1) else { throw .truncated(.statement) }
    guard flag <= 1, let mode = flag == 1 ? key.hiding : key.plain else { throw .foreign }
    guard let values = PublicValues.decode(&reader, key.system) else {
      throw .truncated(.publicTensor)
    }
    return (mode, values, reader.position)
  }
}

import Argument
import Commitment
import ConstraintSystem
import Hashing
import Transcript

/// A proof's outer form: `ASSAYPF` and a zero byte, the version, the header, the public tensors'
/// values, and the messages (`Paper/` section 11.2).
public enum Proof {
  public static let magic: [UInt8] = [0x41, 0x53, 0x53, 0x41, 0x59, 0x50, 0x46, 0]
  public static let version: UInt32 = 5
  /// The protocol's name, the transcript's beginning.
  public static let domain: StaticString = "Assay v5 proof of inference"
  /// The longest proof that is read.
  public static let maximalLength = 1 << 28
  /// The most inferences that one proof shows.
  public static let maximalBatch = 1 << 20

  /// Everything before the messages.
  /// - Parameter system: that of the batch.
  public static func prefix(
    _ header: ProofHeader, publicValues: [[Integer]?], _ system: ConstraintSystem
  ) -> [UInt8] {
    magic + littleEndian(UInt64(version), width: 4) + header.bytes
      + PublicValues.encode(publicValues, system)
  }

  /// What stands before the messages, read.
  struct Opened {
    let header: ProofHeader
    let mode: ProofMode
    let publicValues: [[Integer]?]
    /// Where the messages begin.
    let start: Int
  }

  /// Reads what stands before the messages, which says what the proof shows and how it is made.
  static func open(_ proof: [UInt8], for key: VerifyingKey) throws(ProofError) -> Opened {
    var reader = ByteReader(proof)
    guard let magic = reader.take(8) else { throw .truncated(.statement) }
    guard Array(magic) == Proof.magic else { throw .foreign }
    guard let version = reader.integer(width: 4) else { throw .truncated(.statement) }
    guard version == UInt64(Proof.version) else {
      throw .unsupportedVersion(UInt32(truncatingIfNeeded: version))
    }
    let header = try ProofHeader(&reader, key)
    // A proof that hides nothing opens no hidden model.
    guard header.isHiding || !key.hidesModel else { throw .notHiding }
    // A batch is as long in the proof as its public values are, before it takes any memory.
    guard let size = PublicValues.size(of: key.system, batch: header.batch),
      size <= reader.remaining
    else { throw .truncated(.publicTensor) }
    let data = try DataBinding.shapes(header.data, key.system, batch: header.batch)
    let mode: ProofMode
    do {
      mode = try key.mode(isHiding: header.isHiding, batch: header.batch, data: data)
    } catch {
      throw data.isEmpty ? .unsupportedBatch(header.batch) : .rejected(.dataCommitmentSize)
    }
    guard let values = PublicValues.decode(&reader, mode.system) else {
      throw .truncated(.publicTensor)
    }
    return Opened(header: header, mode: mode, publicValues: values, start: reader.position)
  }
}

/// What a proof is made for, apart from the public tensors' values.
public struct ProofHeader: Equatable, Sendable {
  /// The key's identity.
  public let identityDigest: Digest
  /// Whether the proof hides all but the public tensors.
  public let isHiding: Bool
  /// The number of inferences that are shown.
  public let batch: Int
  /// Which of a hidden model's commitments is opened; nil if the model is not hidden.
  public let modelRoot: Digest?
  /// The commitments to data that private tensors are shown to hold, by ascending tensor.
  public let data: [DataBinding]
  /// What the proof was made for, as `ProofContext.digest` names it; nil if it was for nothing in
  /// particular.
  public let context: Digest?

  /// - Parameter data: at most `DataBinding.maximalCount`.
  public init(
    identityDigest: Digest, isHiding: Bool, batch: Int, modelRoot: Digest?,
    data: [DataBinding] = [], context: Digest? = nil
  ) {
    precondition(data.count <= DataBinding.maximalCount, "too many commitments")
    self.identityDigest = identityDigest
    self.isHiding = isHiding
    self.batch = batch
    self.modelRoot = modelRoot
    self.data = data
    self.context = context
  }

  /// As it stands in a proof, and at the beginning of what is proven.
  public var bytes: [UInt8] {
    var bytes = identityDigest.bytes + [isHiding ? 1 : 0]
    bytes.append(contentsOf: littleEndian(UInt64(batch), width: 4))
    bytes.append(contentsOf: modelRoot?.bytes ?? [])
    bytes.append(UInt8(data.count))
    for commitment in data {
      bytes.append(contentsOf: littleEndian(UInt64(commitment.tensor), width: 4))
      bytes.append(contentsOf: littleEndian(UInt64(commitment.openings), width: 4))
      bytes.append(contentsOf: commitment.root.bytes)
    }
    bytes.append(context == nil ? 0 : 1)
    bytes.append(contentsOf: context?.bytes ?? [])
    return bytes
  }

  /// Reads a header that fits the key.
  /// - Throws: `otherKey`, `unknownCommitment`, `foreign`, `truncated`, `notHiding`.
  init(_ reader: inout ByteReader, _ key: VerifyingKey) throws(ProofError) {
    identityDigest = try reader.digest()
    guard identityDigest == key.identityDigest else { throw .otherKey }
    let flag = try reader.required(width: 1)
    guard flag <= 1, flag == 0 || key.isHiding else { throw .foreign }
    isHiding = flag == 1
    let count = try reader.required(width: 4)
    guard (1...UInt64(Proof.maximalBatch)).contains(count) else { throw .foreign }
    batch = Int(count)
    modelRoot = key.hidesModel ? try reader.digest() : nil
    guard key.isOpened(modelRoot) else { throw .unknownCommitment }
    var data: [DataBinding] = []
    for _ in 0..<(try reader.required(width: 1)) {
      let tensor = try reader.required(width: 4)
      let openings = try reader.required(width: 4)
      let root = try reader.digest()
      data.append(
        DataBinding(
          tensor: Int(clamping: tensor), openings: Int(clamping: openings), root: root))
    }
    // It would show what the commitments hide.
    guard isHiding || data.isEmpty else { throw .notHiding }
    self.data = data
    let hasContext = try reader.required(width: 1)
    guard hasContext <= 1 else { throw .foreign }
    context = hasContext == 1 ? try reader.digest() : nil
  }
}

extension ByteReader {
  fileprivate mutating func required(width: Int) throws(ProofError) -> UInt64 {
    guard let value = integer(width: width) else { throw .truncated(.statement) }
    return value
  }

  fileprivate mutating func digest() throws(ProofError) -> Digest {
    guard let bytes = take(Digest.byteCount), let digest = Digest(bytes: bytes) else {
      throw .truncated(.statement)
    }
    return digest
  }
}

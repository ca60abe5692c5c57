import CKernels
import ConstraintSystem
import Hashing
import Witness

/// All that decides what the tails of a model's commitments hide, and what is shown of them: a
/// generator that repeats itself gives the same tails to what is the same in all of this, and to
/// nothing else (`Paper/` section 14.8).
struct TailContext {
  let digest: Digest

  /// - Parameters:
  ///   - model: the integers of every model tensor.
  ///   - openings: how many proofs each commitment serves, which decides how long tails are.
  ///   - rekeying: the pinned root, and the slot of the certificate that the new commitments get; nil
  ///     for a model's first commitments.
  init(
    _ system: ConstraintSystem, _ model: [Int: IntegerBuffer], openings: Int,
    rekeying: (pinned: Digest?, slot: Int)? = nil
  ) {
    var hasher = Blake3Hasher()
    func add(_ number: Int) { hasher.update(littleEndian: UInt64(bitPattern: Int64(number))) }
    hasher.update(Array("assay tails of a model".utf8))
    let statements = system.canonicalBytes
    add(statements.count)
    hasher.update(statements)
    for (tensor, buffer) in model.sorted(by: { $0.key < $1.key }) {
      add(tensor)
      add(buffer.count)
      hasher.update(Self.digest(buffer))
    }
    add(openings)
    if let rekeying {
      hasher.update(rekeying.pinned?.bytes ?? [])
      add(rekeying.slot)
    }
    digest = hasher.digest()
  }

  private static func digest(_ buffer: IntegerBuffer) -> [UInt8] {
    var digest = [UInt8](repeating: 0, count: Digest.byteCount)
    buffer.withUnsafeBytes {
      ck_blake3(
        nil, $0.baseAddress?.assumingMemoryBound(to: UInt8.self),
        buffer.count * buffer.width.rawValue, &digest)
    }
    return digest
  }
}

extension ModelCommitments.Seeds {
  /// - Throws: the error of the source.
  static func made(_ context: TailContext, _ source: some EntropySource) throws -> Self {
    var fresh = source
    var entropy = try HedgedEntropy(context: context.digest, fresh: &fresh)
    return Self(pinned: SecretSeed(try entropy.seed()), others: SecretSeed(try entropy.seed()))
  }
}

import Hashing

/// What a proof is made for: a request's number, a nonce, a document, as bytes of any kind. A proof
/// that is bound to one can't be shown for another (`Paper/` section 11.2).
public enum ProofContext {
  private static let key = Digest(hashing: Array("Assay v5 context".utf8))

  /// What stands for the context in a proof: BLAKE3 of the bytes, with a key of its own.
  public static func digest(of bytes: [UInt8]) -> Digest {
    var hasher = Blake3Hasher(key: key)
    hasher.update(bytes)
    return hasher.digest()
  }
}

import Hashing
import Verifier
import WebRuntime

// The verifier as functions of a WebAssembly module. The caller allocates memory for the key and
// the proof, copies them in, and asks for the verdict. A trap, as when memory runs out, is no verdict:
// the instance is not to be used after it.

/// Memory for `count` bytes, fewer than 2^30; traps when there is none.
@_cdecl("assay_allocate")
public func allocate(_ count: UInt32) -> UnsafeMutablePointer<UInt8> {
  .allocate(capacity: Int(count))
}

/// Gives memory back.
@_cdecl("assay_free")
public func free(_ pointer: UnsafeMutablePointer<UInt8>) { pointer.deallocate() }

/// Verifies a proof, and its key's own proof.
/// - Parameters:
///   - options: the sum of 1 to accept a proof that hides nothing, and of 2 to accept a key without a
///     proof of its own, under which no model is named.
///   - result: receives 33 bytes when the proof is accepted: the 32 that name the model, zeros if the
///     key is not proven; and what is known of proof and key, the sum of 1 if the proof is
///     zero-knowledge and 2 if the key is proven.
/// - Returns: the bits of security when the proof is accepted, −1 when it is rejected, −2 when the
///   key is not one.
@_cdecl("assay_verify")
public func verify(
  _ key: UnsafePointer<UInt8>, _ keyCount: UInt32, _ proof: UnsafePointer<UInt8>,
  _ proofCount: UInt32, _ options: UInt32, _ result: UnsafeMutablePointer<UInt8>
) -> Int32 {
  let keyBytes = Array(UnsafeBufferPointer(start: key, count: Int(keyCount)))
  let proofBytes = Array(UnsafeBufferPointer(start: proof, count: Int(proofCount)))
  guard let verifyingKey = try? VerifyingKey(keyBytes) else { return -2 }
  do {
    let verified = try Verifier.verify(
      key: verifyingKey, proof: proofBytes, allowsPlain: options & 1 == 1,
      allowsUnproven: options & 2 == 2)
    let digest = verified.modelDigest?.bytes ?? [UInt8](repeating: 0, count: Digest.byteCount)
    for (i, byte) in digest.enumerated() { result[i] = byte }
    result[digest.count] = (verified.zeroKnowledge ? 1 : 0) + (verified.isKeyProven ? 2 : 0)
    return Int32(verified.securityBits)
  } catch {
    return -1
  }
}

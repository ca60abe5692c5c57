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

/// Verifies a proof.
/// - Parameter digest: receives the 32 bytes that name the model, when the proof is accepted.
/// - Returns: the bits of security when the proof is accepted, −1 when it is rejected, −2 when the
///   key is not one.
@_cdecl("assay_verify")
public func verify(
  _ key: UnsafePointer<UInt8>, _ keyCount: UInt32, _ proof: UnsafePointer<UInt8>,
  _ proofCount: UInt32, _ digest: UnsafeMutablePointer<UInt8>
) -> Int32 {
  let keyBytes = Array(UnsafeBufferPointer(start: key, count: Int(keyCount)))
  let proofBytes = Array(UnsafeBufferPointer(start: proof, count: Int(proofCount)))
  guard let verifyingKey = try? VerifyingKey(keyBytes) else { return -2 }
  do {
    let verified = try Verifier.verify(
      key: verifyingKey, proof: proofBytes, allowsPlain: !verifyingKey.isHiding)
    for (i, byte) in verified.modelDigest.bytes.enumerated() { digest[i] = byte }
    return Int32(verified.securityBits)
  } catch {
    return -1
  }
}

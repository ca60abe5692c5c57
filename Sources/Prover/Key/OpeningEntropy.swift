import CKernels
import Foundation
import Hashing

/// Where secret seeds come from.
public protocol EntropySource {
  /// 32 bytes that nobody can predict.
  /// - Throws: an error if there are none: what needs them must not go on.
  mutating func seed() throws -> Digest
}

/// The operating system's generator.
public struct SystemEntropy: EntropySource {
  public init() {}

  public mutating func seed() throws -> Digest {
    var bytes = [UInt8](repeating: 0, count: Digest.byteCount)
    defer { bytes.withUnsafeMutableBytes { ck_wipe($0.baseAddress, $0.count) } }
    guard bytes.withUnsafeMutableBytes({ getentropy($0.baseAddress, $0.count) }) == 0,
      let seed = Digest(bytes: bytes)
    else { throw EntropyError.unavailable }
    return seed
  }
}

/// Why no secret is made.
public enum EntropyError: Error, Equatable, CustomStringConvertible {
  /// The operating system gives no random bytes.
  case unavailable

  public var description: String { "the operating system gives no random bytes" }
}

/// Seeds for one proof: the operating system's, mixed with all that the proof depends on
/// (`Paper/` section 14.8).
///
/// A process that is stopped and restored twice, or a machine that is copied, may be given the same
/// random bytes twice. Two proofs of different things have different seeds even so; two of the same
/// thing are the same proof, which shows nothing more than one.
public struct HedgedEntropy: EntropySource {
  private let fresh: SecretSeed
  private let context: Digest
  private var counter: UInt64 = 0

  /// - Parameters:
  ///   - context: the digest of what is proven, of the witness, and of the slots that are opened.
  /// - Throws: the error of the source.
  public init(context: Digest, fresh: inout some EntropySource) throws {
    self.fresh = SecretSeed(try fresh.seed())
    self.context = context
  }

  public mutating func seed() throws -> Digest {
    defer { counter += 1 }
    return fresh.derived(context, counter)
  }
}

/// 32 secret bytes, overwritten when nobody needs them any more. Copies that the processor or the
/// compiler made on the way can't be reached.
final class SecretSeed: Sendable {
  // Written in the initializer and overwritten at the end only.
  private nonisolated(unsafe) let bytes: UnsafeMutablePointer<UInt8>

  init(_ seed: Digest) {
    bytes = .allocate(capacity: Digest.byteCount)
    for i in 0..<Digest.byteCount {
      bytes[i] = UInt8(truncatingIfNeeded: seed.words[i >> 2] >> UInt32(8 * (i & 3)))
    }
  }

  deinit {
    ck_wipe(bytes, Digest.byteCount)
    bytes.deallocate()
  }

  func withBytes<Result>(_ body: (UnsafePointer<UInt8>) -> Result) -> Result {
    withExtendedLifetime(self) { body(bytes) }
  }

  /// The seed itself, for a file.
  var digest: Digest {
    var words = SIMD8<UInt32>()
    for i in 0..<Digest.byteCount { words[i >> 2] |= UInt32(bytes[i]) << UInt32(8 * (i & 3)) }
    return Digest(words: words)
  }

  /// The hash, keyed with the seed, of a digest and a number: as good as a seed of its own.
  func derived(_ context: Digest, _ number: UInt64) -> Digest {
    var hasher = Blake3Hasher(key: digest)
    hasher.update(context.bytes)
    hasher.update((0..<8).map { UInt8(truncatingIfNeeded: number >> (8 * $0)) })
    return hasher.digest()
  }
}

import CKernels
import FieldArithmetic
import Hashing
import Kernels

/// A stream of elements that are uniform for everyone who does not know its seed: the keyed hashes
/// of a counter, 64 bits at a time.
public struct MaskStream {
  private let seed: SecretSeed
  private var counter: UInt64 = 0

  // Hashes that are made at once, of four words each.
  private static let blockLength = 1 << 14
  private static let wordsOfHash = 4

  /// - Parameter seed: secret, and used for one stream only.
  public init(seed: Digest) { self.seed = SecretSeed(seed) }

  /// The next elements of F.
  public mutating func base(_ count: Int) -> BaseVector {
    let vector = BaseVector(zeros: count)
    fill(vector)
    return vector
  }

  /// The next elements of E.
  public mutating func elements(_ count: Int) -> ExtensionVector {
    let vector = ExtensionVector(zeros: count)
    for k in 0..<Fp3.degree { fill(vector.plane(k)) }
    return vector
  }

  /// Overwrites a vector with the next elements.
  ///
  /// An element's Montgomery form is as uniform as the element, so words are taken as they come; the
  /// few that are no such form are passed over.
  public mutating func fill(_ vector: BaseVector) {
    let (count, target) = (vector.count, vector.words)
    let most = Self.blockLength * Self.wordsOfHash
    let block = BaseVector(zeros: min(most, count + Self.wordsOfHash))
    defer { block.wipe() }
    let (source, mask) = (block.words, UInt64(1) << UInt64(Fp.bitWidth) - 1)
    var filled = 0
    while filled < count {
      let rest = count - filled
      let hashes = min(block.count / Self.wordsOfHash, (rest - 1) / Self.wordsOfHash + 1)
      hash(hashes, into: block)
      // All words but a few are kept: each is written where the last one that was not kept stood.
      for i in 0..<min(hashes * Self.wordsOfHash, rest) {
        let word = UInt64(littleEndian: source[i]) & mask
        target[filled] = word
        filled += word < Fp.modulus ? 1 : 0
      }
    }
    withExtendedLifetime((vector, block)) {}
  }

  private mutating func hash(_ count: Int, into block: BaseVector) {
    let counters = BaseVector(zeros: count)
    for i in 0..<count { counters.words[i] = counter + UInt64(i) }
    counter += UInt64(count)
    let columns: [UnsafePointer<UInt64>?] = [UnsafePointer(counters.words)]
    withExtendedLifetime((counters, block)) {
      block.words.withMemoryRebound(to: UInt8.self, capacity: Digest.byteCount * count) { target in
        seed.withBytes { ck_hash_columns($0, columns, 1, count, target) }
      }
    }
  }
}

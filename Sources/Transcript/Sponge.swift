import FieldArithmetic
import Hashing

/// The hash chain that turns the interactive argument into a proof: it absorbs everything that the
/// verifier learns and yields the verifier's challenges (`Paper/` section 4).
///
/// Each step hashes the state with a tag, the message's label and its length, so that different
/// histories never give the same input to the hash.
public struct Sponge: ~Copyable {
  private var state: Digest

  private static let absorbTag: UInt8 = 1
  private static let squeezeTag: UInt8 = 2
  private static let advanceTag: UInt8 = 3

  /// - Parameter domain: the protocol's name and version.
  public init(domain: StaticString) {
    var bytes: [UInt8] = []
    domain.withUTF8Buffer { bytes.append(contentsOf: $0) }
    state = Digest(hashing: bytes)
  }

  /// Absorbs a message.
  public mutating func absorb(_ label: MessageLabel, _ bytes: [UInt8]) {
    var input = header(Sponge.absorbTag, label, bytes.count)
    input.append(contentsOf: bytes)
    state = Digest(hashing: input)
  }

  /// `count` challenges, uniform in E.
  public mutating func challenges(_ label: MessageLabel, count: Int) -> [Fp3] {
    var stream = ChallengeStream(seed: squeeze(label, count))
    return (0..<count).map { _ in Fp3(stream.element(), stream.element(), stream.element()) }
  }

  /// `count` indices, uniform in `0..<2^bits`.
  /// - Parameter bits: in `0...62`.
  public mutating func indices(_ label: MessageLabel, count: Int, bits: Int) -> [Int] {
    var stream = ChallengeStream(seed: squeeze(label, count))
    return (0..<count).map { _ in Int(stream.word() & ((1 << UInt64(bits)) - 1)) }
  }

  /// Whether absorbing the nonce gives a hash with `bits` leading zero bits; absorbs it.
  public mutating func work(_ label: MessageLabel, nonce: UInt64, bits: Int) -> Bool {
    let seed = workSeed(label)
    absorb(label, littleEndian(nonce))
    return Sponge.isWork(seed: seed, nonce: nonce, bits: bits)
  }

  /// What a proof of work at this point must be found for.
  public func workSeed(_ label: MessageLabel) -> [UInt8] { header(Sponge.squeezeTag, label, 0) }

  /// Whether the nonce is a proof of work of `bits` bits for the seed.
  public static func isWork(seed: [UInt8], nonce: UInt64, bits: Int) -> Bool {
    let digest = blake3(seed + littleEndian(nonce))
    var word: UInt64 = 0
    for i in 0..<8 { word |= UInt64(digest[i]) << UInt64(8 * i) }
    return bits == 0 || word.trailingZeroBitCount >= bits
  }

  private mutating func squeeze(_ label: MessageLabel, _ count: Int) -> Digest {
    let seed = Digest(hashing: header(Sponge.squeezeTag, label, count))
    state = Digest(hashing: header(Sponge.advanceTag, label, count))
    return seed
  }

  private func header(_ tag: UInt8, _ label: MessageLabel, _ length: Int) -> [UInt8] {
    var bytes = state.bytes
    bytes.append(tag)
    bytes.append(UInt8(truncatingIfNeeded: label.code))
    bytes.append(UInt8(truncatingIfNeeded: label.code >> 8))
    bytes.append(contentsOf: littleEndian(UInt64(length)))
    return bytes
  }
}

/// The 8 bytes of an integer, least significant first.
public func littleEndian(_ value: UInt64) -> [UInt8] {
  (0..<8).map { UInt8(truncatingIfNeeded: value >> UInt64(8 * $0)) }
}

/// An unlimited stream of uniform values: the hashes of a seed with a counter, 64 bits at a time.
struct ChallengeStream {
  private let seed: [UInt8]
  private var counter: UInt64 = 0
  private var block: [UInt8] = []
  private var position = 0

  init(seed: Digest) { self.seed = seed.bytes }

  mutating func word() -> UInt64 {
    if position == block.count {
      block = blake3(seed + littleEndian(counter))
      counter += 1
      position = 0
    }
    var word: UInt64 = 0
    for i in 0..<8 { word |= UInt64(block[position + i]) << UInt64(8 * i) }
    position += 8
    return word
  }

  /// The low 50 bits of the first word for which they are below p.
  mutating func element() -> Fp {
    while true {
      let candidate = word() & ((1 << UInt64(Fp.bitWidth)) - 1)
      if let element = Fp(canonical: candidate) { return element }
    }
  }
}

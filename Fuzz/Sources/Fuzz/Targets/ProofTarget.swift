import Argument
import Commitment
import ConstraintSystem
import Hashing
import Transcript

@testable import Verifier

/// Proofs under honest keys: none but the honest ones may be accepted.
struct ProofTarget: FuzzTarget {
  static let name = "proof"

  /// A key with the proof that belongs to it.
  private struct Pair {
    let key: VerifyingKey
    let proof: [UInt8]
    let opened: Proof.Opened
  }

  private let pairs: [Pair]

  init(_ corpus: Corpus) throws {
    let keys = try corpus.honest(VerifyingKeyTarget.self)
    pairs = try corpus.honest(Self.self).sorted { $0.key < $1.key }.map { name, proof in
      guard let file = keys[String(name.prefix { $0 != "." })] else {
        finding("there is no verifying key for \(name)")
      }
      // Checked once, so that proofs alone are checked from here on.
      let key = try Verifier.verify(certificateOf: VerifyingKey(file))
      _ = try Verifier.verify(key: key, proof: proof, allowsPlain: true)
      return Pair(key: key, proof: proof, opened: try Proof.open(proof, for: key))
    }
  }

  func check(_ input: [UInt8]) {
    for pair in pairs {
      let isAccepted = (try? Verifier.verify(key: pair.key, proof: input, allowsPlain: true)) != nil
      require(!isAccepted || pairs.contains { $0.proof == input }, "a changed proof is accepted")
    }
  }

  func mutated(_ input: [UInt8], capacity: Int, _ random: inout Random) -> [UInt8] {
    // One of the key that the proof names, or any.
    let alike = pairs.filter { input.starts(with: $0.proof.prefix(Self.nameEnd)) }
    let pair = random.pick(alike.isEmpty ? pairs : alike)
    let start = min(pair.opened.start, input.count)
    let (head, messages) = (Array(input[..<start]), Array(input[start...]))
    switch random.below(8) {
    case 0: return statement(pair, &random) + messages
    case 1: return Self.named(Engine.mutated(input, capacity: capacity), pair.proof)
    case 2: return Self.named(Engine.mutated(window: 64, of: head, &random), pair.proof) + messages
    case 3:
      return pair.proof[..<pair.opened.start] + Self.edited(messages, other: pair.proof, &random)
    case 4: return head + Self.edited(messages, other: random.pick(pairs).proof, &random)
    case 5: return head + Self.overflowing(messages, &random)
    default: return head + Engine.mutated(window: 16, of: messages, &random)
    }
  }

  /// Where the key's name ends in a proof: it stands behind magic bytes and version.
  private static let nameEnd = Proof.magic.count + 4 + Digest.byteCount

  /// The proof with magic bytes, version and key's name of an honest one.
  private static func named(_ input: [UInt8], _ honest: [UInt8]) -> [UInt8] {
    Array(honest.prefix(nameEnd)) + input.dropFirst(nameEnd)
  }

  /// Another statement, well formed.
  private func statement(_ pair: Pair, _ random: inout Random) -> [UInt8] {
    let header = pair.opened.header
    var batch = header.batch
    var isHiding = header.isHiding
    var data = header.data
    var values = pair.opened.publicValues
    switch random.below(4) {
    case 0: batch = random.integer(near: batch) & 0xFFFF_FFFF
    case 1: isHiding.toggle()
    case 2:
      for _ in 0...random.below(3) {
        data.append(
          DataBinding(
            tensor: random.below(4), openings: random.integer(near: 1) & 0xFFFF_FFFF,
            root: Digest(hashing: [UInt8(random.below(256))])))
      }
    default:
      values.change(&random) { tensor, random in
        tensor?.change(&random) { $0 = $1.integer(near: $0) }
      }
    }
    return Proof.prefix(
      ProofHeader(
        identityDigest: header.identityDigest, isHiding: isHiding, batch: batch,
        modelRoot: header.modelRoot, data: data), publicValues: values, pair.key.system)
  }

  /// A stretch dropped, doubled, cut off, or replaced by one of another proof.
  private static func edited(
    _ messages: [UInt8], other: [UInt8], _ random: inout Random
  ) -> [UInt8] {
    guard !messages.isEmpty else { return Array(other.suffix(random.below(other.count) + 1)) }
    var result = messages
    let range = random.range(in: messages.count, limit: 1 << random.below(12))
    switch random.below(5) {
    case 0: result.removeSubrange(range)
    case 1: result.insert(contentsOf: messages[range], at: random.below(messages.count))
    case 2: result.removeSubrange(range.lowerBound...)
    case 3: result.append(contentsOf: messages[range])
    default:
      let source = random.range(in: other.count, limit: range.count)
      result.replaceSubrange(range, with: other[source])
    }
    return result
  }

  /// A stretch of ones or zeros: no element, or zero, which has no inverse.
  private static func overflowing(_ messages: [UInt8], _ random: inout Random) -> [UInt8] {
    guard !messages.isEmpty else { return [] }
    var result = messages
    let byte: UInt8 = random.once(in: 2) ? 0xFF : 0
    let range = random.range(in: messages.count, limit: 1 << random.below(10))
    for position in range { result[position] = byte }
    return result
  }

  /// A proof's name is that of its key, a point, and a name of its own.
  static func seeds() throws -> [String: [UInt8]] {
    var seeds: [String: [UInt8]] = [:]
    for (key, artifacts) in try HonestFiles.shared() {
      for (name, proof) in artifacts.proofs { seeds["\(key).\(name)"] = proof }
    }
    return seeds
  }
}

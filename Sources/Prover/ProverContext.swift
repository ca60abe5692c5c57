import FieldArithmetic
import Hashing
import Transcript

/// What computes the prover's messages. The context asks for each message when the protocol comes
/// to it, and tells each challenge when it is drawn; so the order is the protocol's alone.
public protocol Responder: AnyObject {
  /// A message over E.
  func message(_ label: MessageLabel, count: Int) -> [Fp3]
  /// A root.
  func digest(_ label: MessageLabel) -> Digest
  /// Opened leaves.
  func hintElements(_ label: MessageLabel, count: Int) -> [Fp]
  /// Siblings of opened leaves.
  func hintDigests(_ label: MessageLabel, count: Int) -> [Digest]
  /// Challenges from E.
  func learn(_ label: MessageLabel, challenges: [Fp3])
  /// Query positions.
  func learn(_ label: MessageLabel, indices: [Int])
}

/// The context in which the prover replays the verifier's protocol: it asks the responder for each
/// message, absorbs it and appends it to the proof.
public struct ProverContext<R: Responder>: ReadingContext, ~Copyable {
  public typealias Value = Fp3

  public let responder: R
  private var sponge: Sponge
  /// The messages so far.
  public private(set) var proof: [UInt8]

  /// - Parameters:
  ///   - domain: the protocol's name and version.
  ///   - statement: everything public that is proven, in canonical bytes.
  ///   - prefix: what the proof's bytes begin with.
  public init(domain: StaticString, statement: [UInt8], responder: R, prefix: [UInt8] = []) {
    sponge = Sponge(domain: domain)
    sponge.absorb(.statement, statement)
    self.responder = responder
    proof = prefix
  }

  public mutating func read(_ label: MessageLabel, count: Int) throws(ProofError) -> [Fp3] {
    try readClear(label, count: count)
  }

  public mutating func readClear(_ label: MessageLabel, count: Int) throws(ProofError) -> [Fp3] {
    let values = responder.message(label, count: count)
    precondition(values.count == count, "a message has the wrong length")
    let bytes = Packing.pack(values)
    sponge.absorb(label, bytes)
    proof.append(contentsOf: bytes)
    return values
  }

  public mutating func readDigest(_ label: MessageLabel) throws(ProofError) -> Digest {
    let digest = responder.digest(label)
    sponge.absorb(label, digest.bytes)
    proof.append(contentsOf: digest.bytes)
    return digest
  }

  public mutating func hintElements(_ label: MessageLabel, count: Int) throws(ProofError) -> [Fp] {
    let elements = responder.hintElements(label, count: count)
    precondition(elements.count == count, "a hint has the wrong length")
    proof.append(contentsOf: Packing.pack(elements))
    return elements
  }

  public mutating func hintDigests(_ label: MessageLabel, count: Int) throws(ProofError)
    -> [Digest]
  {
    let digests = responder.hintDigests(label, count: count)
    precondition(digests.count == count, "a hint has the wrong length")
    for digest in digests { proof.append(contentsOf: digest.bytes) }
    return digests
  }

  public mutating func challenges(_ label: MessageLabel, count: Int) -> [Fp3] {
    let challenges = sponge.challenges(label, count: count)
    responder.learn(label, challenges: challenges)
    return challenges
  }

  public mutating func queryIndices(_ label: MessageLabel, count: Int, bits: Int) -> [Int] {
    let indices = sponge.indices(label, count: count, bits: bits)
    responder.learn(label, indices: indices)
    return indices
  }

  public mutating func requireWork(_ label: MessageLabel, bits: Int) throws(ProofError) {
    guard bits > 0 else { return }
    let seed = sponge.workSeed(label)
    // The least one, always: two proofs that differ in nothing else must not differ in a nonce, or
    // the same masks would meet different challenges (`Paper/` section 14.8).
    var nonce: UInt64 = 0
    while !Sponge.isWork(seed: seed, nonce: nonce, bits: bits) { nonce += 1 }
    _ = sponge.work(label, nonce: nonce, bits: bits)
    proof.append(contentsOf: littleEndian(nonce))
  }

  public mutating func product(_ a: Fp3, _ b: Fp3) -> Fp3 { a * b }

  // The prover's own values satisfy the checks when the statement holds; whether they do is for the
  // verifier to say, so that a malicious prover can be written with the same context.
  public mutating func requireZero(_ value: Fp3, _ check: Check) throws(ProofError) {}
  public mutating func requireNonzero(_ value: Fp3, _ check: Check) throws(ProofError) {}
  public mutating func require(
    _ condition: @autoclosure () -> Bool, _ check: Check
  ) throws(ProofError) {}
}

import FieldArithmetic
import Hashing

/// The context that reads a proof in the clear.
///
/// It owns the proof's bytes and the sponge. `finish` must be called last: a proof with a byte too
/// many is none.
public struct VerifierContext: ReadingContext, ~Copyable {
  public typealias Value = Fp3

  private var sponge: Sponge
  private let bytes: [UInt8]
  private var position: Int

  /// - Parameters:
  ///   - domain: the protocol's name and version.
  ///   - statement: everything public that is proven, in canonical bytes.
  ///   - proof: the messages.
  ///   - start: where in `proof` they begin.
  public init(domain: StaticString, statement: [UInt8], proof: [UInt8], start: Int = 0) {
    sponge = Sponge(domain: domain)
    sponge.absorb(.statement, statement)
    bytes = proof
    position = start
  }

  /// Ends the proof.
  public consuming func finish() throws(ProofError) {
    guard position == bytes.count else { throw .trailingBytes(bytes.count - position) }
  }

  private mutating func take(_ count: Int, _ label: MessageLabel) throws(ProofError)
    -> ArraySlice<UInt8>
  {
    guard count >= 0, bytes.count - position >= count else { throw .truncated(label) }
    defer { position += count }
    return bytes[position..<position + count]
  }

  private mutating func elements(_ label: MessageLabel, count: Int, absorbing: Bool)
    throws(ProofError) -> [Fp]
  {
    guard count >= 0, count <= bytes.count else { throw .truncated(label) }
    let message = try take(Packing.byteCount(elements: count), label)
    guard let elements = Packing.unpack(message, count: count) else {
      throw .nonCanonical(label)
    }
    if absorbing { sponge.absorb(label, Array(message)) }
    return elements
  }

  public mutating func read(_ label: MessageLabel, count: Int) throws(ProofError) -> [Fp3] {
    try readClear(label, count: count)
  }

  public mutating func readClear(_ label: MessageLabel, count: Int) throws(ProofError) -> [Fp3] {
    Packing.triples(try elements(label, count: count * Fp3.degree, absorbing: true))
  }

  public mutating func readDigest(_ label: MessageLabel) throws(ProofError) -> Digest {
    let digest = try hintDigests(label, count: 1)[0]
    sponge.absorb(label, digest.bytes)
    return digest
  }

  public mutating func hintElements(_ label: MessageLabel, count: Int) throws(ProofError) -> [Fp] {
    try elements(label, count: count, absorbing: false)
  }

  public mutating func hintDigests(_ label: MessageLabel, count: Int) throws(ProofError)
    -> [Digest]
  {
    guard count >= 0, count <= bytes.count else { throw .truncated(label) }
    var digests: [Digest] = []
    for _ in 0..<count {
      guard let digest = Digest(bytes: Array(try take(Digest.byteCount, label))) else {
        throw .truncated(label)
      }
      digests.append(digest)
    }
    return digests
  }

  public mutating func challenges(_ label: MessageLabel, count: Int) -> [Fp3] {
    sponge.challenges(label, count: count)
  }

  public mutating func queryIndices(_ label: MessageLabel, count: Int, bits: Int) -> [Int] {
    sponge.indices(label, count: count, bits: bits)
  }

  public mutating func requireWork(_ label: MessageLabel, bits: Int) throws(ProofError) {
    guard bits > 0 else { return }
    var nonce: UInt64 = 0
    for (i, byte) in try take(8, label).enumerated() { nonce |= UInt64(byte) << UInt64(8 * i) }
    guard sponge.work(label, nonce: nonce, bits: bits) else { throw .rejected(.grinding) }
  }

  public mutating func product(_ a: Fp3, _ b: Fp3) -> Fp3 { a * b }

  public mutating func requireZero(_ value: Fp3, _ check: Check) throws(ProofError) {
    guard value == .zero else { throw .rejected(check) }
  }

  public mutating func requireNonzero(_ value: Fp3, _ check: Check) throws(ProofError) {
    guard value != .zero else { throw .rejected(check) }
  }

  public mutating func require(
    _ condition: @autoclosure () -> Bool, _ check: Check
  ) throws(ProofError) {
    guard condition() else { throw .rejected(check) }
  }
}

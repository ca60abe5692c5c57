import FieldArithmetic
import Hashing

/// A value of the protocol that is affine in what the prover sent: an element of E in the clear, or
/// a masked element with its unknown pad.
public protocol AffineValue {
  init(constant: Fp3)
  static func + (a: Self, b: Self) -> Self
  static func - (a: Self, b: Self) -> Self
  static func * (a: Self, b: Fp3) -> Self
  /// In place, so that a long sum takes time in its length only.
  static func += (a: inout Self, b: Self)
  /// Adds scale times the value to a form of the pads.
  func add(to form: inout PadForm, scale: Fp3)
}

extension Fp3: AffineValue {
  @inlinable public init(constant: Fp3) { self = constant }

  public func add(to form: inout PadForm, scale: Fp3) { form.constant += scale * self }
}

/// The verifier's side of a protocol, which each sub-protocol is written against once.
///
/// The same function runs as the verifier, over the bytes of a proof, and as the prover's replay,
/// where each message that is asked for is computed at that moment. Every message is absorbed
/// before the next challenge, by construction: no other way leads to it.
public protocol ReadingContext: ~Copyable {
  /// A message over E as this context knows it.
  associatedtype Value: AffineValue

  /// Messages over E that zero knowledge hides behind pads.
  mutating func read(_ label: MessageLabel, count: Int) throws(ProofError) -> [Value]

  /// Messages over E that are public by construction.
  mutating func readClear(_ label: MessageLabel, count: Int) throws(ProofError) -> [Fp3]

  /// A Merkle root.
  mutating func readDigest(_ label: MessageLabel) throws(ProofError) -> Digest

  /// Elements of F that a root already determines, so they are not absorbed: opened leaves.
  mutating func hintElements(_ label: MessageLabel, count: Int) throws(ProofError) -> [Fp]

  /// Digests that a root already determines, so they are not absorbed: siblings.
  mutating func hintDigests(_ label: MessageLabel, count: Int) throws(ProofError) -> [Digest]

  /// Uniform elements of E.
  mutating func challenges(_ label: MessageLabel, count: Int) -> [Fp3]

  /// Uniform indices in `0..<2^bits`, with repetitions.
  mutating func queryIndices(_ label: MessageLabel, count: Int, bits: Int) -> [Int]

  /// Demands a proof of work of `bits` bits; none when `bits` is 0.
  mutating func requireWork(_ label: MessageLabel, bits: Int) throws(ProofError)

  /// The product of two messages.
  mutating func product(_ a: Value, _ b: Value) -> Value

  /// Demands that a value is zero.
  mutating func requireZero(_ value: Value, _ check: Check) throws(ProofError)

  /// Demands that a value is not zero.
  mutating func requireNonzero(_ value: Value, _ check: Check) throws(ProofError)

  /// Ends the messages that pads hide.
  /// - Returns: forms of the pads that must vanish, none where nothing is hidden.
  mutating func settle() throws(ProofError) -> [PadRelation]

  /// Demands a fact about public data. A context in which nobody looks does not compute it.
  mutating func require(
    _ condition: @autoclosure () -> Bool, _ check: Check) throws(ProofError)
}

extension ReadingContext where Self: ~Copyable {
  public mutating func settle() throws(ProofError) -> [PadRelation] { [] }

  @inlinable
  public mutating func challenge(_ label: MessageLabel) -> Fp3 { challenges(label, count: 1)[0] }
}

import FieldArithmetic
import Hashing
import Prover
import TestSupport
import Transcript

@testable import ProofTestSupport

/// A context whose challenges and positions do not depend on the messages, which it records: the
/// whole view of a verifier, but for the hashes. Checks count only for `strict` contexts.
struct ProgrammedContext: ReadingContext, ~Copyable {
  typealias Value = Fp3

  private let responder: any Responder
  private var random: SeededGenerator
  // The first of the positions that are opened, the distance between them, and a challenge that is
  // zero.
  private let firstPosition: Int
  private let distance: Int
  private let zero: MessageLabel?
  private let isStrict: Bool
  private(set) var view: [Fp] = []

  init(
    _ responder: any Responder, seed: UInt64, firstPosition: Int, distance: Int = 1,
    zero: MessageLabel? = nil, isStrict: Bool = false
  ) {
    self.responder = responder
    random = SeededGenerator(seed: seed)
    self.firstPosition = firstPosition
    self.distance = distance
    self.zero = zero
    self.isStrict = isStrict
  }

  mutating func read(_ label: MessageLabel, count: Int) throws(ProofError) -> [Fp3] {
    try readClear(label, count: count)
  }

  mutating func readClear(_ label: MessageLabel, count: Int) throws(ProofError) -> [Fp3] {
    let values = responder.message(label, count: count)
    view += values.flatMap { [$0.c0, $0.c1, $0.c2] }
    return values
  }

  mutating func readDigest(_ label: MessageLabel) throws(ProofError) -> Digest {
    responder.digest(label)
  }

  mutating func hintElements(_ label: MessageLabel, count: Int) throws(ProofError) -> [Fp] {
    let elements = responder.hintElements(label, count: count)
    view += elements
    return elements
  }

  mutating func hintDigests(_ label: MessageLabel, count: Int) throws(ProofError) -> [Digest] {
    responder.hintDigests(label, count: count)
  }

  mutating func challenges(_ label: MessageLabel, count: Int) -> [Fp3] {
    let drawn = random.elements(count)
    let challenges = label == zero ? drawn.map { _ in .zero } : drawn
    responder.learn(label, challenges: challenges)
    return challenges
  }

  mutating func queryIndices(_ label: MessageLabel, count: Int, bits: Int) -> [Int] {
    let indices = (0..<count).map { (firstPosition + $0 * distance) % (1 << bits) }
    responder.learn(label, indices: indices)
    return indices
  }

  mutating func requireWork(_ label: MessageLabel, bits: Int) throws(ProofError) {}
  mutating func product(_ a: Fp3, _ b: Fp3) -> Fp3 { a * b }
  mutating func requireZero(_ value: Fp3, _ check: Check) throws(ProofError) {
    try require(value == .zero, check)
  }
  mutating func requireNonzero(_ value: Fp3, _ check: Check) throws(ProofError) {
    try require(value != .zero, check)
  }
  mutating func require(
    _ condition: @autoclosure () -> Bool, _ check: Check
  ) throws(ProofError) {
    guard condition() || !isStrict else { throw .rejected(check) }
  }
}

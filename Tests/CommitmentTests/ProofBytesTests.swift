import FieldArithmetic
import Prover
import TestSupport
import Testing
import Transcript

@testable import Commitment
@testable import ProofTestSupport

@Suite struct ProofBytesTests {
  private let instance: OpeningInstance
  private let proof: [UInt8]

  init() throws {
    instance = OpeningInstance(
      parameters: try folding(
        GroupShape(rowsLog: 2, lanes: 2), GroupShape(rowsLog: 2, lanes: 3), steps: [1],
        targetBits: 10))
    proof = try instance.prove(ReferenceOpening(instance))
  }

  @Test func everyFlippedBitIsRejected() {
    #expect(instance.rejection(of: proof) == nil)
    for position in proof.indices {
      for bit in 0..<8 {
        var changed = proof
        changed[position] ^= 1 << UInt8(bit)
        #expect(instance.rejection(of: changed) != nil, "bit \(bit) of byte \(position)")
      }
    }
  }

  @Test func everyTruncationIsRejected() {
    for count in 0..<proof.count {
      guard case .truncated = instance.rejection(of: Array(proof.prefix(count))) else {
        Issue.record("the first \(count) bytes are not found too short")
        continue
      }
    }
  }

  @Test func trailingBytesAreRejected() {
    #expect(instance.rejection(of: proof + [0]) == .trailingBytes(1))
    #expect(instance.rejection(of: proof + proof) == .trailingBytes(proof.count))
  }

  @Test func noiseIsRejected() {
    var random = SeededGenerator(seed: 3)
    for count in [0, 1, 100, proof.count, 2 * proof.count] {
      let noise = (0..<count).map { _ in UInt8(truncatingIfNeeded: random.next()) }
      #expect(instance.rejection(of: noise) != nil)
    }
  }

  /// The first message is that of a round, the last vector's elements follow the first opened leaves.
  @Test func integersAboveTheFieldAreRejected() throws {
    let excess = littleEndian(Fp.modulus)
    var changed = proof
    changed.replaceSubrange(0..<7, with: excess.prefix(7))
    #expect(instance.rejection(of: changed) == .nonCanonical(.openingRound))
    let single = OpeningInstance(
      parameters: try folding(nil, GroupShape(rowsLog: 2, lanes: 1), steps: [], targetBits: 10))
    let whole = try single.prove(ReferenceOpening(single))
    let start = Packing.byteCount(elements: 3 * 4)
    changed = whole
    changed.replaceSubrange(start..<start + 7, with: excess.prefix(7))
    #expect(single.rejection(of: changed) == .nonCanonical(.openingLeaves))
    changed = whole
    changed.replaceSubrange(0..<7, with: excess.prefix(7))
    #expect(single.rejection(of: changed) == .nonCanonical(.openingFinal))
  }
}

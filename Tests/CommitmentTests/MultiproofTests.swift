import FieldArithmetic
import Hashing
import TestSupport
import Testing

@testable import Commitment
@testable import ProofTestSupport

@Suite struct MultiproofTests {
  private let tree: ReferenceCommitment

  init() {
    var random = SeededGenerator(seed: 5)
    tree = ReferenceCommitment(lanes: [random.base(4), random.base(4)], domainLog: 4)
  }

  /// All 2^16 subsets but the empty one would take long: those of each size, spread.
  @Test func everySetOfPositionsLeadsToTheRoot() {
    var random = SeededGenerator(seed: 6)
    for _ in 0..<400 {
      let mask = random.next() & random.next() & 0xFFFF
      let positions = (0..<16).filter { mask >> UInt64($0) & 1 == 1 }
      guard !positions.isEmpty else { continue }
      let proof = Multiproof(depth: 4, positions: (positions + positions).reversed())
      #expect(proof.positions == positions)
      let leaves = positions.map { MerkleHash.leaf(tree.leaves[$0][...]) }
      let siblings = tree.siblings(proof)
      #expect(proof.root(leaves: leaves, siblings: siblings) == tree.root)
      #expect(proof.root(leaves: leaves, siblings: siblings + [tree.root]) == nil)
      #expect(proof.root(leaves: leaves + leaves, siblings: siblings) == nil)
      if !siblings.isEmpty {
        #expect(proof.root(leaves: leaves, siblings: siblings.dropLast()) == nil)
      }
    }
  }

  @Test func siblingsAreMinimalAndInOrder() {
    let siblings = Multiproof(depth: 3, positions: [5, 0, 4]).siblings
    #expect(siblings.map(\.level) == [0, 1, 1])
    #expect(siblings.map(\.index) == [1, 1, 3])
    #expect(Multiproof(depth: 3, positions: Array(0..<8)).siblings.isEmpty)
    #expect(Multiproof(depth: 0, positions: [0, 0]).siblings.isEmpty)
  }

  @Test func noPositionsHaveNoRoot() {
    #expect(Multiproof(depth: 2, positions: []).root(leaves: [], siblings: []) == nil)
  }

  @Test func leavesAndNodesHashDifferently() {
    let left = Digest(hashing: [1])
    let right = Digest(hashing: [2])
    var hasher = Blake3Hasher(key: MerkleHash.leafKey)
    hasher.update(left.bytes + right.bytes)
    #expect(MerkleHash.node(left, right) != hasher.digest())
  }
}

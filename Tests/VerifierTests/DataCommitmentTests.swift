import Argument
import ConstraintSystem
import FieldArithmetic
import Foundation
import Hashing
import TestSupport
import Testing
import Transcript
import Verifier
import Witness

@testable import ProofTestSupport
@testable import Prover

/// Proofs whose private inputs and outputs are those of commitments.
@Suite struct DataCommitmentTests {
  private let arena: DataArena

  init() throws { arena = try DataArena([3, -50, 50, 0, -7, 41, 12], [7, 5, -8, 1, -6, 3, 2]) }

  @Test(arguments: [ProvingKey.Privacy.witness, .model(proofs: 10)])
  func acceptedProofsTellWhatIsCommitted(_ privacy: ProvingKey.Privacy) throws {
    let arena = try DataArena([3, -50, 50, 0, -7, 41, 12], arena.weights, privacy: privacy)
    for tensors in [[], [0], [2], [0, 2]] {
      let data = try arena.data(tensors)
      let proof = try arena.prove(data)
      let verified = try Verifier.verify(
        key: arena.key.verifyingKey, proof: proof, allowsUnproven: true)
      #expect(verified.commitments.map(\.name) == tensors.map { ["x", "", "q"][$0] })
      #expect(verified.commitments.map(\.commitment) == data.openings.map(\.commitment))
      #expect(verified.commitments.map(\.isInput) == tensors.map { $0 == 0 })
      #expect(verified.commitments.allSatisfy { $0.shape == [7] })
      #expect(verified.securityBits >= 128 && verified.zeroKnowledge)
    }
  }

  /// One model's output is the next one's input, and nobody sees it.
  @Test func oneProofsOutputIsTheNextOnesInput() throws {
    let folder = try TemporaryFolder()
    let (key, system) = (arena.key, arena.small.system)
    let first = try Prover.prove(
      key, assignment: arena.small.assignment, data: [2: .new(openings: 3)])
    let made = try #require(first.openings[2])
    try made.write(to: folder.file("q"), spent: 1)
    let stored = try StoredDataOpening(path: folder.file("q"))
    let next = SmallSystem.ports(arena.small.assignment[2].values, weights: arena.weights)
    #expect(next.system == system)
    let second = try Prover.prove(
      key, assignment: next.assignment, data: [0: .stored(stored), 2: .new(openings: 1)])
    let (before, after) = (
      try Verifier.verify(key: key.verifyingKey, proof: first.proof, allowsUnproven: true),
      try Verifier.verify(key: key.verifyingKey, proof: second.proof, allowsUnproven: true)
    )
    #expect(before.commitments.map(\.commitment) == [made.commitment])
    #expect(after.commitments.map(\.name) == ["x", "q"])
    #expect(after.commitments[0].commitment == made.commitment)
    #expect(try stored.slots.states().bytes == [2, 2, 0])
  }

  /// All inferences of a batch together are one tensor.
  @Test func aCommitmentCoversAWholeBatch() throws {
    let batch = arena.batch(of: [[1, 2, 3, 4, 5, 6, 7], [-1, -2, -3, -4, -5, -6, -7]])
    let data = try batch.data([0, 2])
    let proof = try batch.prove(data)
    let verified = try Verifier.verify(
      key: arena.key.verifyingKey, proof: proof, allowsUnproven: true)
    #expect(verified.commitments.map(\.commitment) == data.openings.map(\.commitment))
    #expect(verified.commitments.map(\.shape) == [[2, 7], [2, 7]])
    #expect(verified.commitments.allSatisfy { $0.commitment.shape.count == 14 })
    for tensor in [0, 2] {
      for position in [0, 6, 7, 13] {
        let other = try batch.data([0, 2], changing: tensor, at: position, by: 1)
        #expect(batch.rejection(of: try batch.prove(other)) == .rejected(.openingFinalClaim))
      }
    }
  }

  @Test func otherDataAreRejected() throws {
    for (tensor, position, step) in [(0, 0, 1), (0, 6, -1), (2, 3, 1), (2, 6, 1 << 40)] {
      let data = try arena.data([0, 2], changing: tensor, at: position, by: step)
      #expect(
        arena.rejection(of: try arena.prove(data)) == .rejected(.openingFinalClaim),
        "tensor \(tensor), position \(position)")
    }
  }

  /// The prover that keeps to the rules says what is wrong instead.
  @Test func anHonestProverRefusesOtherData() throws {
    func refusal(_ data: [Int: DataSource]) throws -> DataOpeningError? {
      do {
        _ = try Prover.prove(arena.key, assignment: arena.small.assignment, data: data)
        return nil
      } catch let error as DataOpeningError {
        return error
      }
    }
    let folder = try TemporaryFolder()
    func stored(_ values: [Int], scale: Int = 3) throws -> DataSource {
      let path = folder.file(UUID().uuidString)
      try arena.opening(values, openings: 1, scale: scale).write(to: path)
      return .stored(try StoredDataOpening(path: path))
    }
    var x = arena.small.assignment[0].values
    #expect(try refusal([0: stored(x)]) == nil)
    #expect(
      try refusal([0: stored(x, scale: 2)]) == .otherScale("x", expected: 3, found: 2))
    #expect(
      try refusal([0: stored(x + [0])]) == .otherCount("x", expected: 7, found: 8))
    x[5] += 1
    #expect(try refusal([0: stored(x)]) == .otherValue("x", position: 5))
    #expect(try refusal([1: .new(openings: 1)]) == .notPrivate("w"))
    #expect(try refusal([3: .new(openings: 1)]) == .notPrivate("r"))
    #expect(try refusal([9: .new(openings: 1)]) == .notPrivate("tensor 9"))
    #expect(try refusal([0: .new(openings: 0)]) == .size(count: 7, openings: 0))
  }

  @Test func commitmentsOfOtherTensorsAreRejected() throws {
    let honest = try arena.data([0, 2])
    let swapped = ProvenData([0: honest.openings[1], 2: honest.openings[0]])
    #expect(arena.rejection(of: try arena.prove(swapped)) == .rejected(.openingFinalClaim))
    // The same data, but not the commitment that the header names.
    let again = try arena.data([0, 2])
    #expect(again.bindings != honest.bindings)
    let proof = try arena.prove(honest)
    for changed in [again.bindings, [again.bindings[0], honest.bindings[1]]] {
      #expect(arena.rejection(of: arena.replacing(changed, in: proof)) != nil)
    }
    let exchanged = [
      DataBinding(tensor: 0, openings: 2, root: honest.bindings[1].root),
      DataBinding(tensor: 2, openings: 2, root: honest.bindings[0].root),
    ]
    #expect(arena.rejection(of: arena.replacing(exchanged, in: proof)) != nil)
    #expect(arena.rejection(of: arena.replacing(honest.bindings, in: proof)) == nil)
  }

  /// Two tensors may hold the data of one commitment; if they do not, that is noticed.
  @Test func oneCommitmentStandsForTwoTensors() throws {
    let data = try arena.data([0, 2])
    for opening in data.openings {
      let twice = ProvenData([0: opening, 2: opening])
      #expect(arena.rejection(of: try arena.prove(twice)) == .rejected(.openingFinalClaim))
    }
    let zeros = try DataArena(Array(repeating: 0, count: 7), arena.weights)
    let opening = try zeros.data([0]).openings[0]
    let proof = try zeros.prove(ProvenData([0: opening, 2: opening]))
    #expect(zeros.rejection(of: proof) == nil)
  }

  /// Cells behind the last integer belong to the comparison.
  @Test func cellsBehindTheDataMustBeZero() throws {
    let honest = try arena.data([0]).openings[0]
    let group = honest.commitment.shape.group
    let last = group.rows * group.lanes - 1
    #expect(last >= 7 && honest.cells[last] == .zero)
    let forged = arena.forged(honest) { cells, _ in cells[last] = .one }
    #expect(
      arena.rejection(of: try arena.prove(ProvenData([0: forged])))
        == .rejected(.openingFinalClaim))
    // Tails are nobody's business.
    let other = arena.forged(honest) { _, tails in tails[0] += .one }
    #expect(arena.rejection(of: try arena.prove(ProvenData([0: other]))) == nil)
  }

  /// A word that is far from the code has no data.
  @Test func aCommitmentThatIsNoCodewordIsRejected() throws {
    let honest = try arena.data([0]).openings[0]
    let shape = honest.commitment.shape
    var random = SeededGenerator(seed: 9)
    let words = (0..<shape.lanes << shape.domainLog).map { _ in Fp(random.integer(in: 0...1 << 40))
    }
    let forged = arena.replacing(honest, words: words)
    #expect(
      arena.rejection(of: try arena.prove(ProvenData([0: forged])))
        == .rejected(.openingFinalClaim))
  }

  @Test func openingsAreCountedByProofs() throws {
    let folder = try TemporaryFolder()
    let values = arena.small.assignment[0].values
    try arena.opening(values, openings: 2).write(to: folder.file("x"))
    let stored = try StoredDataOpening(path: folder.file("x"))
    func prove() throws {
      _ = try Prover.prove(
        arena.key, assignment: arena.small.assignment, data: [0: .stored(stored)])
    }
    try prove()
    #expect(try stored.slots.states().bytes == [2, 0])
    let held = try stored.reserve()
    #expect(throws: OpeningSlotsError.exhausted) { try prove() }
    #expect(try stored.slots.states().bytes == [2, 1])
    try stored.slots.release(held)
    #expect(throws: OpeningSlotsError.exhausted) { try prove() }
  }

  /// A copy of this process was faster: the proof is not given away.
  @Test func aSlotThatIsSpentMeanwhileThrowsTheProofAway() throws {
    let folder = try TemporaryFolder()
    try arena.opening(arena.small.assignment[0].values, openings: 2).write(to: folder.file("x"))
    let stored = try StoredDataOpening(path: folder.file("x"))
    #expect(throws: OpeningSlotsError.notReserved) {
      _ = try Prover.prove(
        arena.key, assignment: arena.small.assignment, data: [0: .stored(stored)]
      ) { stage in
        guard stage == .opening else { return }
        try? stored.slots.release(OpeningSlots.Token(index: 0))
      }
    }
    #expect(try stored.slots.states().bytes == [2, 0])
  }

  @Test func aPlainProofOpensNoCommitment() throws {
    let arena = try DataArena(arena.small.assignment[0].values, arena.weights, privacy: .witness)
    #expect(throws: DataOpeningError.plainProof) {
      _ = try Prover.prove(
        arena.key, assignment: arena.small.assignment, hides: false, data: [0: .new(openings: 1)])
    }
    let header = arena.header([try arena.data([0]).bindings[0]], isHiding: false)
    for allowsPlain in [false, true] {
      #expect(throws: ProofError.notHiding) {
        try Verifier.verify(
          key: arena.key.verifyingKey, proof: header, allowsPlain: allowsPlain, allowsUnproven: true
        )
      }
    }
  }
}

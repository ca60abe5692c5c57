import ConstraintSystem
import FieldArithmetic
import Hashing
import Testing
import Transcript
import Witness

@testable import ProofTestSupport
@testable import Prover
@testable import Verifier

/// Proofs whose messages are hidden behind pads: a cheating prover is caught all the same, and the
/// modes can not be taken for each other.
@Suite struct HidingProofTests {
  private let arena: Arena
  private let key: ProvingKey
  /// Where the messages of a proof begin.
  private let start: Int

  init() throws {
    let arena = try Arena(.dense(rows: 2, inputs: 5, outputs: 7))
    self.arena = arena
    key = try arena.key(.model(proofs: 200))
    let header = ProofHeader(
      identityDigest: key.verifyingKey.identityDigest, isHiding: true, batch: 1,
      modelRoot: key.verifyingKey.roots[0])
    let system = arena.small.system
    let publicValues = system.tensors.indices.map {
      system.tensors[$0].role.isPublic ? arena.small.assignment[$0].values : nil
    }
    start = Proof.prefix(header, publicValues: publicValues, system).count
  }

  private func rejection(
    _ proof: [UInt8], of key: ProvingKey? = nil, allowsPlain: Bool = false
  ) -> ProofError? {
    let key = key ?? self.key
    do {
      _ = try Verifier.verify(
        key: key.verifyingKey, proof: proof, allowsPlain: allowsPlain, allowsUnproven: true)
      return nil
    } catch {
      return error
    }
  }

  @Test func everyChangedMessageOfTheArgumentIsRejected() throws {
    var witness: CheatingResponder?
    let honest = try arena.prove(key: key) { witness = $0 }
    let places = witness?.places ?? []
    #expect(rejection(honest) == nil)
    let argued = places.filter { $0.kind == .elements && $0.label.isMasked }
    #expect(argued.count > 20)
    for target in argued {
      let proof = try arena.prove(key: key) { cheat in
        cheat.onElements = { place, values in
          if place == target { values[values.count - 1] += .one }
        }
      }
      #expect(rejection(proof) == .rejected(.openingFinalClaim), "\(target)")
    }
  }

  /// Header, public values, messages in the clear, masked ones, leaves and siblings.
  @Test func changedBytesAreRejected() throws {
    let proof = try arena.prove(key: key)
    #expect(rejection(proof) == nil)
    let places = Array(0..<start) + Array(stride(from: start, to: proof.count, by: 211))
    for position in places {
      var changed = proof
      changed[position] ^= 1 << UInt8(position % 8)
      #expect(rejection(changed, allowsPlain: true) != nil, "byte \(position)")
    }
    for count in [start - 1, start, proof.count - 1] {
      #expect(rejection(Array(proof.prefix(count))) != nil, "\(count) bytes")
    }
    #expect(rejection(proof + [0]) == .trailingBytes(1))
  }

  @Test func changedWitnessesAreRejected() throws {
    for (tensor, step) in [(3, 1), (4, 16), (5, 1)] {
      let changed = arena.assignment { $0[tensor][3] += step }
      #expect(rejection(try arena.prove(changed, key: key)) != nil, "tensor \(tensor)")
    }
    #expect(rejection(try arena.prove(key: key)) == nil)
  }

  /// The witness's root, all masked messages and the opened leaves are new each time.
  @Test func twoProofsOfOneStatementShareNothing() throws {
    let (first, second) = (try arena.prove(key: key), try arena.prove(key: key))
    #expect(first.prefix(start) == second.prefix(start))
    let count = min(first.count, second.count)
    let equal = (start..<count).count { first[$0] == second[$0] }
    // Independent bytes agree once in 256 times.
    #expect(equal < (count - start) / 64, "\(equal) of \(count - start) bytes agree")
  }

  /// Hidden weights are never shown, whoever asks; public ones may be, if the verifier agrees.
  @Test func plainProofsAreMadeOfPublicModelsOnly() throws {
    #expect(throws: ProverError.plainProofOfHiddenModel) {
      try Prover.prove(key, assignment: arena.small.assignment, hides: false)
    }
    let open = try arena.key(.witness)
    let plain = try Prover.prove(open, assignment: arena.small.assignment, hides: false).proof
    #expect(rejection(plain, of: open) == .notHiding)
    #expect(rejection(plain, of: open, allowsPlain: true) == nil)
    let hiding = try Prover.prove(open, assignment: arena.small.assignment).proof
    #expect(rejection(hiding, of: open) == nil)
  }

  @Test func aProofOfOneModeIsNoneOfTheOther() throws {
    for key in [key, try arena.key(.witness)] {
      var proof = try arena.prove(key: key)
      #expect(proof[44] == 1)
      proof[44] = 0
      #expect(rejection(proof, of: key) == .notHiding)
      #expect(rejection(proof, of: key, allowsPlain: true) != nil)
      proof[44] = 2
      #expect(rejection(proof, of: key, allowsPlain: true) == .foreign)
    }
    // A key whose proofs do not hide knows no others.
    var proof = try arena.prove()
    proof[44] = 1
    #expect(rejection(proof, of: arena.key, allowsPlain: true) == .foreign)
  }

  @Test func aKeyOfAnotherNumberOfOpeningsIsAnotherKey() throws {
    let other = try arena.key(.model(proofs: 2000))
    #expect(rejection(try arena.prove(key: other)) == .otherKey)
  }

  /// Slots are used in order, and each belongs to one of the commitments.
  @Test func everyCommitmentIsOpenedAsOftenAsItMayBe() throws {
    let key = try arena.key(.model(proofs: 2))
    let verifying = key.verifyingKey
    let count = verifying.openings * verifying.roots.count
    #expect(count >= 2)
    var roots: [Digest] = []
    for number in 0..<count {
      #expect(try key.usage()?.proofs.freeCount == count - number)
      let proof = try Prover.prove(key, assignment: arena.small.assignment).proof
      let verified = try Verifier.verify(key: verifying, proof: proof, allowsUnproven: true)
      roots.append(try #require(verified.modelRoot))
    }
    #expect(roots == verifying.roots.flatMap { Array(repeating: $0, count: verifying.openings) })
    #expect(throws: OpeningSlotsError.exhausted) {
      try Prover.prove(key, assignment: arena.small.assignment)
    }
    let usage = try #require(try key.usage())
    #expect(usage.proofs.spentCount == count && usage.certificates.freeCount > 0)
  }

  /// A proof that was opened twice, or by somebody else, is not given away.
  @Test func aProofWhoseSlotIsSpentMeanwhileIsThrownAway() throws {
    let ledger = try #require(key.ledger)
    let run = try ProvingRun(key, arena.small.assignment)
    #expect(throws: OpeningSlotsError.notReserved) {
      try run.prove(
        { stage in
          if stage == .opening { try? ledger.release(OpeningSlots.Token(index: 0)) }
        }, wrap: { $0 })
    }
    #expect(try ledger.states().spentCount == 1)
  }

  @Test func aCommitmentThatTheKeyDoesNotListIsRefused() throws {
    var proof = try arena.prove(key: key)
    let root = 49..<49 + Digest.byteCount
    #expect(Array(proof[root]) == key.verifyingKey.roots[0].bytes)
    proof.replaceSubrange(root, with: Digest(hashing: [1]).bytes)
    #expect(rejection(proof) == .unknownCommitment)
    // The pinned one is for certificates only.
    proof.replaceSubrange(root, with: try #require(key.verifyingKey.pinnedRoot).bytes)
    #expect(rejection(proof) == .unknownCommitment)
    // Another one that the key does list, of the same weights, is not what was opened.
    let other = try #require(key.verifyingKey.roots.last)
    #expect(other != key.verifyingKey.roots[0])
    proof.replaceSubrange(root, with: other.bytes)
    #expect(rejection(proof) != nil && rejection(proof) != .unknownCommitment)
  }
}

import ConstraintSystem
import FieldArithmetic
import Hashing
import Testing
import Transcript

@testable import ProofTestSupport
@testable import Prover
@testable import Verifier
@testable import Witness

/// A commitment that opens other data than those that its root stands for.
private struct Impostor: CommittedMatrix {
  let root: Digest
  let data: any CommittedMatrix

  func leaf(_ position: Int) -> [Fp] { data.leaf(position) }
  func node(level: Int, index: Int) -> Digest { data.node(level: level, index: index) }
}

/// Provers that compute with another model than the committed one.
@Suite struct ChangedModelTests {
  private let arena: Arena
  /// The honest inference with one weight, or one bias, changed.
  private let others: [Arena]

  init() throws {
    let small = SmallSystem.dense(rows: 2, inputs: 5, outputs: 7)
    arena = try Arena(small)
    others = try [(1, 3), (2, 6)].map { tensor, position in
      try Arena(small.recomputed { $0[tensor][position] += 400 })
    }
    for arena in [arena] + others { #expect(arena.rejection(of: try arena.prove()) == nil) }
  }

  /// The proof of one model under the key of another one, of which a single
  /// weight or bias differs, as it is and with the digest in its header replaced.
  @Test func aProofUnderTheKeyOfAnotherModelIsRejected() throws {
    for other in others {
      let proof = try other.prove()
      #expect(arena.rejection(of: proof) == .otherKey)
      #expect(
        arena.rejection(of: arena.withOwnDigest(proof)) == .rejected(.fractionLayer))
    }
  }

  /// Another scale makes another key.
  @Test func aProofUnderTheKeyOfAnotherScaleIsRejected() throws {
    var small = arena.small
    small.system.tensors[5].fractionalBits = 3
    let other = try Arena(small)
    let proof = try other.prove()
    #expect(other.rejection(of: proof) == nil)
    #expect(arena.rejection(of: proof) == .otherKey)
    #expect(arena.rejection(of: arena.withOwnDigest(proof)) == .rejected(.fractionLayer))
  }

  /// The prover replays the honest key's statement, but folds, multiplies and opens other weights.
  @Test func openingOtherWeightsUnderTheRootIsRejected() throws {
    for other in others {
      let root = try #require(arena.key.verifyingKey.pinnedRoot)
      let key = try arena.key(
        computing: other, opening: Impostor(root: root, data: other.commitment()))
      let proof = try arena.prove(other.small.assignment, key: key)
      #expect(arena.rejection(of: proof) == .rejected(.merklePath))
    }
  }

  /// The prover opens the committed weights, but folds and multiplies other ones.
  @Test func computingWithOtherWeightsThanTheOpenedIsRejected() throws {
    for other in others {
      let key = try arena.key(computing: other, opening: arena.commitment())
      let proof = try arena.prove(other.small.assignment, key: key)
      let seen: Check =
        arena.key.verifyingKey.parameters.rounds.isEmpty ? .openingFinalVector : .openingFinalClaim
      #expect(arena.rejection(of: proof) == .rejected(seen))
    }
  }

  /// The prover commits to another model's result, and is honest otherwise.
  @Test func theResultOfAnotherModelIsRejected() throws {
    for other in others {
      let assignment = arena.assignment { values in
        for tensor in 3...5 { values[tensor] = other.small.assignment[tensor].values }
      }
      let proof = try arena.prove(assignment)
      #expect(arena.rejection(of: proof) == .rejected(.openingFinalClaim))
    }
  }

  /// A key does not accept a model's root of another shape, or none, and a proof
  /// brings no circuit of its own.
  @Test func theModelsRootIsPartOfTheKey() throws {
    let system = arena.small.system
    #expect(throws: KeyError.malformed) { try VerifyingKey(system: system, pinnedRoot: nil) }
    let other = try VerifyingKey(system: system, pinnedRoot: Digest(hashing: [1]))
    #expect(other.identityDigest != arena.key.verifyingKey.identityDigest)
    let proof = try arena.prove()
    #expect(throws: ProofError.otherKey) {
      try Verifier.verify(key: other, proof: proof, allowsPlain: true, allowsUnproven: true)
    }
  }
}

extension Arena {
  /// The commitment to the model.
  func commitment() throws -> any CommittedMatrix {
    try #require(key.commitments).commitment(0, root: key.verifyingKey.pinnedRoot)
  }

  /// This arena's key in the hands of a prover that computes with other weights.
  func key(computing other: Arena, opening commitment: any CommittedMatrix) throws -> ProvingKey {
    let weights = try #require(other.key.commitments)
    return try ProvingKey(
      circuit: key.circuit, verifyingKey: key.verifyingKey, model: other.key.model,
      commitments: ModelCommitments(
        matrix: weights.matrix, group: weights.group, seeds: nil, held: [0: commitment]),
      ledger: nil)
  }

  /// The proof with this arena's key's digest in the header.
  func withOwnDigest(_ proof: [UInt8]) -> [UInt8] {
    var changed = proof
    changed.replaceSubrange(12..<44, with: key.verifyingKey.identityDigest.bytes)
    return changed
  }
}

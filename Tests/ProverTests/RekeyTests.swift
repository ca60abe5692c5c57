import ConstraintSystem
import Foundation
import Hashing
import TestSupport
import Testing
import Transcript
import Verifier
import Witness

@testable import ProofTestSupport
@testable import Prover

/// Fresh commitments to the same weights.
@Suite struct RekeyTests {
  private let arena: Arena
  private var assignment: Assignment { arena.small.assignment }

  init() throws { arena = try Arena(.dense(rows: 2, inputs: 5, outputs: 7)) }

  private func rejection(_ key: ProvingKey, _ proof: [UInt8]) -> ProofError? {
    do {
      _ = try Verifier.verify(key: key.verifyingKey, proof: proof, allowsUnproven: true)
      return nil
    } catch {
      return error
    }
  }

  @Test func aRekeyedModelKeepsItsName() throws {
    let folder = try TemporaryFolder()
    defer { folder.remove() }
    let first = try arena.key(.model(proofs: 1), certifies: true, derivation: [1, 2])
    try first.write(to: folder.file("key"))
    let old = try Prover.prove(first, assignment: assignment).proof
    let second = try first.rekeyed(proofs: 3)
    try second.write(to: folder.file("key"))
    #expect(second.verifyingKey.identityDigest == first.verifyingKey.identityDigest)
    #expect(second.verifyingKey.pinnedRoot == first.verifyingKey.pinnedRoot)
    #expect(second.verifyingKey.derivation == [1, 2])
    let roots = first.verifyingKey.roots + second.verifyingKey.roots
    #expect(Set(roots).count == roots.count && second.verifyingKey.roots.count == 3)
    let new = try Prover.prove(ProvingKey(path: folder.file("key")), assignment: assignment).proof
    #expect(rejection(first, old) == nil && rejection(second, new) == nil)
    #expect(rejection(second, old) == .unknownCommitment)
    #expect(rejection(first, new) == .unknownCommitment)
    let verified = try Verifier.verify(
      key: VerifyingKey(second.verifyingKey.file), proof: new)
    #expect(verified.isKeyProven && verified.modelDigest == first.verifyingKey.identityDigest)
  }

  /// The pinned commitment is opened by a certificate at set-up and at each rekeying.
  @Test func theCertificatesOfAModelAreCounted() throws {
    let folder = try TemporaryFolder()
    defer { folder.remove() }
    var key = try arena.key(.model(proofs: 1), certifies: true)
    let most = try #require(try key.usage()).certificates.bytes.count
    #expect(most >= 2)
    for made in 1..<most {
      #expect(try key.usage()?.certificates.spentCount == made)
      key = try key.rekeyed(proofs: 1)
      // Before it is in a file it knows of no slot of its own.
      #expect(throws: OpeningSlotsError.exhausted) { try key.rekeyed(proofs: 1) }
      try key.write(to: folder.file("key"))
      key = try ProvingKey(path: folder.file("key"))
    }
    #expect(try key.usage()?.certificates.spentCount == most)
    #expect(throws: OpeningSlotsError.exhausted) { try key.rekeyed(proofs: 1) }
  }

  @Test func aKeyInAnotherFileTakesTheCertificatesAlong() throws {
    let folder = try TemporaryFolder()
    defer { folder.remove() }
    let first = try arena.key(.model(proofs: 64), certifies: true)
    try first.write(to: folder.file("first"))
    let most = try #require(try first.usage()).certificates.bytes.count
    let slack = first.verifyingKey.openings * first.verifyingKey.roots.count - 64
    #expect(most >= 3 && slack >= 0)
    let second = try first.rekeyed(proofs: 1)
    try second.write(to: folder.file("second"))
    #expect(try first.usage()?.certificates.freeCount == 0)
    #expect(try first.usage()?.proofs.freeCount == 64 + slack)
    #expect(try second.usage()?.certificates.freeCount == most - 2)
    #expect(throws: OpeningSlotsError.exhausted) { try first.rekeyed(proofs: 1) }
    // The old key's own commitments go on as they are.
    let proof = try Prover.prove(ProvingKey(path: folder.file("first")), assignment: assignment)
    #expect(rejection(first, proof.proof) == nil)
  }

  /// Somebody proves with the old key while its file is replaced: the proof is not given away.
  @Test func aProofThatOutlivesItsFileIsThrownAway() throws {
    let folder = try TemporaryFolder()
    defer { folder.remove() }
    let path = folder.file("key")
    try arena.key(.model(proofs: 2), certifies: true).write(to: path)
    let key = try ProvingKey(path: path)
    let run = try ProvingRun(key, assignment)
    #expect(throws: OpeningSlotsError.replaced(path)) {
      try run.prove(
        { stage in
          guard stage == .opening, let next = try? key.rekeyed(proofs: 1) else { return }
          try? next.write(to: path)
        }, wrap: { $0 })
    }
    #expect(throws: OpeningSlotsError.replaced(path)) {
      try Prover.prove(key, assignment: assignment)
    }
    #expect(throws: OpeningSlotsError.replaced(path)) { try key.rekeyed(proofs: 1) }
    let usage = try #require(try ProvingKey(path: path).usage())
    #expect(usage.proofs.spentCount == 0 && usage.certificates.spentCount == 2)
  }

  @Test func onlyHiddenModelsAreRekeyed() throws {
    for privacy in [ProvingKey.Privacy.none, .witness] {
      #expect(throws: ProverError.nothingToRekey) { try arena.key(privacy).rekeyed(proofs: 1) }
    }
    let key = try arena.key(.model(proofs: 1))
    let limit = 32 * key.verifyingKey.openings
    for proofs in [0, -1, limit + 1] {
      #expect(throws: ProverError.tooManyProofs(limit: limit)) { try key.rekeyed(proofs: proofs) }
    }
  }
}

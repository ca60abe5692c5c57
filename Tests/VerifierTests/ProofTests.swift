import Argument
import ConstraintSystem
import Testing
import Transcript
import Verifier
import Witness

@testable import ProofTestSupport
@testable import Prover

/// Whole proofs of small systems.
@Suite struct ProofTests {
  @Test(arguments: [
    SmallSystem.dense(rows: 1, inputs: 1, outputs: 1),
    SmallSystem.dense(rows: 3, inputs: 13, outputs: 40),
    SmallSystem.convolution(channels: 3, length: 17, outputs: 5, stride: 2),
  ])
  func honestProofsAreAccepted(_ small: SmallSystem) throws {
    for privacy in [ProvingKey.Privacy.none, .witness, .model(proofs: 1), .model(proofs: 70)] {
      try provesAndVerifies(small, privacy)
    }
  }

  private func provesAndVerifies(_ small: SmallSystem, _ privacy: ProvingKey.Privacy) throws {
    let circuit = Circuit(system: small.system, program: WitnessProgram())
    let key = try ProvingKey.make(
      circuit: circuit, model: Arena.model(small.system, small.assignment), privacy: privacy)
    let result = try Prover.prove(key, assignment: small.assignment)
    let verified = try Verifier.verify(
      key: key.verifyingKey, proof: result.proof, allowsPlain: privacy == .none,
      allowsUnproven: true)
    #expect(verified.securityBits >= 128)
    #expect(verified.zeroKnowledge == (privacy != .none))
    #expect(verified.modelDigest == nil)
    #expect(verified.batch == 1 && !verified.isKeyProven)
    #expect(verified.modelRoot == key.verifyingKey.roots.first)
    let published = small.system.tensors.indices.filter { small.system.tensors[$0].role.isPublic }
    #expect(verified.tensors.map(\.name) == published.map { small.system.tensors[$0].name })
    #expect(verified.tensors.map(\.values) == published.map { small.assignment[$0].values })
  }

  /// Whoever checks a proof that hides nothing says so.
  @Test func plainProofsAreAcceptedWhereTheyAreAllowedOnly() throws {
    let arena = try Arena(.residual(size: 5))
    let proof = try arena.prove()
    #expect(throws: ProofError.notHiding) {
      try Verifier.verify(key: arena.key.verifyingKey, proof: proof, allowsUnproven: true)
    }
    #expect(arena.rejection(of: proof) == nil)
  }
}

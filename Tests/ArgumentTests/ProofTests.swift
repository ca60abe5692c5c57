import Argument
import ConstraintSystem
import Testing
import Verifier
import Witness

@testable import Prover

/// Whole proofs of small systems.
@Suite struct ProofTests {
  @Test(arguments: [
    SmallSystem.dense(rows: 1, inputs: 1, outputs: 1),
    SmallSystem.dense(rows: 3, inputs: 13, outputs: 40),
    SmallSystem.convolution(channels: 3, length: 17, outputs: 5, stride: 2),
  ])
  func honestProofsAreAccepted(_ small: SmallSystem) throws {
    for openings in [0, 1, 3] { try provesAndVerifies(small, openings: openings) }
  }

  private func provesAndVerifies(_ small: SmallSystem, openings: Int) throws {
    let circuit = Circuit(system: small.system, program: WitnessProgram())
    var model: [Int: IntegerBuffer] = [:]
    for (i, tensor) in small.system.tensors.enumerated() where tensor.role == .model {
      model[i] = small.assignment[i]
    }
    let key = try ProvingKey.make(circuit: circuit, model: model, openings: openings)
    let result = try Prover.prove(key, assignment: small.assignment)
    let verified = try Verifier.verify(key: key.verifyingKey, proof: result.proof)
    #expect(verified.securityBits >= 128)
    #expect(verified.zeroKnowledge == (openings > 0))
    #expect(verified.modelDigest == key.verifyingKey.digest)
    let published = small.system.tensors.indices.filter { small.system.tensors[$0].role.isPublic }
    #expect(verified.tensors.map(\.name) == published.map { small.system.tensors[$0].name })
    #expect(verified.tensors.map(\.values) == published.map { small.assignment[$0].values })
  }
}

import FieldArithmetic
import Kernels
import Testing
import Transcript

@testable import Commitment
@testable import ProofTestSupport
@testable import Prover

@Suite struct OpeningProverTests {
  @Test(arguments: openingShapes.indices) func proofsEqualTheReference(_ index: Int) throws {
    let (committed, witness) = openingShapes[index]
    for steps in [[], [1], [2, 1], [1, 1, 2]] {
      let instance = OpeningInstance(parameters: try folding(committed, witness, steps: steps))
      let data = instance.openingWitness()
      #expect(
        data.committed.map { $0.copies.map(\.root) }
          == instance.commitments.map { $0.map(\.root) })
      #expect(data.cells?.commitment.root == instance.witnessCommitment?.root)
      let prover = OpeningProver(parameters: instance.parameters, witness: data)
      let proof = try instance.prove(prover)
      #expect(try proof == instance.prove(ReferenceOpening(instance)), "steps \(steps)")
      #expect(instance.rejection(of: proof) == nil)
    }
  }

  @Test func proofsOfLargerDataAreAccepted() throws {
    let model = GroupShape(rowsLog: 7, lanes: 16)
    let witness = GroupShape(rowsLog: 8, lanes: 11)
    let parameters = try OpeningParameters.derive(
      committed: [.init(model, copies: 2)], witness: witness)
    let instance = OpeningInstance(parameters: parameters, seed: 9)
    let prover = OpeningProver(parameters: parameters, witness: instance.openingWitness())
    let proof = try instance.prove(prover)
    #expect(instance.rejection(of: proof) == nil)
    #expect(try proof == instance.prove(ReferenceOpening(instance)))
  }

  @Test func threadsAndPathsDoNotChangeProofs() throws {
    let parameters = try folding(
      GroupShape(rowsLog: 5, lanes: 4), GroupShape(rowsLog: 5, lanes: 5), steps: [2, 1])
    let instance = OpeningInstance(parameters: parameters)
    let expected = try instance.prove(ReferenceOpening(instance))
    for path in [KernelPath.portable, .ifma] {
      KernelPath.current = path
      let prover = OpeningProver(parameters: parameters, witness: instance.openingWitness())
      #expect(try instance.prove(prover) == expected)
    }
  }
}

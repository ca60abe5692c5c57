import FieldArithmetic
import Kernels

@testable import Commitment
@testable import Prover

extension OpeningInstance {
  /// The same data as the kernels take them, committed by the kernels.
  func openingWitness() -> OpeningWitness {
    OpeningWitness(
      committed: parameters.committed.indices.map { group in
        OpeningWitness.Committed(
          copies: committed[group].map {
            MatrixCommitment(
              messages: BaseVector($0.flatMap { $0 }), lanes: $0.count,
              domainLog: parameters.committed[group].domainLog)
          },
          folded: ExtensionVector(folded[group]),
          weights: ExtensionVector(committedWeights[group]))
      },
      cells: parameters.witness.map { group in
        let cells = BaseVector(witness.flatMap { $0.prefix(group.shape.rows) })
        let tails = BaseVector(witness.flatMap { $0.dropFirst(group.shape.rows) })
        let weights = ExtensionVector(witnessWeights.flatMap { $0 })
        guard let masks = openingMasks(tails) else {
          let commitment = MatrixCommitment(
            messages: BaseVector(witness.flatMap { $0 }), lanes: witness.count,
            domainLog: group.domainLog)
          return OpeningWitness.Cells(
            commitment: commitment, cells: cells, tails: tails, weights: weights)
        }
        let commitment = MatrixCommitment(cells: cells, masks: masks, parameters: parameters)
        return OpeningWitness.Cells(
          commitment: commitment, cells: cells, masks: masks, weights: weights)
      })
  }

  private func openingMasks(_ tails: BaseVector) -> OpeningMasks? {
    masks.map {
      OpeningMasks(
        tails: tails,
        rounds: BaseVector(Array($0.rounds.dropFirst(parameters.witness?.shape.rows ?? 0))),
        lane: ExtensionVector($0.lane),
        committed: $0.committed.map { $0.map { ExtensionVector($0) } })
    }
  }
}

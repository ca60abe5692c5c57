import FieldArithmetic
import Hashing
import Kernels
import Polynomials
import TestSupport
import Transcript

@testable import Commitment
@testable import ProofTestSupport
@testable import Prover

/// The real prover as the linear map from its secrets to the verifier's view.
struct OpeningView {
  let secrets: OpeningSecrets
  /// Whether all proofs use the masks of the first one.
  var reusesMasks = false
  /// How far the opened positions are apart.
  var distance = 1

  private var parameters: OpeningParameters { secrets.parameters }

  private struct Weightless: OpeningForm {
    func committedWeight(_ index: Int, at point: [Fp3]) -> Fp3 { .zero }
    func witnessWeight(at point: [Fp3]) -> Fp3 { .zero }
  }

  /// One proof's commitments and secrets, and the value.
  private struct Opening {
    var witness: OpeningWitness
    var committed: [OpeningStatement.Committed]
    var value: Fp3
  }

  /// What is opened in one proof: public coefficients do not depend on the secrets.
  private func opening(_ proof: Int, _ values: [(OpeningSecrets.Slot, Fp)]) throws -> Opening {
    var random = SeededGenerator(seed: UInt64(77 + proof))
    var (data, tails) = (
      secrets.base(.committed, proof, values)[...],
      secrets.base(.committedTails, proof, values)[...]
    )
    var value = Fp3.zero
    var committed: [OpeningWitness.Committed] = []
    var statements: [OpeningStatement.Committed] = []
    for group in parameters.committed {
      let (witness, statement) = self.committed(group, &data, &tails, &random)
      value += innerProduct(
        witness.weights.elements, Array(witness.folded.elements.prefix(group.shape.rows)))
      committed.append(witness)
      statements.append(statement)
    }
    let cells = BaseVector(secrets.base(.cells, proof, values))
    let weights = random.elements(cells.count)
    value += innerProduct(weights, cells.elements)
    let witness = parameters.witness.map { _ in
      let masks = masks(proof, values)
      return OpeningWitness.Cells(
        commitment: MatrixCommitment(cells: cells, masks: masks, parameters: parameters),
        cells: cells, masks: masks, weights: ExtensionVector(weights))
    }
    return Opening(
      witness: OpeningWitness(committed: committed, cells: witness), committed: statements,
      value: value)
  }

  /// A committed group, whose data and tails are taken from those of all groups.
  private func committed(
    _ group: OpeningParameters.Group, _ data: inout ArraySlice<Fp>,
    _ tails: inout ArraySlice<Fp>, _ random: inout SeededGenerator
  ) -> (OpeningWitness.Committed, OpeningStatement.Committed) {
    let shape = group.shape
    let (copyWeights, laneWeights) = (
      random.copyWeights(group.copies), random.laneWeights(group)
    )
    var folded = Array(repeating: Fp3.zero, count: shape.messageLength)
    var copies: [MatrixCommitment] = []
    for copyWeight in copyWeights {
      var messages: [Fp] = []
      for laneWeight in laneWeights {
        let isPublic = shape.tail == 0
        let message =
          isPublic
          ? Array(repeating: Fp.zero, count: shape.rows)
          : Array(data.prefix(shape.rows)) + tails.prefix(shape.tail)
        if !isPublic {
          data = data.dropFirst(shape.rows)
          tails = tails.dropFirst(shape.tail)
        }
        for (i, element) in message.enumerated() {
          folded[i] += copyWeight * laneWeight * element
        }
        messages += message
      }
      copies.append(
        MatrixCommitment(
          messages: BaseVector(messages), lanes: shape.lanes, domainLog: group.domainLog))
    }
    let weights = random.elements(shape.rows)
    return (
      .init(
        copies: copies, folded: ExtensionVector(folded), weights: ExtensionVector(weights)),
      .init(roots: copies.map(\.root), copyWeights: copyWeights, laneWeights: laneWeights)
    )
  }

  private func masks(_ proof: Int, _ values: [(OpeningSecrets.Slot, Fp)]) -> OpeningMasks {
    let owner = reusesMasks ? 0 : proof
    let (shape, zeros) = (parameters.witness?.shape, parameters.roundCoefficients)
    let random = secrets.base(.tails, proof, values)
    let count = (shape?.tail ?? 0) - zeros
    let tails = (0..<(shape?.lanes ?? 0)).flatMap {
      random[$0 * count..<($0 + 1) * count] + Array(repeating: Fp.zero, count: zeros)
    }
    var masks = secrets.elements(.committedMask, owner, values)[...]
    let rounds =
      secrets.base(.polynomialTail, owner, values) + secrets.base(.polynomial, owner, values)
    return OpeningMasks(
      tails: BaseVector(tails), rounds: BaseVector(rounds),
      lane: ExtensionVector(secrets.elements(.lane, owner, values)),
      committed: parameters.committed.map { group in
        guard group.shape.tail > 0 else { return nil }
        defer { masks = masks.dropFirst(group.shape.messageLength) }
        return ExtensionVector(Array(masks.prefix(group.shape.messageLength)))
      })
  }

  /// The seed of a proof's challenges.
  static func seed(_ proof: Int) -> UInt64 { UInt64(99 + proof) }

  /// What the secrets lead to.
  struct Image {
    /// The claimed values, three coordinates each.
    var claims: [Fp] = []
    /// The views of all proofs.
    var messages: [Fp] = []
    /// A leaf that stays closed: of the witness first, then of each hidden group's copies.
    var closed: [[Fp]] = []
  }

  func callAsFunction(_ values: [(OpeningSecrets.Slot, Fp)]) throws -> Image {
    var image = Image()
    for proof in 0..<secrets.proofs {
      let opening = try opening(proof, values)
      let witness = opening.witness
      var context = ProgrammedContext(
        OpeningProver(parameters: parameters, witness: witness), seed: Self.seed(proof),
        firstPosition: 1 + proof * parameters.queries, distance: distance)
      let statement = OpeningStatement(
        parameters: parameters, committed: opening.committed,
        witnessRoot: witness.cells?.commitment.root)
      try verifyOpening(&context, statement, form: Weightless(), value: opening.value)
      image.claims += [opening.value.c0, opening.value.c1, opening.value.c2]
      image.messages += context.view
      var closed = [witness.cells?.commitment.leaf(0) ?? []]
      for (group, committed) in zip(parameters.committed, witness.committed)
      where group.shape.tail > 0 {
        closed += committed.copies.map { $0.leaf(0) }
      }
      image.closed += closed
    }
    return image
  }
}

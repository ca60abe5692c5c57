import FieldArithmetic
import Prover
import Testing
import Transcript

@testable import Commitment
@testable import ProofTestSupport

/// Shapes that reach every branch: one row, one lane, missing lanes, one group only, groups of equal
/// and of different sizes, tails of one piece and of several, several groups and copies, weights of
/// both kinds, no folding step and several.
let openingShapes: [(committed: [CommittedShape], witness: GroupShape?)] = [
  ([], GroupShape(rowsLog: 0, lanes: 1)),
  ([], GroupShape(rowsLog: 3, lanes: 1)),
  ([], GroupShape(rowsLog: 0, lanes: 5)),
  ([], GroupShape(rowsLog: 4, lanes: 7)),
  ([.init(GroupShape(rowsLog: 0, lanes: 1))], nil),
  ([.init(GroupShape(rowsLog: 4, lanes: 8))], nil),
  ([.init(GroupShape(rowsLog: 2, lanes: 3))], GroupShape(rowsLog: 2, lanes: 4)),
  ([.init(GroupShape(rowsLog: 5, lanes: 4))], GroupShape(rowsLog: 2, lanes: 6)),
  ([.init(GroupShape(rowsLog: 1, lanes: 2))], GroupShape(rowsLog: 6, lanes: 3)),
  ([.init(GroupShape(rowsLog: 0, lanes: 1))], GroupShape(rowsLog: 0, lanes: 1)),
  ([], GroupShape(rowsLog: 4, lanes: 3, tail: 4)),
  ([.init(GroupShape(rowsLog: 4, lanes: 4, tail: 8))], GroupShape(rowsLog: 4, lanes: 5, tail: 4)),
  ([.init(GroupShape(rowsLog: 3, lanes: 2, tail: 8))], GroupShape(rowsLog: 2, lanes: 2)),
  ([.init(GroupShape(rowsLog: 2, lanes: 3, tail: 12), weights: .powers)], nil),
  (
    [
      .init(GroupShape(rowsLog: 3, lanes: 4), copies: 3),
      .init(GroupShape(rowsLog: 1, lanes: 5, tail: 6), weights: .powers),
      .init(GroupShape(rowsLog: 0, lanes: 3), copies: 2, weights: .powers),
    ], GroupShape(rowsLog: 2, lanes: 3)
  ),
]

@Suite struct OpeningTests {
  @Test(arguments: openingShapes.indices) func everyShapeIsAccepted(_ index: Int) throws {
    let (committed, witness) = openingShapes[index]
    for steps in [[], [1], [2, 1], [1, 1, 2]] {
      let parameters = try folding(committed, witness, steps: steps)
      let instance = OpeningInstance(parameters: parameters)
      let proof = try instance.prove(ReferenceOpening(instance))
      #expect(instance.rejection(of: proof) == nil, "steps \(steps)")
    }
  }

  @Test func derivedParametersAreAccepted() throws {
    let parameters = try OpeningParameters.derive(
      committed: [.init(GroupShape(rowsLog: 6, lanes: 4))],
      witness: GroupShape(rowsLog: 5, lanes: 3))
    let instance = OpeningInstance(parameters: parameters)
    let proof = try instance.prove(ReferenceOpening(instance))
    #expect(instance.rejection(of: proof) == nil)
  }

  @Test func proofsOfWorkAreMadeAndDemanded() throws {
    let witness = GroupShape(rowsLog: 4, lanes: 2)
    let parameters = try folding(nil, witness, steps: [2], queryWork: 6, foldWork: 5)
    let instance = OpeningInstance(parameters: parameters)
    let proof = try instance.prove(ReferenceOpening(instance))
    #expect(instance.rejection(of: proof) == nil)
    let without = try folding(nil, witness, steps: [2], queryWork: 0, foldWork: 5)
    #expect(without != parameters)
    #expect(OpeningInstance(parameters: without).rejection(of: proof) != nil)
  }

  @Test(arguments: openingShapes.indices) func anotherValueIsRejected(_ index: Int) throws {
    let (committed, witness) = openingShapes[index]
    for steps in [[], [2, 1]] {
      let instance = OpeningInstance(parameters: try folding(committed, witness, steps: steps))
      let proof = try instance.prove(ReferenceOpening(instance))
      let rejection = instance.rejection(of: proof, value: instance.value + .one)
      #expect(rejection != nil)
      // A prover that claims the other value from the start, and is honest otherwise.
      let forgedValue = instance.value + Fp3(.zero, .one, .zero)
      let forged = try instance.prove(ReferenceOpening(instance), value: forgedValue)
      #expect(instance.rejection(of: forged, value: forgedValue) == .rejected(.openingFinalClaim))
    }
  }
}

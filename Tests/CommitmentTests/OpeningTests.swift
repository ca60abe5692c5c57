import FieldArithmetic
import Prover
import Testing
import Transcript

@testable import Commitment

typealias CommittedShape = OpeningParameters.CommittedShape

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

/// Parameters with folding steps, which the search would not choose for so small a vector.
func folding(
  _ committed: [CommittedShape], _ witness: GroupShape?, steps: [Int], queryWork: Int = 0,
  foldWork: Int = 0, targetBits: Int = 50, isHiding: Bool = false
) throws -> OpeningParameters {
  let derived = try OpeningParameters.derive(
    committed: committed, witness: witness, targetBits: targetBits, queryWork: queryWork,
    isHiding: isHiding)
  let search = ParameterSearch(targetBits: targetBits, queryWork: queryWork, inverseRateLog: 2)
  let layout = derived.layout
  var log = layout.log
  var rounds: [OpeningParameters.Round] = []
  for lanesLog in steps where lanesLog <= log {
    log -= lanesLog
    let isTrimmed = isHiding && rounds.isEmpty
    rounds.append(
      .init(
        lanesLog: lanesLog, rowsLog: log, domainLog: log + 2,
        queries: search.queries(messageLength: 1 << log, domainLog: log + 2), foldWork: foldWork,
        lanes: isTrimmed ? (layout.count - 1) >> log + 1 : nil))
  }
  return OpeningParameters(
    committed: derived.committed, witness: derived.witness, queries: derived.queries,
    positionsLog: derived.positionsLog, rounds: rounds, finalLog: log, queryWork: queryWork,
    targetBits: targetBits, estimatedBytes: 0, hiding: derived.hiding)
}

/// The same with one group at most, as most keys have it.
func folding(
  _ model: GroupShape?, _ witness: GroupShape?, steps: [Int], queryWork: Int = 0,
  foldWork: Int = 0, targetBits: Int = 50
) throws -> OpeningParameters {
  try folding(
    model.map { [CommittedShape($0)] } ?? [], witness, steps: steps, queryWork: queryWork,
    foldWork: foldWork, targetBits: targetBits)
}

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

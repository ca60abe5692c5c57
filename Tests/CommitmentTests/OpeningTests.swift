import FieldArithmetic
import Prover
import Testing
import Transcript

@testable import Commitment

/// Shapes that reach every branch: one row, one lane, missing lanes, one group only, groups of equal
/// and of different sizes, tails, no folding step and several.
let openingShapes: [(model: GroupShape?, witness: GroupShape?)] = [
  (nil, GroupShape(rowsLog: 0, lanes: 1)),
  (nil, GroupShape(rowsLog: 3, lanes: 1)),
  (nil, GroupShape(rowsLog: 0, lanes: 5)),
  (nil, GroupShape(rowsLog: 4, lanes: 7)),
  (GroupShape(rowsLog: 0, lanes: 1), nil),
  (GroupShape(rowsLog: 4, lanes: 8), nil),
  (GroupShape(rowsLog: 2, lanes: 3), GroupShape(rowsLog: 2, lanes: 4)),
  (GroupShape(rowsLog: 5, lanes: 4), GroupShape(rowsLog: 2, lanes: 6)),
  (GroupShape(rowsLog: 1, lanes: 2), GroupShape(rowsLog: 6, lanes: 3)),
  (GroupShape(rowsLog: 0, lanes: 1), GroupShape(rowsLog: 0, lanes: 1)),
  (nil, GroupShape(rowsLog: 4, lanes: 3, tail: 4)),
  (GroupShape(rowsLog: 4, lanes: 4, tail: 8), GroupShape(rowsLog: 4, lanes: 5, tail: 4)),
  (GroupShape(rowsLog: 3, lanes: 2, tail: 8), GroupShape(rowsLog: 2, lanes: 2)),
]

/// Parameters with folding steps, which the search would not choose for so small a vector.
func folding(
  _ model: GroupShape?, _ witness: GroupShape?, steps: [Int], queryWork: Int = 0, foldWork: Int = 0,
  targetBits: Int = 50, isHiding: Bool = false
) throws -> OpeningParameters {
  let derived = try OpeningParameters.derive(
    model: model, witness: witness, targetBits: targetBits, queryWork: queryWork,
    isHiding: isHiding)
  let search = ParameterSearch(targetBits: targetBits, queryWork: queryWork)
  var log = derived.vectorLog
  let count = FoldedLayout(model: model, witness: witness).count
  var rounds: [OpeningParameters.Round] = []
  for lanesLog in steps where lanesLog <= log {
    log -= lanesLog
    let isTrimmed = isHiding && rounds.isEmpty
    rounds.append(
      .init(
        lanesLog: lanesLog, rowsLog: log, domainLog: log + 2,
        queries: search.queries(messageLength: 1 << log, domainLog: log + 2), foldWork: foldWork,
        lanes: isTrimmed ? (count - 1) >> log + 1 : nil))
  }
  return OpeningParameters(
    model: derived.model, witness: derived.witness, rounds: rounds, finalLog: log,
    queryWork: queryWork, targetBits: targetBits, estimatedBytes: 0,
    hiding: derived.hiding)
}

@Suite struct OpeningTests {
  @Test(arguments: openingShapes.indices) func everyShapeIsAccepted(_ index: Int) throws {
    let (model, witness) = openingShapes[index]
    for steps in [[], [1], [2, 1], [1, 1, 2]] {
      let parameters = try folding(model, witness, steps: steps)
      let instance = OpeningInstance(parameters: parameters)
      let proof = try instance.prove(ReferenceOpening(instance))
      #expect(instance.rejection(of: proof) == nil, "steps \(steps)")
    }
  }

  @Test func derivedParametersAreAccepted() throws {
    let parameters = try OpeningParameters.derive(
      model: GroupShape(rowsLog: 6, lanes: 4), witness: GroupShape(rowsLog: 5, lanes: 3))
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
    let (model, witness) = openingShapes[index]
    for steps in [[], [2, 1]] {
      let instance = OpeningInstance(parameters: try folding(model, witness, steps: steps))
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

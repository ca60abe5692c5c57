import FieldArithmetic
import Hashing
import Kernels
import Testing
import Transcript

@testable import Commitment
@testable import Prover

/// Shapes that reach every branch of a hiding opening: with and without rounds over the witness's
/// lanes, without a model, and parts of every order of sizes.
let hiddenShapes: [(model: GroupShape?, witness: GroupShape)] = [
  (nil, GroupShape(rowsLog: 0, lanes: 1)),
  (nil, GroupShape(rowsLog: 3, lanes: 1)),
  (nil, GroupShape(rowsLog: 0, lanes: 5)),
  (nil, GroupShape(rowsLog: 5, lanes: 7)),
  (GroupShape(rowsLog: 2, lanes: 3), GroupShape(rowsLog: 2, lanes: 4)),
  (GroupShape(rowsLog: 6, lanes: 4), GroupShape(rowsLog: 2, lanes: 6)),
  (GroupShape(rowsLog: 1, lanes: 8), GroupShape(rowsLog: 6, lanes: 3)),
  (GroupShape(rowsLog: 0, lanes: 4), GroupShape(rowsLog: 0, lanes: 1)),
]

/// Parameters with folding steps whose opening hides the data.
func hiding(
  _ model: GroupShape?, _ witness: GroupShape, steps: [Int], targetBits: Int = 10,
  openings: Int = 1
) throws -> OpeningParameters {
  let model = try model.map { try $0.hidingModel(openings: openings, targetBits: targetBits) }
  let witness = try witness.hidingWitness(targetBits: targetBits)
  return try folding(model, witness, steps: steps, targetBits: targetBits, isHiding: true)
}

@Suite struct HidingTests {
  @Test(arguments: hiddenShapes.indices) func everyShapeIsAccepted(_ index: Int) throws {
    let (model, witness) = hiddenShapes[index]
    for steps in [[], [1], [2, 1], [3, 1, 2]] {
      let instance = OpeningInstance(parameters: try hiding(model, witness, steps: steps))
      let proof = try instance.prove(ReferenceOpening(instance))
      #expect(instance.rejection(of: proof) == nil, "steps \(steps)")
      let data = instance.openingWitness()
      #expect(data.cells?.commitment.root == instance.witnessCommitment?.root)
      let prover = OpeningProver(parameters: instance.parameters, witness: data)
      #expect(try instance.prove(prover) == proof, "steps \(steps)")
    }
  }

  @Test(arguments: hiddenShapes.indices) func anotherValueIsRejected(_ index: Int) throws {
    let (model, witness) = hiddenShapes[index]
    for steps in [[], [2, 1]] {
      let instance = OpeningInstance(parameters: try hiding(model, witness, steps: steps))
      let proof = try instance.prove(ReferenceOpening(instance))
      #expect(instance.rejection(of: proof, value: instance.value + .one) != nil)
      let value = instance.value + Fp3(.zero, .zero, .one)
      let forged = try instance.prove(ReferenceOpening(instance), value: value)
      #expect(instance.rejection(of: forged, value: value) == .rejected(.openingFinalClaim))
    }
  }

  @Test func drawnMasksMakeProofsThatShareNothing() throws {
    let model = try GroupShape(rowsLog: 6, lanes: 4).hidingModel(openings: 3)
    let witness = try GroupShape(rowsLog: 8, lanes: 11).hidingWitness()
    let parameters = try OpeningParameters.derive(model: model, witness: witness, isHiding: true)
    #expect(parameters.modelOpenings >= 3)
    let instance = OpeningInstance(parameters: parameters, seed: 4)
    var entropy = SystemEntropy()
    let group = try #require(parameters.witness)
    let cells = BaseVector(instance.witness.flatMap { $0.prefix(group.shape.rows) })
    var roots: [Digest] = []
    for _ in 0..<2 {
      let masks = try OpeningMasks(parameters: parameters, entropy: &entropy)
      let commitment = MatrixCommitment(cells: cells, masks: masks, group: group)
      let witness = OpeningWitness(
        model: instance.openingWitness().model,
        cells: .init(
          commitment: commitment, cells: cells, masks: masks,
          weights: ExtensionVector(instance.witnessWeights.flatMap { $0 })))
      let statement = OpeningStatement(
        parameters: parameters, modelRoot: instance.modelCommitment?.root,
        witnessRoot: commitment.root, lanePoint: instance.lanePoint)
      var context = ProverContext(
        domain: "opening test", statement: [],
        responder: OpeningProver(parameters: parameters, witness: witness))
      try verifyOpening(&context, statement, form: instance, value: instance.value)
      var verifier = VerifierContext(
        domain: "opening test", statement: [], proof: context.proof)
      try verifyOpening(&verifier, statement, form: instance, value: instance.value)
      try verifier.finish()
      roots += [commitment.root, try #require(masks.modelCommitment).root]
      masks.wipe()
      #expect(masks.lane.elements.allSatisfy { $0 == .zero })
      #expect(masks.modelCommitment?.leaf(0) == [.zero, .zero, .zero])
    }
    #expect(Set(roots).count == 4)
  }
}

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
  (GroupShape(rowsLog: 1, lanes: 33), GroupShape(rowsLog: 1, lanes: 65)),
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

  private struct Failing: EntropySource {
    struct Refusal: Error {}
    func seed() throws -> Digest { throw Refusal() }
  }

  @Test func nothingIsDrawnWithoutEntropy() throws {
    let parameters = try hiding(nil, GroupShape(rowsLog: 3, lanes: 2), steps: [])
    #expect(throws: Failing.Refusal.self) {
      var entropy = Failing()
      _ = try OpeningMasks(parameters: parameters, entropy: &entropy)
    }
    var entropy = SystemEntropy()
    #expect(try entropy.seed() != entropy.seed())
  }

  /// The words of the keyed hashes of 0, 1, …, as far as they are below p.
  @Test func streamsFollowTheirDefinition() {
    let seed = Digest(hashing: [7])
    var expected: [Fp] = []
    var counter: UInt64 = 0
    // A Montgomery form is an integer times 2^52.
    let radix = Fp(1 << 52).inverse
    while expected.count < 3000 {
      var hasher = Blake3Hasher(key: seed)
      hasher.update(littleEndian: (Fp(counter) * radix).canonical)
      let bytes = hasher.digest().bytes
      for i in 0..<4 {
        let word = (0..<7).reduce(UInt64(0)) { $0 | UInt64(bytes[8 * i + $1]) << UInt64(8 * $1) }
        if let element = Fp(canonical: word & (1 << 50 - 1)) { expected.append(element * radix) }
      }
      counter += 1
    }
    var stream = MaskStream(seed: seed)
    #expect(stream.base(3000).elements == Array(expected.prefix(3000)))
    let next = stream.base(1).elements
    #expect(!expected.prefix(3000).contains(next[0]))
    var large = MaskStream(seed: seed)
    let elements = large.base(70_000).elements
    #expect(Array(elements.prefix(3000)) == Array(expected.prefix(3000)))
    #expect(Set(elements).count == 70_000)
  }

  /// A prover without data, which knows the first challenge, and claims what it is told.
  private final class Simulator: Responder {
    let honest: ReferenceOpening
    let shift: Fp3

    init(_ honest: ReferenceOpening, shift: Fp3) {
      self.honest = honest
      self.shift = shift
    }

    func message(_ label: MessageLabel, count: Int) -> [Fp3] {
      let message = honest.message(label, count: count)
      return label == .openingMaskSum ? [message[0] - shift] : message
    }
    func digest(_ label: MessageLabel) -> Digest { honest.digest(label) }
    func hintElements(_ label: MessageLabel, count: Int) -> [Fp] {
      honest.hintElements(label, count: count)
    }
    func hintDigests(_ label: MessageLabel, count: Int) -> [Digest] {
      honest.hintDigests(label, count: count)
    }
    func learn(_ label: MessageLabel, challenges: [Fp3]) {
      honest.learn(label, challenges: challenges)
    }
    func learn(_ label: MessageLabel, indices: [Int]) { honest.learn(label, indices: indices) }
  }

  @Test(arguments: hiddenShapes.indices) func proofsAreSimulatedWithoutData(_ index: Int) throws {
    let (model, witness) = hiddenShapes[index]
    let blank = OpeningInstance(
      parameters: try hiding(model, witness, steps: [2, 1]), isBlank: true)
    #expect(blank.value == .zero)
    var random = Random(seed: 51)
    let value = random.element()
    var challenges = Random(seed: 52)
    let simulator = Simulator(ReferenceOpening(blank), shift: challenges.element() * value)
    for (responder, isAccepted) in [
      (simulator as any Responder, true), (ReferenceOpening(blank), false),
    ] {
      var context = ProgrammedContext(responder, seed: 52, firstPosition: 3, isStrict: true)
      let rejection: ProofError?
      do throws(ProofError) {
        try verifyOpening(&context, blank.statement, form: blank, value: value)
        rejection = nil
      } catch {
        rejection = error
      }
      #expect(rejection == (isAccepted ? nil : .rejected(.openingFinalClaim)))
    }
  }

  @Test func aMissingConditionHasItsError() throws {
    let witness = try GroupShape(rowsLog: 6, lanes: 4).hidingWitness()
    let model = try GroupShape(rowsLog: 6, lanes: 4).hidingModel(openings: 2)
    func error(_ model: GroupShape?, _ witness: GroupShape?) -> ParameterError? {
      do throws(ParameterError) {
        _ = try OpeningParameters.derive(model: model, witness: witness, isHiding: true)
        return nil
      } catch {
        return error
      }
    }
    #expect(error(model, witness) == nil)
    #expect(error(nil, witness) == nil)
    #expect(error(model, nil) == .withoutWitness)
    let short = GroupShape(rowsLog: 6, lanes: 4, tail: witness.tail / 2)
    #expect(error(model, short) == .shortTail)
    #expect(error(short, witness) == .shortTail)
    #expect(error(GroupShape(rowsLog: 6, lanes: 2, tail: 512), witness) == .tooFewLanes)
    #expect(throws: ParameterError.tooFewLanes) {
      try GroupShape(rowsLog: 6, lanes: 2).hidingModel(openings: 1)
    }
  }

  /// With the shortest tails that suffice, and every error term at the target.
  @Test(arguments: [0, 5, 10, 14]) func hidingParametersAreSafeAndTight(_ rowsLog: Int) throws {
    for (lanes, openings) in [(3, 1), (16, 10), (256, 1000)] {
      let model = try GroupShape(rowsLog: rowsLog, lanes: lanes).hidingModel(openings: openings)
      let witness = try GroupShape(rowsLog: rowsLog, lanes: lanes - 2).hidingWitness()
      let parameters = try OpeningParameters.derive(
        model: model, witness: witness, isHiding: true)
      let group = try #require(parameters.witness)
      let hiding = try #require(parameters.hiding)
      #expect(group.queries <= witness.tail && hiding.vectorLength <= witness.messageLength)
      #expect(parameters.modelOpenings >= openings)
      #expect(model.tail / 2 <= openings * (try #require(parameters.model).queries + 110))
      let table = parameters.security
      #expect(table.hundredths >= 12800)
      #expect(table.entries.contains { $0.term == .maskFold })
      #expect(table.entries.contains { $0.term == .maskFactor })
      let plain = try OpeningParameters.derive(model: model, witness: witness)
      #expect(plain.modelOpenings == 0 && plain.hiding == nil)
    }
  }
}

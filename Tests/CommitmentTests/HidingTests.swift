import FieldArithmetic
import Hashing
import Kernels
import TestSupport
import Testing
import Transcript

@testable import Commitment
@testable import ProofTestSupport
@testable import Prover

/// A committed group without its tail, and how often it may be opened; never if it is public.
struct HiddenGroup {
  var shape: GroupShape
  var openings = 1
  var copies = 1
  var weights = OpeningParameters.LaneWeights.tensor
}

/// Shapes that reach every branch of a hiding opening: with few and many lanes, without a committed group and with several, with copies, with a public one, with codes that
/// are shorter than the witness's, and parts of every order of sizes.
let hiddenShapes: [(committed: [HiddenGroup], witness: GroupShape)] = [
  ([], GroupShape(rowsLog: 0, lanes: 1)),
  ([], GroupShape(rowsLog: 3, lanes: 1)),
  ([], GroupShape(rowsLog: 0, lanes: 5)),
  ([], GroupShape(rowsLog: 5, lanes: 7)),
  ([.init(shape: GroupShape(rowsLog: 2, lanes: 4))], GroupShape(rowsLog: 2, lanes: 4)),
  ([.init(shape: GroupShape(rowsLog: 6, lanes: 4))], GroupShape(rowsLog: 2, lanes: 6)),
  ([.init(shape: GroupShape(rowsLog: 1, lanes: 8))], GroupShape(rowsLog: 6, lanes: 3)),
  ([.init(shape: GroupShape(rowsLog: 0, lanes: 4))], GroupShape(rowsLog: 0, lanes: 1)),
  ([.init(shape: GroupShape(rowsLog: 1, lanes: 33))], GroupShape(rowsLog: 1, lanes: 65)),
  ([.init(shape: GroupShape(rowsLog: 3, lanes: 4), openings: 0)], GroupShape(rowsLog: 2, lanes: 3)),
  (
    [
      .init(shape: GroupShape(rowsLog: 3, lanes: 4), copies: 3),
      .init(shape: GroupShape(rowsLog: 7, lanes: 2), openings: 0, weights: .powers),
      .init(shape: GroupShape(rowsLog: 1, lanes: 5), openings: 2, weights: .powers),
    ], GroupShape(rowsLog: 5, lanes: 3)
  ),
]

/// Parameters with folding steps whose opening hides the data.
func hiding(
  _ committed: [HiddenGroup], _ witness: GroupShape, steps: [Int], targetBits: Int = 10
) throws -> OpeningParameters {
  let shapes = try OpeningParameters.hidingShapes(
    committed: committed.map { ($0.shape, $0.openings) }, witness: witness,
    targetBits: targetBits)
  let groups = zip(committed, shapes.committed).map {
    CommittedShape($1, copies: $0.copies, weights: $0.weights)
  }
  return try folding(
    groups, shapes.witness, steps: steps, targetBits: targetBits, isHiding: true)
}

@Suite struct HidingTests {
  @Test(arguments: hiddenShapes.indices) func everyShapeIsAccepted(_ index: Int) throws {
    let (committed, witness) = hiddenShapes[index]
    for steps in [[], [1], [2, 1], [3, 1, 2]] {
      let instance = OpeningInstance(parameters: try hiding(committed, witness, steps: steps))
      let proof = try instance.prove(ReferenceOpening(instance))
      #expect(instance.rejection(of: proof) == nil, "steps \(steps)")
      let data = instance.openingWitness()
      #expect(data.cells?.commitment.root == instance.witnessCommitment?.root)
      let prover = OpeningProver(parameters: instance.parameters, witness: data)
      #expect(try instance.prove(prover) == proof, "steps \(steps)")
    }
  }

  @Test(arguments: hiddenShapes.indices) func anotherValueIsRejected(_ index: Int) throws {
    let (committed, witness) = hiddenShapes[index]
    for steps in [[], [2, 1]] {
      let instance = OpeningInstance(parameters: try hiding(committed, witness, steps: steps))
      let proof = try instance.prove(ReferenceOpening(instance))
      #expect(instance.rejection(of: proof, value: instance.value + .one) != nil)
      let value = instance.value + Fp3(.zero, .zero, .one)
      let forged = try instance.prove(ReferenceOpening(instance), value: value)
      #expect(instance.rejection(of: forged, value: value) == .rejected(.openingFinalClaim))
    }
  }

  @Test func drawnMasksMakeProofsThatShareNothing() throws {
    let shapes = try OpeningParameters.hidingShapes(
      committed: [(GroupShape(rowsLog: 6, lanes: 4), 3), (GroupShape(rowsLog: 9, lanes: 2), 0)],
      witness: GroupShape(rowsLog: 8, lanes: 11))
    let parameters = try OpeningParameters.derive(
      committed: shapes.committed.map { .init($0) }, witness: shapes.witness, isHiding: true)
    #expect(parameters.openings(ofCommitted: 0) >= 3 && parameters.openings(ofCommitted: 1) == 0)
    let instance = OpeningInstance(parameters: parameters, seed: 4)
    var entropy = SystemEntropy()
    let shape = try #require(parameters.witness).shape
    let cells = BaseVector(instance.witness.flatMap { $0.prefix(shape.rows) })
    var leaves: [Fp] = []
    for _ in 0..<2 {
      let masks = try OpeningMasks(parameters: parameters, entropy: &entropy)
      for lane in 1...shape.lanes {
        let tail = masks.tails[(lane - 1) * shape.tail..<lane * shape.tail].elements
        let zeros = parameters.roundCoefficients
        #expect(tail.suffix(zeros).allSatisfy { $0 == .zero })
        #expect(tail.dropLast(zeros).count { $0 == .zero } == 0)
      }
      let commitment = MatrixCommitment(cells: cells, masks: masks, parameters: parameters)
      leaves += commitment.leaf(5)
      let witness = OpeningWitness(
        committed: instance.openingWitness().committed,
        cells: .init(
          commitment: commitment, cells: cells, masks: masks,
          weights: ExtensionVector(instance.witnessWeights.flatMap { $0 })))
      let statement = OpeningStatement(
        parameters: parameters, committed: instance.statement.committed,
        witnessRoot: commitment.root)
      var context = ProverContext(
        domain: "opening test", statement: [],
        responder: OpeningProver(parameters: parameters, witness: witness))
      try verifyOpening(&context, statement, form: instance, value: instance.value)
      var verifier = VerifierContext(
        domain: "opening test", statement: [], proof: context.proof)
      try verifyOpening(&verifier, statement, form: instance, value: instance.value)
      try verifier.finish()
      masks.wipe()
      #expect(masks.rounds.elements.allSatisfy { $0 == .zero })
      #expect(
        ([masks.lane] + masks.committed.compactMap { $0 }).allSatisfy {
          $0.elements.allSatisfy { $0 == .zero }
        })
      commitment.wipe()
      #expect(commitment.leaf(0).allSatisfy { $0 == .zero })
    }
    #expect(leaves.count == 2 * (shape.lanes + 7) && Set(leaves).count == leaves.count)
  }

  private struct Failing: EntropySource {
    struct Refusal: Error {}
    func seed() throws -> Digest { throw Refusal() }
  }

  @Test func nothingIsDrawnWithoutEntropy() throws {
    let parameters = try hiding([], GroupShape(rowsLog: 3, lanes: 2), steps: [])
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
  private final class Simulator: ForwardingResponder {
    let shift: Fp3

    init(_ inner: ReferenceOpening, shift: Fp3) {
      self.shift = shift
      super.init(inner)
    }

    override func message(_ label: MessageLabel, count: Int) -> [Fp3] {
      let message = super.message(label, count: count)
      return label == .openingMaskSum ? [message[0] - shift] : message
    }
  }

  @Test(arguments: hiddenShapes.indices) func proofsAreSimulatedWithoutData(_ index: Int) throws {
    let (committed, witness) = hiddenShapes[index]
    let blank = OpeningInstance(
      parameters: try hiding(committed, witness, steps: [2, 1]), isBlank: true)
    #expect(blank.value == .zero)
    var random = SeededGenerator(seed: 51)
    let value = random.element()
    var challenges = SeededGenerator(seed: 52)
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
}

import FieldArithmetic
import Hashing
import Kernels
import TestSupport
import Testing
import Transcript

@testable import Argument
@testable import Commitment
@testable import ProofTestSupport
@testable import Prover
@testable import Verifier

/// How much a whole proof of the real prover says of its witness and model, exactly, with the
/// challenges fixed.
///
/// Messages are hidden by pads, one for each, so two networks with the same outputs send the same
/// messages with pads that differ by what the messages differ by. With these pads the opening is an
/// affine map of tails and masks: the networks can't be told apart if and only if the views'
/// difference lies in the image of its linear part. That image is spanned by random samples of all
/// secrets, more of them than it has dimensions.
@Suite struct WholeProofLeakageTests {
  private let honest = TinyNetwork(weights: [1, 2, -4, 1], inputs: [3, 1])
  /// Others with the output zero.
  private let others = [
    TinyNetwork(weights: [0, 0, 0, 0], inputs: [0, 0]),
    TinyNetwork(weights: [5, -7, 3, -1], inputs: [2, 3]),
    TinyNetwork(weights: [7, 6, -3, 2], inputs: [0, 0]),
    TinyNetwork(weights: [-8, 7, 7, -6], inputs: [1, 1]),
    TinyNetwork(weights: [3, 3, 3, 3], inputs: [0, 0]),
    TinyNetwork(weights: [1, 2, -4, 1], inputs: [1, 2]),
  ]

  /// Pads in which some are no secrets.
  private func pads(
    _ plan: PadPlan, _ sabotage: Sabotage?, _ value: (Int) -> Fp3
  ) -> Pads {
    let values = ExtensionVector((0..<plan.count).map(value))
    switch sabotage {
    case .padMissing: values[5] = .zero
    case .padShared: values[6] = values[5]
    case .tripleMissing: values[plan.triple(1) + 1] = .zero
    default: break
    }
    return Pads(plan, drawn: values)
  }

  private func masks(
    _ parameters: OpeningParameters, _ sabotage: Sabotage?, seed: Int
  ) throws -> OpeningMasks {
    var entropy = FixedEntropy(number: seed)
    let masks = try OpeningMasks(parameters: parameters, entropy: &entropy)
    func clear(_ vector: ExtensionVector?, coordinates: Range<Int> = 0..<3) {
      // Not with `wipe`, which overwrites all planes.
      for k in coordinates {
        guard let plane = vector?.plane(k) else { continue }
        plane.assign(BaseVector(zeros: plane.count))
      }
    }
    switch sabotage {
    case .noFoldMask: clear(masks.lane)
    case .noModelMask: clear(masks.committed[0])
    case .noRoundMask: masks.rounds.wipe()
    case .baseFieldMask: clear(masks.lane, coordinates: 1..<3)
    case .shortTails:
      // As many random coefficients as positions are opened hide the opened ones: one fewer.
      let tail = parameters.witness?.shape.tail ?? 0
      let random = tail - parameters.roundCoefficients
      for lane in 0..<(parameters.witness?.shape.lanes ?? 0) {
        for i in lane * tail + parameters.queries - 1..<lane * tail + random {
          masks.tails[i] = .zero
        }
      }
    default: break
    }
    return masks
  }

  /// The pads with which a network sends what another run sent, as far as pads can do that.
  private func pads(
    of network: TinyNetwork, like target: WholeProof.Run, _ proof: WholeProof,
    _ sabotage: Sabotage?
  ) throws -> Pads {
    let plan = proof.mode.layout.pads
    let zeros = Pads(plan, drawn: ExtensionVector(zeros: plan.count))
    let plain = try proof.run(
      network, pads: zeros, masks: try masks(proof.mode.parameters, nil, seed: 0))
    var values = (0..<plan.count).map { _ in Fp3.zero }
    for i in target.masked.indices { values[i] = plain.masked[i] - target.masked[i] }
    if sabotage == .padMissing { values[5] = .zero }
    if sabotage == .padShared { values[6] = values[5] }
    for (k, product) in plan.products.enumerated() {
      values[plan.triple(k)] = target.sacrifice * values[product.a] - target.sacrificed[2 * k]
      values[plan.triple(k) + 1] = values[product.b] - target.sacrificed[2 * k + 1]
    }
    return pads(plan, sabotage) { values[$0] }
  }

  /// The dimension of what proofs under one model say beyond the outputs.
  /// - Parameters:
  ///   - number: how many proofs there are, all of the same network.
  ///   - reusesMasks: whether all proofs have the masks of the first.
  private func leakage(
    _ sabotage: Sabotage? = nil, modelTail: Int = 4, queries: Int = 2, steps: [Int] = [],
    number: Int = 1, reusesMasks: Bool = false
  ) throws -> Int {
    let proofs = try (0..<number).map {
      try WholeProof(modelTail: modelTail, queries: queries, steps: steps, number: $0)
    }
    let parameters = proofs[0].mode.parameters
    func view(_ network: TinyNetwork, _ pads: [Pads], secrets: Int) throws -> [Fp] {
      try proofs.enumerated().flatMap { number, proof in
        let masks = try masks(
          parameters, sabotage, seed: 1 + 2 * secrets + (reusesMasks ? 0 : number))
        return try proof.run(network, pads: pads[number], masks: masks, tails: secrets).view
      }
    }
    var random = SeededGenerator(seed: 71)
    let drawn = proofs.map { proof in
      pads(proof.mode.layout.pads, sabotage) { _ in random.element() }
    }
    let targets = try zip(proofs, drawn).map { proof, pads in
      try proof.run(honest, pads: pads, masks: try masks(parameters, nil, seed: 0))
    }
    let base = try view(honest, drawn, secrets: 0)
    func difference(_ view: [Fp]) -> [Fp] { zip(view, base).map { $0 - $1 } }
    let image = try (1...sampleCount(parameters, proofs: number)).map {
      difference(try view(honest, drawn, secrets: $0))
    }
    let differences = try others.map { network in
      let pads = try zip(proofs, targets).map { proof, target in
        try self.pads(of: network, like: target, proof, sabotage)
      }
      return difference(try view(network, pads, secrets: 0))
    }
    let rank = Matrix.rank(image)
    #expect(rank < image.count, "too few samples to span the image")
    return Matrix.rank(image + differences) - rank
  }

  /// More than there are random elements of F in tails and masks.
  private func sampleCount(_ parameters: OpeningParameters, proofs: Int) -> Int {
    let (model, witness) = (parameters.committed[0].shape, parameters.witness!.shape)
    let own =
      witness.lanes * (witness.tail - parameters.roundCoefficients) + witness.tail
      + 3 * (witness.messageLength + model.messageLength)
    return proofs * own + model.lanes * model.tail + 2
  }

  @Test func aProofSaysNothing() throws {
    #expect(try leakage() == 0)
    #expect(try leakage(queries: 1) == 0)
    #expect(try leakage(steps: [2, 1]) == 0)
  }

  @Test(arguments: Sabotage.allCases) func everySabotageIsSeen(_ sabotage: Sabotage) throws {
    #expect(try leakage(sabotage) > 0)
  }

  @Test func aModelIsHiddenAsOftenAsItsTailAllows() throws {
    #expect(try leakage(modelTail: 2, queries: 1, number: 2) == 0)
    #expect(try leakage(modelTail: 1, queries: 1, number: 2) > 0)
    #expect(try leakage(modelTail: 1) > 0)
  }

  @Test func masksThatServeTwiceLeak() throws {
    #expect(try leakage(modelTail: 2, queries: 1, number: 2, reusesMasks: true) > 0)
  }
}

@Suite struct ProofRandomnessTests {
  private struct NoEntropy: EntropySource {
    mutating func seed() throws -> Digest { throw EntropyError.unavailable }
  }

  @Test func withoutRandomnessThereIsNoProof() throws {
    let network = TinyNetwork(weights: [1, 2, -4, 1], inputs: [3, 1])
    var maker = try WholeProof().maker(network)
    _ = try maker.begin()
    maker.source = NoEntropy()
    #expect(throws: EntropyError.unavailable) { try maker.begin() }
    #expect(throws: EntropyError.unavailable) { try maker.make({ _ in }, wrap: { $0 }) }
  }

  /// A process that is restored, and so gets the same random bytes twice, makes the same proof twice or
  /// proofs of different things with secrets that have nothing in common.
  @Test func repeatedRandomnessServesOneStatement() throws {
    func begun(_ network: TinyNetwork, slots: [Int]) throws -> [Fp3] {
      var maker = try WholeProof().maker(network)
      maker.source = FixedEntropy(number: 9)
      maker.slots = slots
      return try maker.begin().secrets?.pads.values.elements ?? []
    }
    let network = TinyNetwork(weights: [1, 2, -4, 1], inputs: [3, 1])
    let first = try begun(network, slots: [4])
    #expect(try !first.isEmpty && begun(network, slots: [4]) == first)
    let others = [
      try begun(network, slots: [5]),
      try begun(TinyNetwork(weights: [1, 2, -4, 1], inputs: [3, 2]), slots: [4]),
      try begun(TinyNetwork(weights: [1, 2, -4, 2], inputs: [3, 1]), slots: [4]),
    ]
    for other in others {
      #expect(!zip(first, other).contains { $0 == $1 })
    }
  }
}

/// Seeds that follow from a number.
struct FixedEntropy: EntropySource {
  let number: Int
  private var count = 0

  init(number: Int) { self.number = number }

  mutating func seed() throws -> Digest {
    count += 1
    return Digest(hashing: Array("\(number) \(count)".utf8))
  }
}

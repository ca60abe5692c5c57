import ConstraintSystem
import FieldArithmetic
import Hashing
import Testing
import Transcript

@testable import Argument
@testable import ProofTestSupport
@testable import Prover
@testable import Witness

/// Provers that choose their messages so that the first check a lie would fail is passed: the lie has
/// to surface at the next one.
@Suite struct RepairingProverTests {
  private let arena: Arena
  private let positive: Int
  private let negative: Int

  init() throws {
    arena = try Arena(.dense(rows: 2, inputs: 5, outputs: 7))
    let y = arena.small.assignment[3].values
    positive = try #require(y.firstIndex { $0 > 1 })
    negative = try #require(y.firstIndex { $0 < -1 })
    #expect(arena.rejection(of: try arena.prove()) == nil)
  }

  /// Every layer's check passes, whatever the leaves are; what is claimed of the leaves in the end is
  /// false.
  @Test func repairedLayersEndInAFalseClaim() throws {
    for lie in Lie.all where lie.check == .fractionLayer {
      let assignment = arena.assignment { lie.tell(&$0, positive, negative) }
      let proof = try arena.prove(assignment) { LayerRepair().attach(to: $0) }
      #expect(arena.rejection(of: proof) == .rejected(.openingFinalClaim), "\(lie.name)")
    }
    // The repair changes nothing where nothing is broken.
    #expect(arena.rejection(of: try arena.prove { LayerRepair().attach(to: $0) }) == nil)
  }

  @Test func repairedLayersOfForgedMultiplicitiesEndInAFalseClaim() throws {
    var counts = try arena.multiplicities(arena.small.assignment).counts
    counts[0][3] += 1
    let proof = try arena.prove(counts: counts) { LayerRepair().attach(to: $0) }
    #expect(arena.rejection(of: proof) == .rejected(.openingFinalClaim))
  }

  /// A false equality makes the sum of the products wrong. A prover that claims the sum that is needed
  /// fails the sum-check; one that also claims factors that fit fails the opening.
  @Test func repairedProductsEndInAFalseClaim() throws {
    let columns = 7
    let violated = arena.assignment { $0[4][positive] = ($0[4][positive] + 1) % 16 }
    let change = arena.small.assignment[4][positive] - violated[4][positive]
    func prove(repairsFactors: Bool) throws -> ProofError? {
      let repair = ProductRepair(arena.key.verifyingKey.layout, repairsFactors: repairsFactors) {
        let weights = $0.weights(of: 0).vectors
        guard let rows = weights[0], let lanes = weights[1] else { return .zero }
        return $0.scale(of: 0) * rows.value(positive / columns) * lanes.value(positive % columns)
          * Fp3(change)
      }
      return arena.rejection(of: try arena.prove(violated) { repair.attach(to: $0) })
    }
    #expect(arena.rejection(of: try arena.prove(violated)) == .rejected(.openingFinalClaim))
    #expect(try prove(repairsFactors: false) == .rejected(.productSumCheck))
    #expect(try prove(repairsFactors: true) == .rejected(.openingFinalClaim))
  }

  /// The prover commits to one assignment and argues about another one, both of which satisfy
  /// everything but the public output.
  @Test func arguingAboutOtherValuesThanTheCommittedIsRejected() throws {
    let other = arena.small.recomputed { $0[0][0] += 100 }
    for (committed, argued) in [
      (arena.small.assignment, other.assignment), (other.assignment, arena.small.assignment),
    ] {
      let key = arena.key
      let counts = try arena.multiplicities(argued)
      let run = ProvingRun(key, committed, try arena.multiplicities(committed))
      func split(_ honest: ProofResponder) -> SplitResponder {
        SplitResponder(
          argument: ArgumentResponder(
            layout: key.verifyingKey.layout, assignment: argued, multiplicities: counts,
            columns: key.columns, model: key.matrix), rest: honest)
      }
      let proof = try run.prove({ _ in }, wrap: split).proof
      #expect(arena.rejection(of: proof) == .rejected(.openingFinalClaim))
    }
  }
}

/// Chooses the first value of every layer so that the layer's check passes.
private final class LayerRepair {
  private var numerator = Fp3.zero
  private var denominator = Fp3.zero
  private var combiner = Fp3.zero
  private var claim = Fp3.zero
  private var message: [Fp3] = []
  private var point: [Fp3] = []
  private var bound: [Fp3] = []

  func attach(to responder: CheatingResponder) {
    responder.onElements = { place, values in
      switch place.label {
      case .fractionRoot: self.denominator = values[0]
      case .layerValues:
        let rest = values[1] * values[2] + values[2] * values[3] * self.combiner
        values[0] = (self.claim - rest) * values[3].inverse
      default: break
      }
      self.message = values
    }
    responder.onChallenges = { label, values in
      switch label {
      case .layerCombiner:
        self.combiner = values[0]
        self.claim = self.numerator + self.denominator * values[0]
        self.bound = []
      case .layerPoint: self.bind(values[0])
      case .layerFold: self.descend(values[0])
      default: break
      }
    }
  }

  private func bind(_ challenge: Fp3) {
    let atOne = message[0] + (claim - message[0]) * point[bound.count].inverse
    let linear = atOne - message[0] - message[1]
    claim = message[0] + linear * challenge + message[1] * (challenge * challenge)
    bound.append(challenge)
  }

  private func descend(_ fold: Fp3) {
    numerator = message[0] + (message[1] - message[0]) * fold
    denominator = message[2] + (message[3] - message[2]) * fold
    point = [fold] + bound
  }
}

/// Claims the sum of products that makes up for a false equality, and if wanted the factors that go
/// with it.
private final class ProductRepair {
  private let layout: Layout
  private let repairsFactors: Bool
  /// What the equalities add up to under the weights, instead of zero.
  private let excess: (ZeroCheck) -> Fp3
  private var point: [Fp3] = []
  private var check: ZeroCheck?
  private var message: [Fp3] = []
  private var claim = Fp3.zero
  private var rounds = 0

  init(_ layout: Layout, repairsFactors: Bool, excess: @escaping (ZeroCheck) -> Fp3) {
    self.layout = layout
    self.repairsFactors = repairsFactors
    self.excess = excess
  }

  func attach(to responder: CheatingResponder) {
    responder.onChallenges = { label, values in
      switch label {
      case .zeroCheckPoint: self.point = values
      case .equalityCombiner:
        self.check = ZeroCheck(
          CheckPoint(self.layout, coordinates: self.point), combiner: values[0])
      case .productPoint:
        let linear = self.claim - self.message[0] - self.message[0] - self.message[1]
        self.claim = self.message[0] + (linear + self.message[1] * values[0]) * values[0]
        self.rounds += 1
      default: break
      }
    }
    responder.onElements = { place, values in
      guard let check = self.check else { return }
      switch place.label {
      case .productSum:
        values[0] = values[0] - self.excess(check)
        self.claim = values[0]
      case .productValues where self.repairsFactors: self.repair(&values, check)
      default: break
      }
      self.message = values
    }
  }

  private func repair(_ values: inout [Fp3], _ check: ZeroCheck) {
    var missing = claim
    let productScales = check.productScales()
    var scales: [Fp3] = []
    for (t, plan) in layout.products.enumerated() {
      let late = Fp3(2).inverse.power(UInt64(rounds - plan.variables))
      scales.append(productScales[t] * late)
      missing = missing - values[2 * t] * values[2 * t + 1] * scales[t]
    }
    values[0] += missing * (values[1] * scales[0]).inverse
  }
}

/// Takes the messages of the argument from one responder and the rest from another.
private final class SplitResponder: Responder {
  private let argument: ArgumentResponder
  private let rest: ProofResponder

  init(argument: ArgumentResponder, rest: ProofResponder) {
    self.argument = argument
    self.rest = rest
  }

  func message(_ label: MessageLabel, count: Int) -> [Fp3] {
    _ = rest.argument.message(label)
    return argument.message(label) ?? rest.message(label, count: count)
  }
  func digest(_ label: MessageLabel) -> Digest { rest.digest(label) }
  func hintElements(_ label: MessageLabel, count: Int) -> [Fp] {
    rest.hintElements(label, count: count)
  }
  func hintDigests(_ label: MessageLabel, count: Int) -> [Digest] {
    rest.hintDigests(label, count: count)
  }
  func learn(_ label: MessageLabel, challenges: [Fp3]) {
    argument.learn(label, challenges)
    rest.learn(label, challenges: challenges)
  }
  func learn(_ label: MessageLabel, indices: [Int]) { rest.learn(label, indices: indices) }
}

import Commitment
import FieldArithmetic
import Hashing
import Kernels
import Polynomials
import TestSupport
import Testing
import Transcript
import Witness

@testable import Argument
@testable import Prover

/// Both sides of a claim on committed data, against Σ ρ^i·x[i] by its definition.
@Suite struct DataClaimTests {
  private let point = DataPoint(Fp3(Fp(3), Fp(1_234_567), Fp(99)))

  private func values(_ count: Int) -> [Int] {
    var random = SeededGenerator(seed: UInt64(count))
    return (0..<count).map { _ in random.integer(in: -1000...1000) }
  }

  private func directSum(_ values: [Int]) -> Fp3 {
    values.enumerated().reduce(.zero) {
      $0 + point.value.power(UInt64($1.offset)) * Fp3($1.element)
    }
  }

  @Test(arguments: [[], [1], [7], [3, 5], [1, 9, 1], [2, 3, 4], [4, 1, 3, 2, 5]])
  func aTensorsSideIsOneTerm(_ shape: [Int]) {
    let values = values(shape.reduce(1, *))
    let scale = Fp3(Fp(5), Fp(6), Fp(7))
    let term = point.term(tensor: 3, shape: shape, coefficient: scale)
    #expect(term.tensor == 3)
    #expect(term.vectors.map(\.vector.values.count) == shape)
    let sum = contract(values.map { Fp($0) }, shape, term.vectors.map(\.vector))
    #expect(term.coefficient * sum == scale * directSum(values))
  }

  @Test(arguments: [1, 2, 4, 5, 17, 784, 3001])
  func aCommitmentsSideIsTheFoldedLane(_ count: Int) throws {
    var entropy = SystemEntropy()
    let opening = try DataOpening(
      values: IntegerBuffer(narrowing: values(count)), openings: 1, fractionalBits: 0,
      entropy: &entropy)
    let scale = Fp3(Fp(5), Fp(6), Fp(7))
    let folded = opening.folded(point).elements
    let weights = opening.weights(point, scale: scale).elements
    let group = opening.commitment.shape.group
    #expect(folded.count == group.messageLength && weights.count == group.rows)
    #expect(innerProduct(folded, weights) == scale * directSum(values(count)))
    // The tail is random: it is not part of the claim.
    #expect(folded.suffix(group.tail).allSatisfy { $0 != .zero })
  }

  /// What the verifier learns of a position is the folded lane there.
  @Test func aLeafFoldsToTheFoldedLane() throws {
    var entropy = SystemEntropy()
    let opening = try DataOpening(
      values: IntegerBuffer(narrowing: values(300)), openings: 2, fractionalBits: 0,
      entropy: &entropy)
    let shape = opening.commitment.shape
    let domain = EvaluationDomain(log: shape.domainLog)
    for position in [0, 1, 77, 1 << shape.domainLog - 1] {
      let leaf = innerProduct(point.laneWeights(shape.group), opening.matrix.leaf(position))
      #expect(
        leaf == Univariate.value(of: opening.folded(point).elements, at: domain.point(position)))
    }
  }

  @Test func rowsCountAsTheirMultilinearExtensionSays() throws {
    let shape = try DataShape(count: 3001, openings: 1)
    let ratio = point.rowRatio(shape.group)
    #expect(ratio == point.value.power(UInt64(shape.lanes)))
    var random = SeededGenerator(seed: 5)
    let at = (0..<shape.rowsLog).map { _ in
      Fp3(Fp(random.integer(in: 0...9999)), Fp(random.integer(in: 0...9999)), .one)
    }
    let powers = Univariate.powers(of: ratio, count: 1 << shape.rowsLog)
    #expect(Multilinear.powerValue(of: ratio, at: at) == Multilinear.value(of: powers, at: at))
  }
}

import FieldArithmetic
import TestSupport
import Testing

@testable import Kernels

extension KernelTests {
  @Suite struct SumCheckRounds {
    static let halves = [0, 1, 2, 7, 8, 22, 300, 5_000]

    @Test(arguments: halves)
    func products(half: Int) {
      var generator = SeededGenerator(seed: 31)
      let (a, b) = (generator.extensionVector(2 * half), generator.extensionVector(2 * half))
      let c = generator.base(2 * half)
      let expected = product(a.elements, b.elements)
      let expectedBase = product(c.elements.map { Fp3($0) }, b.elements)
      onEveryPath {
        #expect(values(RoundValues.product(a, b)) == expected)
        #expect(values(RoundValues.product(c, b)) == expectedBase)
      }
    }

    @Test(arguments: halves)
    func foldThenProduct(quarter: Int) {
      var generator = SeededGenerator(seed: 32)
      let (a, b) = (generator.extensionVector(4 * quarter), generator.extensionVector(4 * quarter))
      let r = generator.element()
      let (x, y) = (fold(a.elements, r), fold(b.elements, r))
      onEveryPath {
        let (c, d) = (ExtensionVector(a.elements), ExtensionVector(b.elements))
        let round = RoundValues.foldThenProduct(c, d, at: r)
        #expect(values(round) == product(x, y))
        #expect(firstDifference(c.lowerHalf.elements, x) == nil)
        #expect(firstDifference(d.lowerHalf.elements, y) == nil)
      }
    }

    @Test(arguments: halves)
    func fractions(half: Int) {
      var generator = SeededGenerator(seed: 33)
      let vectors = (0..<4).map { _ in generator.extensionVector(2 * half) }
      let weights = generator.extensionVector(half)
      let expected = fractions(vectors.map(\.elements), weights.elements)
      onEveryPath {
        let round = RoundValues.fractions(
          vectors[0], vectors[1], vectors[2], vectors[3], weights: weights)
        #expect(values(round) == expected)
      }
    }

    @Test(arguments: halves)
    func foldThenFractions(quarter: Int) {
      var generator = SeededGenerator(seed: 35)
      let vectors = (0..<4).map { _ in generator.extensionVector(4 * quarter) }
      let (weights, r) = (generator.extensionVector(quarter), generator.element())
      let folded = vectors.map { fold($0.elements, r) }
      let expected = fractions(folded, weights.elements)
      onEveryPath {
        let copies = vectors.map { ExtensionVector($0.elements) }
        let round = RoundValues.foldThenFractions(
          copies[0], copies[1], copies[2], copies[3], weights: weights, at: r)
        #expect(values(round) == expected)
        for (copy, expected) in zip(copies, folded) {
          #expect(firstDifference(copy.lowerHalf.elements, expected) == nil)
        }
      }
    }

    @Test(arguments: halves)
    func fractionLayers(half: Int) {
      var generator = SeededGenerator(seed: 34)
      let (p, q) = (generator.extensionVector(2 * half), generator.extensionVector(2 * half))
      let (x, y) = (p.elements, q.elements)
      let (pOut, qOut) = (ExtensionVector(zeros: half), ExtensionVector(zeros: half))
      let denominators = (0..<half).map { y[$0] * y[$0 + half] }
      onEveryPath {
        FractionLayer.add(p, q, intoNumerators: pOut, denominators: qOut)
        #expect(
          firstDifference(
            pOut.elements, (0..<half).map { x[$0] * y[$0 + half] + x[$0 + half] * y[$0] }) == nil)
        #expect(firstDifference(qOut.elements, denominators) == nil)
        FractionLayer.addUnitFractions(q, intoNumerators: pOut, denominators: qOut)
        #expect(firstDifference(pOut.elements, (0..<half).map { y[$0] + y[$0 + half] }) == nil)
        #expect(firstDifference(qOut.elements, denominators) == nil)
      }
    }

    private func values(_ round: RoundValues) -> [Fp3] { [round.atZero, round.leading] }

    /// The vectors are p0, q0, p1, q1.
    private func fractions(_ vectors: [[Fp3]], _ weights: [Fp3]) -> [Fp3] {
      let half = weights.count
      func term(_ v: [Fp3]) -> Fp3 { v[0] * v[3] + v[2] * v[1] }
      return (0..<half).reduce(into: [Fp3.zero, .zero]) { sums, i in
        sums[0] += weights[i] * term(vectors.map { $0[i] })
        sums[1] += weights[i] * term(vectors.map { $0[i + half] - $0[i] })
      }
    }

    private func product(_ a: [Fp3], _ b: [Fp3]) -> [Fp3] {
      let half = a.count / 2
      return (0..<half).reduce(into: [Fp3.zero, .zero]) { sums, i in
        sums[0] += a[i] * b[i]
        sums[1] += (a[i + half] - a[i]) * (b[i + half] - b[i])
      }
    }

    private func fold(_ a: [Fp3], _ r: Fp3) -> [Fp3] {
      let half = a.count / 2
      return (0..<half).map { a[$0] + r * (a[$0 + half] - a[$0]) }
    }
  }
}

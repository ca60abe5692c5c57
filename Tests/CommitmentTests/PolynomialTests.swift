import FieldArithmetic
import Polynomials
import TestSupport
import Testing

@testable import ProofTestSupport

@Suite struct PolynomialTests {
  /// eq(point, index) as it is defined.
  private func weight(_ point: [Fp3], _ index: Int) -> Fp3 {
    var product = Fp3.one
    for (j, coordinate) in point.enumerated() {
      let isSet = (index >> (point.count - 1 - j)) & 1 == 1
      product *= isSet ? coordinate : .one - coordinate
    }
    return product
  }

  @Test func equalityTablesHoldTheirDefinition() {
    var random = SeededGenerator(seed: 11)
    for size in 0...5 {
      let point = random.elements(size)
      let scale = random.element()
      let whole = (0..<1 << size).map { weight(point, $0) }
      #expect(Multilinear.equalityTable(at: point) == whole)
      for count in 0...(1 << size) + 1 {
        let table = Multilinear.equalityTable(at: point, count: count, scale: scale)
        #expect(table == whole.prefix(count).map { $0 * scale })
      }
      for index in 0..<1 << size {
        #expect(Multilinear.equality(point, index: index) == whole[index])
        let corner = (0..<size).map { Fp3((index >> (size - 1 - $0)) & 1) }
        #expect(Multilinear.equality(point, corner) == whole[index])
      }
    }
  }

  @Test func valuesAreSumsOfWeights() {
    var random = SeededGenerator(seed: 12)
    for size in 0...5 {
      let point = random.elements(size)
      for count in [0, 1, (1 << size) - 1, 1 << size] where count >= 0 {
        let values = random.elements(count)
        let expected = values.enumerated().reduce(Fp3.zero) {
          $0 + $1.element * weight(point, $1.offset)
        }
        #expect(Multilinear.value(of: values, at: point) == expected)
      }
      let x = random.base()
      let powers = (0..<1 << size).map { Fp3(x.power(UInt64($0))) }
      #expect(
        Multilinear.powerValue(of: x, at: point) == Multilinear.value(of: powers, at: point))
    }
  }

  @Test func univariateValuesAreSumsOfPowers() {
    var random = SeededGenerator(seed: 13)
    for count in [0, 1, 2, 7] {
      let coefficients = random.elements(count)
      let x = random.element()
      let powers = (0..<count).map { x.power(UInt64($0)) }
      #expect(Univariate.powers(of: x, count: count) == powers)
      let expected = innerProduct(coefficients, powers)
      #expect(Univariate.value(of: coefficients, at: x) == expected)
      let base = random.base()
      #expect(
        Univariate.value(of: coefficients, at: base)
          == Univariate.value(of: coefficients, at: Fp3(base)))
    }
  }

  @Test func aRoundsPolynomialIsDeterminedByItsSum() {
    var random = SeededGenerator(seed: 14)
    let coefficients = random.elements(3)
    let sum = coefficients[0] + coefficients[0] + coefficients[1] + coefficients[2]
    for challenge in [Fp3.zero, .one, random.element()] {
      let value = Univariate.quadraticValue(
        c0: coefficients[0], c2: coefficients[2], sum: sum, at: challenge)
      #expect(value == Univariate.value(of: coefficients, at: challenge))
    }
  }

  @Test func innerProductsPairIndices() {
    var random = SeededGenerator(seed: 15)
    let (a, b) = (random.elements(5), random.base(5))
    let expected = a[0] * b[0] + a[1] * b[1] + a[2] * b[2] + a[3] * b[3] + a[4] * b[4]
    #expect(innerProduct(a, b) == expected)
    #expect(innerProduct(a, b.map { Fp3($0) }) == expected)
    #expect(innerProduct(a, [Fp3]()) == .zero)
  }
}

import ConstraintSystem
import FieldArithmetic
import Polynomials
import Testing

@testable import Argument

@Suite("Weights that are not written out are what they would be written out")
struct FactoredVectorTests {
  private func element() -> Fp3 {
    Fp3(
      Fp(Int.random(in: 0..<1 << 49)), Fp(Int.random(in: 0..<1 << 49)),
      Fp(Int.random(in: 0..<1 << 49)))
  }

  private func point(_ count: Int) -> [Fp3] { (0..<count).map { _ in element() } }

  @Test func valuesSumsAndClippingAreThoseOfTheVector() {
    for _ in 0..<300 {
      let coordinates = point(Int.random(in: 0...7))
      let count = Int.random(in: 1...1 << coordinates.count)
      let constant = Int.random(in: -20...20)
      let size = Int.random(in: 1...100)
      let dense = AxisVector(
        start: constant, Multilinear.equalityTable(at: coordinates, count: count))
      let factored = FactoredVector.equality(at: coordinates, count: count).shifted(by: constant)
      #expect(factored.vector == dense)
      #expect(factored.sum == dense.sum)
      let (part, whole) = (factored.clamped(to: size), dense.clamped(to: size))
      #expect(part.vector.values == whole.values)
      #expect(part.sum == whole.sum)
      if !whole.values.isEmpty { #expect(part.start == whole.start) }
      let (high, low, skipped) = part.halves
      let products = high.flatMap { high in low.map { high * $0 } }
      #expect(Array(products.dropFirst(skipped).prefix(whole.values.count)) == whole.values)
      for position in -30...130 {
        #expect(AxisWeights.factored(part)[position] == whole[position])
      }
    }
    for count in [1, 2, 3, 17, 64] {
      let x = element()
      #expect(FactoredVector.ones(count).vector.values == Array(repeating: .one, count: count))
      #expect(
        FactoredVector.powers(of: x, count: count).vector.values
          == Univariate.powers(of: x, count: count))
    }
  }

  @Test func productsAreThoseOfTheValues() {
    for (long, short, count) in [(5, 3, 7), (3, 3, 8), (2, 0, 1), (0, 4, 1)] {
      let (a, b) = (point(long), point(short))
      let product = FactoredVector.equality(at: a, count: count)
        .times(.equality(at: b, count: count))
      let expected = (0..<count).map {
        Multilinear.equality(a, index: $0) * Multilinear.equality(b, index: $0)
      }
      #expect(product.vector.values == expected)
    }
  }

  @Test func positionsOfSeveralIndicesAreSums() {
    for _ in 0..<300 {
      let sizes = (0..<Int.random(in: 0...3)).map { _ in Int.random(in: 1...6) }
      let weights = sizes.map { FactoredVector.equality(at: point(3), count: $0) }
      let position = AffineIndex(
        constant: Int.random(in: -9...9),
        terms: sizes.indices.map {
          .init(index: $0, coefficient: Int.random(in: 1...7) * (Bool.random() ? 1 : -1))
        })
      var expected: [Int: Fp3] = [:]
      func visit(_ values: [Int], _ weight: Fp3) {
        guard values.count < sizes.count else {
          expected[position.value(at: values), default: .zero] += weight
          return
        }
        for value in 0..<sizes[values.count] {
          visit(values + [value], weight * weights[values.count].value(value))
        }
      }
      visit([], .one)
      let found = IndexWeights(weights).along(position)
      for place in -200...200 { #expect(found[place] == expected[place] ?? .zero) }
      #expect(axisVector(position, weights.map { $0.vector }) == found.vector)
    }
  }

  @Test func formsAreEvaluatedAsTheirCellsAre() {
    for _ in 0..<300 {
      let greatest = [9, 40][Int.random(in: 0..<2)]
      let shapes = (0..<3).map { _ in
        (0..<Int.random(in: 0...(greatest > 9 ? 2 : 3))).map { _ in Int.random(in: 1...greatest) }
      }
      let stack = BoxStack(shapes)
      let coordinates = point(stack.addressBits + Int.random(in: 0...2))
      var evaluator = FormEvaluator(stack, at: coordinates)
      for (owner, shape) in shapes.enumerated() {
        let term = RankOneTerm(
          tensor: owner, coefficient: element(), vectors: shape.map { weights(size: $0) })
        #expect(evaluator.evaluate(term) == direct(term, stack, coordinates))
      }
    }
  }

  /// Long axes, whose tables are made in parts.
  @Test func longAxesAreEvaluatedInParts() {
    for (size, start) in [(9000, 0), (9000, 1234), (5000, 2048), (4096, 1)] {
      let stack = BoxStack([[size], [3]])
      let coordinates = point(stack.addressBits)
      let vector = FactoredVector.equality(at: point(13), count: 8000, origin: start)
        .clamped(to: size)
      for weights in [AxisWeights.factored(vector), .values(vector.vector)] {
        var evaluator = FormEvaluator(stack, at: coordinates)
        let term = RankOneTerm(tensor: 0, coefficient: .one, vectors: [weights])
        #expect(evaluator.evaluate(term) == direct(term, stack, coordinates))
      }
    }
  }

  /// Of so many boxes the sides' sums are kept.
  @Test func manyBoxesAreEvaluatedAsTheirCellsAre() {
    for shape in [[7, 7, 7, 7], [3, 7, 3, 7, 3, 3], [15, 15, 7, 3]] {
      let stack = BoxStack([[5], shape])
      #expect(stack.byOwner[1].count > 64)
      let coordinates = point(stack.addressBits + 1)
      var evaluator = FormEvaluator(stack, at: coordinates)
      let term = RankOneTerm(
        tensor: 1, coefficient: element(), vectors: shape.map { weights(size: $0) })
      #expect(evaluator.evaluate(term) == direct(term, stack, coordinates))
    }
  }

  @Test func valuesOfSomeIndicesAreThoseOfEach() {
    let vector = FactoredVector.equality(at: point(12))
    for bound in [1, 2, 64, 1024, 2048, 4095] {
      for (before, behind) in [(1, 0), (0, 1), (1, 1), (1, 2), (bound, 1), (min(bound, 9), 0)] {
        let range = bound - before..<min(bound + behind, 4096)
        #expect(vector.values(range) == range.map { vector.value($0) })
      }
    }
    #expect(vector.values(17..<17).isEmpty)
  }

  /// Of any kind, moved and clipped: with fewer bits than the sides of the axis' boxes, and with more.
  private func weights(size: Int) -> AxisWeights {
    let bits = Int.random(in: 0...5)
    let shift = Bool.random() ? Int.random(in: -20...20) : 4 * Int.random(in: -5...5)
    let vector = FactoredVector.equality(
      at: point(bits), count: Int.random(in: 1...1 << bits)
    ).shifted(by: Bool.random() ? 0 : shift).clamped(to: size)
    return Bool.random() ? .factored(vector) : .values(vector.vector.clamped(to: size))
  }

  private func direct(_ term: RankOneTerm, _ stack: BoxStack, _ coordinates: [Fp3]) -> Fp3 {
    var sum = Fp3.zero
    for index in stack.byOwner[term.tensor] {
      let box = stack.boxes[index]
      for cell in 0..<1 << box.log {
        var weight = Multilinear.equality(coordinates, index: box.offset + cell)
        var rest = cell
        for axis in box.logs.indices.reversed() {
          weight *= term.vectors[axis][box.starts[axis] + rest & (1 << box.logs[axis] - 1)]
          rest >>= box.logs[axis]
        }
        sum += weight
      }
    }
    return term.coefficient * sum
  }
}

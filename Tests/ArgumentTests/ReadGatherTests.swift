import ConstraintSystem
import TestSupport
import Testing

@testable import Prover
@testable import Witness

/// Values of linear expressions over boxes of index values, against their definition.
@Suite struct ReadGatherTests {
  private struct Case {
    var shape: [Int]
    var expression: LinearExpression
    var ranges: [(start: Int, count: Int)]
    var values: [Int]

    /// Positions that add some indices up, within the tensor or not.
    init(_ random: inout SeededGenerator) {
      ranges = (0..<random.integer(in: 0...4)).map { _ in
        (start: random.integer(in: 0...3), count: random.integer(in: 1...4))
      }
      let rank = ranges.count
      let shape = (0..<random.integer(in: 0...3)).map { _ in random.integer(in: 1...9) }
      values = (0..<shape.reduce(1, *)).map { _ in random.integer(in: -1000...1000) }
      let isSimple = random.integer(in: 0...1) == 0
      func position() -> AffineIndex {
        var position = AffineIndex(constant: isSimple ? 0 : random.integer(in: -2...2))
        for index in 0..<rank where random.integer(in: 0...1) == 0 {
          let coefficient = isSimple ? 1 : random.integer(in: -2...2)
          guard coefficient != 0 else { continue }
          position.terms.append(.init(index: index, coefficient: coefficient))
        }
        return position
      }
      let reads = (0..<random.integer(in: 0...2)).map { _ in
        TensorRead(tensor: 0, positions: shape.map { _ in position() })
      }
      let terms = reads.map {
        LinearExpression.Term(coefficient: random.integer(in: -3...3), read: $0)
      }
      expression = LinearExpression(constant: random.integer(in: -5...5), terms: terms)
      self.shape = shape
    }

    func value(at place: [Int]) -> Int {
      expression.terms.reduce(expression.constant) { sum, term in
        var flat = 0
        for (affine, size) in zip(term.read.positions, shape) {
          let position = affine.terms.reduce(affine.constant) {
            $0 + $1.coefficient * place[$1.index]
          }
          guard position >= 0, position < size else { return sum }
          flat = flat * size + position
        }
        return sum + term.coefficient * values[flat]
      }
    }

    var expected: [Int] {
      let counts = ranges.map(\.count)
      return (0..<counts.reduce(1, *)).map { cell in
        var rest = cell
        var place = [Int](repeating: 0, count: counts.count)
        for axis in counts.indices.reversed() {
          place[axis] = ranges[axis].start + rest % counts[axis]
          rest /= counts[axis]
        }
        return value(at: place)
      }
    }

    /// - Parameter gap: how many elements of the target lie between neighbours.
    func gathered(gap: Int) -> [Int] {
      let counts = ranges.map(\.count)
      let total = counts.reduce(1, *)
      var target = [Int64](repeating: -7, count: total * (gap + 1))
      let gather = ReadGather(
        tensors: [
          TensorDeclaration(name: "t", shape: shape, role: .witness, range: -1000...1000)
        ], assignment: Assignment([IntegerBuffer(values)]))
      target.withUnsafeMutableBufferPointer {
        guard let base = $0.baseAddress else { return }
        gather.gather(
          expression, indices: Array(counts.indices), ranges: ranges,
          strides: rowMajorStrides(counts).map { $0 * (gap + 1) }, into: base)
      }
      return stride(from: 0, to: target.count, by: gap + 1).map { Int(target[$0]) }
    }
  }

  @Test(arguments: [0, 2]) func everyValueIsItsDefinition(gap: Int) {
    var random = SeededGenerator(seed: 99)
    var nonzero = 0
    for _ in 0..<2000 {
      let one = Case(&random)
      let expected = one.expected
      nonzero += expected.count { $0 != one.expression.constant }
      #expect(one.gathered(gap: gap) == expected, "\(one)")
    }
    #expect(nonzero > 2000)
  }
}

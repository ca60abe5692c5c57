import FieldArithmetic
import TestSupport
import Testing

@testable import Kernels

extension KernelTests {
  @Suite struct Transforms {
    @Test(arguments: 0..<9)
    func evaluatesPolynomials(log: Int) {
      var generator = SeededGenerator(seed: 41)
      let size = 1 << log
      for count in Set([0, 1, size / 4, size / 2 + 1, size - 1, size]) where count <= size {
        let coefficients = generator.base(3 * count)
        let expected = (0..<3).flatMap { lane in
          values(coefficients[lane * count..<(lane + 1) * count].elements, log)
        }
        onEveryPath {
          let output = BaseVector(zeros: 3 * size)
          Transform.evaluate(coefficients, lanes: 3, into: output, log: log)
          #expect(firstDifference(output.elements, expected) == nil)
        }
      }
    }

    @Test(arguments: [9, 12, 13, 15, 17], [1, 5])
    func samplesOfLargeTransforms(log: Int, lanes: Int) {
      var generator = SeededGenerator(seed: 42)
      let (count, stride) = ((1 << log) / 4 + 3, (1 << log) + 5)
      let coefficients = generator.base(lanes * count)
      let root = Fp.rootOfUnity(log: log)
      let points = [0, 1, 2, 77, 1 << (log - 1), (1 << log) - 1]
      let expected = (0..<lanes).flatMap { lane in
        let f = coefficients[lane * count..<(lane + 1) * count].elements
        return points.map { evaluate(f, root.power(UInt64($0))) }
      }
      onEveryPath {
        let output = BaseVector(zeros: lanes * stride)
        Transform.evaluate(coefficients, lanes: lanes, into: output, log: log)
        let sampled = (0..<lanes).flatMap { lane in points.map { output[lane * stride + $0] } }
        #expect(firstDifference(sampled, expected) == nil)
      }
    }

    @Test(arguments: [0, 1, 2, 3, 5, 6, 7, 10, 14, 16])
    func interpolationInvertsEvaluation(log: Int) {
      var generator = SeededGenerator(seed: 43)
      let coefficients = generator.extensionVector(2 << log)
      onEveryPath {
        let values = ExtensionVector(zeros: 2 << log)
        Transform.evaluate(coefficients, lanes: 2, into: values, log: log)
        let back = ExtensionVector(zeros: 2 << log)
        Transform.interpolate(values, lanes: 2, into: back, log: log)
        #expect(firstDifference(back.elements, coefficients.elements) == nil)
      }
    }

    private func values(_ f: [Fp], _ log: Int) -> [Fp] {
      let root = Fp.rootOfUnity(log: log)
      return (0..<1 << log).map { evaluate(f, root.power(UInt64($0))) }
    }

    private func evaluate(_ f: [Fp], _ x: Fp) -> Fp {
      f.reversed().reduce(.zero) { $0 * x + $1 }
    }
  }
}

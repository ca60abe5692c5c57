import FieldArithmetic
import TestSupport
import Testing

@testable import Kernels

extension KernelTests {
  struct Shape: Sendable {
    let outer, rows, length, inner: Int
  }

  @Suite struct Contractions {
    static let shapes = [
      Shape(outer: 1, rows: 1, length: 1, inner: 1), Shape(outer: 3, rows: 2, length: 5, inner: 7),
      Shape(outer: 1, rows: 1, length: 64, inner: 1_030),
      Shape(outer: 2, rows: 3, length: 33, inner: 513),
      Shape(outer: 40, rows: 2, length: 300, inner: 1),
      Shape(outer: 1, rows: 1, length: 2_056, inner: 9),
      Shape(outer: 1, rows: 1, length: 4_500, inner: 9),
      Shape(outer: 2, rows: 1, length: 0, inner: 3), Shape(outer: 0, rows: 1, length: 4, inner: 3),
      Shape(outer: 60, rows: 1, length: 16, inner: 40),
      Shape(outer: 70, rows: 2, length: 300, inner: 1),
      Shape(outer: 131, rows: 1, length: 5, inner: 1),
      Shape(outer: 1, rows: 1, length: 20, inner: 1_024),
      Shape(outer: 1, rows: 1, length: 19, inner: 2_048),
    ]

    @Test(arguments: [IntegerKind.int16, .int32, .int64], shapes)
    func integers(type: IntegerKind, shape: Shape) {
      var generator = SeededGenerator(seed: 21)
      let v = generator.extensionVector(shape.rows * shape.length)
      let t = generator.integers(shape.outer * shape.length * shape.inner, type)
      let tensor = t.elements.map { Fp3($0) }
      check(shape, v.elements, tensor) { contraction, out, accumulate in
        contraction(v, t, into: out, accumulate: accumulate)
      }
    }

    @Test(arguments: shapes)
    func fieldElements(shape: Shape) {
      var generator = SeededGenerator(seed: 22)
      let v = generator.extensionVector(shape.rows * shape.length)
      let base = generator.base(shape.outer * shape.length * shape.inner)
      check(shape, v.elements, base.elements.map { Fp3($0) }) { contraction, out, accumulate in
        contraction(v, base, into: out, accumulate: accumulate)
      }
      let t = generator.extensionVector(shape.outer * shape.length * shape.inner)
      check(shape, v.elements, t.elements) { contraction, out, accumulate in
        contraction(v, t, into: out, accumulate: accumulate)
      }
    }

    @Test func strides() {
      var generator = SeededGenerator(seed: 23)
      let (v, t) = (generator.extensionVector(40), generator.integers(1_000, .int16))
      var contraction = Contraction(outer: 3, rows: 2, length: 11, inner: 1)
      contraction.tensorOuterStride = 250
      contraction.tensorRowStride = 20
      contraction.vectorRowStride = 25
      contraction.outputOuterStride = 5
      contraction.outputRowStride = 2
      onEveryPath {
        let out = ExtensionVector(zeros: 15)
        contraction(v, t, into: out)
        for o in 0..<3 {
          for c in 0..<2 {
            let sum = (0..<11).reduce(Fp3.zero) { $0 + v[25 * c + $1] * Fp(t[250 * o + 20 * $1]) }
            #expect(out[5 * o + 2 * c] == sum)
          }
          #expect(out[5 * o + 1] == .zero)
        }
      }
    }

    @Test func largestWords() {
      let (length, inner) = (4_500, 8)
      let v = ExtensionVector(zeros: length)
      let t = ExtensionVector(zeros: length * inner)
      for k in 0..<3 {
        for i in 0..<length { v.plane(k).words[i] = Fp.modulus - 1 }
        for i in 0..<length * inner { t.plane(k).words[i] = 2 * Fp.modulus - 1 }
      }
      let out = ExtensionVector(zeros: inner)
      let contraction = Contraction(length: length, inner: inner)
      onEveryPath {
        contraction(v, t, into: out)
        #expect(out.elements.allSatisfy { $0 == v[0] * t[0] * Fp(length) })
        contraction(v, t.plane(0), into: out)
        #expect(out.elements.allSatisfy { $0 == v[0] * t[0].c0 * Fp(length) })
      }
    }

    private func check(
      _ shape: Shape, _ v: [Fp3], _ t: [Fp3],
      _ run: (Contraction, ExtensionVector, Bool) -> Void
    ) {
      let contraction = Contraction(
        outer: shape.outer, rows: shape.rows, length: shape.length, inner: shape.inner)
      let expected = reference(shape, v, t)
      onEveryPath {
        let out = ExtensionVector(zeros: expected.count)
        run(contraction, out, false)
        #expect(firstDifference(out.elements, expected) == nil)
        run(contraction, out, true)
        #expect(firstDifference(out.elements, expected.map { $0 + $0 }) == nil)
      }
    }

    private func reference(_ s: Shape, _ v: [Fp3], _ t: [Fp3]) -> [Fp3] {
      var out = [Fp3](repeating: .zero, count: s.outer * s.rows * s.inner)
      for o in 0..<s.outer {
        for c in 0..<s.rows {
          for k in 0..<s.length {
            for i in 0..<s.inner {
              out[(o * s.rows + c) * s.inner + i] +=
                v[c * s.length + k] * t[(o * s.length + k) * s.inner + i]
            }
          }
        }
      }
      return out
    }
  }
}

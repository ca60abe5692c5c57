import FieldArithmetic
import TestSupport
import Testing

@testable import Kernels

extension KernelTests {
  @Suite struct ExtensionVectors {
    @Test(arguments: shortLengths)
    func arithmetic(count: Int) {
      var generator = SeededGenerator(seed: 11)
      let (a, b) = (generator.extensionVector(count), generator.extensionVector(count))
      let (c, s) = (generator.base(count), generator.element())
      let (x, y) = (a.elements, b.elements)
      let out = ExtensionVector(zeros: count)
      onEveryPath {
        out.assignSum(a, b)
        #expect(firstDifference(out.elements, zip(x, y).map { $0 + $1 }) == nil)
        out.assignDifference(a, b)
        #expect(firstDifference(out.elements, zip(x, y).map { $0 - $1 }) == nil)
        out.assignProduct(a, b)
        #expect(firstDifference(out.elements, zip(x, y).map { $0 * $1 }) == nil)
        out.assignProduct(a, c)
        #expect(firstDifference(out.elements, zip(x, c.elements).map { $0 * $1 }) == nil)
        out.assignProduct(s, a)
        #expect(firstDifference(out.elements, x.map { s * $0 }) == nil)
      }
    }

    @Test func productsOfEdgesStayInTheLazyRange() {
      let edges: [UInt64] = [0, 1, Fp.modulus - 1, Fp.modulus, 2 * Fp.modulus - 1]
      let cubes = (0..<125).map { (i: Int) -> [UInt64] in
        [edges[i % 5], edges[i / 5 % 5], edges[i / 25]]
      }
      let (a, b) = (ExtensionVector(zeros: 125), ExtensionVector(zeros: 125))
      let out = ExtensionVector(zeros: 125)
      for (i, cube) in cubes.enumerated() {
        for k in 0..<3 { a.plane(k).words[i] = cube[k] }
      }
      onEveryPath {
        for shift in 0..<125 {
          for i in 0..<125 {
            for k in 0..<3 { b.plane(k).words[i] = cubes[(i + shift) % 125][k] }
          }
          out.assignProduct(a, b)
          #expect(firstDifference(out.elements, zip(a.elements, b.elements).map { $0 * $1 }) == nil)
          for k in 0..<3 {
            #expect((0..<125).allSatisfy { out.plane(k).words[$0] < 2 * Fp.modulus })
          }
        }
      }
    }

    @Test(arguments: shortLengths)
    func multipliesAndAdds(count: Int) {
      var generator = SeededGenerator(seed: 12)
      let (x, y) = (generator.extensionVector(count), generator.extensionVector(count))
      let (base, s) = (generator.base(count), generator.element())
      let integers = [IntegerKind.int16, .int32, .int64].map { generator.integers(count, $0) }
      let start = y.elements
      onEveryPath {
        let out = ExtensionVector(zeros: count)
        out.assign(y)
        out.addProduct(s, x)
        #expect(firstDifference(out.elements, zip(start, x.elements).map { $0 + s * $1 }) == nil)
        out.assign(y)
        out.addProduct(s, base)
        #expect(firstDifference(out.elements, zip(start, base.elements).map { $0 + s * $1 }) == nil)
        for vector in integers {
          out.assign(y)
          out.addProduct(s, vector)
          #expect(
            firstDifference(out.elements, zip(start, vector.elements).map { $0 + s * $1 }) == nil)
        }
      }
    }

    @Test(arguments: shortLengths)
    func folds(count: Int) {
      var generator = SeededGenerator(seed: 13)
      let (low, high) = (generator.extensionVector(count), generator.extensionVector(count))
      let (lowBase, highBase) = (generator.base(count), generator.base(count))
      let integers = [IntegerKind.int16, .int32, .int64].map {
        (generator.integers(count, $0), generator.integers(count, $0))
      }
      let (r, out) = (generator.element(), ExtensionVector(zeros: count))
      onEveryPath {
        out.assignFold(low, high, at: r)
        #expect(
          firstDifference(out.elements, zip(low.elements, high.elements).map { $0 + r * ($1 - $0) })
            == nil)
        out.assignFold(lowBase, highBase, at: r)
        #expect(firstDifference(out.elements, fold(lowBase.elements, highBase.elements, r)) == nil)
        for (low, high) in integers {
          out.assignFold(low, high, at: r)
          #expect(firstDifference(out.elements, fold(low.elements, high.elements, r)) == nil)
        }
      }
    }

    @Test func foldsInPlace() {
      var generator = SeededGenerator(seed: 14)
      for count in [101, 102, 150, 202] {
        let (vector, r) = (generator.extensionVector(count), generator.element())
        let upper = vector.elements.dropFirst(101) + Array(repeating: .zero, count: 202 - count)
        let expected = zip(vector.elements.prefix(101), upper).map { $0 + r * ($1 - $0) }
        #expect(vector.foldedInPlace(to: 101, at: r).elements == expected)
      }
    }

    @Test(arguments: 0..<11)
    func equalityTables(variables: Int) {
      var generator = SeededGenerator(seed: 15)
      let point = (0..<variables).map { _ in generator.element() }
      let scale = generator.element()
      let size = 1 << variables
      let expected = (0..<size).map { index in
        point.enumerated().reduce(scale) { product, coordinate in
          let bit = (index >> (variables - 1 - coordinate.offset)) & 1
          return product * (bit == 1 ? coordinate.element : .one - coordinate.element)
        }
      }
      onEveryPath {
        for count in Set([0, 1, size / 2, size / 2 + 1, size - 1, size]) where count <= size {
          let table = ExtensionVector.equalityTable(at: point, scale: scale, count: count)
          #expect(firstDifference(table.elements, Array(expected.prefix(count))) == nil)
        }
      }
    }

    @Test(arguments: lengths)
    func reductions(count: Int) {
      var generator = SeededGenerator(seed: 16)
      let (a, b) = (generator.extensionVector(count), generator.extensionVector(count))
      let base = generator.base(count)
      let integers = [IntegerKind.int16, .int32, .int64].map { generator.integers(count, $0) }
      let x = a.elements
      let dot = zip(x, b.elements).reduce(Fp3.zero) { $0 + $1.0 * $1.1 }
      let sum = x.reduce(.zero, +)
      let baseDot = self.dot(x, base.elements)
      let integerDots = integers.map { self.dot(x, $0.elements) }
      onEveryPath {
        #expect(a.sum() == sum)
        #expect(a.dot(b) == dot)
        #expect(a.dot(base) == baseDot)
        #expect(integers.map { a.dot($0) } == integerDots)
      }
    }

    @Test func sumsOfTheLargestWords() {
      let count = 140_000
      let a = ExtensionVector(zeros: count)
      for k in 0..<3 {
        for i in 0..<count { a.plane(k).words[i] = 2 * Fp.modulus - 1 }
      }
      let element = a[0]
      onEveryPath {
        #expect(a.sum() == element * Fp(count))
        #expect(a.dot(a) == element * element * Fp(count))
        #expect(a.dot(a.plane(0)) == element * element.c0 * Fp(count))
      }
    }

    @Test func outerProducts() {
      var generator = SeededGenerator(seed: 17)
      let (a, b) = (generator.extensionVector(19), generator.extensionVector(23))
      let (start, s) = (generator.extensionVector(19 * 30), generator.element())
      onEveryPath {
        let out = ExtensionVector(start.elements)
        out.addOuterProduct(s, a, b, rowStride: 30)
        for r in 0..<19 {
          for c in 0..<30 {
            let term = c < 23 ? s * a[r] * b[c] : .zero
            #expect(out[30 * r + c] == start[30 * r + c] + term)
          }
        }
      }
    }

    private func fold(_ low: [Fp], _ high: [Fp], _ r: Fp3) -> [Fp3] {
      zip(low, high).map { Fp3($0) + r * ($1 - $0) }
    }

    private func dot(_ a: [Fp3], _ b: [Fp]) -> Fp3 {
      zip(a, b).reduce(Fp3.zero) { $0 + $1.0 * $1.1 }
    }
  }
}

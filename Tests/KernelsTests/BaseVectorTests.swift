import CGMP
import FieldArithmetic
import TestSupport
import Testing

@testable import Kernels

extension KernelTests {
  @Suite struct BaseVectors {
    @Test(arguments: lengths)
    func arithmetic(count: Int) {
      var generator = SeededGenerator(seed: 1)
      let (a, b) = (generator.base(count), generator.base(count))
      let (x, y, s) = (a.elements, b.elements, generator.scalar())
      let out = BaseVector(zeros: count)
      onEveryPath {
        out.assignSum(a, b)
        #expect(firstDifference(out.elements, zip(x, y).map { $0 + $1 }) == nil)
        out.assignDifference(a, b)
        #expect(firstDifference(out.elements, zip(x, y).map { $0 - $1 }) == nil)
        out.assignProduct(a, b)
        #expect(firstDifference(out.elements, zip(x, y).map { $0 * $1 }) == nil)
        out.assignProduct(s, a)
        #expect(firstDifference(out.elements, x.map { s * $0 }) == nil)
        #expect(a.sum() == x.reduce(.zero, +))
      }
    }

    /// Around the length from which on vectors have pages of their own, and where memory of a vector
    /// that is gone may come back.
    @Test(arguments: [1, 1 << 18 - 1, 1 << 18, 1 << 18 + 1, 3 << 18, 1 << 24, 1 << 24 + 1])
    func newVectorsAreZeroAndAligned(_ count: Int) {
      for _ in 0..<3 {
        let vector = BaseVector(zeros: count)
        #expect((0..<count).allSatisfy { vector.words[$0] == 0 })
        #expect(Int(bitPattern: vector.words) % 64 == 0)
        for i in 0..<count { vector.words[i] = .max }
      }
    }

    @Test func resultsStayInTheLazyRange() {
      let edges = [0, 1, Fp.modulus - 1, Fp.modulus, 2 * Fp.modulus - 1]
      let count = edges.count * edges.count
      let (a, b, out) = (
        BaseVector(zeros: count), BaseVector(zeros: count), BaseVector(zeros: count)
      )
      for i in 0..<count {
        a.words[i] = edges[i / edges.count]
        b.words[i] = edges[i % edges.count]
      }
      onEveryPath {
        for operation in [out.assignSum, out.assignDifference, out.assignProduct] {
          operation(a, b)
          #expect((0..<count).allSatisfy { out.words[$0] < 2 * Fp.modulus })
        }
      }
    }

    @Test func productsAgreeWithGMP() {
      var generator = SeededGenerator(seed: 2)
      let count = 999
      let (a, b) = (generator.base(count), generator.base(count))
      let out = BaseVector(zeros: count)
      onEveryPath {
        out.assignProduct(a, b)
        #expect(
          (0..<count).allSatisfy {
            residue(out.words[$0], 1 << 52) == residue(a.words[$0], b.words[$0])
          })
      }
    }

    @Test(arguments: lengths)
    func canonicalIntegers(count: Int) {
      var generator = SeededGenerator(seed: 3)
      let a = generator.base(count)
      let back = BaseVector(zeros: count)
      onEveryPath {
        let integers = a.canonicalIntegers()
        #expect(firstDifference(integers, a.elements.map(\.canonical)) == nil)
        back.assignCanonical(integers)
        #expect(firstDifference(back.elements, a.elements) == nil)
      }
    }

    @Test(arguments: [IntegerKind.int16, .int32, .int64], lengths)
    func integers(type: IntegerKind, count: Int) {
      var generator = SeededGenerator(seed: 4)
      let integers = generator.integers(count, type)
      onEveryPath {
        #expect(firstDifference(BaseVector(integers).elements, integers.elements) == nil)
      }
    }

    @Test func slicesShareMemory() {
      let vector = BaseVector((0..<10).map { Fp($0) })
      let slice = vector[3..<7]
      slice[1] = Fp(100)
      #expect(vector[4] == Fp(100))
      #expect(slice.elements == [3, 100, 5, 6].map { Fp($0) })
      slice.assignSum(slice, vector[0..<4])
      #expect(vector.elements == [0, 1, 2, 3, 101, 7, 9, 7, 8, 9].map { Fp($0) })
    }

    @Test func wipingOverwrites() {
      let vector = BaseVector((1..<100).map { Fp($0) })
      vector.wipe()
      #expect(vector.elements.allSatisfy { $0 == .zero })
    }
  }
}

/// a·b mod p by GMP.
private func residue(_ a: UInt64, _ b: UInt64) -> UInt {
  var (x, y, p) = (mpz_t(), mpz_t(), mpz_t())
  mpz_init(&x)
  mpz_init(&y)
  mpz_init(&p)
  defer {
    mpz_clear(&x)
    mpz_clear(&y)
    mpz_clear(&p)
  }
  var product = mpz_t()
  mpz_init(&product)
  defer { mpz_clear(&product) }
  mpz_set_ui(&x, UInt(a))
  mpz_set_ui(&y, UInt(b))
  mpz_set_ui(&p, UInt(Fp.modulus))
  mpz_mul(&product, &x, &y)
  mpz_mod(&x, &product, &p)
  return mpz_get_ui(&x)
}

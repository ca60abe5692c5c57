import CGMP
import FieldArithmetic
import TestSupport
import Testing

/// An integer of GMP, the oracle of these tests.
final class Integer {
  let pointer: UnsafeMutablePointer<__mpz_struct>

  init(_ value: UInt64) {
    pointer = .allocate(capacity: 1)
    mpz_init(pointer)
    mpz_set_ui(pointer, UInt(value))
  }

  deinit {
    mpz_clear(pointer)
    pointer.deallocate()
  }

  static func * (a: Integer, b: Integer) -> Integer {
    let result = Integer(0)
    mpz_mul(result.pointer, a.pointer, b.pointer)
    return result
  }

  static func + (a: Integer, b: Integer) -> Integer {
    let result = Integer(0)
    mpz_add(result.pointer, a.pointer, b.pointer)
    return result
  }

  var modulo: UInt64 {
    let (result, modulus) = (Integer(0), Integer(Fp.modulus))
    return withExtendedLifetime((result, modulus)) {
      mpz_mod(result.pointer, pointer, modulus.pointer)
      return UInt64(mpz_get_ui(result.pointer))
    }
  }
}

let edges: [UInt64] = [
  0, 1, 2, 5, Fp.modulus - 1, Fp.modulus - 2, Fp.modulus / 2, Fp.modulus / 2 + 1, 1 << 38,
  (1 << 38) - 1, 1 << 49, (1 << 49) - 1,
]

func samples(_ count: Int, seed: UInt64) -> [UInt64] {
  var generator = SeededGenerator(seed: seed)
  return edges + (0..<count).map { _ in UInt64.random(in: 0..<Fp.modulus, using: &generator) }
}

@Suite struct FieldTests {
  @Test func productsAndSumsEqualGMP() {
    let values = samples(60, seed: 1)
    for a in values {
      for b in values {
        let (x, y) = (Fp(a), Fp(b))
        #expect((x * y).canonical == (Integer(a) * Integer(b)).modulo)
        #expect((x + y).canonical == (Integer(a) + Integer(b)).modulo)
        #expect((x - y + y) == x)
        #expect((x * y).raw < Fp.modulus && (x + y).raw < Fp.modulus && (x - y).raw < Fp.modulus)
      }
    }
  }

  @Test func canonicalFormsRoundTrip() {
    for a in samples(200, seed: 2) {
      #expect(Fp(canonical: a)?.canonical == a)
      #expect(Fp(montgomery: Fp(a).raw + Fp.modulus) == Fp(a))
    }
    #expect(Fp(canonical: Fp.modulus) == nil)
    #expect(Fp(canonical: .max) == nil)
    #expect(Fp(UInt64.max).canonical == UInt64.max % Fp.modulus)
    #expect(Fp(-1).canonical == Fp.modulus - 1)
    #expect(Fp(-1).signed == -1)
    #expect(Fp(Int.min) + Fp(Int.max) == Fp(-1))
  }

  @Test func rootsOfUnityHaveTheirExactOrder() {
    for log in 1...Fp.twoAdicity {
      #expect(Fp.rootOfUnity(log: log).power(1 << (log - 1)) == Fp(-1))
    }
    #expect(Fp.rootOfUnity(log: 0) == .one)
    for prime: UInt64 in [2, 3, 5, 7, 13] {
      #expect(Fp.generator.power((Fp.modulus - 1) / prime) != .one)
    }
    #expect(Fp(5).power((Fp.modulus - 1) / 3) != .one, "5 must not be a cube")
  }

  @Test func inversesMultiplyToOne() {
    for a in samples(50, seed: 3) where a != 0 { #expect(Fp(a) * Fp(a).inverse == .one) }
    #expect(Fp.zero.inverse == .zero)
    let values = samples(30, seed: 4).map { Fp($0) }
    for (i, a) in values.enumerated() {
      let x = Fp3(a, values[(i * 7 + 3) % values.count], values[(i * 5 + 1) % values.count])
      if x != .zero { #expect(x * x.inverse == .one) }
    }
    #expect(Fp3.zero.inverse == .zero)
  }

  /// The product of E against integer polynomials reduced by X³ = 5 with GMP.
  @Test func extensionProductEqualsGMP() {
    let values = samples(14, seed: 5)
    let triples = values.indices.map { i in
      [values[i], values[(i * 3 + 1) % values.count], values[(i * 11 + 4) % values.count]]
    }
    let largest = [Fp.modulus - 1, Fp.modulus - 1, Fp.modulus - 1]
    for a in triples + [largest] {
      for b in triples + [largest] {
        var coefficients = (0..<5).map { _ in Integer(0) }
        for i in 0..<3 {
          for j in 0..<3 {
            coefficients[i + j] = coefficients[i + j] + Integer(a[i]) * Integer(b[j])
          }
        }
        let five = Integer(5)
        let product =
          Fp3(Fp(a[0]), Fp(a[1]), Fp(a[2])) * Fp3(Fp(b[0]), Fp(b[1]), Fp(b[2]))
        #expect(product.c0.canonical == (coefficients[0] + five * coefficients[3]).modulo)
        #expect(product.c1.canonical == (coefficients[1] + five * coefficients[4]).modulo)
        #expect(product.c2.canonical == coefficients[2].modulo)
      }
    }
  }

  /// Largest Montgomery forms in every coordinate: the top of the delayed sum's range.
  @Test func extensionProductHoldsAtTheTopOfItsRange() {
    let top = Fp(montgomery: Fp.modulus - 1)
    let x = Fp3(top, top, top)
    let sum = x.c0 * x.c0
    #expect((x * x).c0 == sum * Fp(11))
    #expect((x * x).c1 == sum * Fp(7))
    #expect((x * x).c2 == sum * Fp(3))
  }
}

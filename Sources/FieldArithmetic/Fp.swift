/// An element of the prime field F of p = 2^50 − 2^38 + 1 elements (`Paper/` section 2).
///
/// The element x is held as x·2^52 mod p, its Montgomery form, always reduced to `[0, p)`, so that
/// equality of elements is equality of `raw`. One product is one wide multiplication and one
/// reduction, and the same form feeds the 52-bit multiply-add kernels without a conversion.
public struct Fp: Equatable, Hashable, Sendable {
  /// The Montgomery form x·2^52 mod p, in `[0, p)`.
  public let raw: UInt64

  /// The characteristic p = 2^50 − 2^38 + 1.
  public static let modulus: UInt64 = 1_125_625_028_935_681
  /// The number of bits of a canonical integer of the field.
  public static let bitWidth = 50
  /// 2^`twoAdicity` divides p − 1.
  public static let twoAdicity = 38

  @usableFromInline static let mask: UInt64 = (1 << 52) - 1
  /// p^−1 mod 2^52.
  @usableFromInline static let inverseOfModulus: UInt64 = 3_377_974_598_434_817
  /// 2^104 mod p, which carries an integer into Montgomery form.
  @usableFromInline static let squareOfRadix: UInt64 = 8_795_019_018_192

  public static let zero = Fp(unchecked: 0)
  /// 2^52 mod p.
  public static let one = Fp(unchecked: 1_099_511_627_772)

  /// - Parameter raw: a Montgomery form already in `[0, p)`.
  @inlinable
  init(unchecked raw: UInt64) { self.raw = raw }

  /// Takes a Montgomery form as the vector kernels leave it.
  /// - Parameter lazy: a representative in `[0, 2p)`; a larger one is reduced too, at more cost.
  @inlinable
  public init(montgomery lazy: UInt64) {
    raw = lazy < Fp.modulus ? lazy : lazy % Fp.modulus
  }

  /// The residue of an unsigned integer.
  @inlinable
  public init(_ value: UInt64) {
    let reduced = value < Fp.modulus ? value : value % Fp.modulus
    raw = Fp.product(reduced, Fp.squareOfRadix)
  }

  /// The residue of a signed integer.
  @inlinable
  public init(_ value: Int) { self.init(Int64(value)) }

  /// The residue of a signed integer.
  @inlinable
  public init(_ value: Int64) {
    let magnitude = Fp(value.magnitude)
    self = value < 0 ? -magnitude : magnitude
  }

  /// Reads the canonical integer of an element; nil when `value` is not in `[0, p)`.
  @inlinable
  public init?(canonical value: UInt64) {
    guard value < Fp.modulus else { return nil }
    raw = Fp.product(value, Fp.squareOfRadix)
  }

  /// The canonical integer, in `[0, p)`.
  @inlinable
  public var canonical: UInt64 { Fp.product(raw, 1) }

  /// The representative in (−p/2, p/2).
  @inlinable
  public var signed: Int {
    let value = canonical
    return value > Fp.modulus / 2 ? Int(value) - Int(Fp.modulus) : Int(value)
  }

  /// a·b·2^−52 mod p in `[0, p)` for a, b in `[0, p)`.
  @inlinable
  static func product(_ a: UInt64, _ b: UInt64) -> UInt64 {
    let wide = a.multipliedFullWidth(by: b)
    return reduce(high: wide.high, low: wide.low)
  }

  /// t·2^−52 mod p in `[0, p)` for t = high·2^64 + low < p·2^52.
  ///
  /// q·p has the low 52 bits of t, so t − q·p is the difference of the two quotients by 2^52, which
  /// lies in (−p, p).
  @inlinable
  static func reduce(high: UInt64, low: UInt64) -> UInt64 {
    let quotient = (low & mask) &* inverseOfModulus & mask
    let multiple = quotient.multipliedFullWidth(by: modulus)
    let difference =
      ((high << 12) | (low >> 52)) &- ((multiple.high << 12) | (multiple.low >> 52))
    return difference &+ (modulus & (0 &- (difference >> 63)))
  }
}

extension Fp {
  @inlinable
  public static func + (a: Fp, b: Fp) -> Fp {
    let difference = a.raw &+ b.raw &- modulus
    return Fp(unchecked: difference &+ (modulus & (0 &- (difference >> 63))))
  }

  @inlinable
  public static func - (a: Fp, b: Fp) -> Fp {
    let difference = a.raw &- b.raw
    return Fp(unchecked: difference &+ (modulus & (0 &- (difference >> 63))))
  }

  @inlinable
  public static prefix func - (a: Fp) -> Fp { zero - a }

  @inlinable
  public static func * (a: Fp, b: Fp) -> Fp { Fp(unchecked: product(a.raw, b.raw)) }

  @inlinable
  public static func += (a: inout Fp, b: Fp) { a = a + b }
  @inlinable
  public static func -= (a: inout Fp, b: Fp) { a = a - b }
  @inlinable
  public static func *= (a: inout Fp, b: Fp) { a = a * b }

  /// x^exponent, with 0^0 = 1.
  @inlinable
  public func power(_ exponent: UInt64) -> Fp {
    var result = Fp.one
    var base = self
    var rest = exponent
    while rest != 0 {
      if rest & 1 == 1 { result *= base }
      base *= base
      rest >>= 1
    }
    return result
  }

  /// x^−1, and 0 for 0.
  @inlinable
  public var inverse: Fp { power(Fp.modulus - 2) }

  /// A generator of the multiplicative group.
  public static let generator = Fp(11)

  /// A primitive root of unity of order 2^`log`, the same for every user of the field:
  /// 11^((p−1)/2^38) raised to 2^(38−log).
  /// - Parameter log: in `0...38`.
  @inlinable
  public static func rootOfUnity(log: Int) -> Fp {
    precondition(log >= 0 && log <= twoAdicity, "no root of unity of that order")
    var root = generator.power((modulus - 1) >> UInt64(twoAdicity))
    for _ in log..<twoAdicity { root *= root }
    return root
  }
}

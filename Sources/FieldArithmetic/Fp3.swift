/// An element c0 + c1·X + c2·X² of the cubic extension E = F[X]/(X³ − 5), of about 2^150 elements.
///
/// Every challenge and every message of the interactive part is drawn from E (`Paper/` section 2).
public struct Fp3: Equatable, Hashable, Sendable {
  public let c0: Fp
  public let c1: Fp
  public let c2: Fp

  public static let zero = Fp3(.zero)
  public static let one = Fp3(.one)
  /// The number of coordinates over F.
  public static let degree = 3
  /// 1, X, X²: an element is the sum of its coordinates times these.
  public static let basis = [Fp3.one, Fp3(.zero, .one, .zero), Fp3(.zero, .zero, .one)]

  @inlinable
  public init(_ c0: Fp, _ c1: Fp, _ c2: Fp) {
    self.c0 = c0
    self.c1 = c1
    self.c2 = c2
  }

  @inlinable
  public init(_ base: Fp) { self.init(base, .zero, .zero) }

  @inlinable
  public init(_ value: Int) { self.init(Fp(value)) }

  @inlinable
  public init(_ value: Int64) { self.init(Fp(value)) }

  @inlinable
  public static func + (a: Fp3, b: Fp3) -> Fp3 {
    Fp3(a.c0 + b.c0, a.c1 + b.c1, a.c2 + b.c2)
  }

  @inlinable
  public static func - (a: Fp3, b: Fp3) -> Fp3 {
    Fp3(a.c0 - b.c0, a.c1 - b.c1, a.c2 - b.c2)
  }

  @inlinable
  public static prefix func - (a: Fp3) -> Fp3 { Fp3(-a.c0, -a.c1, -a.c2) }

  @inlinable
  public static func * (a: Fp3, b: Fp) -> Fp3 { Fp3(a.c0 * b, a.c1 * b, a.c2 * b) }

  /// Three coordinates, each a sum of at most 11 products below p², so below 2^104: reduced once.
  @inlinable
  public static func * (a: Fp3, b: Fp3) -> Fp3 {
    let (a0, a1, a2) = (UInt128(a.c0.raw), UInt128(a.c1.raw), UInt128(a.c2.raw))
    let (b0, b1, b2) = (UInt128(b.c0.raw), UInt128(b.c1.raw), UInt128(b.c2.raw))
    return Fp3(
      reduce(a0 &* b0 &+ 5 &* (a1 &* b2 &+ a2 &* b1)),
      reduce(a0 &* b1 &+ a1 &* b0 &+ 5 &* (a2 &* b2)),
      reduce(a0 &* b2 &+ a1 &* b1 &+ a2 &* b0))
  }

  /// t·2^−52 for t < 2^104. The part of t from bit 102 up weighs 2^102·2^−52 = 2^50 ≡ 2^38 − 1.
  /// The rest reduces to less than p + 2^38, and the sum of both stays below 2p, where one
  /// conditional subtraction makes it canonical.
  @inlinable
  static func reduce(_ t: UInt128) -> Fp {
    let top = UInt64(truncatingIfNeeded: t >> 102)
    let rest = t & ((1 << 102) - 1)
    let folded = Fp(
      unchecked: Fp.reduce(
        high: UInt64(truncatingIfNeeded: rest >> 64), low: UInt64(truncatingIfNeeded: rest)))
    return folded + Fp(unchecked: top &* ((1 << 38) - 1))
  }

  @inlinable
  public static func += (a: inout Fp3, b: Fp3) { a = a + b }
  @inlinable
  public static func -= (a: inout Fp3, b: Fp3) { a = a - b }
  @inlinable
  public static func *= (a: inout Fp3, b: Fp3) { a = a * b }

  /// x^exponent, with 0^0 = 1.
  @inlinable
  public func power(_ exponent: UInt64) -> Fp3 {
    var result = Fp3.one
    var base = self
    var rest = exponent
    while rest != 0 {
      if rest & 1 == 1 { result *= base }
      base *= base
      rest >>= 1
    }
    return result
  }

  /// x^−1, and 0 for 0: the adjugate of multiplication by x, divided by the norm.
  @inlinable
  public var inverse: Fp3 {
    let five = Fp(5)
    let a0 = c0 * c0 - five * c1 * c2
    let a1 = five * c2 * c2 - c0 * c1
    let a2 = c1 * c1 - c0 * c2
    let norm = c0 * a0 + five * (c2 * a1 + c1 * a2)
    return Fp3(a0, a1, a2) * norm.inverse
  }
}

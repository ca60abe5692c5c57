import FieldArithmetic
import Polynomials

/// A vector whose values are products of one factor for each bit of their index, as those of an
/// equality polynomial, ones and powers are. It takes no memory for its values, and its sums take
/// as many steps as the index has bits (`Paper/` section 6.3).
public struct FactoredVector: Equatable, Sendable {
  /// What a bit of the index counts.
  public struct Bit: Equatable, Sendable {
    public var zero: Fp3
    public var one: Fp3

    public init(zero: Fp3, one: Fp3) {
      self.zero = zero
      self.one = one
    }

    static func * (a: Bit, b: Bit) -> Bit { Bit(zero: a.zero * b.zero, one: a.one * b.one) }
  }

  /// The position of index 0; may be negative.
  private(set) var origin: Int
  /// The indices whose values count; those of all others are zero.
  private(set) var indices: Range<Int>
  /// The most significant bit first.
  let bits: [Bit]

  /// - Parameters:
  ///   - bits: the most significant first; at most 60.
  ///   - count: how many values there are, those of the indices in `0..<count`.
  init(_ bits: [Bit], count: Int, origin: Int = 0) {
    self.bits = bits
    self.origin = origin
    indices = 0..<min(count, 1 << bits.count)
  }

  /// The values eq(point, i).
  /// - Parameter count: how many are wanted; all by default.
  static func equality(
    at point: some Collection<Fp3>, count: Int = .max, origin: Int = 0
  ) -> FactoredVector {
    FactoredVector(
      point.map { Bit(zero: .one - $0, one: $0) }, count: count, origin: origin)
  }

  /// 1 at the positions `0..<count`.
  static func ones(_ count: Int) -> FactoredVector {
    FactoredVector(
      Array(repeating: Bit(zero: .one, one: .one), count: bitsNeeded(for: count)), count: count)
  }

  /// 1, x, x², … at the positions `0..<count`.
  static func powers(of x: Fp3, count: Int) -> FactoredVector {
    var bits: [Bit] = []
    var power = x
    for _ in 0..<bitsNeeded(for: count) {
      bits.append(Bit(zero: .one, one: power))
      power *= power
    }
    return FactoredVector(bits.reversed(), count: count)
  }

  /// The position of the first value, and the one behind the last.
  public var start: Int { origin + indices.lowerBound }
  public var end: Int { origin + indices.upperBound }

  /// The vector moved by a number of positions.
  func shifted(by constant: Int) -> FactoredVector {
    var result = self
    result.origin += constant
    return result
  }

  /// The values at the positions within `0..<count`.
  func clamped(to count: Int) -> FactoredVector {
    var result = self
    let low = max(indices.lowerBound, -origin)
    result.indices = low..<max(low, min(indices.upperBound, count - origin))
    return result
  }

  /// The products with another vector at the same positions, which begins at index 0 as well.
  func times(_ other: FactoredVector) -> FactoredVector {
    // An index of fewer bits has zeros in front.
    func padded(_ bits: [Bit], _ count: Int) -> [Bit] {
      Array(repeating: Bit(zero: .one, one: .zero), count: count - bits.count) + bits
    }
    let count = max(bits.count, other.bits.count)
    let products = zip(padded(bits, count), padded(other.bits, count)).map { $0 * $1 }
    var result = FactoredVector(products, count: .max, origin: origin)
    result.indices = indices.clamped(to: other.indices)
    return result
  }

  /// The sum of all values.
  var sum: Fp3 { Self.sum(bits, indices) }

  /// The value of an index.
  func value(_ index: Int) -> Fp3 { Self.value(bits, index) }

  /// The values of consecutive indices. Takes about as many steps as there are values, and a few for
  /// each bit, wherever they lie.
  func values(_ range: Range<Int>) -> [Fp3] {
    guard range.count > 1 else { return range.map { value($0) } }
    // The bits below the highest in which the first and the last index differ.
    let low = min(bits.count, bitsNeeded(for: (range.lowerBound ^ (range.upperBound - 1)) + 1))
    var values = [Self.value(bits.dropLast(low), range.lowerBound >> low)]
    var place = low
    for bit in bits.suffix(low) {
      place -= 1
      // The products over the bits so far of those indices only that the range has.
      let first = range.lowerBound >> place
      let last = (range.upperBound - 1) >> place
      values = (first...last).map { index in
        values[index >> 1 - first >> 1] * (index & 1 == 1 ? bit.one : bit.zero)
      }
    }
    return values
  }

  /// The values as products: `high` times `low`, row by row, without the first `skipped` ones. Both
  /// have about the square root of the number of values.
  public var halves: (high: [Fp3], low: [Fp3], skipped: Int) {
    guard !indices.isEmpty else { return ([], [], 0) }
    let count = bits.count / 2
    let first = indices.lowerBound >> count
    let rows = first..<((indices.upperBound - 1) >> count) + 1
    return (
      FactoredVector(bits.dropLast(count), count: .max).values(rows),
      FactoredVector(Array(bits.suffix(count)), count: .max).values(0..<1 << count),
      indices.lowerBound - first << count
    )
  }

  /// All values, written out.
  public var vector: AxisVector { AxisVector(start: start, values(indices)) }
}

// Products over some of the bits.
extension FactoredVector {
  static func value(_ bits: some Collection<Bit>, _ index: Int) -> Fp3 {
    var product = Fp3.one
    var place = bits.count
    for bit in bits {
      place -= 1
      product *= index >> place & 1 == 1 ? bit.one : bit.zero
    }
    return product
  }

  /// The sum of the values of the indices in a range.
  static func sum(_ bits: some BidirectionalCollection<Bit>, _ range: Range<Int>) -> Fp3 {
    let end = sum(bits, below: range.upperBound)
    return range.lowerBound == 0 ? end : end - sum(bits, below: range.lowerBound)
  }

  /// The sum of the values of the indices below a bound of at most 2^bits.
  private static func sum(_ bits: some BidirectionalCollection<Bit>, below bound: Int) -> Fp3 {
    // Of the bits so far, from the lowest: all values, and those below the bound's own bits.
    var all = Fp3.one
    var below = Fp3.zero
    var rest = bound
    for bit in bits.reversed() {
      below = rest & 1 == 1 ? bit.zero * all + bit.one * below : bit.zero * below
      all *= bit.zero + bit.one
      rest >>= 1
    }
    return rest > 0 ? all : below
  }
}

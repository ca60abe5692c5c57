import FieldArithmetic

/// Exact bounds on the error terms, in integers: a parameter must not depend on how a machine rounds
/// (`Paper/` section 10).
public enum Probability {
  /// |E| = p³ is at least this times 2^50.
  static let extensionSize: UInt128 = {
    let square = UInt128(Fp.modulus) * UInt128(Fp.modulus)
    return (square >> 50) * UInt128(Fp.modulus)
  }()

  /// The least number g of bits of grinding with count/|E| ≤ 2^(g − target).
  /// - Parameters:
  ///   - count: the number of bad challenges, at most 2^49.
  ///   - target: at most 128; one below 50 counts as 50.
  static func shortfall(count: Int64, target: Int) -> Int {
    var bits = 0
    while UInt128(count) << UInt128(max(target - 50, 0)) > extensionSize << UInt128(bits) {
      bits += 1
    }
    return bits
  }

  /// −log2(count/|E|), in hundredths, rounded down.
  /// - Parameter count: the number of bad challenges.
  public static func bits(count: Int) -> Int { bits(count: Int64(count)) }

  /// −log2(count/|E|), in hundredths, rounded down.
  /// - Parameter count: the number of bad challenges.
  public static func bits(count: Int64) -> Int {
    let size = logarithm(extensionSize) + 50 << fractionBits
    return hundredths(size - logarithm(UInt128(max(count, 1))) - slack)
  }

  /// The least t such that t uniform positions all miss a fraction (1 − ρ)/2 of them with
  /// probability at most 2^−bits: a word outside of the unique-decoding radius passes as a codeword,
  /// or another codeword as the nearest one.
  static func queries(messageLength: Int, domainLog: Int, bits: Int) -> Int {
    let numerator = UInt64(1) << UInt64(domainLog) + UInt64(messageLength)
    var miss = UpperBound.one
    var count = 0
    while !miss.isAtMost(powerOfHalf: bits) {
      miss.scale(by: numerator, shift: domainLog + 1)
      count += 1
    }
    return count
  }

  /// −log2 of the probability that `count` positions miss, in hundredths, rounded down.
  static func missBits(messageLength: Int, domainLog: Int, count: Int) -> Int {
    let numerator = UInt64(1) << UInt64(domainLog) + UInt64(messageLength)
    var miss = UpperBound.one
    for _ in 0..<count {
      miss.scale(by: numerator, shift: domainLog + 1)
    }
    let mantissa = logarithm(UInt128(miss.mantissa)) + slack
    return hundredths(-(miss.exponent << fractionBits) - mantissa)
  }

  // Logarithms are integers in units of 2^−16.
  private static let fractionBits = 16
  /// No less than the error of `logarithm`.
  private static let slack = 2

  private static func hundredths(_ fixed: Int) -> Int {
    Int((Int64(fixed) * 100) >> Int64(fractionBits))
  }

  /// A lower bound of log2(value), off by less than `slack`: each squaring doubles the logarithm of
  /// the 64-bit mantissa, and the error of the truncated mantissa with it.
  private static func logarithm(_ value: UInt128) -> Int {
    let whole = 127 - value.leadingZeroBitCount
    var mantissa = UInt64(truncatingIfNeeded: (value << UInt128(127 - whole)) >> 64)
    var result = whole
    for _ in 0..<fractionBits {
      let square = mantissa.multipliedFullWidth(by: mantissa).high
      let carry = Int(square >> 63)
      mantissa = carry == 1 ? square : square << 1
      result = result << 1 | carry
    }
    return result
  }
}

/// An upper bound mantissa·2^exponent of a product of fractions, each step rounded up.
struct UpperBound {
  private(set) var mantissa: UInt64
  private(set) var exponent: Int

  static let one = UpperBound(mantissa: 1 << 62, exponent: -62)

  /// Multiplies by numerator/2^shift.
  mutating func scale(by numerator: UInt64, shift: Int) {
    let product = UInt128(mantissa) * UInt128(numerator)
    let excess = max(0, 65 - product.leadingZeroBitCount)
    let rounding = (UInt128(1) << UInt128(excess)) - 1
    mantissa = UInt64((product + rounding) >> UInt128(excess))
    exponent += excess - shift
  }

  /// Whether the bound is at most 2^−bits.
  func isAtMost(powerOfHalf bits: Int) -> Bool {
    let room = -bits - exponent
    return room >= 64 || (room >= 0 && mantissa <= 1 << UInt64(room))
  }
}

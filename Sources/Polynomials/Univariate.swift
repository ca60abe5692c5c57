import FieldArithmetic

/// Polynomials in one variable given by their coefficients, the constant one first.
public enum Univariate {
  /// The value at a point of the base field.
  @inlinable
  public static func value(of coefficients: some BidirectionalCollection<Fp3>, at x: Fp) -> Fp3 {
    var value = Fp3.zero
    for coefficient in coefficients.reversed() { value = value * x + coefficient }
    return value
  }

  /// The value at a point of the extension.
  @inlinable
  public static func value(of coefficients: some BidirectionalCollection<Fp3>, at x: Fp3) -> Fp3 {
    var value = Fp3.zero
    for coefficient in coefficients.reversed() { value = value * x + coefficient }
    return value
  }

  /// 1, x, x², …, as many as wanted.
  @inlinable
  public static func powers(of x: Fp3, count: Int) -> [Fp3] {
    var powers: [Fp3] = []
    powers.reserveCapacity(max(count, 0))
    var power = Fp3.one
    for _ in 0..<max(count, 0) {
      powers.append(power)
      power *= x
    }
    return powers
  }

  /// The value at `challenge` of the polynomial c0 + c1·X + c2·X² whose values at 0 and 1 add up to
  /// `sum`: one round of a sum-check of degree two, where the prover sends c0 and c2 only.
  @inlinable
  public static func quadraticValue(c0: Fp3, c2: Fp3, sum: Fp3, at challenge: Fp3) -> Fp3 {
    let c1 = sum - c0 - c0 - c2
    return (c2 * challenge + c1) * challenge + c0
  }
}

/// Σ aᵢ·bᵢ over the indices that both have.
@inlinable
public func innerProduct(_ a: some Sequence<Fp3>, _ b: some Sequence<Fp3>) -> Fp3 {
  var sum = Fp3.zero
  for (x, y) in zip(a, b) { sum += x * y }
  return sum
}

/// Σ aᵢ·bᵢ over the indices that both have.
@inlinable
public func innerProduct(_ a: some Sequence<Fp3>, _ b: some Sequence<Fp>) -> Fp3 {
  var sum = Fp3.zero
  for (x, y) in zip(a, b) { sum += x * y }
  return sum
}

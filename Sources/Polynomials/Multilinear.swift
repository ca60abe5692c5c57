import FieldArithmetic

/// Multilinear polynomials given by their values on the Boolean cube.
///
/// Everywhere a point's first coordinate belongs to the most significant bit of an index, and its
/// last to the least significant one (`Paper/` section 2).
public enum Multilinear {
  /// The values eq(point, i) = Π_j (point_j if bit j of i is set, else 1 − point_j), times `scale`.
  /// - Parameters:
  ///   - point: n coordinates.
  ///   - count: how many values are wanted, those of i in `0..<count`; all 2^n by default.
  @inlinable
  public static func equalityTable(
    at point: [Fp3], count: Int? = nil, scale: Fp3 = .one
  ) -> [Fp3] {
    let count = min(count ?? 1 << point.count, 1 << point.count)
    guard count > 0 else { return [] }
    var table = [scale]
    table.reserveCapacity(count)
    for (j, coordinate) in point.enumerated() {
      // The prefixes that some wanted index begins with.
      let shift = point.count - 1 - j
      let wanted = ((count - 1) >> shift) + 1
      var next: [Fp3] = []
      next.reserveCapacity(wanted + 1)
      for value in table {
        let one = value * coordinate
        next.append(value - one)
        if next.count < wanted { next.append(one) }
      }
      table = next
    }
    return table
  }

  /// eq(a, b) = Π_j (a_j·b_j + (1 − a_j)·(1 − b_j)) over the coordinates that both have.
  @inlinable
  public static func equality(_ a: some Sequence<Fp3>, _ b: some Sequence<Fp3>) -> Fp3 {
    var product = Fp3.one
    for (x, y) in zip(a, b) {
      let both = x * y
      product *= both + both - x - y + .one
    }
    return product
  }

  /// eq(point, index): the weight of the Boolean point of an index.
  /// - Parameter index: in `0..<2^n` for a point of n coordinates.
  @inlinable
  public static func equality(_ point: some Collection<Fp3>, index: Int) -> Fp3 {
    var product = Fp3.one
    var bit = point.count
    for coordinate in point {
      bit -= 1
      product *= (index >> bit) & 1 == 1 ? coordinate : .one - coordinate
    }
    return product
  }

  /// The value at a point of the polynomial with the given values; missing values are zero.
  /// - Parameter values: at most 2^n for a point of n coordinates.
  @inlinable
  public static func value(of values: [Fp3], at point: [Fp3]) -> Fp3 {
    var layer = values
    for coordinate in point.reversed() {
      var next: [Fp3] = []
      next.reserveCapacity((layer.count + 1) / 2)
      for i in stride(from: 0, to: layer.count, by: 2) {
        let high = i + 1 < layer.count ? layer[i + 1] : .zero
        next.append(layer[i] + coordinate * (high - layer[i]))
      }
      layer = next
    }
    return layer.first ?? .zero
  }

  /// The value at a point of the polynomial with the values 1, x, x², …, x^(2^n − 1).
  @inlinable
  public static func powerValue(of x: Fp, at point: some BidirectionalCollection<Fp3>) -> Fp3 {
    var product = Fp3.one
    var power = x
    for coordinate in point.reversed() {
      product *= Fp3.one - coordinate + coordinate * power
      power *= power
    }
    return product
  }

  /// The value at a point of the polynomial with the values 1, x, x², …, x^(2^n − 1), x in the
  /// extension.
  @inlinable
  public static func powerValue(of x: Fp3, at point: some BidirectionalCollection<Fp3>) -> Fp3 {
    var product = Fp3.one
    var power = x
    for coordinate in point.reversed() {
      product *= Fp3.one - coordinate + coordinate * power
      power *= power
    }
    return product
  }
}

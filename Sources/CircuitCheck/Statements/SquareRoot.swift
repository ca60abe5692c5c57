import FieldArithmetic

extension Fp {
  /// A square root, or nil where there is none (Tonelli and Shanks: the order of the group is an odd
  /// number times 2^`twoAdicity`).
  var squareRoot: Fp? {
    guard self != .zero else { return .zero }
    let odd = (Fp.modulus - 1) >> UInt64(Fp.twoAdicity)
    var root = power((odd + 1) / 2)
    var rest = power(odd)
    // root² = self · rest, and the order of `rest` divides 2^order.
    var order = Fp.twoAdicity
    var unity = Fp.rootOfUnity(log: Fp.twoAdicity)
    while rest != .one {
      var square = rest
      var steps = 0
      while square != .one {
        square *= square
        steps += 1
        if steps == order { return nil }
      }
      for _ in 0..<order - steps - 1 { unity *= unity }
      root *= unity
      unity *= unity
      rest *= unity
      order = steps
    }
    return root
  }

  /// All t with square·t² + slope·t + value = 0; nil when every t is one.
  static func roots(square: Fp, slope: Fp, value: Fp) -> [Fp]? {
    guard square != .zero else {
      guard slope != .zero else { return value == .zero ? nil : [] }
      return [-value * slope.inverse]
    }
    let half = (square + square).inverse
    guard let root = (slope * slope - Fp(4) * square * value).squareRoot else { return [] }
    let roots = [(root - slope) * half, (-root - slope) * half]
    return roots[0] == roots[1] ? [roots[0]] : roots
  }
}

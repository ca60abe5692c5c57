import ConstraintSystem

extension ViewSum {
  /// The sum as an equation over real numbers: `acc[n, o] := sum(i) x[n, i] * w[o, i] + 0.5 * b[o]`.
  ///
  /// A coefficient stands for coefficient·2^(bits of the factors − bits of the result), which is what is
  /// printed: so the units are in the equation, and nothing is hidden in them.
  /// - Parameter fractionalBits: of the result.
  func text(_ name: String, of operands: [DerivedSystem.View], fractionalBits: Int) -> String {
    let left = indices[..<domainRank].map(\.name).joined(separator: ", ")
    var right = ""
    for term in terms {
      let bits = term.factors.reduce(-fractionalBits) { $0 + operands[$1.operand].fractionalBits }
      let sign = term.coefficient < 0 ? "-" : "+"
      if right.isEmpty {
        right = term.coefficient < 0 ? "-" : ""
      } else {
        right += " \(sign) "
      }
      right += text(term, operands, Self.number(term.coefficient.magnitude, bits))
    }
    return "\(name)[\(left)] := \(right.isEmpty ? "0" : right)"
  }

  private func text(
    _ term: Term, _ operands: [DerivedSystem.View], _ coefficient: String
  ) -> String {
    var factors = term.factors.map { read in
      let positions = read.positions.map { SystemPrinter.text($0, indices) }
      return "\(operands[read.operand].name)[\(positions.joined(separator: ", "))]"
    }
    if factors.isEmpty || coefficient != "1" { factors.insert(coefficient, at: 0) }
    let product = factors.joined(separator: " * ")
    guard !term.summed.isEmpty else { return product }
    let summed = term.summed.map { "\(indices[$0].name) in \(indices[$0].size)" }
    return "sum(\(summed.joined(separator: ", "))) \(product)"
  }

  /// magnitude·2^exponent, exactly: a short decimal fraction, or with the power where there is none.
  static func number(_ magnitude: UInt, _ exponent: Int) -> String {
    guard magnitude != 0 else { return "0" }
    let zeros = magnitude.trailingZeroBitCount
    let odd = magnitude >> UInt(zeros)
    let power = exponent + zeros
    if power >= 0, power < 32, odd.leadingZeroBitCount > power + 1 { return String(odd << power) }
    guard (-6..<0).contains(power), odd < 1 << 32 else {
      return odd == 1 ? "2^\(power)" : "\(odd) * 2^\(power)"
    }
    // odd / 2^k is odd·5^k / 10^k.
    let digits = (power..<0).reduce(odd) { product, _ in product * 5 }
    let (whole, rest) = (odd >> UInt(-power), (power..<0).reduce(UInt(1)) { ten, _ in ten * 10 })
    let fraction = String(digits % rest)
    return "\(whole)." + String(repeating: "0", count: -power - fraction.count) + fraction
  }
}

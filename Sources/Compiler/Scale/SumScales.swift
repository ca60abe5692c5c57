import Equations
import Foundation

/// What the scales of a sum's operands allow its accumulator.
struct SumScales {
  /// An operand that is not a constant, as integers.
  struct Operand {
    var bits: Int
    /// The greatest magnitude of its integers.
    var magnitude: Int
    /// How many times that the bounds are of the sum that stands for it.
    var looseness = 1
  }

  /// Of the sum that `coefficient` is left out of.
  let facts: SumFacts
  /// By the operands' numbers; nil for constants.
  let operands: [Operand?]
  /// The fractional bits of the result, or what those of an exact sum would be; less the whole part of
  /// the binary logarithm of `coefficient` where that is left out of the sum.
  let output: Int
  /// On which sides constants are held to `Saturation.bound`.
  let blind: Blindness.Sides
  /// What they are held to, over real numbers.
  private let bound: Double
  /// Of the result, where it is rounded.
  let width: Int?
  let options: CompileOptions
  /// The digits that the sum may have where it is not committed, if its readers limit them.
  let room: Int?
  /// What the facts' sum is multiplied by, by way of the divisor that rounds it; 1 unless the result's
  /// coefficient is applied so.
  let coefficient: Double

  /// - Parameters:
  ///   - facts: of the sum.
  ///   - operands: by number; nil for constants.
  ///   - output: fractional bits of the result, or what those of an exact sum would be.
  ///   - width: of the result, where it is rounded.
  ///   - blind: on which sides no reader can tell how far the result is beyond.
  ///   - room: the digits that it may have where it is not committed; nil for no limit of its readers.
  init(
    facts: SumFacts, operands: [Operand?], output: Int, width: Int?, blind: Blindness.Sides,
    room: Int? = nil, options: CompileOptions
  ) {
    self.width = width
    self.room = room
    self.operands = operands
    self.blind = blind
    self.options = options
    let least = FixedPoint.real(Saturation.bound(bits: output), fractionalBits: output)
    let held = facts.held(to: least, blind) { number in
      operands[number].map { FixedPoint.real($0.magnitude, fractionalBits: $0.bits) } ?? 1
    }
    // Beside a mask there is room for few digits of a coefficient.
    let masked = facts.divided(held, blind)
    let plain =
      blind == .none
        && Self.roomForWeights(facts, operands, options) < Self.preciseCoefficient
      ? held.facts.divided : nil
    guard width != nil, let divided = masked ?? plain else {
      (self.facts, self.output, coefficient) = (held.facts, output, 1)
      bound = held.bound
      return
    }
    bound = masked == nil ? held.bound : Saturation.power(held.bound / divided.coefficient)
    self.facts = divided.facts
    self.output = output + Int(divided.coefficient.exponent)
    coefficient = divided.coefficient
  }

  /// Constants that are all zero take any scale.
  private static let unbounded = 200
  /// The magnitude of weights of 24 bits.
  private static let wideWeight = (1 << 23) - 1
  /// The shifts of roundings with one remainder, with two of which the second needs but a small
  /// table, and the longest.
  private static let shifts = [16, 24, 32]
  /// Errors of independent weights stay below this many units of the result for some thousand terms.
  private static let toleratedError = 24.0
  /// So many digits make a coefficient precise.
  private static let preciseCoefficient = 14
  /// So many digits of a sum that is not rounded leave room for what it is compared with.
  private static let uncommittedDigits = 40
  /// A divisor of so many digits is one, whatever it is rounded from.
  private static let preciseDivisor = 17
  /// By how many bits more than it has a value may be bounded.
  private static let spareBits = 8
  /// What a result's width and the shift that rounds it come to at the most: with the sum they stay below
  /// half of the field.
  private static let roundedDigits = 49
  /// The most that a term may be multiplied by to reach the others.
  static let maximalAlignment = 30

  /// Half of the accumulator's range is for the products of weights, the other half for all else.
  private var halfBits: Int { options.accumulatorBits - 1 }

  /// The digits that exact terms have together, and constants that are added.
  private var exactDigits: Int {
    options.accumulatorBits - others(facts.hasWeights, facts.hasConstants)
  }
  private var constantDigits: Int {
    options.accumulatorBits - max(others(facts.hasWeights, hasExact), 1)
  }

  private var hasExact: Bool { facts.terms.contains { exactBits($0) != nil } }

  /// The digits that two other kinds of term take off a sum's.
  private func others(_ a: Bool, _ b: Bool) -> Int { (a ? 1 : 0) + (b ? 1 : 0) }

  /// The fractional bits of the product of a term's values.
  func inputBits(_ term: SumFacts.Term) -> Int {
    term.values.reduce(0) { $0 + (operands[$1]?.bits ?? 0) }
  }

  /// Binary digits of the product of a term's values and of how many of these are added.
  private func inputDigits(_ term: SumFacts.Term) -> Int { Self.inputDigits(term, operands) }

  private static func inputDigits(_ term: SumFacts.Term, _ operands: [Operand?]) -> Int {
    term.values.reduce(term.count.ceilingLog2 + term.multiple.ceilingLog2) {
      $0 + (operands[$1]?.magnitude ?? 1).ceilingLog2
    }
  }

  /// Fractional bits at which a term without weights is an integer combination of its operands; nil
  /// for a term that is none, or never comes to half a unit of a result that is rounded. What is not
  /// rounded may be multiplied by what makes it count.
  func exactBits(_ term: SumFacts.Term) -> Int? {
    guard !term.isConstant, let exponent = term.exponent else { return nil }
    let bits = inputBits(term) - exponent
    return width != nil && output - bits + inputDigits(term) < -1 ? nil : bits
  }

  /// The finest of all terms that are exact.
  var exactBits: Int? { facts.terms.compactMap(exactBits).max() }

  /// What the products of a term leave to its weights.
  private func weightRoom(_ term: SumFacts.Term) -> Int {
    let others = facts.terms.count(where: \.isWeighted).ceilingLog2
    return (1 << max(halfBits - inputDigits(term) - others, 1)) - 1
  }

  /// The digits that are left to the coefficients of a sum.
  private static func roomForWeights(
    _ facts: SumFacts, _ operands: [Operand?], _ options: CompileOptions
  ) -> Int {
    let others = facts.terms.count(where: \.isWeighted).ceilingLog2
    let digits = facts.terms.lazy.filter(\.isWeighted).map { inputDigits($0, operands) }.max()
    return options.accumulatorBits - 1 - (digits ?? 0) - others
  }

  /// The magnitude that a term's weights are declared with, or its coefficient does not exceed.
  func weightMagnitude(_ term: SumFacts.Term) -> Int {
    min(needsWideWeights(term) ? Self.wideWeight : CompileOptions.weightMagnitude, weightRoom(term))
  }

  /// Whether rounding constants to 16 bits would change the result by more than 2^6 of its units, as
  /// where large products cancel.
  private func needsWideWeights(_ term: SumFacts.Term) -> Bool {
    guard term.constant != nil else { return false }
    let limit = min(CompileOptions.weightMagnitude, weightRoom(term))
    let digits = inputDigits(term) - term.count.ceilingLog2 - 2
    let error = digits - inputBits(term) + output - weightBits(term, limit: limit)
    return 2 * error + term.count.ceilingLog2 > 12
  }

  /// The most fractional bits that a term's weights can have within a magnitude.
  private func weightBits(_ term: SumFacts.Term, limit: Int) -> Int {
    FixedPoint.fractionalBits(magnitude: term.magnitude, limit: Double(limit) + 0.49)
      ?? Self.unbounded
  }

  /// The most fractional bits of an accumulator that still holds all terms, and that are not beyond
  /// those of all weights.
  var mostBits: Int {
    let weighted = facts.terms.filter(\.isWeighted)
    let useful = weighted.map { inputBits($0) + weightBits($0, limit: weightMagnitude($0)) }
    return min(useful.max() ?? Int.max, roomBits)
  }

  /// The most fractional bits of an accumulator that still holds all terms.
  var roomBits: Int {
    let exactCount = facts.terms.count { exactBits($0) != nil }
    // A rounding takes the result, in all its width, off the sum.
    let widest = width.map { output + Self.roundedDigits - $0 } ?? 2 * Self.unbounded
    return facts.terms.reduce(widest) { most, term in
      if term.isWeighted {
        return min(most, inputBits(term) + weightBits(term, limit: weightRoom(term)))
      }
      if let exact = exactBits(term) {
        return min(most, exact + exactDigits - inputDigits(term) - exactCount.ceilingLog2)
      }
      let limit = Double((1 << constantDigits) - 1)
      let bits = FixedPoint.fractionalBits(
        magnitude: term.magnitude * Double(term.count), limit: limit)
      return min(most, bits ?? 2 * Self.unbounded)
    }
  }

  /// The fractional bits of the accumulator: all that are worth something
  /// to weights, but no more than a rounding takes away again. A rounding with one remainder is
  /// preferred to longer ones, as long as it leaves the weights bits enough.
  ///
  /// They depend on nothing else, so that whoever has the constants and a system's scales finds them
  /// again.
  func accumulatorBits(isCommitted: Bool) -> Int {
    let exact = exactBits
    if coefficient != 1 {
      let own = max(exact ?? output, facts.hasConstants ? min(output, mostBits) : exact ?? output)
      return max(own, min(output + Self.preciseDivisor, roomBits))
    }
    guard facts.hasWeights else {
      let own = max(exact ?? output, facts.hasConstants ? min(output, mostBits) : exact ?? output)
      return isCommitted ? shared(own) : own
    }
    let most = mostBits
    let shifted = Self.shifts.map { output + $0 }.filter { $0 < most && $0 >= exact ?? $0 }
    if isCommitted {
      if let fine = shifted.first(where: isFine) { return fine }
    } else if let least = shifted.first {
      // Other sums are made of this one, or it is compared: the digits that weights need, and no more.
      let room = shifted.filter { magnitude(accumulator: $0) < 1 << Self.uncommittedDigits }
      return squarable(room.first(where: isFine) ?? room.last ?? least, exact)
    }
    let own = max(min(most, output + CompileOptions.maximalShift), exact ?? Int.min)
    return isCommitted ? shared(own) : squarable(own, exact)
  }

  /// The accumulator of a sum that is not committed, with as many bits as its readers have room for.
  private func squarable(_ accumulator: Int, _ exact: Int?) -> Int {
    guard let room else { return accumulator }
    let least = max(exact ?? Int.min, accumulator - CompileOptions.maximalShift)
    var bits = accumulator
    while bits > least, magnitude(accumulator: bits) >= 1 << room { bits -= 1 }
    return bits
  }

  /// The accumulator brought to the shift that all roundings share where there is room, since each
  /// shift takes a table of its own remainders. The quotient is the same. What reads wide values bounds
  /// them by some bits more than they have, for which there must be room as well.
  private func shared(_ accumulator: Int) -> Int {
    let common = output + CompileOptions.singleShift
    guard accumulator > output, accumulator < common, common + Self.spareBits <= roomBits
    else { return accumulator }
    return common
  }

  /// Whether what rounding the weights changes, when all inputs are half of what their scale holds,
  /// is less than is tolerated.
  private func isFine(accumulator: Int) -> Bool {
    facts.terms.indices.allSatisfy { number in
      let term = facts.terms[number]
      guard term.isWeighted else { return true }
      let bits = min(
        accumulator - inputBits(term), weightBits(term, limit: weightMagnitude(term)))
      let digits = inputDigits(term) - term.count.ceilingLog2
      let error = facts.sumError(number, fractionalBits: bits)
      let tolerated = term.count == 1 ? 1 : Self.toleratedError
      return scalbn(error, digits - 1 - inputBits(term) + output) <= tolerated
    }
  }

  /// What a sum of some fractional bits is divided by for the result.
  private func divisor(accumulator: Int) -> Int? {
    guard coefficient != 1 else { return nil }
    let shift = accumulator - output + Int(coefficient.exponent)
    return max(Int((scalbn(1, shift) / coefficient).rounded()), 1)
  }

  /// No value of the sum is greater in magnitude; `Int.max` where it leaves 62 bits.
  func magnitude(accumulator: Int) -> Int {
    var sum = 0.0
    for term in facts.terms {
      var size = Double(term.count)
      for value in term.values { size *= Double(operands[value]?.magnitude ?? 1) }
      if term.values.count > 1 {
        for value in term.values { size *= Double(operands[value]?.looseness ?? 1) }
      }
      if term.isWeighted, term.constant == nil {
        let bits = accumulator - inputBits(term)
        size *= max(scalbn(abs(term.coefficient), bits).rounded(.up), 1)
      } else if term.isWeighted {
        let bits = accumulator - inputBits(term)
        let own = min(bits, weightBits(term, limit: weightMagnitude(term)))
        size *= scalbn(Double(weightMagnitude(term)), bits - own)
      } else if term.isConstant {
        size = Double(biasRange(term, accumulator))
      } else if let exact = exactBits(term) {
        size = scalbn(size * Double(term.multiple), accumulator - exact)
      }
      sum += size
    }
    return sum < 0x1p62 ? Int(sum) : Int.max
  }

  /// What constants that are added are held to, in units of an accumulator; nil where they are as they
  /// are.
  private func limits(_ accumulator: Int) -> ClosedRange<Int>? {
    guard blind != .none else { return nil }
    let whole = 1 << 61
    let bound = Int(min(scalbn(self.bound, accumulator), Double(whole)))
    return (blind.below ? -bound : -whole)...(blind.above ? bound : whole)
  }

  /// The least 2^k − 1, of at least 15 bits, that holds a constant that is added.
  private func biasRange(_ term: SumFacts.Term, _ bits: Int) -> Int {
    let width = max(
      Int(log2(max(scalbn(term.magnitude, bits), 1) + 0.5).rounded(.down)) + 1, 15)
    return (1 << min(width, constantDigits)) - 1
  }

  /// The plan for an accumulator of some fractional bits.
  func plan(accumulator: Int) -> SumPlan {
    let terms = facts.terms.map { term in
      if term.isConstant {
        return SumPlan.Term(
          coefficient: 1, constantBits: accumulator, factor: term.coefficient,
          constantMagnitude: biasRange(term, accumulator),
          limits: limits(accumulator))
      }
      if term.isWhole, term.constant != nil {
        return SumPlan.Term(
          coefficient: 1 << min(max(accumulator, 0), 60), constantBits: 0, factor: term.coefficient,
          constantMagnitude: term.multiple)
      }
      if let exact = exactBits(term) {
        let value = term.multiple << min(max(accumulator - exact, 0), 60)
        return SumPlan.Term(
          coefficient: term.coefficient < 0 ? -value : value,
          constantBits: term.isIndicated ? 0 : nil, factor: 1,
          constantMagnitude: term.isIndicated ? 1 : 0)
      }
      let bits = accumulator - inputBits(term)
      guard term.constant != nil else {
        let value = FixedPoint.scaled(term.coefficient, fractionalBits: bits)
        return SumPlan.Term(
          coefficient: term.isWeighted ? Int(value) : 0, constantBits: nil, factor: 1,
          constantMagnitude: 0)
      }
      let own = min(bits, weightBits(term, limit: weightMagnitude(term)))
      return SumPlan.Term(
        coefficient: 1 << min(bits - own, 60), constantBits: own, factor: term.coefficient,
        constantMagnitude: weightMagnitude(term))
    }
    return SumPlan(
      accumulatorBits: accumulator, terms: terms, magnitude: magnitude(accumulator: accumulator),
      divisor: divisor(accumulator: accumulator))
  }
}

extension Int {
  /// The least e with 2^e at least this, which is positive.
  var ceilingLog2: Int { self <= 1 ? 0 : (self - 1).magnitudeBits }
}

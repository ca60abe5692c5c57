import Equations
import Foundation

/// What the scales of a sum's operands allow its accumulator.
struct SumScales {
  /// An operand that is not a constant, as integers.
  struct Operand {
    var bits: Int
    /// The greatest magnitude of its integers.
    var magnitude: Int
  }

  let facts: SumFacts
  /// By the operands' numbers; nil for constants.
  let operands: [Operand?]
  let options: CompileOptions

  /// Constants that are all zero take any scale.
  private static let unbounded = 200
  /// The shifts of roundings with one remainder, with two of which the second needs but a small
  /// table, and the longest.
  private static let shifts = [16, 24, 32]
  /// Errors of independent weights stay below this many units of the result for some thousand terms.
  private static let toleratedError = 24.0
  /// The most that a term may be multiplied by to reach the others.
  static let maximalAlignment = 30

  /// Half of the accumulator's range is for the products of weights, the other half for all else.
  private var halfBits: Int { options.accumulatorBits - 1 }

  /// The fractional bits of the product of a term's values.
  func inputBits(_ term: SumFacts.Term) -> Int {
    term.values.reduce(0) { $0 + (operands[$1]?.bits ?? 0) }
  }

  /// Binary digits of the product of a term's values and of how many of these are added.
  private func inputDigits(_ term: SumFacts.Term) -> Int {
    term.values.reduce(term.count.ceilingLog2) { $0 + (operands[$1]?.magnitude ?? 1).ceilingLog2 }
  }

  /// Fractional bits at which a term without weights is an integer combination of its operands.
  func exactBits(_ term: SumFacts.Term) -> Int? {
    guard !term.isConstant, let exponent = term.exponent else { return nil }
    return inputBits(term) - exponent
  }

  /// The finest of all terms that are exact.
  var exactBits: Int? { facts.terms.compactMap(exactBits).max() }

  /// The magnitude that a term's weights are declared with.
  func weightMagnitude(_ term: SumFacts.Term) -> Int {
    let others = facts.terms.count(where: \.isWeighted).ceilingLog2
    let available = halfBits - inputDigits(term) - others
    return min(CompileOptions.weightMagnitude, (1 << min(max(available, 1), 20)) - 1)
  }

  /// The most fractional bits of an accumulator that still holds the weights and constants.
  var mostBits: Int {
    facts.terms.reduce(2 * Self.unbounded) { most, term in
      if term.isWeighted {
        let limit = Double(weightMagnitude(term)) + 0.49
        let bits = FixedPoint.fractionalBits(magnitude: term.magnitude, limit: limit)
        return min(most, inputBits(term) + (bits ?? Self.unbounded))
      }
      guard term.isConstant else { return most }
      let limit = Double((1 << halfBits) - 1)
      let bits = FixedPoint.fractionalBits(magnitude: term.magnitude * Double(term.count), limit: limit)
      return min(most, bits ?? 2 * Self.unbounded)
    }
  }

  /// The fractional bits of the accumulator, given those of the result: all that are worth something
  /// to weights, but no more than a rounding takes away again. A rounding with one remainder is
  /// preferred to longer ones, as long as it leaves the weights bits enough.
  ///
  /// They depend on nothing else, so that whoever has the constants and a system's scales finds them
  /// again.
  func accumulatorBits(output: Int, isCommitted: Bool) -> Int {
    let exact = exactBits
    guard facts.hasWeights else {
      let own = max(exact ?? output, facts.hasConstants ? min(output, mostBits) : exact ?? output)
      let common = output + CompileOptions.singleShift
      // All roundings by one shift have one table of remainders.
      guard isCommitted, own > output, own < common, common <= mostBits else { return own }
      return magnitude(accumulator: common) < 1 << halfBits ? common : own
    }
    let most = mostBits
    for shift in Self.shifts where output + shift < most {
      let bits = output + shift
      guard exact.map({ $0 <= bits }) ?? true else { continue }
      if !isCommitted || isFine(accumulator: bits, output: output) { return bits }
    }
    return max(min(most, output + CompileOptions.maximalShift), exact ?? Int.min)
  }

  /// Whether what rounding the weights changes, when all inputs are half of what their scale holds,
  /// is less than is tolerated.
  private func isFine(accumulator: Int, output: Int) -> Bool {
    facts.terms.indices.allSatisfy { number in
      let term = facts.terms[number]
      guard term.isWeighted else { return true }
      let bits = accumulator - inputBits(term)
      let digits = inputDigits(term) - term.count.ceilingLog2
      let error = facts.sumError(number, fractionalBits: bits)
      return scalbn(error, digits - 1 - inputBits(term) + output) <= Self.toleratedError
    }
  }

  /// No value of the sum is greater in magnitude; `Int.max` where it leaves 62 bits.
  func magnitude(accumulator: Int) -> Int {
    var sum = 0.0
    for term in facts.terms {
      var size = Double(term.count)
      for value in term.values { size *= Double(operands[value]?.magnitude ?? 1) }
      if term.isWeighted {
        size *= Double(weightMagnitude(term))
      } else if term.isConstant {
        size = Double(biasRange(term, accumulator))
      } else if let exact = exactBits(term) {
        size = scalbn(size, accumulator - exact)
      }
      sum += size
    }
    return sum < 0x1p62 ? Int(sum) : Int.max
  }

  /// The least 2^k − 1, of at least 15 bits, that holds a constant that is added.
  private func biasRange(_ term: SumFacts.Term, _ bits: Int) -> Int {
    let width = max(Int(log2(max(scalbn(term.magnitude, bits), 1) + 0.5).rounded(.down)) + 1, 15)
    return (1 << min(width, 46)) - 1
  }

  /// The plan for an accumulator of some fractional bits.
  func plan(accumulator: Int) -> SumPlan {
    let terms = facts.terms.map { term in
      if term.isConstant {
        return SumPlan.Term(
          coefficient: 1, constantBits: accumulator, factor: term.coefficient,
          constantMagnitude: biasRange(term, accumulator))
      }
      if let exact = exactBits(term) {
        let value = 1 << min(max(accumulator - exact, 0), 62)
        return SumPlan.Term(
          coefficient: term.coefficient < 0 ? -value : value, constantBits: nil, factor: 1,
          constantMagnitude: 0)
      }
      let bits = accumulator - inputBits(term)
      guard term.constant != nil else {
        let value = scalbn(term.coefficient, bits).rounded(.toNearestOrAwayFromZero)
        return SumPlan.Term(
          coefficient: Int(value), constantBits: nil, factor: 1, constantMagnitude: 0)
      }
      return SumPlan.Term(
        coefficient: 1, constantBits: bits, factor: term.coefficient,
        constantMagnitude: weightMagnitude(term))
    }
    return SumPlan(
      accumulatorBits: accumulator, terms: terms, magnitude: magnitude(accumulator: accumulator))
  }
}

extension Int {
  /// The least e with 2^e at least this, which is positive.
  var ceilingLog2: Int { self <= 1 ? 0 : (self - 1).magnitudeBits }
}

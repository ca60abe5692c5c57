extension Int64: LaneElement {
  @inline(__always)
  package init<Stored: StoredElement>(stored: Stored) { self = stored.asInt64 }

  package var position: Int? { Int(self) }
  package static var least: Int64 { .min }
  package static var greatest: Int64 { .max }

  package static func apply(_ operation: LaneOperation, _ lanes: LaneOperands<Int64>) -> Bool {
    switch operation {
    case .add: return lanes.checked { $0.addingReportingOverflow($1) }
    case .subtract: return lanes.checked { $0.subtractingReportingOverflow($1) }
    case .multiply: return lanes.checked { $0.multipliedReportingOverflow(by: $1) }
    case .floorDivide: return lanes.divide(quotient: true)
    case .remainder: return lanes.divide(quotient: false)
    case .signedFloorDivide: return lanes.checked { floorQuotient($0, $1) }
    case .signedCeilDivide: return lanes.checked { ceilQuotient($0, $1) }
    case .signedRemainder: return lanes.checked { floorRemainder($0, $1) }
    case .truncatedDivide: return lanes.checked { $0.dividedReportingOverflow(by: $1) }
    case .power: return lanes.checked { power($0, $1) }
    case .negate: return lanes.checked { value, _ in Int64(0).subtractingReportingOverflow(value) }
    case .magnitude:
      return lanes.checked { value, _ in
        value < 0 ? Int64(0).subtractingReportingOverflow(value) : (value, false)
      }
    case .minimum: lanes.combine { Swift.min($0, $1) }
    case .maximum: lanes.combine { Swift.max($0, $1) }
    case .less: lanes.combine { $0 < $1 ? 1 : 0 }
    case .lessOrEqual: lanes.combine { $0 <= $1 ? 1 : 0 }
    case .equal: lanes.combine { $0 == $1 ? 1 : 0 }
    case .and: lanes.combine { $0 != 0 && $1 != 0 ? 1 : 0 }
    case .or: lanes.combine { $0 | $1 != 0 ? 1 : 0 }
    case .xor: lanes.combine { ($0 != 0) != ($1 != 0) ? 1 : 0 }
    case .not: lanes.map { $0 == 0 ? 1 : 0 }
    case .sign: lanes.map { $0.signum() }
    case .squareRoot:
      return lanes.checked { value, _ in value < 0 ? (0, true) : (squareRoot(value), false) }
    case .logarithm:
      return lanes.checked { value, _ in
        value <= 0 ? (0, true) : (Int64(63 - value.leadingZeroBitCount), false)
      }
    case .real: preconditionFailure("an operation on real numbers")
    }
    return false
  }

  private static func floorQuotient(
    _ dividend: Int64, _ divisor: Int64
  ) -> (partialValue: Int64, overflow: Bool) {
    let (quotient, overflow) = dividend.dividedReportingOverflow(by: divisor)
    guard !overflow else { return (0, true) }
    let rest = dividend - quotient * divisor
    return (rest != 0 && (rest < 0) != (divisor < 0) ? quotient - 1 : quotient, false)
  }

  private static func ceilQuotient(
    _ dividend: Int64, _ divisor: Int64
  ) -> (partialValue: Int64, overflow: Bool) {
    let (quotient, overflow) = dividend.dividedReportingOverflow(by: divisor)
    guard !overflow else { return (0, true) }
    let rest = dividend - quotient * divisor
    return (rest != 0 && (rest < 0) == (divisor < 0) ? quotient + 1 : quotient, false)
  }

  /// It has the divisor's sign.
  private static func floorRemainder(
    _ dividend: Int64, _ divisor: Int64
  ) -> (partialValue: Int64, overflow: Bool) {
    guard divisor != 0 else { return (0, true) }
    // A remainder that the quotient's overflow would hide is zero.
    let rest = divisor == -1 ? 0 : dividend % divisor
    return (rest != 0 && (rest < 0) != (divisor < 0) ? rest + divisor : rest, false)
  }

  /// A negative exponent gives no integer.
  private static func power(
    _ base: Int64, _ exponent: Int64
  ) -> (partialValue: Int64, overflow: Bool) {
    guard exponent >= 0 else { return (0, true) }
    var (result, square, rest): (Int64, Int64, Int64) = (1, base, exponent)
    var overflow = false
    while rest > 0 {
      if rest & 1 == 1 {
        let (product, failed) = result.multipliedReportingOverflow(by: square)
        (result, overflow) = (product, overflow || failed)
      }
      rest >>= 1
      guard rest > 0 else { break }
      let (product, failed) = square.multipliedReportingOverflow(by: square)
      (square, overflow) = (product, overflow || failed)
    }
    return (result, overflow)
  }

  private static func squareRoot(_ value: Int64) -> Int64 {
    // Off by one at the most: a double holds 53 of the value's bits.
    var root = Int64(Double(value).squareRoot())
    while root.multipliedReportingOverflow(by: root).overflow || root * root > value { root -= 1 }
    while true {
      let (square, overflow) = (root + 1).multipliedReportingOverflow(by: root + 1)
      if overflow || square > value { return root }
      root += 1
    }
  }

  package static func choose(_ lanes: LaneOperands<Int64>, mask: UnsafeMutablePointer<Int64>) {
    // A branch here would often be mispredicted.
    for lane in 0..<lanes.count {
      let (a, b) = (lanes.first[lane], lanes.second[lane])
      lanes.result[lane] = a ^ ((a ^ b) & (0 &- mask[lane]))
    }
  }

  @inline(__always)
  package static func combine(
    _ reduction: LaneReduction, _ total: Int64, _ term: Int64
  ) -> Int64? {
    switch reduction {
    case .sum:
      let (sum, overflow) = total.addingReportingOverflow(term)
      return overflow ? nil : sum
    case .product:
      let (product, overflow) = total.multipliedReportingOverflow(by: term)
      return overflow ? nil : product
    case .minimum: return Swift.min(total, term)
    case .maximum: return Swift.max(total, term)
    case .firstMaximum, .lastMaximum, .firstMinimum, .lastMinimum: return nil
    }
  }

  package static func combine(
    _ reduction: LaneReduction, _ totals: UnsafeMutablePointer<Int64>,
    _ terms: UnsafeMutablePointer<Int64>, _ count: Int
  ) -> Bool {
    var overflow = false
    switch reduction {
    case .sum:
      for lane in 0..<count {
        overflow = totals[lane].addingReportingOverflow(terms[lane]).overflow || overflow
      }
    case .product:
      for lane in 0..<count {
        overflow = totals[lane].multipliedReportingOverflow(by: terms[lane]).overflow || overflow
      }
    case .minimum, .maximum, .firstMaximum, .lastMaximum, .firstMinimum, .lastMinimum: break
    }
    if !overflow { combineWrapping(reduction, totals, terms, count) }
    return overflow
  }

  package static func combineWrapping(
    _ reduction: LaneReduction, _ totals: UnsafeMutablePointer<Int64>,
    _ terms: UnsafeMutablePointer<Int64>, _ count: Int
  ) {
    switch reduction {
    case .sum: for lane in 0..<count { totals[lane] &+= terms[lane] }
    case .product: for lane in 0..<count { totals[lane] &*= terms[lane] }
    case .minimum: for lane in 0..<count { totals[lane] = Swift.min(totals[lane], terms[lane]) }
    case .maximum: for lane in 0..<count { totals[lane] = Swift.max(totals[lane], terms[lane]) }
    case .firstMaximum, .lastMaximum, .firstMinimum, .lastMinimum: break
    }
  }

  @inline(__always)
  package static func add(_ sum: Double, times coefficient: Int64, to target: inout Int64) {
    target &+= Int64(sum) &* coefficient
  }
}

extension LaneOperands<Int64> {
  @inline(__always)
  fileprivate func checked(
    _ body: (Int64, Int64) -> (partialValue: Int64, overflow: Bool)
  ) -> Bool {
    var failed = false
    for lane in 0..<count {
      let (value, overflow) = body(first[lane], second[lane])
      result[lane] = value
      failed = failed || overflow
    }
    return failed
  }

  fileprivate func divide(quotient: Bool) -> Bool {
    guard count > 0 else { return false }
    let divisor = second[0]
    if divisor > 0, divisor & (divisor - 1) == 0, isConstant(divisor) {
      shift(by: Int64(divisor.trailingZeroBitCount), mask: divisor - 1, quotient: quotient)
      return false
    }
    var failed = false
    for lane in 0..<count {
      let divisor = second[lane]
      if divisor <= 0 {
        failed = true
        result[lane] = 0
        continue
      }
      let (floor, rest) = first[lane].quotientAndRemainder(dividingBy: divisor)
      if quotient {
        result[lane] = rest < 0 ? floor - 1 : floor
      } else {
        result[lane] = rest < 0 ? rest + divisor : rest
      }
    }
    return failed
  }

  private func isConstant(_ divisor: Int64) -> Bool {
    var difference: Int64 = 0
    for lane in 0..<count { difference |= second[lane] ^ divisor }
    return difference == 0
  }

  private func shift(by bits: Int64, mask: Int64, quotient: Bool) {
    if quotient { map { $0 >> bits } } else { map { $0 & mask } }
  }
}

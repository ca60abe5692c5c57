/// The arrays of a binary operation.
struct LaneOperands {
  let result: UnsafeMutablePointer<Int64>
  let first: UnsafeMutablePointer<Int64>
  let second: UnsafeMutablePointer<Int64>
  let count: Int

  /// Computes the result in every lane; true when it overflows, a divisor is not positive, or a root or
  /// a logarithm is asked of a number that has none, in one of them. The operands stay as they are.
  func apply(_ operation: ExpressionProgram.Operation) -> Bool {
    switch operation {
    case .add: return checked { $0.addingReportingOverflow($1) }
    case .subtract: return checked { $0.subtractingReportingOverflow($1) }
    case .multiply: return checked { $0.multipliedReportingOverflow(by: $1) }
    case .floorDivide: return divide(quotient: true)
    case .remainder: return divide(quotient: false)
    case .minimum: total { min($0, $1) }
    case .maximum: total { max($0, $1) }
    case .less: total { $0 < $1 ? 1 : 0 }
    case .equal: total { $0 == $1 ? 1 : 0 }
    case .squareRoot:
      return checked { value, _ in
        value < 0 ? (0, true) : (Self.squareRoot(value), false)
      }
    case .logarithm:
      return checked { value, _ in
        value <= 0 ? (0, true) : (Int64(63 - value.leadingZeroBitCount), false)
      }
    case .constant, .read, .select, .reduce, .table: preconditionFailure("not a binary operation")
    }
    return false
  }

  @inline(__always)
  private func total(_ body: (Int64, Int64) -> Int64) {
    for lane in 0..<count { result[lane] = body(first[lane], second[lane]) }
  }

  @inline(__always)
  private func checked(_ body: (Int64, Int64) -> (partialValue: Int64, overflow: Bool)) -> Bool {
    var failed = false
    for lane in 0..<count {
      let (value, overflow) = body(first[lane], second[lane])
      result[lane] = value
      failed = failed || overflow
    }
    return failed
  }

  /// The greatest integer whose square is not greater than the value, which is not negative.
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

  private func divide(quotient: Bool) -> Bool {
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
    if quotient {
      total { value, _ in value >> bits }
    } else {
      total { value, _ in value & mask }
    }
  }
}

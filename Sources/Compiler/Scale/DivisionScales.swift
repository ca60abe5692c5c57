import Equations
import Foundation

/// How a division of committed values is one of integers.
struct DivisionScales: Equatable {
  /// The fractional bits that the argument and the divisor are brought to.
  var bits: Int
  /// Those that the argument has, and those that a divisor has that is no number.
  var argumentBits: Int
  var divisorBits = 0
  /// The divisor at the common bits, where it is one number; never 0.
  var divisor: Int?
  /// What the argument is at the common bits, negated where the divisor is negative.
  var argument: ClosedRange<Int>
  /// The result's.
  var range: ClosedRange<Int>
  /// The greatest magnitude of either operand at the common bits.
  var magnitude: Int

  /// What operands at common bits stay below, in binary digits.
  static let maximalDigits = 46
  /// By so many digits a product of a real divisor and its quotient stays below that: what statements show
  /// of extremes and of sums that are rounded is wider than what they are.
  static let spareDigits = 8
}

extension FormGraph {
  /// The scales of a division whose operands are as they are said to be.
  func divisionScales(
    _ form: DivisionForm, _ node: Node, _ value: (ValueID) -> ScalePlan.Value
  ) -> DivisionScales {
    let dividend = node.operands[form.argument.operand]
    let argument = operand(dividend, value)
    var result: DivisionScales
    let id = form.divisor.map { node.operands[$0.operand] }
    let number = id.map { id in constants[id].flatMap { $0.count == 1 ? $0.doubles[0] : nil } } ?? 1
    if let number, number != 0 {
      result = scales(form, argument, by: number)
    } else {
      result = scales(
        form, argument, by: operand(id ?? dividend, value),
        spare: self[dividend].kind == .real ? DivisionScales.spareDigits : 0)
    }
    // A real beyond 32 bits has no integer that is the same everywhere.
    if self[dividend].kind == .real, result.range.magnitude >= 1 << 31 {
      result.range = IntegerWidth.range(32)
    }
    return result
  }

  private func operand(_ id: ValueID, _ value: (ValueID) -> ScalePlan.Value) -> ScalePlan.Value {
    guard let constant = constants[id] else { return value(id) }
    let bits = self[id].kind == .real ? numeratorBits(id) ?? 0 : 0
    let greatest = constant.doubles.reduce(0) { max($0, abs($1)) }
    let most = Int(min(scalbn(greatest, bits).rounded(.up), 0x1p60))
    return .init(bits: bits, range: -most...most)
  }

  /// Of a number that no power of two makes an integer a rounded one is taken, of as many bits as there is
  /// room for.
  private func scales(
    _ form: DivisionForm, _ argument: ScalePlan.Value, by number: Double
  ) -> DivisionScales {
    let room = DivisionScales.maximalDigits - argument.range.magnitude.magnitudeBits + argument.bits
    var bits = max(argument.bits, 0)
    while bits < room, scalbn(number, bits).rounded() != scalbn(number, bits) { bits += 1 }
    let scaled = min(scalbn(abs(number), bits).rounded(), 0x1p60)
    let divisor = max(Int(scaled), 1)
    var range = argument.range.scaled(by: bits - argument.bits)
    if number < 0 { range = -range.upperBound ... -range.lowerBound }
    var result = form.result.range(range, by: divisor)
    if form.result == .remainder {
      let own = form.least...form.least + divisor - 1
      result = own.contains(range) ? range : own
    }
    return DivisionScales(
      bits: bits, argumentBits: argument.bits, divisor: number < 0 ? -divisor : divisor,
      argument: range, range: result,
      magnitude: max(range.magnitude, divisor))
  }

  private func scales(
    _ form: DivisionForm, _ argument: ScalePlan.Value, by divisor: ScalePlan.Value, spare: Int
  ) -> DivisionScales {
    let bits = max(argument.bits, divisor.bits)
    let range = argument.range.scaled(by: bits - argument.bits)
    let other = divisor.range.scaled(by: bits - divisor.bits)
    // The product of the quotient and the divisor is a small integer.
    let room = DivisionScales.maximalDigits + 1 - spare - other.magnitude.magnitudeBits
    let width = min(max(room, 2), range.magnitude.magnitudeBits + 1)
    return DivisionScales(
      bits: bits, argumentBits: argument.bits, divisorBits: divisor.bits, argument: range,
      range: IntegerWidth.range(width), magnitude: max(range.magnitude, other.magnitude))
  }
}

extension DivisionForm.Result {
  /// The integers that the result of a positive divisor is among: one, or a power of two of them.
  fileprivate func range(_ argument: ClosedRange<Int>, by divisor: Int) -> ClosedRange<Int> {
    func quotient(_ value: Int) -> Int {
      let (quotient, rest) = value.quotientAndRemainder(dividingBy: divisor)
      switch self {
      case .truncated: return quotient
      case .ceiling: return rest > 0 ? quotient + 1 : quotient
      case .floor, .remainder: return rest < 0 ? quotient - 1 : quotient
      }
    }
    let (low, high) = (quotient(argument.lowerBound), quotient(argument.upperBound))
    if low == high { return low...high }
    return IntegerWidth.range(max(low.signedWidth, high.signedWidth))
  }
}

extension Int {
  /// The least width of two's complement that holds it.
  var signedWidth: Int { (self < 0 ? (-1 - self) : self).magnitudeBits + 1 }
}

extension ClosedRange<Int> {
  /// The range times a power of two; what leaves 60 bits is cut off.
  fileprivate func scaled(by shift: Int) -> ClosedRange<Int> {
    func scaled(_ value: Int) -> Int {
      Int(Swift.min(Swift.max(scalbn(Double(value), shift), -0x1p60), 0x1p60))
    }
    return scaled(lowerBound)...scaled(upperBound)
  }
}

import ConstraintSystem
import Testing

@testable import CircuitLanguage

@Suite struct IntegerFormulaTests {
  @Test func tablesOfAllKindsHaveTheValuesOfTheirFunctions() {
    var random = SystemRandomNumberGenerator()
    let ends: [Integer] = [0, 1, -1, 7, -7, 1 << 40, .max, .min, .max - 3, .min + 3]
    func expression(_ depth: Int) -> IntegerFormula {
      let kind = depth == 0 ? Int.random(in: 0...1, using: &random) : Int.random(in: 0...8)
      func part() -> IntegerFormula { expression(depth - 1) }
      switch kind {
      case 0: return .argument
      case 1: return .constant(ends.randomElement(using: &random) ?? 0)
      case 2: return .add(part(), part())
      case 3: return .subtract(part(), part())
      case 4: return .multiply(part(), part())
      case 5: return .floorDivide(part(), by: Integer.random(in: -1...5))
      case 6: return .minimum(part(), part())
      case 7: return .maximum(part(), part())
      default: return .ifNegative(part(), part(), otherwise: part())
      }
    }
    let arguments: [Integer] = Array(-20...20)
    for _ in 0..<2000 {
      let expression = expression(Int.random(in: 0...4))
      let block = expression.values(at: arguments)
      for (place, argument) in arguments.enumerated() {
        let value = block.isDefined?[place] ?? true ? block.values[place] : nil
        #expect(value == Self.value(of: expression, at: argument), "\(expression) at \(argument)")
      }
    }
  }

  /// The value by definition, or nil when it leaves the 64-bit integers.
  private static func value(of formula: IntegerFormula, at x: Integer) -> Integer? {
    func both(
      _ a: IntegerFormula, _ b: IntegerFormula,
      _ operation: (Integer, Integer) -> (partialValue: Integer, overflow: Bool)
    ) -> Integer? {
      guard let left = value(of: a, at: x), let right = value(of: b, at: x) else { return nil }
      let result = operation(left, right)
      return result.overflow ? nil : result.partialValue
    }
    switch formula {
    case .argument: return x
    case .constant(let value): return value
    case .add(let a, let b): return both(a, b) { $0.addingReportingOverflow($1) }
    case .subtract(let a, let b): return both(a, b) { $0.subtractingReportingOverflow($1) }
    case .multiply(let a, let b): return both(a, b) { $0.multipliedReportingOverflow(by: $1) }
    case .floorDivide(let a, let divisor):
      guard divisor > 0, let dividend = value(of: a, at: x) else { return nil }
      let remainder = (dividend % divisor + divisor) % divisor
      return dividend / divisor - (dividend < 0 && remainder != 0 ? 1 : 0)
    case .minimum(let a, let b): return both(a, b) { (min($0, $1), false) }
    case .maximum(let a, let b): return both(a, b) { (max($0, $1), false) }
    case .ifNegative(let condition, let a, let b):
      guard let sign = value(of: condition, at: x) else { return nil }
      return value(of: sign < 0 ? a : b, at: x)
    }
  }

  @Test func aTableHasTheValuesOfAllItsRows() {
    let square = IntegerFormula.multiply(.argument, .argument)
    #expect(square.values(first: -700, rows: 1401) == (-700...700).map { $0 * $0 })
    #expect(square.values(first: .max - 3, rows: 2) == nil)
    #expect(
      IntegerFormula.floorDivide(.argument, by: 2).values(first: -3, rows: 4) == [-2, -1, -1, 0])
  }
}

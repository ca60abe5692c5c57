import ConstraintSystem

/// The values of an expression at many arguments.
struct IntegerFormulaBlock {
  var values: [Integer]
  /// Where there is a value; nil if there is one everywhere.
  var isDefined: [Bool]?

  /// Replaces the values by those of an operation on them and another block's.
  @inline(__always)
  fileprivate mutating func combine(
    _ other: IntegerFormulaBlock,
    _ operation: (Integer, Integer) -> (partialValue: Integer, overflow: Bool)
  ) {
    var wrong: [Int] = []
    for place in values.indices {
      let result = operation(values[place], other.values[place])
      values[place] = result.partialValue
      if result.overflow { wrong.append(place) }
    }
    if let others = other.isDefined {
      let own = isDefined
      isDefined = others.enumerated().map { $1 && own?[$0] ?? true }
    }
    guard !wrong.isEmpty else { return }
    var defined = isDefined ?? Array(repeating: true, count: values.count)
    for place in wrong { defined[place] = false }
    isDefined = defined
  }

  /// The first of two blocks where this one is negative, otherwise the second.
  fileprivate func choice(_ first: IntegerFormulaBlock, _ second: IntegerFormulaBlock)
    -> IntegerFormulaBlock
  {
    var result = second
    for place in values.indices where values[place] < 0 {
      result.values[place] = first.values[place]
    }
    guard isDefined != nil || first.isDefined != nil || second.isDefined != nil else {
      return result
    }
    result.isDefined = values.indices.map { place in
      let chosen = values[place] < 0 ? first : second
      return isDefined?[place] ?? true && chosen.isDefined?[place] ?? true
    }
    return result
  }
}

extension IntegerFormula {
  /// The values at many arguments, and which of them there are. Goes through the expression once.
  func values(at arguments: [Integer]) -> IntegerFormulaBlock {
    switch self {
    case .argument: return IntegerFormulaBlock(values: arguments)
    case .constant(let value):
      return IntegerFormulaBlock(values: Array(repeating: value, count: arguments.count))
    case .add(let a, let b):
      return combined(a, b, arguments) { $0.addingReportingOverflow($1) }
    case .subtract(let a, let b):
      return combined(a, b, arguments) { $0.subtractingReportingOverflow($1) }
    case .multiply(let a, let b):
      return combined(a, b, arguments) { $0.multipliedReportingOverflow(by: $1) }
    case .minimum(let a, let b): return combined(a, b, arguments) { (min($0, $1), false) }
    case .maximum(let a, let b): return combined(a, b, arguments) { (max($0, $1), false) }
    case .floorDivide(let a, let divisor):
      return combined(a, .constant(divisor), arguments) {
        $1 > 0 ? (Self.floor($0, $1), false) : (0, true)
      }
    case .ifNegative(let condition, let a, let b):
      return condition.values(at: arguments)
        .choice(a.values(at: arguments), b.values(at: arguments))
    }
  }

  private static func floor(_ dividend: Integer, _ divisor: Integer) -> Integer {
    let (quotient, remainder) = dividend.quotientAndRemainder(dividingBy: divisor)
    return remainder < 0 ? quotient - 1 : quotient
  }

  @inline(__always)
  private func combined(
    _ a: IntegerFormula, _ b: IntegerFormula, _ arguments: [Integer],
    _ operation: (Integer, Integer) -> (partialValue: Integer, overflow: Bool)
  ) -> IntegerFormulaBlock {
    var block = a.values(at: arguments)
    block.combine(b.values(at: arguments), operation)
    return block
  }
}

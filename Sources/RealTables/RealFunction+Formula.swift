import CircuitLanguage
import RealFunctions

extension RealFunction {
  /// The function that a formula says.
  /// - Throws: for an exponent that is no quotient of 64-bit integers, and for a parameter.
  public init(_ formula: RealFormula) throws(CircuitLanguageError) {
    func part(_ inner: RealFormula) throws(CircuitLanguageError) -> RealFunction {
      try RealFunction(inner)
    }
    switch formula {
    case .argument: self = .argument
    case .integer(let value): self = .constant(value)
    case .parameter(let name): throw CircuitLanguageError("'\(name)' has no value")
    case .negate(let a): self = .negate(try part(a))
    case .binary(.add, let a, let b): self = .add(try part(a), try part(b))
    case .binary(.subtract, let a, let b): self = .subtract(try part(a), try part(b))
    case .binary(.multiply, let a, let b): self = .multiply(try part(a), try part(b))
    case .binary(.divide, let a, let b): self = .divide(try part(a), try part(b))
    case .binary(.power, let a, let b):
      guard let exponent = Exponent(b) else {
        throw CircuitLanguageError("the exponent \(b.text) is no quotient of 64-bit integers")
      }
      self = .power(
        try part(a), numerator: exponent.numerator, denominator: exponent.denominator)
    case .function(.min, let operands):
      self = .minimum(try part(operands[0]), try part(operands[1]))
    case .function(.max, let operands):
      self = .maximum(try part(operands[0]), try part(operands[1]))
    case .function(.limit, let operands): self = .limit(try part(operands[0]))
    case .function(let function, let operands):
      guard let name = Name(rawValue: function.rawValue) else {
        throw CircuitLanguageError("there is no real function '\(function.rawValue)'")
      }
      self = .apply(name, try part(operands[0]))
    case .select(let a, let b, let c, let d):
      self = .select(
        try part(a), lessThan: try part(b), try part(c), otherwise: try part(d))
    }
  }
}

/// The exponent of a power: a rational number in lowest terms.
private struct Exponent {
  let numerator: Int
  /// Greater than zero.
  let denominator: Int

  private init?(_ numerator: Int, over denominator: Int) {
    guard denominator != 0, numerator > .min, denominator > .min else { return nil }
    var (a, b) = (numerator.magnitude, denominator.magnitude)
    while b != 0 { (a, b) = (b, a % b) }
    let divisor = denominator < 0 ? -Int(a) : Int(a)
    self.numerator = numerator / divisor
    self.denominator = denominator / divisor
  }

  init?(_ formula: RealFormula) {
    switch formula {
    case .integer(let value): self.init(value, over: 1)
    case .negate(let a):
      guard let a = Exponent(a) else { return nil }
      self.init(-a.numerator, over: a.denominator)
    case .binary(let operation, let a, let b):
      guard let a = Exponent(a), let b = Exponent(b) else { return nil }
      self.init(operation, a, b)
    case .argument, .parameter, .function, .select: return nil
    }
  }

  private init?(_ operation: RealFormula.Operator, _ a: Exponent, _ b: Exponent) {
    switch operation {
    case .add, .subtract:
      guard let left = Self.product(a.numerator, b.denominator),
        let right = Self.product(b.numerator, a.denominator),
        let bottom = Self.product(a.denominator, b.denominator)
      else { return nil }
      let (top, overflow) =
        operation == .add
        ? left.addingReportingOverflow(right) : left.subtractingReportingOverflow(right)
      guard !overflow else { return nil }
      self.init(top, over: bottom)
    case .multiply, .divide:
      let (c, d) =
        operation == .multiply ? (b.numerator, b.denominator) : (b.denominator, b.numerator)
      guard let top = Self.product(a.numerator, c), let bottom = Self.product(a.denominator, d)
      else { return nil }
      self.init(top, over: bottom)
    case .power: return nil
    }
  }

  private static func product(_ a: Int, _ b: Int) -> Int? {
    let (product, overflow) = a.multipliedReportingOverflow(by: b)
    return overflow ? nil : product
  }
}

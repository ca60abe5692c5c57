/// An expression over the real numbers of one argument x, of which tables of real functions are made
/// (`Paper/` section 3.10).
public indirect enum RealFormula: Hashable, Sendable {
  case argument
  /// Not negative.
  case integer(Int)
  /// A parameter of the table, which is a number once it is put in.
  case parameter(String)
  case negate(RealFormula)
  /// A power has an exponent without the argument.
  case binary(Operator, RealFormula, RealFormula)
  case function(Function, [RealFormula])
  /// The third where the first is less than the second, otherwise the fourth.
  case select(RealFormula, RealFormula, RealFormula, RealFormula)

  public enum Operator: String, CaseIterable, Sendable {
    case add = "+"
    case subtract = "-"
    case multiply = "*"
    /// The exact quotient.
    case divide = "/"
    case power = "^"
  }

  public enum Function: String, CaseIterable, Sendable {
    case exp, expm1, log, log1p, sqrt, cbrt, erf
    case sin, cos, tan, asin, acos, atan, sinh, cosh, tanh, asinh, acosh, atanh
    case abs, sign, floor, ceil, trunc
    /// The nearest integer, of two the even one.
    case roundeven
    case min, max
    /// Its operand, in which functions beyond their domain have the limits at its edge.
    case limit

    /// How many operands it takes.
    public var operandCount: Int {
      switch self {
      case .min, .max: 2
      default: 1
      }
    }
  }

  /// The levels of a formula and the nodes of one: whoever evaluates it may do so by recursion.
  public static let maximalHeight = 64
  public static let maximalNodes = 1 << 10
}

extension RealFormula {
  /// The parts of which the formula is made.
  package var parts: [RealFormula] {
    switch self {
    case .argument, .integer, .parameter: []
    case .negate(let a): [a]
    case .binary(_, let a, let b): [a, b]
    case .function(_, let operands): operands
    case .select(let a, let b, let c, let d): [a, b, c, d]
    }
  }

  package var nodeCount: Int { parts.reduce(1) { $0 + $1.nodeCount } }

  package var height: Int { 1 + (parts.map(\.height).max() ?? 0) }

  public var hasArgument: Bool { self == .argument || parts.contains(where: \.hasArgument) }

  /// With each part changed, and then itself.
  func mapping(_ change: (RealFormula) -> RealFormula) -> RealFormula {
    let inner: RealFormula =
      switch self {
      case .argument, .integer, .parameter: self
      case .negate(let a): .negate(a.mapping(change))
      case .binary(let operation, let a, let b):
        .binary(operation, a.mapping(change), b.mapping(change))
      case .function(let function, let operands):
        .function(function, operands.map { $0.mapping(change) })
      case .select(let a, let b, let c, let d):
        .select(a.mapping(change), b.mapping(change), c.mapping(change), d.mapping(change))
      }
    return change(inner)
  }

  /// With numbers in place of the parameters.
  func putting(_ constants: [String: Int]) -> RealFormula {
    mapping { part in
      guard case .parameter(let name) = part, let value = constants[name] else { return part }
      return .number(value)
    }
  }

  /// With another name for the argument, to be printed.
  func calling(argument name: String) -> RealFormula {
    mapping { $0 == .argument ? .parameter(name) : $0 }
  }

  /// An integer of any sign, as its text reads.
  /// - Parameter value: more than the least `Int`.
  static func number(_ value: Int) -> RealFormula {
    value < 0 ? .negate(.integer(-value)) : .integer(value)
  }
}

// The text, which has as few parentheses as read back as the same formula.
extension RealFormula {
  /// What a column of a table is named: the formula's value, rounded to the nearest integer, the
  /// greater of two.
  public var roundedText: String { "round(\(text))" }

  /// The formula in the notation of circuit files.
  public var text: String { text(within: 0) }

  private func text(within minimum: Int) -> String {
    func list(_ operands: [RealFormula]) -> String { operands.map(\.text).joined(separator: ", ") }
    func enclosed(_ text: String, _ precedence: Int) -> String {
      precedence < minimum ? "(\(text))" : text
    }
    switch self {
    case .argument: return "x"
    case .integer(let value): return String(value)
    case .parameter(let name): return name
    case .negate(let a):
      return enclosed("-" + a.text(within: Self.unaryPrecedence), Self.unaryPrecedence)
    case .binary(.power, let a, let b):
      let own = Operator.power.precedence
      return enclosed(a.text(within: own + 1) + "^" + b.text(within: own), own)
    case .binary(let operation, let a, let b):
      let own = operation.precedence
      return enclosed(
        a.text(within: own) + " \(operation.rawValue) " + b.text(within: own + 1), own)
    case .function(let function, let operands): return "\(function.rawValue)(\(list(operands)))"
    case .select(let a, let b, let c, let d):
      return "select(\(a.text) < \(b.text), \(list([c, d])))"
    }
  }

  static let unaryPrecedence = 6
}

extension RealFormula.Operator {
  /// How tightly it binds, as in all of a circuit file.
  var precedence: Int {
    switch self {
    case .add, .subtract: 4
    case .multiply, .divide: 5
    case .power: 7
    }
  }
}

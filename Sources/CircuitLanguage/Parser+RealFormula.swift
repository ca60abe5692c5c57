/// Reads formulas over reals: `round(2^15 / (1 + exp(-x / 2^12)))`.
struct RealFormulaParser {
  private var parser: Parser
  /// What the argument is called.
  private let argument: String
  private let parameters: Set<String>
  private var depth = 0
  private var nodes = 0

  /// - Parameter parser: at `round`.
  init(_ parser: Parser, argument: String, parameters: Set<String>) {
    self.parser = parser
    self.argument = argument
    self.parameters = parameters
  }

  /// Whether a parser is at the beginning of a formula over reals.
  static func begins(_ parser: Parser) -> Bool {
    parser.sees("round") && parser.peek(1).kind == .symbol("(")
  }

  /// The formula, and the parser behind it.
  consuming func rounded() throws(CircuitLanguageError) -> (RealFormula, Parser) {
    let location = parser.current.location
    try parser.expect("round")
    try parser.expect("(")
    let formula = try formula()
    try parser.expect(")")
    guard formula.height <= RealFormula.maximalHeight else { throw tooLarge(at: location) }
    return (formula, parser)
  }

  private mutating func formula(above minimum: Int = 0) throws(CircuitLanguageError) -> RealFormula
  {
    depth += 1
    defer { depth -= 1 }
    guard depth <= RealFormula.maximalHeight else { throw tooLarge(at: parser.current.location) }
    var left = try unary()
    while let operation = RealFormula.Operator(rawValue: parser.current.text),
      operation.precedence >= minimum
    {
      let location = parser.advance().location
      let isPower = operation == .power
      let right = try formula(above: isPower ? operation.precedence : operation.precedence + 1)
      guard !isPower || !right.hasArgument else {
        throw CircuitLanguageError(
          "an exponent is a number; write exp(b * log(a)) where it is not", at: location)
      }
      left = .binary(operation, left, right)
      try count(at: location)
    }
    return left
  }

  private mutating func unary() throws(CircuitLanguageError) -> RealFormula {
    try count(at: parser.current.location)
    guard parser.takes("-") else { return try atom() }
    return .negate(try formula(above: RealFormula.unaryPrecedence))
  }

  /// Counts a part, so that no tree is higher than recursion may go.
  private mutating func count(at location: SourceLocation) throws(CircuitLanguageError) {
    nodes += 1
    guard nodes <= RealFormula.maximalNodes else { throw tooLarge(at: location) }
  }

  private func tooLarge(at location: SourceLocation) -> CircuitLanguageError {
    CircuitLanguageError(
      "a formula over reals has at most \(RealFormula.maximalHeight) levels and "
        + "\(RealFormula.maximalNodes) parts", at: location)
  }

  private mutating func atom() throws(CircuitLanguageError) -> RealFormula {
    let location = parser.current.location
    if case .integer(let value) = parser.current.kind {
      parser.advance()
      return .integer(value)
    }
    if parser.takes("(") {
      let inner = try formula()
      try parser.expect(")")
      return inner
    }
    if parser.takes("select") { return try selection() }
    guard case .identifier(let name) = parser.current.kind else {
      throw parser.unexpected("a value")
    }
    parser.advance()
    if parser.sees("(") { return try call(name, at: location) }
    if name == argument { return .argument }
    guard parameters.contains(name) else {
      throw CircuitLanguageError(
        "'\(name)' is neither the table's argument nor one of its parameters", at: location)
    }
    return .parameter(name)
  }

  private mutating func selection() throws(CircuitLanguageError) -> RealFormula {
    try parser.expect("(")
    let left = try formula()
    try parser.expect("<")
    let right = try formula()
    try parser.expect(",")
    let then = try formula()
    try parser.expect(",")
    let otherwise = try formula()
    try parser.expect(")")
    return .select(left, right, then, otherwise)
  }

  private mutating func call(
    _ name: String, at location: SourceLocation
  ) throws(CircuitLanguageError) -> RealFormula {
    guard let function = RealFormula.Function(rawValue: name) else {
      let known = RealFormula.Function.allCases.map(\.rawValue).joined(separator: ", ")
      throw CircuitLanguageError(
        "there is no real function '\(name)'; there are \(known) and select(a < b, x, y)",
        at: location)
    }
    try parser.expect("(")
    var operands = [try formula()]
    while parser.takes(",") { operands.append(try formula()) }
    try parser.expect(")")
    guard operands.count == function.operandCount else {
      throw CircuitLanguageError(
        "'\(name)' takes \(function.operandCount) operand\(function.operandCount == 1 ? "" : "s")",
        at: location)
    }
    return .function(function, operands)
  }
}

extension RealFormula {
  /// Reads the name of a table of real functions: the formulas of its further columns, separated by
  /// commas.
  /// - Returns: nil unless it is what `roundedText` makes of them.
  public static func columns(ofTableNamed name: String) -> [RealFormula]? {
    guard name.hasPrefix("round("), name.utf8.count <= maximalText else { return nil }
    guard var parser = try? Parser(reading: SourceFile(name: "", text: name)) else { return nil }
    var formulas: [RealFormula] = []
    repeat {
      let formula = RealFormulaParser(parser, argument: "x", parameters: [])
      guard RealFormulaParser.begins(parser), let (next, rest) = try? formula.rounded() else {
        return nil
      }
      formulas.append(next)
      parser = rest
    } while parser.takes(",")
    return parser.current.kind == .end && tableName(of: formulas) == name ? formulas : nil
  }

  /// What a table is called whose further columns are these formulas' values.
  public static func tableName(of columns: [RealFormula]) -> String {
    columns.map(\.roundedText).joined(separator: ", ")
  }

  private static let maximalText = 1 << 16

  /// Reads a formula over reals in x, without `round`: `1 / (1 + exp(-x))`.
  public init(_ text: String) throws(CircuitLanguageError) {
    let file = SourceFile(name: "formula", text: "round(\(text))")
    let parser = try Parser(reading: file)
    let (formula, rest) =
      try RealFormulaParser(parser, argument: "x", parameters: []).rounded()
    guard rest.current.kind == .end else { throw rest.unexpected("the end") }
    self = formula
  }
}

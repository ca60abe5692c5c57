import CircuitLanguage

extension OperatorParser {
  /// - Parameter operation: what nodes are called where a clause says nothing else.
  mutating func clauses(of operation: String) throws(CircuitLanguageError) -> [DomainClause] {
    var clauses: [DomainClause] = []
    while !sees("{") {
      let location = current.location
      let domain = try domain()
      var name = operation
      if case .text(let other) = current.kind {
        name = other
        advance()
      }
      let versions = try versions()
      let (inputs, given) = try inputs()
      clauses.append(
        DomainClause(
          domain: domain, name: name, versions: versions, inputs: inputs, given: given,
          adapters: try adapters(), location: location))
    }
    return clauses
  }

  private mutating func domain() throws(CircuitLanguageError) -> String {
    if takes("onnx") { return "" }
    if takes("microsoft") { return "com.microsoft" }
    guard takes("custom") else { throw unexpected("'onnx', 'microsoft', 'custom' or '{'") }
    guard case .text(let domain) = current.kind, !domain.isEmpty else {
      throw unexpected("the domain's name between quotes")
    }
    advance()
    return domain
  }

  /// `n` and later ones, or `n..m`.
  private mutating func versions() throws(CircuitLanguageError) -> ClosedRange<Int> {
    let location = current.location
    guard case .integer(let first) = current.kind else { return 1...Int.max }
    advance()
    guard takes("..") else { return first...Int.max }
    guard case .integer(let last) = current.kind else { throw unexpected("the last version") }
    advance()
    guard first <= last else {
      throw CircuitLanguageError("the versions \(first)..\(last) are none", at: location)
    }
    return first...last
  }

  /// `(operands; operands that are attributes)`
  private mutating func inputs() throws(CircuitLanguageError) -> (
    [DomainClause.Input]?, [DomainClause.Input]
  ) {
    guard takes("(") else { return (nil, []) }
    let inputs = try list(until: [";", ")"]) {
      (parser: inout OperatorParser) throws(CircuitLanguageError) in try parser.input()
    }
    var given: [DomainClause.Input] = []
    if takes(";") {
      given = try list(until: [")"]) {
        (parser: inout OperatorParser) throws(CircuitLanguageError) in try parser.input()
      }
    }
    try expect(")")
    return (inputs, given)
  }

  private mutating func input() throws(CircuitLanguageError) -> DomainClause.Input {
    let location = current.location
    let name = try name("an operand or an attribute")
    let alias = takes("as") ? try self.name("its name in ONNX") : name
    return .init(name: name, alias: alias, location: location)
  }

  private static let adapterNames = [
    "broadcasting", "splitting", "flattening", "reducing", "transposing", "ignoring",
  ]

  private mutating func adapters() throws(CircuitLanguageError) -> [Adapter] {
    var adapters: [Adapter] = []
    while Self.adapterNames.contains(where: { sees($0) }) {
      let token = advance()
      adapters.append(Adapter(kind: try adapter(token.text), location: token.location))
    }
    return adapters
  }

  private mutating func adapter(_ name: String) throws(CircuitLanguageError) -> Adapter.Kind {
    switch name {
    case "broadcasting": return .broadcasting(try adaptedNames())
    case "ignoring": return .ignoring(try adaptedNames())
    case "reducing":
      let operand = try self.name("an operand")
      try expect("over")
      let axes = try self.name("an attribute")
      return .reducing(operand, over: axes, keeping: takes("keeping") ? try flag() : nil)
    case "transposing":
      let operand = try self.name("an operand")
      try expect("if")
      return .transposing(operand, flag: try flag())
    default:
      let operand = try self.name("an operand")
      try expect("at")
      let axis = try self.name("an attribute")
      let value = takes("=") ? try integer() : nil
      return name == "splitting"
        ? .splitting(operand, at: axis, default: value)
        : .flattening(operand, at: axis, default: value)
    }
  }

  private mutating func flag() throws(CircuitLanguageError) -> String { try name("a flag") }

  /// Names separated by commas, or none before what comes next.
  private mutating func adaptedNames() throws(CircuitLanguageError) -> [String] {
    let next = Self.adapterNames + ["onnx", "microsoft", "custom", "{"]
    return try list(until: next) {
      (parser: inout OperatorParser) throws(CircuitLanguageError) in
      try parser.name("an operand or an attribute")
    }
  }

  private mutating func integer() throws(CircuitLanguageError) -> Int {
    let isNegative = takes("-")
    guard case .integer(let value) = current.kind else { throw unexpected("a number") }
    advance()
    return isNegative ? -value : value
  }
}

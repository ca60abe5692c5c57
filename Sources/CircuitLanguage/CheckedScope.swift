/// The names that are known at a statement of a circuit that is being checked.
struct CheckedScope {
  let library: CircuitLibrary
  var constants: Set<String> = []
  var values: [String: CheckedValue] = [:]
  var hints: [String: SourceLocation] = [:]
  /// Values that something reads, and values that a statement reads.
  var used: Set<String> = []
  var constrained: Set<String> = []
  /// Indices of sums, whose values may be coefficients.
  var summed: Set<String> = []

  init(library: CircuitLibrary) { self.library = library }

  mutating func addConstant(
    _ name: String, at location: SourceLocation
  ) throws(CircuitLanguageError) {
    guard constants.insert(name).inserted, values[name] == nil else {
      throw CircuitLanguageError("'\(name)' is declared twice", at: location)
    }
  }

  /// Sizes are declared by standing alone as a dimension.
  mutating func addSizes(of argument: Declaration) throws(CircuitLanguageError) {
    for case .size(let size) in argument.dimensions {
      if case .name(let name) = size.kind { constants.insert(name) } else { try check(size: size) }
    }
    let rests = argument.dimensions.count { if case .rest = $0 { true } else { false } }
    guard rests <= 1 else {
      throw CircuitLanguageError("'...' may stand once in a shape", at: argument.location)
    }
  }

  mutating func define(
    _ name: String, _ value: CheckedValue, at location: SourceLocation
  ) throws(CircuitLanguageError) {
    guard values[name] == nil, !constants.contains(name) else {
      throw CircuitLanguageError("'\(name)' is declared twice", at: location)
    }
    values[name] = value
  }

  func check(type: ElementType) throws(CircuitLanguageError) {
    let counts = [
      "any": 0, "bool": 0, "small": 0, "range": 1, "nonnegative": 1, "int": 2, "like": 1,
    ]
    let sized = Int(type.name.dropFirst()).map { (1...62).contains($0) } ?? false
    let count = counts[type.name] ?? ("iu".contains(type.name.prefix(1)) && sized ? 0 : nil)
    guard let count else {
      throw CircuitLanguageError("unknown type '\(type.name)'", at: type.location)
    }
    guard type.arguments.count == count else {
      throw CircuitLanguageError(
        "'\(type.name)' takes \(count) argument\(count == 1 ? "" : "s")", at: type.location)
    }
    if type.name == "like" { return }
    for argument in type.arguments { try check(size: argument) }
  }

  /// An expression of parameters and sizes.
  func check(size: Expression) throws(CircuitLanguageError) {
    switch size.kind {
    case .integer: break
    case .name(let name):
      guard constants.contains(name) else {
        throw CircuitLanguageError("'\(name)' is not a parameter or a size", at: size.location)
      }
    case .negate(let operand): try check(size: operand)
    case .binary(_, let left, let right):
      try check(size: left)
      try check(size: right)
    case .function(let function, let arguments) where function == "linear" || function == "bits_of":
      guard case .name(let name) = arguments[0].kind, values[name] != nil else {
        throw CircuitLanguageError("'\(function)' needs a tensor's name", at: size.location)
      }
    case .function(let function, _) where function == "isqrt" || function == "log2":
      throw CircuitLanguageError("'\(function)' may stand in hints only", at: size.location)
    case .function(_, let arguments): for argument in arguments { try check(size: argument) }
    case .read, .reduction, .table:
      throw CircuitLanguageError(
        "only parameters and sizes may stand here, no tensors", at: size.location)
    }
  }

  func isSize(_ expression: Expression) -> Bool {
    (try? check(size: expression)) != nil
  }
}

// Statements.
extension CheckedScope {
  mutating func check(_ statements: [Statement]) throws(CircuitLanguageError) {
    for statement in statements { try check(statement) }
  }

  private mutating func check(_ statement: Statement) throws(CircuitLanguageError) {
    switch statement.kind {
    case .constant(let name, let value):
      try check(size: value)
      try addConstant(name, at: statement.location)
    case .requirement(let condition): try check(size: condition)
    case .conditional(let condition, let then, let otherwise):
      try check(size: condition)
      try checkBranches(then, otherwise)
    case .choice(let branches): try checkChoice(branches, at: statement.location)
    case .call(let outputs, let circuit, let arguments, let parameters):
      try checkCall(outputs, circuit, arguments, parameters, at: statement.location)
    case .definition(let name, let positions, let value, let binders):
      let linear = try checkStatement([value], positions, binders, .polynomial, statement.location)
      let value = CheckedValue(rank: positions.rank, isLinear: linear)
      try define(name, value, at: statement.location)
    case .hint(let name, let positions, let type, let value, let binders):
      if let type { try check(type: type) }
      _ = try checkStatement([value], positions, binders, .hint, statement.location)
      try define(name, .init(rank: positions.rank), at: statement.location)
      hints[name] = statement.location
    case .assertion(let left, let right, let binders):
      _ = try checkStatement([left, right], nil, binders, .polynomial, statement.location)
    case .anyZero(let over, let value, let binders):
      guard try checkStatement([value], nil, over + binders, .polynomial, statement.location) else {
        throw CircuitLanguageError(
          "only of linear expressions it can be said that one is zero; commit the values with a hint "
            + "first", at: statement.location)
      }
    case .lookup(let columns, .rows(let rows), let binders):
      try checkRows(columns, rows, binders, statement.location)
    case .lookup(let columns, let target, let binders):
      try check(target)
      let isLinear = try checkStatement(columns, nil, binders, .polynomial, statement.location)
      if case .table = target, !isLinear {
        throw CircuitLanguageError(
          "only linear expressions can be looked up in a table of several columns; commit the value "
            + "with a hint first", at: statement.location)
      }
    case .bound(let name):
      guard hints[name] != nil else {
        throw CircuitLanguageError(
          "'bound' needs the name of a hint, which '\(name)' is not", at: statement.location)
      }
    }
  }

  /// The branches say the same in different ways, so that only what all of them constrain is. They make
  /// no tensors, because only one of them counts.
  private mutating func checkChoice(
    _ branches: [[Statement]], at location: SourceLocation
  ) throws(CircuitLanguageError) {
    let before = self
    var all: Set<String>?
    for branch in branches {
      var inner = before
      for statement in branch {
        switch statement.kind {
        case .assertion, .lookup(_, .type, _), .lookup(_, .table, _), .requirement: break
        default:
          throw CircuitLanguageError(
            "a choice is made of 'assert', 'lookup' in a type or a table, and 'require'",
            at: statement.location)
        }
      }
      try inner.check(branch)
      used.formUnion(inner.used)
      all = all?.intersection(inner.constrained) ?? inner.constrained
    }
    constrained.formUnion(all ?? [])
  }

  private func check(_ target: LookupTarget) throws(CircuitLanguageError) {
    switch target {
    case .type(let type): try check(type: type)
    case .table(let name, let arguments, let location):
      guard let table = library.tables[name] else {
        throw CircuitLanguageError("there is no table '\(name)'", at: location)
      }
      guard table.parameters.count == arguments.count else {
        throw CircuitLanguageError(
          "table '\(name)' takes \(table.parameters.count) parameters, not \(arguments.count)",
          at: location)
      }
      for argument in arguments { try check(size: argument) }
    case .rows: break
    }
  }

  /// The numbers of rows are indices of the rows alone. That some rows are looked up says nothing of the
  /// others: it constrains what they are made of only where each is looked up once.
  private mutating func checkRows(
    _ columns: [Expression], _ rows: RowsTarget, _ binders: [Binder], _ location: SourceLocation
  ) throws(CircuitLanguageError) {
    guard columns.count == rows.numbers.count + 1 else {
      throw CircuitLanguageError(
        "a row has \(rows.numbers.count + 1) columns, not \(columns.count)", at: location)
    }
    let used = columns.reduce(into: Set<String>()) { $0.formUnion(mentioned($1)) }
    let own = mentioned(rows.source)
    var numbers: Set<String> = []
    for number in rows.numbers {
      guard !used.contains(number.name), !constants.contains(number.name),
        numbers.insert(number.name).inserted, !binders.contains(where: { $0.name == number.name })
      else {
        throw CircuitLanguageError(
          "'\(number.name)' numbers the rows, and stands for nothing else", at: number.location)
      }
      guard own.contains(number.name) else {
        throw CircuitLanguageError(
          "index '\(number.name)' is never used", at: number.location)
      }
    }
    let before = constrained
    guard
      try checkStatement(columns + [rows.source], nil, binders, .polynomial, location)
    else {
      throw CircuitLanguageError(
        "only linear expressions can be looked up in rows, and be rows; commit the value with a hint "
          + "first", at: location)
    }
    if !rows.isPermutation {
      constrained = columns.reduce(into: before) { $0.formUnion($1.readNames) }
    }
  }

  /// A name counts as known after the branches if one of them defines it; whether the taken one does
  /// shows when the circuit is instantiated.
  private mutating func checkBranches(
    _ then: [Statement], _ otherwise: [Statement]
  ) throws(CircuitLanguageError) {
    var other = self
    let outer = constants
    try check(then)
    try other.check(otherwise)
    constants = outer
    values.merge(other.values) { first, _ in first }
    hints.merge(other.hints) { first, _ in first }
    used.formUnion(other.used)
    constrained.formUnion(other.constrained)
  }

  private mutating func checkCall(
    _ outputs: [String], _ name: String, _ arguments: [String], _ parameters: [NamedValue],
    at location: SourceLocation
  ) throws(CircuitLanguageError) {
    guard let circuit = library.circuits[name] else {
      throw CircuitLanguageError("there is no circuit '\(name)'", at: location)
    }
    guard circuit.arguments.count == arguments.count, circuit.outputs.count == outputs.count else {
      throw CircuitLanguageError(
        "circuit '\(name)' takes \(circuit.arguments.count) tensors and gives "
          + "\(circuit.outputs.count)", at: location)
    }
    for argument in arguments {
      guard values[argument] != nil else {
        throw CircuitLanguageError("undefined tensor '\(argument)'", at: location)
      }
      used.insert(argument)
      constrained.insert(argument)
    }
    for parameter in parameters { try check(size: parameter.value) }
    let given = parameters.map(\.name).sorted()
    let wanted = circuit.parameters.map(\.name).sorted()
    guard given == wanted else {
      throw CircuitLanguageError(
        "circuit '\(name)' has the parameters \(wanted.joined(separator: ", "))", at: location)
    }
    let rest = zip(circuit.arguments, arguments).first { $0.0.rank.rest }
    for (output, declaration) in zip(outputs, circuit.outputs) {
      try define(
        output, .init(rank: rank(of: declaration, rest: rest)), at: location)
    }
  }

  /// The rank of a callee's output here: its `...` stands for what an argument has too many.
  private func rank(of output: Declaration, rest: (Declaration, String)?) -> CheckedRank {
    guard output.rank.rest, let rest, let value = values[rest.1] else {
      return CheckedRank(fixed: output.rank.fixed, rest: false)
    }
    return CheckedRank(
      fixed: output.rank.fixed + value.rank.fixed - rest.0.rank.fixed, rest: value.rank.rest)
  }
}

extension [Position] {
  var rank: CheckedRank {
    let rests = count { if case .rest = $0 { true } else { false } }
    return CheckedRank(fixed: count - rests, rest: rests > 0)
  }
}

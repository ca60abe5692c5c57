/// Checks circuits before anybody gives them sizes: whatever it finds is wrong for all sizes.
struct Checker {
  let library: CircuitLibrary

  /// Checks the circuits and tables that were added, in the order of their names.
  func check(_ added: Set<ItemName>) throws(CircuitLanguageError) {
    var depths = CallDepths(library: library)
    for item in added.sorted() {
      switch item.kind {
      case .table: if let table = library.tables[item.name] { try check(table) }
      case .circuit:
        guard let circuit = library.circuits[item.name] else { continue }
        _ = try depths.depth(of: circuit, through: [])
        try check(circuit)
      }
    }
  }

  private func check(_ table: TableDefinition) throws(CircuitLanguageError) {
    var scope = CheckedScope(library: library)
    for parameter in table.parameters {
      try scope.addConstant(parameter.name, at: parameter.location)
    }
    try scope.check(type: table.type)
    // Names of formulas over reals are known from reading them.
    guard case .integers(let value) = table.value else { return }
    scope.values[table.argument] = CheckedValue(rank: .init(fixed: 0, rest: false))
    try scope.check(value, indices: [], kind: .hint)
  }

  private func check(_ circuit: CircuitDefinition) throws(CircuitLanguageError) {
    var scope = CheckedScope(library: library)
    for parameter in circuit.parameters {
      try scope.addConstant(parameter.name, at: parameter.location)
    }
    for argument in circuit.arguments {
      try scope.addSizes(of: argument)
      try scope.define(argument.name, .init(rank: argument.rank), at: argument.location)
    }
    for declaration in circuit.arguments + circuit.outputs {
      try scope.check(type: declaration.type)
    }
    try scope.check(circuit.body)
    try checkUses(circuit, scope)
  }

  private func checkUses(
    _ circuit: CircuitDefinition, _ scope: CheckedScope
  ) throws(CircuitLanguageError) {
    for output in circuit.outputs {
      guard let value = scope.values[output.name] else {
        throw CircuitLanguageError("output '\(output.name)' is never defined", at: output.location)
      }
      guard value.rank == output.rank else {
        throw CircuitLanguageError(
          "output '\(output.name)' is declared with \(output.rank) and defined with \(value.rank)",
          at: output.location)
      }
    }
    for argument in circuit.arguments where !scope.used.contains(argument.name) {
      throw CircuitLanguageError(
        "argument '\(argument.name)' is never used", at: argument.location)
    }
    for (name, location) in scope.hints.sorted(by: { $0.key < $1.key })
    where !scope.constrained.contains(name) {
      throw CircuitLanguageError(
        "nothing constrains the hint '\(name)': a prover could choose it freely", at: location)
    }
  }
}

/// How deeply circuits call each other.
private struct CallDepths {
  let library: CircuitLibrary
  /// Those of circuits of which all callees are known.
  private var known: [String: Int] = [:]
  /// The deepest calls.
  private static let maximalDepth = 32

  init(library: CircuitLibrary) { self.library = library }

  /// The number of circuits in the longest chain of calls from a circuit on.
  /// - Parameter path: the circuits through which it is called.
  mutating func depth(
    of circuit: CircuitDefinition, through path: [String]
  ) throws(CircuitLanguageError) -> Int {
    guard !path.contains(circuit.name) else {
      throw CircuitLanguageError("circuit '\(circuit.name)' calls itself", at: circuit.location)
    }
    var depth = known[circuit.name] ?? 1
    try check(path.count + depth, circuit)
    if known[circuit.name] != nil { return depth }
    for callee in circuit.body.flatMap(\.callees) {
      guard let next = library.circuits[callee] else { continue }
      depth = max(depth, 1 + (try self.depth(of: next, through: path + [circuit.name])))
    }
    try check(path.count + depth, circuit)
    known[circuit.name] = depth
    return depth
  }

  private func check(_ depth: Int, _ circuit: CircuitDefinition) throws(CircuitLanguageError) {
    guard depth <= Self.maximalDepth else {
      throw CircuitLanguageError(
        "circuits call each other more than \(Self.maximalDepth) deep here", at: circuit.location)
    }
  }
}

/// How many axes a value has.
struct CheckedRank: Equatable, CustomStringConvertible {
  var fixed: Int
  /// Whether `...` stands among them.
  var rest: Bool

  var description: String { "\(fixed) axes\(rest ? " and '...'" : "")" }
}

struct CheckedValue {
  var rank: CheckedRank
  /// Whether it may be a factor of a product.
  var isLinear = true
}

extension Declaration {
  var rank: CheckedRank {
    let fixed = dimensions.count { if case .size = $0 { true } else { false } }
    return CheckedRank(fixed: fixed, rest: fixed < dimensions.count)
  }
}

/// A circuit or a table, which may share names.
struct ItemName: Hashable, Comparable, Sendable {
  enum Kind: String, Sendable { case circuit, table }

  var kind: Kind
  var name: String

  static func < (a: ItemName, b: ItemName) -> Bool {
    (a.kind.rawValue, a.name) < (b.kind.rawValue, b.name)
  }
}

// Which circuits and tables a definition names.
extension SyntaxFile.Item {
  var itemName: ItemName {
    switch self {
    case .circuit(let circuit): ItemName(kind: .circuit, name: circuit.name)
    case .table(let table): ItemName(kind: .table, name: table.name)
    }
  }

  var location: SourceLocation {
    switch self {
    case .circuit(let circuit): circuit.location
    case .table(let table): table.location
    }
  }

  /// The definition without comments and places.
  var text: String {
    switch self {
    case .circuit(let circuit): SyntaxPrinter.text(circuit)
    case .table(let table): SyntaxPrinter.text(table)
    }
  }
}

extension CircuitDefinition {
  var uses: Set<ItemName> { body.reduce(into: []) { $1.collectUses(into: &$0) } }
}

extension Statement {
  /// The circuits that the statement calls.
  var callees: [String] {
    switch kind {
    case .call(_, let circuit, _, _): [circuit]
    case .conditional(_, let then, let otherwise): (then + otherwise).flatMap(\.callees)
    default: []
    }
  }

  fileprivate func collectUses(into uses: inout Set<ItemName>) {
    switch kind {
    case .call(_, let circuit, _, _): uses.insert(ItemName(kind: .circuit, name: circuit))
    case .conditional(_, let then, let otherwise):
      for statement in then + otherwise { statement.collectUses(into: &uses) }
    case .choice(let branches):
      for statement in branches.joined() { statement.collectUses(into: &uses) }
    case .hint(_, _, _, let value, _): value.collectTables(into: &uses)
    case .lookup(let columns, let target, _):
      for column in columns { column.collectTables(into: &uses) }
      switch target {
      case .table(let name, _, _): uses.insert(ItemName(kind: .table, name: name))
      case .rows(let rows): rows.source.collectTables(into: &uses)
      case .type: break
      }
    case .constant, .requirement, .definition, .assertion, .anyZero, .bound: break
    }
  }
}

extension Expression {
  fileprivate func collectTables(into uses: inout Set<ItemName>) {
    switch kind {
    case .integer, .name, .read: break
    case .negate(let operand), .reduction(_, _, let operand): operand.collectTables(into: &uses)
    case .binary(_, let left, let right):
      left.collectTables(into: &uses)
      right.collectTables(into: &uses)
    case .function(_, let arguments):
      for argument in arguments { argument.collectTables(into: &uses) }
    case .table(let name, let argument, _):
      uses.insert(ItemName(kind: .table, name: name))
      argument.collectTables(into: &uses)
    }
  }
}

/// Writes circuit definitions as text that reads back as the same definitions.
enum SyntaxPrinter {
  static func text(_ file: SyntaxFile) -> String {
    file.items.map { item in
      switch item {
      case .circuit(let circuit): text(circuit)
      case .table(let table): text(table)
      }
    }.joined(separator: "\n")
  }

  static func text(_ table: TableDefinition) -> String {
    let signature = "\(table.argument): \(text(table.type))" + parameters(table.parameters)
    let value =
      switch table.value {
      case .integers(let expression): text(expression)
      case .reals(let formulas):
        RealFormula.tableName(of: formulas.map { $0.calling(argument: table.argument) })
      }
    return "table \(table.name)(\(signature)) = \(value)\n"
  }

  static func text(_ circuit: CircuitDefinition) -> String {
    let arguments = list(circuit.arguments, text) + parameters(circuit.parameters)
    let outputs = list(circuit.outputs, text)
    return "circuit \(circuit.name)(\(arguments)) -> (\(outputs)) {\n"
      + block(circuit.body, indentation: 1) + "}\n"
  }

  private static func list<Item>(_ items: [Item], _ text: (Item) -> String) -> String {
    items.map(text).joined(separator: ", ")
  }

  private static func parameters(_ parameters: [Parameter]) -> String {
    parameters.isEmpty ? "" : "; " + list(parameters) { "\($0.name): \($0.kind.rawValue)" }
  }

  private static func text(_ declaration: Declaration) -> String {
    let dimensions = list(declaration.dimensions) { dimension in
      switch dimension {
      case .rest: "..."
      case .size(let size): text(size)
      }
    }
    return "\(declaration.name): \(text(declaration.type))"
      + (dimensions.isEmpty ? "" : "[\(dimensions)]")
  }

  static func text(_ type: ElementType) -> String {
    type.name + (type.arguments.isEmpty ? "" : "(\(list(type.arguments) { text($0) }))")
  }
}

// Statements.
extension SyntaxPrinter {
  private static func block(_ statements: [Statement], indentation: Int) -> String {
    let margin = String(repeating: "  ", count: indentation)
    return statements.map { margin + text($0.kind, indentation) + "\n" }.joined()
  }

  private static func text(_ kind: Statement.Kind, _ indentation: Int) -> String {
    let margin = String(repeating: "  ", count: indentation)
    switch kind {
    case .constant(let name, let value): return "let \(name) = \(text(value))"
    case .requirement(let condition): return "require \(text(condition))"
    case .definition(let name, let positions, let value, let binders):
      return "\(name)[\(text(positions))] := \(text(value))\(clause(binders))"
    case .call(let outputs, let circuit, let arguments, let values):
      let given = values.isEmpty ? "" : "; " + list(values, text)
      return outputs.joined(separator: ", ")
        + " := \(circuit)(\(arguments.joined(separator: ", "))\(given))"
    case .hint(let name, let positions, let type, let value, let binders):
      let typed = type.map { ": " + text($0) } ?? ""
      return "hint \(name)[\(text(positions))]\(typed) = \(text(value))\(clause(binders))"
    case .assertion(let left, let right, let binders):
      return "assert \(text(left)) == \(text(right))\(clause(binders))"
    case .anyZero(let over, let value, let binders):
      return "assert any(\(list(over, text))) \(text(value, within: 4)) == 0\(clause(binders))"
    case .bound(let name): return "bound \(name)"
    case .lookup(let columns, let target, let binders):
      let tuple = list(columns) { text($0) }
      return "\(target.isPermutation ? "permute" : "lookup") "
        + "\(columns.count == 1 ? tuple : "(\(tuple))") in \(text(target))\(clause(binders))"
    case .conditional(let condition, let then, let otherwise):
      let first = "if \(text(condition)) {\n\(block(then, indentation: indentation + 1))\(margin)}"
      if otherwise.isEmpty { return first }
      if otherwise.count == 1, case .conditional = otherwise[0].kind {
        return first + " else " + text(otherwise[0].kind, indentation)
      }
      return first + " else {\n\(block(otherwise, indentation: indentation + 1))\(margin)}"
    case .choice(let branches):
      let blocks = branches.map { "{\n\(block($0, indentation: indentation + 1))\(margin)}" }
      return "either " + blocks.joined(separator: " or ")
    }
  }

  private static func text(_ target: LookupTarget) -> String {
    switch target {
    case .type(let type): text(type)
    case .table(let name, let arguments, _):
      "table \(name)" + (arguments.isEmpty ? "" : "(\(list(arguments) { text($0) }))")
    case .rows(let rows):
      "rows (\((rows.numbers.map(\.name) + [text(rows.source)]).joined(separator: ", ")))"
    }
  }

  private static func text(_ value: NamedValue) -> String {
    if case .name(let name) = value.value.kind, name == value.name { return name }
    return "\(value.name) = \(text(value.value))"
  }

  private static func clause(_ binders: [Binder]) -> String {
    binders.isEmpty ? "" : " for " + list(binders, text)
  }

  private static func text(_ binder: Binder) -> String {
    guard let upper = binder.upper else { return binder.name }
    let lower = binder.lower.map { text($0) + "..<" } ?? ""
    return "\(binder.name) in \(lower)\(text(upper))"
  }
}

extension LookupTarget {
  fileprivate var isPermutation: Bool {
    if case .rows(let rows) = self { rows.isPermutation } else { false }
  }
}

// Expressions.
extension SyntaxPrinter {
  private static func text(_ positions: [Position]) -> String {
    list(positions) { position in
      switch position {
      case .rest: "..."
      case .expression(let expression): text(expression)
      }
    }
  }

  /// The expression, in parentheses if it binds less tightly than what it stands in.
  static func text(_ expression: Expression, within minimum: Int = 0) -> String {
    switch expression.kind {
    case .integer(let value): return String(value)
    case .name(let name): return name
    case .read(let name, let positions): return "\(name)[\(text(positions))]"
    case .negate(let operand):
      return parenthesised("-" + text(operand, within: 6), if: minimum > 6)
    case .binary(let operation, let left, let right):
      let own = operation.precedence
      let isPower = operation == .power
      let a = text(left, within: isPower ? own + 1 : own)
      let b = text(right, within: isPower ? own : own + 1)
      let space = isPower ? "" : " "
      return parenthesised(
        a + space + operation.rawValue + space + b, if: minimum > own)
    case .function(let name, let arguments): return "\(name)(\(list(arguments) { text($0) }))"
    case .reduction(let reduction, let binders, let body):
      // What follows a product would belong to the body.
      return parenthesised(
        "\(reduction.rawValue)(\(list(binders, text))) \(text(body, within: 5))", if: minimum > 4)
    case .table(let name, let argument, let parameters):
      let given = parameters.isEmpty ? "" : "; " + list(parameters) { text($0) }
      return "table \(name)(\(text(argument))\(given))"
    }
  }

  private static func parenthesised(_ text: String, if needed: Bool) -> String {
    needed ? "(\(text))" : text
  }
}

extension CircuitLibrary {
  /// The text of a circuit's definition, or nil when there is no such circuit.
  public func source(of circuit: String) -> String? {
    circuits[circuit].map(SyntaxPrinter.text)
  }
}

import ConstraintSystem

/// The circuit as text: its tensors, tables and statements with their sizes, as `assay inspect`
/// prints them.
public func describe(_ circuit: Circuit) -> String {
  let printer = SystemPrinter(circuit)
  let system = circuit.system
  var lines: [String] = ["# Tensors"]
  for (number, tensor) in system.tensors.enumerated() {
    lines.append(printer.text(tensor, number))
  }
  lines.append("\n# Tables")
  for table in system.tables { lines.append(printer.text(table)) }
  for table in system.rowTables { lines.append(printer.text(table)) }
  lines.append("\n# Equalities")
  for equality in system.equalities { lines.append(printer.text(equality)) }
  lines.append("\n# Lookups")
  for lookup in system.lookups { lines.append(printer.text(lookup)) }
  lines.append("\n# Witness program")
  for (place, step) in circuit.program.steps.enumerated() {
    for loop in circuit.program.loops where loop.steps.lowerBound == place {
      lines.append("\(loop.count) times, for one part after the other, \(loop.steps.count) steps:")
    }
    lines.append(printer.text(step))
  }
  return lines.joined(separator: "\n") + "\n"
}

struct SystemPrinter {
  private let names: [String]
  /// The names of all tables, those of rows behind the public ones.
  private let tables: [String]

  init(_ circuit: Circuit) {
    names = (circuit.system.tensors + circuit.program.temporaries).map(\.name)
    tables = circuit.system.tables.map(\.name) + circuit.system.rowTables.map(\.name)
  }

  func text(_ tensor: TensorDeclaration, _ number: Int) -> String {
    let role =
      switch tensor.role {
      case .publicInput: "public input"
      case .publicOutput: "public output"
      case .privateInput: "private input"
      case .privateOutput: "private output"
      case .model: "model"
      case .witness: "witness"
      }
    return "\(role) \(tensor.name)\(tensor.shape): \(tensor.range.lowerBound)..."
      + "\(tensor.range.upperBound), \(tensor.fractionalBits) fractional bits"
  }

  func text(_ table: LookupTable) -> String {
    let values = table.columns.map { column in
      ", \(column.min() ?? 0)...\(column.max() ?? 0)"
    }.joined()
    return "table \(table.name): x\(values) for x in \(table.first)..<\(table.first + table.rows)"
  }

  func text(_ table: RowTable) -> String {
    let numbers = table.indices.prefix(table.rowRank).map(\.name)
    let row = (numbers + [text(table.source, table.indices)]).joined(separator: ", ")
    let kind = table.isPermutation ? "rows, each once" : "rows"
    return "\(kind) \(table.name): (\(row))\(text(table.indices))"
  }

  func text(_ equality: Equality) -> String {
    let sum = equality.terms.map { text($0, equality.indices) }.joined(separator: " + ")
    let domain = text(Array(equality.indices[..<equality.domainRank]))
    return "assert \(sum.isEmpty ? "0" : sum) == 0\(domain)  # \(equality.name)"
  }

  func text(_ lookup: Lookup) -> String {
    let columns = lookup.columns.map { text($0, lookup.indices) }.joined(separator: ", ")
    return "lookup (\(columns)) in \(tables[lookup.table])\(text(lookup.indices))"
      + "  # \(lookup.name)"
  }

  func text(_ step: WitnessProgram.Step) -> String {
    let value =
      switch step.computation {
      case .sumOfProducts(let terms):
        terms.map { text($0, step.indices) }.joined(separator: " + ")
      case .expression(let expression): text(expression, step.indices)
      }
    return "compute \(names[step.target]) = \(value)\(text(step.indices))"
  }

  private func text(_ indices: [StatementIndex]) -> String {
    indices.isEmpty
      ? "" : " for " + indices.map { "\($0.name) in \($0.size)" }.joined(separator: ", ")
  }

  private func text(_ term: Equality.Term, _ indices: [StatementIndex]) -> String {
    var factors = term.factors.map { factor in
      let inner = text(factor, indices)
      let isSingle = factor.terms.count + (factor.constant == 0 ? 0 : 1) <= 1
      return isSingle ? inner : "(\(inner))"
    }
    if term.coefficient != 1 { factors.insert(String(term.coefficient), at: 0) }
    let product = factors.joined(separator: " * ")
    guard !term.summed.isEmpty else { return product }
    let summed = term.summed.map { "\(indices[$0].name) in \(indices[$0].size)" }
    return "sum(\(summed.joined(separator: ", "))) \(product)"
  }

  private func text(_ expression: LinearExpression, _ indices: [StatementIndex]) -> String {
    var result = ""
    for term in expression.terms {
      let magnitude = term.coefficient.magnitude == 1 ? "" : "\(term.coefficient.magnitude) * "
      result += Self.sign(term.coefficient, isFirst: result.isEmpty)
      result += magnitude + text(term.read, indices)
    }
    if expression.constant != 0 || expression.terms.isEmpty {
      result += Self.sign(expression.constant, isFirst: result.isEmpty)
      result += String(expression.constant.magnitude)
    }
    return result
  }

  private static func sign(_ value: Int, isFirst: Bool) -> String {
    value < 0 ? (isFirst ? "-" : " - ") : (isFirst ? "" : " + ")
  }

  private func text(_ read: TensorRead, _ indices: [StatementIndex]) -> String {
    let positions = read.positions.map { Self.text($0, indices) }.joined(separator: ", ")
    return "\(names[read.tensor])[\(positions)]"
  }

  static func text(_ index: AffineIndex, _ indices: [StatementIndex]) -> String {
    var result = ""
    for term in index.terms {
      let factor = term.coefficient.magnitude == 1 ? "" : "\(term.coefficient.magnitude)*"
      result += sign(term.coefficient, isFirst: result.isEmpty)
      result += factor + indices[term.index].name
    }
    if index.constant != 0 || index.terms.isEmpty {
      result += sign(index.constant, isFirst: result.isEmpty)
      result += String(index.constant.magnitude)
    }
    return result
  }
}

// Expressions of hints.
extension SystemPrinter {
  private func text(_ expression: HintExpression, _ indices: [StatementIndex]) -> String {
    func part(_ inner: HintExpression) -> String { text(inner, indices) }
    func over(_ list: [Int], _ name: String, _ body: HintExpression) -> String {
      let binders = list.map { "\(indices[$0].name) in \(indices[$0].size)" }
      return "\(name)(\(binders.joined(separator: ", "))) \(part(body))"
    }
    return switch expression {
    case .constant(let value): String(value)
    case .read(let read): text(read, indices)
    case .element(let tensor, let positions):
      "\(names[tensor])[\(positions.map(part).joined(separator: ", "))]"
    case .index(let index): "(\(Self.text(index, indices)))"
    case .add(let a, let b): "(\(part(a)) + \(part(b)))"
    case .subtract(let a, let b): "(\(part(a)) - \(part(b)))"
    case .multiply(let a, let b): "\(part(a)) * \(part(b))"
    case .floorDivide(let a, let b): "\(part(a)) / \(part(b))"
    case .remainder(let a, let b): "\(part(a)) % \(part(b))"
    case .minimum(let a, let b): "min(\(part(a)), \(part(b)))"
    case .maximum(let a, let b): "max(\(part(a)), \(part(b)))"
    case .less(let a, let b): "(\(part(a)) < \(part(b)))"
    case .equal(let a, let b): "(\(part(a)) == \(part(b)))"
    case .select(let a, let b, let c): "select(\(part(a)), \(part(b)), \(part(c)))"
    case .squareRoot(let a): "isqrt(\(part(a)))"
    case .logarithm(let a): "log2(\(part(a)))"
    case .sum(let list, let body): over(list, "sum", body)
    case .minimumOver(let list, let body): over(list, "min", body)
    case .maximumOver(let list, let body): over(list, "max", body)
    case .table(let table, let column, let value):
      "table \(tables[table])(\(part(value)))\(column == 1 ? "" : ".\(column)")"
    }
  }
}

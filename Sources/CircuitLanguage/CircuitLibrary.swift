import ConstraintSystem
import Foundation

/// The circuits and tables that layers are made of, read from circuit files and checked.
public struct CircuitLibrary: Sendable {
  var circuits: [String: CircuitDefinition] = [:]
  var tables: [String: TableDefinition] = [:]

  public init() {}

  /// The circuits that come with Assay.
  public static func standard() throws(CircuitLanguageError) -> CircuitLibrary {
    var library = CircuitLibrary()
    try library.add(
      files: standardCircuits.map { SourceFile(name: $0.name, text: $0.text) })
    return library
  }

  /// The names of all circuits, in alphabetical order.
  public var circuitNames: [String] { circuits.keys.sorted() }

  /// Adds the circuits and the tables of a file; a name that is known already is replaced.
  public mutating func add(source: String, file: String) throws(CircuitLanguageError) {
    try add(files: [SourceFile(name: file, text: source)])
  }

  /// Adds every file of a directory whose name ends in `.circuit`.
  public mutating func add(directory: String) throws(CircuitLanguageError) {
    let manager = FileManager.default
    guard let names = try? manager.contentsOfDirectory(atPath: directory) else {
      throw CircuitLanguageError("can not read the directory '\(directory)'")
    }
    var files: [SourceFile] = []
    for name in names.sorted() where name.hasSuffix(".circuit") {
      let path = directory + "/" + name
      guard let data = manager.contents(atPath: path),
        let text = String(validating: data, as: UTF8.self)
      else { throw CircuitLanguageError("can not read '\(path)' as UTF-8 text") }
      files.append(SourceFile(name: path, text: text))
    }
    guard !files.isEmpty else {
      throw CircuitLanguageError("there is no .circuit file in '\(directory)'")
    }
    try add(files: files)
  }

  /// Adds files that may use each other.
  mutating func add(files: [SourceFile]) throws(CircuitLanguageError) {
    var result = self
    var added: Set<String> = []
    for file in files {
      for item in try Parser.parse(file).items {
        let (kind, name, location) = item.title
        guard added.insert("\(kind) \(name)").inserted else {
          throw CircuitLanguageError("the \(kind) '\(name)' is defined twice", at: location)
        }
        switch item {
        case .circuit(let circuit): result.circuits[name] = circuit
        case .table(let table): result.tables[name] = table
        }
      }
    }
    try Checker(library: result).check(added)
    self = result
  }
}

extension SyntaxFile.Item {
  /// Tables and circuits may share names.
  fileprivate var title: (kind: String, name: String, location: SourceLocation) {
    switch self {
    case .circuit(let circuit): ("circuit", circuit.name, circuit.location)
    case .table(let table): ("table", table.name, table.location)
    }
  }
}

// Tables.
extension CircuitLibrary {
  /// The table with the given parameters.
  func table(
    _ name: String, _ arguments: [Expression], _ evaluator: ConstantEvaluator,
    at location: SourceLocation
  ) throws(CircuitLanguageError) -> LookupTable {
    guard let definition = tables[name] else {
      throw CircuitLanguageError("there is no table '\(name)'", at: location)
    }
    guard definition.parameters.count == arguments.count else {
      throw CircuitLanguageError(
        "table '\(name)' takes \(definition.parameters.count) parameters, not \(arguments.count)",
        at: location)
    }
    var constants: [String: Int] = [:]
    for (parameter, argument) in zip(definition.parameters, arguments) {
      constants[parameter.name] = try evaluator.value(argument)
    }
    let values = definition.parameters.map { String(constants[$0.name] ?? 0) }
    let inner = ConstantEvaluator(constants: constants)
    guard let range = try definition.type.range(inner, likes: [:]),
      range.upperBound.subtractingReportingOverflow(range.lowerBound).partialValue
        < LookupTable.maximalRows
    else {
      throw CircuitLanguageError(
        "a table has at most \(LookupTable.maximalRows) rows", at: definition.type.location)
    }
    return LookupTable(
      name: name + (values.isEmpty ? "" : "(\(values.joined(separator: ", ")))"),
      first: range.lowerBound, rows: range.upperBound - range.lowerBound + 1,
      functions: [try function(definition.value, of: definition.argument, inner)])
  }

  private func function(
    _ expression: Expression, of argument: String, _ evaluator: ConstantEvaluator
  ) throws(CircuitLanguageError) -> TableExpression {
    if let value = try evaluator.constantValue(expression) { return .constant(value) }
    func part(_ inner: Expression) throws(CircuitLanguageError) -> TableExpression {
      try function(inner, of: argument, evaluator)
    }
    switch expression.kind {
    case .name(let name) where name == argument: return .argument
    case .negate(let operand): return .subtract(.constant(0), try part(operand))
    case .binary(.add, let a, let b): return .add(try part(a), try part(b))
    case .binary(.subtract, let a, let b): return .subtract(try part(a), try part(b))
    case .binary(.multiply, let a, let b): return .multiply(try part(a), try part(b))
    case .binary(.divide, let a, let b):
      let divisor = try evaluator.value(b)
      guard divisor > 0 else {
        throw CircuitLanguageError("the divisor is \(divisor)", at: expression.location)
      }
      return .floorDivide(try part(a), by: divisor)
    case .function("min", let arguments):
      return .minimum(try part(arguments[0]), try part(arguments[1]))
    case .function("max", let arguments):
      return .maximum(try part(arguments[0]), try part(arguments[1]))
    case .function("select", let arguments):
      guard case .binary(.less, let a, let b) = arguments[0].kind else { break }
      return .ifNegative(
        .subtract(try part(a), try part(b)), try part(arguments[1]),
        otherwise: try part(arguments[2]))
    default: break
    }
    throw CircuitLanguageError(
      "a table's value is made of its argument, parameters, + - *, division by a parameter, min, "
        + "max and select(a < b, x, y)", at: expression.location)
  }
}

import ConstraintSystem

/// The circuits and tables that layers are made of, read from circuit files and checked.
///
/// Those that come with Assay are its *own*; what is added to them is *foreign*, and so is whatever
/// uses something foreign. A definition that says the same as one of Assay's is that one.
public struct CircuitLibrary: Sendable {
  var circuits: [String: CircuitDefinition] = [:]
  var tables: [String: TableDefinition] = [:]
  /// The files that define something foreign, in the order in which they were added.
  private(set) var foreignFiles: [SourceFile] = []
  /// Everything that such a file defines.
  private(set) var foreignItems: Set<ItemName> = []
  /// What Assay has, and a file that was added defines otherwise.
  public private(set) var replacements: [Replacement] = []

  /// A definition of Assay's that another one has taken the place of.
  public struct Replacement: Equatable, Sendable {
    /// `circuit relu`, for example.
    public let item: String
    /// The file with the other definition.
    public let file: String
  }

  public init() {}

  /// The circuits that come with Assay.
  public static func standard() throws(CircuitLanguageError) -> CircuitLibrary {
    try own.get()
  }

  /// Read once.
  private static let own = Result { () throws(CircuitLanguageError) in
    var library = CircuitLibrary()
    try library.add(
      files: standardCircuits.map { SourceFile(name: $0.name, text: $0.text) }, isOwn: true)
    return library
  }

  /// The names of all circuits, in alphabetical order.
  public var circuitNames: [String] { circuits.keys.sorted() }

  /// Adds the circuits and the tables of a file; a name that is known already is replaced.
  public mutating func add(source: String, file: String) throws(CircuitLanguageError) {
    try add(files: [SourceFile(name: file, text: source)])
  }

  /// Adds files that may use each other; a name that is known already is replaced.
  public mutating func add(files: [SourceFile]) throws(CircuitLanguageError) {
    try add(files: files, isOwn: false)
  }

  private mutating func add(
    files: [SourceFile], isOwn: Bool
  ) throws(CircuitLanguageError) {
    var result = self
    var added: Set<ItemName> = []
    for file in files {
      for item in try Parser.parse(file).items {
        guard added.insert(item.itemName).inserted else {
          let name = item.itemName
          throw CircuitLanguageError(
            "the \(name.kind.rawValue) '\(name.name)' is defined twice", at: item.location)
        }
        result.add(item, of: file, isOwn: isOwn)
      }
    }
    // A test has checked Assay's own texts, as if they were anybody's.
    if !isOwn { try Checker(library: result).check(added) }
    self = result
  }

  private mutating func add(_ item: SyntaxFile.Item, of file: SourceFile, isOwn: Bool) {
    let name = item.itemName
    if !isOwn {
      let known = self.item(name)
      if known?.text == item.text { return }
      if known != nil, !foreignItems.contains(name) {
        replacements.append(.init(item: "\(name.kind.rawValue) \(name.name)", file: file.name))
      }
      foreignItems.insert(name)
      if !foreignFiles.contains(where: { $0 === file }) { foreignFiles.append(file) }
    }
    switch item {
    case .circuit(let circuit): circuits[name.name] = circuit
    case .table(let table): tables[name.name] = table
    }
  }

  private func item(_ name: ItemName) -> SyntaxFile.Item? {
    switch name.kind {
    case .circuit: circuits[name.name].map { .circuit($0) }
    case .table: tables[name.name].map { .table($0) }
    }
  }
}

// What is foreign.
extension CircuitLibrary {
  /// Everything that the items use, themselves included.
  private func closure(of items: some Sequence<ItemName>) -> Set<ItemName> {
    var found: Set<ItemName> = []
    var waiting = Array(items)
    while let next = waiting.popLast() {
      guard found.insert(next).inserted, next.kind == .circuit else { continue }
      waiting += circuits[next.name]?.uses ?? []
    }
    return found
  }

  /// The foreign circuits and tables that a circuit uses or is, `relu` or `table relu`, in
  /// alphabetical order; none if it is Assay's own.
  public func foreignParts(of circuit: String) -> [String] {
    foreignParts(of: ItemName(kind: .circuit, name: circuit))
  }

  func foreignParts(of item: ItemName) -> [String] {
    foreignItems.intersection(closure(of: [item])).sorted().map {
      $0.kind == .table ? "table \($0.name)" : $0.name
    }
  }

  /// The files, in the order in which they were added, that the items and whatever else these files
  /// define are made of beside Assay's own circuits.
  func foreignFiles(of items: some Sequence<ItemName>) -> [SourceFile] {
    var files: [SourceFile] = []
    var items = closure(of: items)
    while true {
      let used = foreignItems.intersection(items)
      let found = foreignFiles.filter { file in used.contains { self.file(of: $0) === file } }
      if found.count == files.count { return found }
      files = found
      let defined = foreignItems.filter { item in files.contains { $0 === file(of: item) } }
      items = closure(of: items.union(defined))
    }
  }

  private func file(of item: ItemName) -> SourceFile? { self.item(item)?.location.file }
}

// Tables.
extension CircuitLibrary {
  /// The table with the given parameters, its values not being computed yet.
  func table(
    _ name: String, _ arguments: [Expression], _ evaluator: ConstantEvaluator,
    at location: SourceLocation
  ) throws(CircuitLanguageError) -> ResolvedTable {
    var values: [Int] = []
    for argument in arguments { values.append(try evaluator.value(argument)) }
    return try table(TableRequest(name, parameters: values), at: location)
  }

  func table(
    _ request: TableRequest, at location: SourceLocation? = nil
  ) throws(CircuitLanguageError) -> ResolvedTable {
    switch request.kind {
    case .real(let table): return try ResolvedTable(table)
    case .named(let name, let parameters):
      return try named(name, parameters, text: request.text, at: location)
    }
  }

  private func named(
    _ name: String, _ given: [Int], text: String, at location: SourceLocation?
  ) throws(CircuitLanguageError) -> ResolvedTable {
    guard let definition = tables[name] else {
      throw CircuitLanguageError("there is no table '\(name)'", at: location)
    }
    guard definition.parameters.count == given.count else {
      throw CircuitLanguageError(
        "table '\(name)' takes \(definition.parameters.count) parameters, "
          + "not \(given.count)", at: location)
    }
    var constants: [String: Int] = [:]
    for (parameter, value) in zip(definition.parameters, given) {
      constants[parameter.name] = value
    }
    let inner = ConstantEvaluator(constants: constants)
    guard let range = try definition.type.range(inner, likes: [:]),
      range.span < UInt64(LookupTable.maximalRows)
    else {
      throw CircuitLanguageError(
        "a table has at most \(LookupTable.maximalRows) rows", at: definition.type.location)
    }
    let columns: ResolvedTable.Columns
    var full = text
    switch definition.value {
    case .integers(let expression):
      columns = .integers(try function(expression, of: definition.argument, inner))
    case .reals(let formulas):
      guard constants.values.allSatisfy({ $0 > .min }) else {
        throw CircuitLanguageError("a parameter leaves the 64-bit integers", at: location)
      }
      let formulas = formulas.map { $0.putting(constants) }
      columns = .reals(formulas)
      full = RealFormula.tableName(of: formulas)
    }
    return ResolvedTable(
      name: full, first: range.lowerBound, rows: range.upperBound - range.lowerBound + 1,
      columns: columns, location: location)
  }

  private func function(
    _ expression: Expression, of argument: String, _ evaluator: ConstantEvaluator
  ) throws(CircuitLanguageError) -> IntegerFormula {
    if let value = try evaluator.constantValue(expression) { return .constant(value) }
    func part(_ inner: Expression) throws(CircuitLanguageError) -> IntegerFormula {
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

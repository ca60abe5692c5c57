import ConstraintSystem

extension CircuitBuilder {
  mutating func run(
    _ statements: [Statement], in scope: inout Scope
  ) throws(CircuitLanguageError) {
    for statement in statements { try run(statement, in: &scope) }
  }

  private mutating func run(
    _ statement: Statement, in scope: inout Scope
  ) throws(CircuitLanguageError) {
    try charge(statement.nodeCount)
    switch statement.kind {
    case .constant(let name, let value):
      scope.constants[name] = try scope.evaluator.value(value)
    case .requirement(let condition):
      guard try scope.evaluator.value(condition) != 0 else {
        throw CircuitLanguageError("this requirement is not met", at: condition.location)
      }
    case .conditional(let condition, let then, let otherwise):
      try run(try scope.evaluator.value(condition) != 0 ? then : otherwise, in: &scope)
    case .choice(let branches): try choose(branches, at: statement.location, in: &scope)
    case .bound(let name): try bound(name, at: statement.location, in: scope)
    case .anyZero(let over, let value, let binders):
      try anyZero(over, value, binders, at: statement.location, in: &scope)
    case .call(let outputs, let circuit, let arguments, let parameters):
      try call(outputs, circuit, arguments, parameters, at: statement.location, in: &scope)
    case .definition(let name, let positions, let value, let binders):
      try define(name, positions, value, binders, in: &scope)
    case .hint(let name, let positions, let type, let value, let binders):
      try hint(name, positions, type, value, binders, at: statement.location, in: &scope)
    case .assertion(let left, let right, let binders):
      try assertion(left, right, binders, at: statement.location, in: &scope)
    case .lookup(let columns, let target, let binders):
      try lookup(columns, target, binders, at: statement.location, in: &scope)
    }
  }

  private mutating func call(
    _ outputs: [String], _ circuit: String, _ arguments: [String], _ parameters: [NamedValue],
    at location: SourceLocation, in scope: inout Scope
  ) throws(CircuitLanguageError) {
    var views: [TensorView] = []
    for argument in arguments {
      guard let view = scope.values[argument] else {
        throw CircuitLanguageError("undefined tensor '\(argument)'", at: location)
      }
      views.append(view)
    }
    var values: [String: Int] = [:]
    for parameter in parameters {
      values[parameter.name] = try scope.evaluator.value(parameter.value)
    }
    let results = try nested(
      circuit, views, parameters: values, name: "\(scope.name).\(circuit)",
      fractionalBits: scope.fractionalBits)
    guard results.count == outputs.count else {
      throw CircuitLanguageError(
        "circuit '\(circuit)' has \(results.count) outputs, not \(outputs.count)", at: location)
    }
    for (output, view) in zip(outputs, results) { scope.values[output] = view }
  }

  private mutating func define(
    _ name: String, _ positions: [Position], _ value: Expression, _ binders: [Binder],
    in scope: inout Scope
  ) throws(CircuitLanguageError) {
    let shape = try scope.outputShape(name)
    var frame = try frame(positions, shape, name, [value], binders, in: &scope)
    let polynomial = try frame.polynomial(frame.expressions[0], in: scope, self)
    var view = try frame.target(name, polynomial.asTerms(), self)
    if case .read(let use) = frame.expressions[0], let source = scope.values[use.name] {
      view.narrowRange(to: source)
    }
    view.identity = freshIdentity()
    view.fractionalBits = scope.fractionalBits
    scope.values[name] = view
  }

  private mutating func hint(
    _ name: String, _ positions: [Position], _ type: ElementType?, _ value: Expression,
    _ binders: [Binder], at location: SourceLocation, in scope: inout Scope
  ) throws(CircuitLanguageError) {
    let declared = type ?? scope.outputType(name)
    guard let declared, let range = try declared.range(scope.evaluator, likes: scope.values) else {
      throw CircuitLanguageError("the hint '\(name)' needs a type", at: location)
    }
    let shape = try scope.outputShape(name)
    var frame = try frame(positions, shape, name, [value], binders, in: &scope)
    let computation = try frame.hint(frame.expressions[0], in: scope, &self)
    try checkSizes(frame.domainSizes, at: location)
    let full = "\(scope.name).\(name)"
    let tensor = addWitness(
      name: full, shape: frame.domainSizes, range: range, fractionalBits: scope.fractionalBits)
    addStep(
      .init(
        name: full, target: tensor, indices: frame.indices, computation: .expression(computation)))
    var view = TensorView(
      tensor: tensor, declaration: system.tensors[tensor], identity: freshIdentity())
    (view.shape, view.axes) = try frame.targetAxes(name)
    scope.values[name] = view
  }

  private mutating func assertion(
    _ left: Expression, _ right: Expression, _ binders: [Binder], at location: SourceLocation,
    in scope: inout Scope
  ) throws(CircuitLanguageError) {
    var frame = try frame(nil, nil, "", [left, right], binders, in: &scope)
    let difference = try frame.polynomial(
      .binary(.subtract, frame.expressions[0], frame.expressions[1], location), in: scope, self)
    try addEquality(
      Equality(
        name: name(at: location, in: scope), indices: frame.indices, domainRank: frame.domainRank,
        terms: difference.asTerms()))
  }

  private mutating func lookup(
    _ columns: [Expression], _ target: LookupTarget, _ binders: [Binder],
    at location: SourceLocation, in scope: inout Scope
  ) throws(CircuitLanguageError) {
    switch target {
    case .type(let type): try lookup(columns, in: type, binders, at: location, in: &scope)
    case .rows(let rows): try lookup(columns, in: rows, binders, at: location, in: &scope)
    case .table(let name, let parameters, let place):
      let table = try library.table(name, parameters, scope.evaluator, at: place)
      try lookup(columns, in: table, binders, at: location, in: &scope)
    }
  }

  private mutating func lookup(
    _ columns: [Expression], in table: ResolvedTable, _ binders: [Binder],
    at location: SourceLocation, in scope: inout Scope
  ) throws(CircuitLanguageError) {
    guard table.columnCount == columns.count else {
      throw CircuitLanguageError(
        "the table has \(table.columnCount) columns, not \(columns.count)", at: location)
    }
    var frame = try frame(nil, nil, "", columns, binders, in: &scope)
    var expressions: [LinearExpression] = []
    for column in frame.expressions {
      let polynomial = try frame.polynomial(column, in: scope, self)
      guard polynomial.terms.isEmpty else {
        throw CircuitLanguageError(
          "only a linear expression can be looked up in a table of several columns; commit the value "
            + "with a hint first", at: location)
      }
      expressions.append(polynomial.linear)
    }
    try addLookup(
      Lookup(
        name: name(at: location, in: scope), indices: Array(frame.indices[..<frame.domainRank]),
        columns: expressions, table: 0), in: table)
  }

  private mutating func lookup(
    _ columns: [Expression], in type: ElementType, _ binders: [Binder],
    at location: SourceLocation, in scope: inout Scope
  ) throws(CircuitLanguageError) {
    guard let range = try type.range(scope.evaluator, likes: scope.values) else {
      throw CircuitLanguageError("'any' is not a set of values", at: type.location)
    }
    guard columns.count == 1 else {
      throw CircuitLanguageError("a range has one column, not \(columns.count)", at: location)
    }
    var frame = try frame(nil, nil, "", columns, binders, in: &scope)
    let value = try frame.polynomial(frame.expressions[0], in: scope, self)
    let hint =
      value.terms.isEmpty ? .constant(0) : try frame.hint(frame.expressions[0], in: scope, &self)
    do {
      try ask(
        value, in: range, isLoose: type.isLoose, frame,
        origin(name(at: location, in: scope), layer: scope.name), hint: hint)
    } catch {
      throw error.location == nil ? CircuitLanguageError(error.message, at: location) : error
    }
  }

  private mutating func bound(
    _ name: String, at location: SourceLocation, in scope: Scope
  ) throws(CircuitLanguageError) {
    guard let view = scope.values[name] else {
      throw CircuitLanguageError("'\(name)' is not defined for these parameters", at: location)
    }
    do {
      try askBound(of: view, name, origin(self.name(at: location, in: scope), layer: scope.name))
    } catch {
      throw CircuitLanguageError(error.message, at: location)
    }
  }

  private mutating func choose(
    _ branches: [[Statement]], at location: SourceLocation, in scope: inout Scope
  ) throws(CircuitLanguageError) {
    let origin = origin(name(at: location, in: scope), layer: scope.name)
    var captured: [StatementChoice.Branch] = []
    for branch in branches {
      var inner = scope
      captured.append(
        try self.captured { (builder: inout CircuitBuilder) throws(CircuitLanguageError) in
          try builder.run(branch, in: &inner)
        })
    }
    let tables = captured.map { $0.lookups.map(\.table.name).joined(separator: ",") }
    deferred.choices.append(
      StatementChoice(
        origin: origin,
        group: "\(scope.definition.name):\(location.line) \(tables.joined(separator: ";"))",
        branches: captured))
  }

  /// What a statement is called: the layer and the place.
  func name(at location: SourceLocation, in scope: Scope) -> String {
    "\(scope.name) (\(scope.definition.name):\(location.line))"
  }
}

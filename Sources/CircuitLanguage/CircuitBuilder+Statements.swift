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
    case .repetition(let binder, let body): try repeating(binder, body, in: &scope)
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

  private mutating func repeating(
    _ binder: Binder, _ body: [Statement], in scope: inout Scope
  ) throws(CircuitLanguageError) {
    guard let upper = binder.upper else {
      throw CircuitLanguageError("a repetition needs its bounds", at: binder.location)
    }
    var low = 0
    if let lower = binder.lower { low = try scope.evaluator.value(lower) }
    let high = try scope.evaluator.value(upper)
    let (outer, suffix) = (scope.constants[binder.name], scope.suffix)
    for value in low..<max(low, high) {
      try charge(1)
      scope.constants[binder.name] = value
      scope.suffix = suffix + "[\(value)]"
      try run(body, in: &scope)
    }
    scope.constants[binder.name] = outer
    scope.suffix = suffix
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
      circuit, views, parameters: values, name: "\(scope.name).\(circuit)\(scope.suffix)",
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
    let full = "\(scope.name).\(name)\(scope.suffix)"
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
        name: "\(scope.name) (\(scope.definition.name):\(location.line))", indices: frame.indices,
        domainRank: frame.domainRank, terms: difference.asTerms()))
  }

  private mutating func lookup(
    _ columns: [Expression], _ target: LookupTarget, _ binders: [Binder],
    at location: SourceLocation, in scope: inout Scope
  ) throws(CircuitLanguageError) {
    let (table, offset) = try lookupTable(target, in: scope)
    guard table.columnCount == columns.count else {
      throw CircuitLanguageError(
        "the table has \(table.columnCount) columns, not \(columns.count)", at: location)
    }
    var frame = try frame(nil, nil, "", columns, binders, in: &scope)
    var expressions: [LinearExpression] = []
    for column in frame.expressions {
      var polynomial = try frame.polynomial(column, in: scope, self)
      guard polynomial.terms.isEmpty else {
        throw CircuitLanguageError(
          "only a linear expression can be looked up; commit the value with a hint first",
          at: location)
      }
      let (constant, overflow) = polynomial.linear.constant.subtractingReportingOverflow(offset)
      guard !overflow else {
        throw CircuitLanguageError("a constant leaves the 64-bit integers", at: location)
      }
      polynomial.linear.constant = constant
      expressions.append(polynomial.linear)
    }
    let index = try tableIndex(table)
    try addLookup(
      Lookup(
        name: "\(scope.name) (\(scope.definition.name):\(location.line))", indices: frame.indices,
        columns: expressions, table: index))
  }

  /// The table, and what is subtracted from the value that is looked up: all ranges of one size
  /// share a table.
  private func lookupTable(
    _ target: LookupTarget, in scope: Scope
  ) throws(CircuitLanguageError) -> (ResolvedTable, Int) {
    switch target {
    case .table(let name, let parameters, let location):
      return (try library.table(name, parameters, scope.evaluator, at: location), 0)
    case .type(let type):
      guard let range = try type.range(scope.evaluator, likes: scope.values) else {
        throw CircuitLanguageError("'any' is not a set of values", at: type.location)
      }
      guard range.span < UInt64(LookupTable.maximalRows) else {
        throw CircuitLanguageError(
          "a lookup's range has at most \(LookupTable.maximalRows) values", at: type.location)
      }
      return (.range(Int(range.span) + 1), range.lowerBound)
    }
  }
}

import ConstraintSystem

/// A linear expression plus sums of products.
struct Polynomial {
  var linear = LinearExpression()
  var terms: [Equality.Term] = []

  var isConstant: Bool { terms.isEmpty && linear.terms.isEmpty }

  func asTerms() -> [Equality.Term] {
    if linear.terms.isEmpty && linear.constant == 0 { return terms }
    return [Equality.Term(coefficient: 1, factors: [linear])] + terms
  }

  func multiplied(by factor: Int) -> Polynomial? {
    if factor == 0 { return Polynomial() }
    guard let linear = linear.multiplied(by: factor) else { return nil }
    var result = Polynomial(linear: linear, terms: terms)
    for term in terms.indices {
      let (value, overflow) = terms[term].coefficient.multipliedReportingOverflow(by: factor)
      if overflow { return nil }
      result.terms[term].coefficient = value
    }
    return result
  }

  func adding(_ other: Polynomial) -> Polynomial? {
    guard let linear = linear.adding(other.linear) else { return nil }
    return Polynomial(linear: linear, terms: terms + other.terms)
  }
}

extension StatementFrame {
  /// The expression as a sum of products of at most two linear expressions.
  mutating func polynomial(
    _ expression: ResolvedExpression, in scope: Scope, _ builder: CircuitBuilder
  ) throws(CircuitLanguageError) -> Polynomial {
    switch expression {
    case .constant(let value): return Polynomial(linear: LinearExpression(constant: value))
    case .read(let use): return try inlined(use, in: scope)
    case .negate(let operand):
      return try exact(try polynomial(operand, in: scope, builder).multiplied(by: -1), nil)
    case .binary(let operation, let left, let right, let location):
      let a = try polynomial(left, in: scope, builder)
      let b = try polynomial(right, in: scope, builder)
      switch operation {
      case .add: return try exact(a.adding(b), location)
      case .subtract:
        return try exact(a.adding(try exact(b.multiplied(by: -1), location)), location)
      case .multiply: return try product(a, b, location)
      case .power where a.isConstant && b.isConstant:
        return try exact(Polynomial.power(a.linear.constant, b.linear.constant), location)
      default:
        throw CircuitLanguageError(
          "'\(operation.rawValue)' of tensors may stand in hints only", at: location)
      }
    case .reduction(.sum, let entries, let body):
      if body.usesValue(of: entries) {
        return try writtenOut(body, over: entries, in: scope, builder)
      }
      return summed(try polynomial(body, in: scope, builder), over: entries)
    case .index(let index):
      let name = index.terms.first.map { space.entries[$0.index].name } ?? ""
      throw CircuitLanguageError(
        "the value of index '\(name)' may stand in hints, and as a coefficient in a sum over it")
    case .function, .reduction, .table:
      throw CircuitLanguageError("functions other than sums may stand in hints only")
    case .element(_, _, let location):
      throw CircuitLanguageError(
        "a position that is computed may stand in hints only", at: location)
    }
  }

  private func exact(
    _ value: Polynomial?, _ location: SourceLocation?
  ) throws(CircuitLanguageError) -> Polynomial {
    guard let value else {
      throw CircuitLanguageError("a coefficient leaves the 64-bit integers", at: location)
    }
    return value
  }

  private mutating func inlined(
    _ use: ReadUse, in scope: Scope
  ) throws(CircuitLanguageError) -> Polynomial {
    guard let view = scope.values[use.name] else {
      throw CircuitLanguageError("undefined tensor '\(use.name)'", at: use.location)
    }
    var linear = LinearSum()
    var products: [Equality.Term] = []
    for term in try terms(view, use) {
      guard term.factors.count == 1 && term.summed.isEmpty else {
        products.append(term)
        continue
      }
      guard linear.add(term.factors[0], times: term.coefficient) else {
        throw CircuitLanguageError("a coefficient leaves the 64-bit integers")
      }
    }
    return Polynomial(linear: linear.expression, terms: products)
  }

  private func product(
    _ a: Polynomial, _ b: Polynomial, _ location: SourceLocation
  ) throws(CircuitLanguageError) -> Polynomial {
    if a.isConstant { return try exact(b.multiplied(by: a.linear.constant), location) }
    if b.isConstant { return try exact(a.multiplied(by: b.linear.constant), location) }
    guard a.terms.isEmpty, b.terms.isEmpty else {
      throw CircuitLanguageError(
        "a product has at most two factors, and none of them is a sum over an index or a product; "
          + "commit one with a hint first", at: location)
    }
    return Polynomial(terms: [.init(coefficient: 1, factors: [a.linear, b.linear])])
  }

  private func summed(_ body: Polynomial, over entries: [Int]) -> Polynomial {
    let indices = entries.flatMap { space.entries[$0].parts.map(\.index) }.sorted()
    var terms = body.terms
    for term in terms.indices { terms[term].summed = (terms[term].summed + indices).sorted() }
    if !body.linear.terms.isEmpty || body.linear.constant != 0 {
      terms.append(.init(coefficient: 1, summed: indices, factors: [body.linear]))
    }
    return Polynomial(terms: terms)
  }

  /// The expression as the evaluator computes it.
  mutating func hint(
    _ expression: ResolvedExpression, in scope: Scope, _ builder: inout CircuitBuilder
  ) throws(CircuitLanguageError) -> HintExpression {
    switch expression {
    case .constant(let value): return .constant(value)
    case .index(let index): return .index(try affine(index))
    case .read(let use): return try hintRead(use, in: scope, &builder)
    case .negate(let operand):
      return .subtract(.constant(0), try hint(operand, in: scope, &builder))
    case .binary(let operation, let left, let right, let location):
      let a = try hint(left, in: scope, &builder)
      return try Self.hint(operation, a, try hint(right, in: scope, &builder), location)
    case .function(let name, let arguments):
      var values: [HintExpression] = []
      for argument in arguments { values.append(try hint(argument, in: scope, &builder)) }
      if name == "isqrt" { return .squareRoot(values[0]) }
      if name == "log2" { return .logarithm(values[0]) }
      if name == "select" { return .select(values[0], values[1], values[2]) }
      return name == "min" ? .minimum(values[0], values[1]) : .maximum(values[0], values[1])
    case .reduction(let reduction, let entries, let body):
      let indices = entries.flatMap { space.entries[$0].parts.map(\.index) }.sorted()
      let inner = try hint(body, in: scope, &builder)
      switch reduction {
      case .sum: return .sum(over: indices, inner)
      case .min: return .minimumOver(indices, inner)
      case .max: return .maximumOver(indices, inner)
      }
    case .table(let table, let argument):
      let value = try hint(argument, in: scope, &builder)
      return .table(try builder.tableIndex(table), column: 1, value)
    case .element(let name, let positions, let location):
      var places: [HintExpression] = []
      for position in positions { places.append(try hint(position, in: scope, &builder)) }
      return try element(name, places, at: location, in: scope, &builder)
    }
  }

  private mutating func hintRead(
    _ use: ReadUse, in scope: Scope, _ builder: inout CircuitBuilder
  ) throws(CircuitLanguageError) -> HintExpression {
    guard var view = scope.values[use.name] else {
      throw CircuitLanguageError("undefined tensor '\(use.name)'", at: use.location)
    }
    if !view.isLinear {
      view = builder.temporary(for: view, name: "\(scope.name).\(use.name)")
    }
    var summands: [HintExpression] = []
    for term in try terms(view, use) {
      for read in term.factors[0].terms {
        let coefficient = try product(term.coefficient, read.coefficient)
        let value: HintExpression =
          coefficient == 1 ? .read(read.read) : .multiply(.constant(coefficient), .read(read.read))
        summands.append(value)
      }
      let constant = try product(term.coefficient, term.factors[0].constant)
      if constant != 0 { summands.append(.constant(constant)) }
    }
    return .sum(summands[...])
  }

  private func product(_ a: Int, _ b: Int) throws(CircuitLanguageError) -> Int {
    let (product, overflow) = a.multipliedReportingOverflow(by: b)
    guard !overflow else {
      throw CircuitLanguageError("a coefficient leaves the 64-bit integers")
    }
    return product
  }

  private static func hint(
    _ operation: Expression.Operator, _ a: HintExpression, _ b: HintExpression,
    _ location: SourceLocation
  ) throws(CircuitLanguageError) -> HintExpression {
    switch operation {
    case .add: return .add(a, b)
    case .subtract: return .subtract(a, b)
    case .multiply, .and: return .multiply(a, b)
    case .divide: return .floorDivide(a, b)
    case .remainder: return .remainder(a, b)
    case .equal: return .equal(a, b)
    case .unequal: return .subtract(.constant(1), .equal(a, b))
    case .less: return .less(a, b)
    case .greater: return .less(b, a)
    case .lessOrEqual: return .subtract(.constant(1), .less(b, a))
    case .greaterOrEqual: return .subtract(.constant(1), .less(a, b))
    case .or: return .maximum(a, b)
    case .power:
      throw CircuitLanguageError("a power must not depend on tensors", at: location)
    }
  }
}

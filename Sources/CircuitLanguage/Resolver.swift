import ConstraintSystem

/// Looks up the names of a statement's expressions.
struct Resolver {
  let scope: Scope
  let library: CircuitLibrary
  /// Whether unknown names in positions are new indices of the domain, as in assertions.
  var bindsFreely: Bool
  var space = IndexSpace()

  private var evaluator: ConstantEvaluator { scope.evaluator }

  init(scope: Scope, library: CircuitLibrary, bindsFreely: Bool) {
    self.scope = scope
    self.library = library
    self.bindsFreely = bindsFreely
  }

  /// Declares the indices of `for i in n`.
  mutating func bind(
    _ binders: [Binder], isDomain: Bool
  ) throws(CircuitLanguageError) -> [Int] {
    var entries: [Int] = []
    for binder in binders {
      if binder.name == "..." {
        for (axis, size) in (scope.rest ?? []).enumerated() {
          entries.append(
            space.add(
              .init(
                name: "...\(axis)", size: size, isDomain: isDomain, location: binder.location)))
        }
        continue
      }
      let entry = try entry(binder, isDomain: isDomain)
      if isDomain, let known = space.scope[binder.name] {
        space.entries[known].size = entry.size
        space.entries[known].lower = entry.lower
        entries.append(known)
      } else {
        entries.append(space.add(entry))
      }
    }
    return entries
  }

  private func entry(
    _ binder: Binder, isDomain: Bool
  ) throws(CircuitLanguageError) -> IndexSpace.Entry {
    var entry = IndexSpace.Entry(
      name: binder.name, size: nil, isDomain: isDomain, location: binder.location)
    guard let upper = binder.upper else { return entry }
    if let lower = binder.lower { entry.lower = try evaluator.value(lower) }
    let (size, overflow) = try evaluator.value(upper).subtractingReportingOverflow(entry.lower)
    _ = try AffineIndex(constant: entry.lower).moderate(at: binder.location)
    guard size >= 1, !overflow else {
      throw CircuitLanguageError(
        "index '\(binder.name)' has no values (\(size))", at: binder.location)
    }
    entry.size = size
    return entry
  }

  /// Positions between brackets, `...` being written out.
  mutating func positions(
    _ positions: [Position]
  ) throws(CircuitLanguageError) -> [AffineIndex] {
    var result: [AffineIndex] = []
    for position in positions {
      switch position {
      case .expression(let expression): result.append(try affine(expression))
      case .rest(let location):
        for axis in (scope.rest ?? []).indices {
          result.append(AffineIndex(index: try restIndex(axis, at: location)))
        }
      }
    }
    return result
  }

  /// For each axis, whether its position is nothing but an index.
  func tellsSize(_ positions: [Position]) -> [Bool] {
    positions.flatMap { position in
      switch position {
      case .rest: [Bool](repeating: true, count: scope.rest?.count ?? 0)
      case .expression(let expression): if case .name = expression.kind { [true] } else { [false] }
      }
    }
  }

  private mutating func restIndex(
    _ axis: Int, at location: SourceLocation
  ) throws(CircuitLanguageError) -> Int {
    let name = "...\(axis)"
    if let known = space.scope[name] { return known }
    guard bindsFreely else {
      throw CircuitLanguageError("'...' does not stand on the left", at: location)
    }
    return space.add(.init(name: name, size: scope.rest?[axis], isDomain: true, location: location))
  }

  mutating func affine(_ expression: Expression) throws(CircuitLanguageError) -> AffineIndex {
    try unlimited(expression).moderate(at: expression.location)
  }

  private mutating func unlimited(
    _ expression: Expression
  ) throws(CircuitLanguageError) -> AffineIndex {
    if let value = try evaluator.constantValue(expression) { return AffineIndex(constant: value) }
    switch expression.kind {
    case .name(let name): return AffineIndex(index: try index(name, at: expression.location))
    case .negate(let operand): return AffineIndex().adding(try affine(operand), times: -1)
    case .binary(.add, let left, let right):
      return try affine(left).adding(try affine(right), times: 1)
    case .binary(.subtract, let left, let right):
      return try affine(left).adding(try affine(right), times: -1)
    case .binary(.multiply, let left, let right):
      let (a, b) = (try affine(left), try affine(right))
      if a.terms.isEmpty { return AffineIndex().adding(b, times: a.constant) }
      if b.terms.isEmpty { return AffineIndex().adding(a, times: b.constant) }
    default: break
    }
    throw CircuitLanguageError(
      "a position must be a sum of indices times parameters", at: expression.location)
  }

  private mutating func index(
    _ name: String, at location: SourceLocation
  ) throws(CircuitLanguageError) -> Int {
    if let known = space.scope[name] { return known }
    guard bindsFreely else {
      throw CircuitLanguageError("undeclared index '\(name)'", at: location)
    }
    return space.add(.init(name: name, size: nil, isDomain: true, location: location))
  }

  mutating func resolve(
    _ expression: Expression
  ) throws(CircuitLanguageError) -> ResolvedExpression {
    if let value = try evaluator.constantValue(expression) { return .constant(value) }
    switch expression.kind {
    case .integer(let value): return .constant(value)
    case .name(let name): return try resolveName(name, at: expression.location)
    case .read(let name, let positions):
      if positions.contains(where: isComputed) {
        return try element(name, positions, at: expression.location)
      }
      return .read(try read(name, positions, at: expression.location))
    case .negate(let operand): return .negate(try resolve(operand))
    case .binary(let operation, let left, let right):
      return .binary(operation, try resolve(left), try resolve(right), expression.location)
    case .function(let name, let arguments):
      var resolved: [ResolvedExpression] = []
      for argument in arguments { resolved.append(try resolve(argument)) }
      return .function(name, resolved)
    case .reduction(let reduction, let binders, let body):
      let outer = space.scope
      let entries = try bind(binders, isDomain: false)
      let resolved = try resolve(body)
      space.scope = outer.merging(newDomainNames(since: outer)) { $1 }
      return .reduction(reduction, entries, resolved)
    case .table(let name, let argument, let parameters):
      let table = try library.table(name, parameters, evaluator, at: expression.location)
      return .table(table, try resolve(argument))
    }
  }

  /// Domain indices that were first met inside of a reduction stay known after it.
  private func newDomainNames(since outer: [String: Int]) -> [String: Int] {
    space.scope.filter { outer[$0.key] == nil && space.entries[$0.value].isDomain }
  }

  private mutating func resolveName(
    _ name: String, at location: SourceLocation
  ) throws(CircuitLanguageError) -> ResolvedExpression {
    if let index = space.scope[name] { return .index(AffineIndex(index: index)) }
    guard scope.values[name] != nil else {
      throw CircuitLanguageError("undefined name '\(name)'", at: location)
    }
    return .read(try read(name, [], at: location))
  }

  /// Whether a position depends on a tensor, or is no sum of indices times parameters for another reason.
  private func isComputed(_ position: Position) -> Bool {
    guard case .expression(let expression) = position else { return false }
    return isComputed(expression)
  }

  private func isComputed(_ expression: Expression) -> Bool {
    if (try? evaluator.constantValue(expression)) != nil { return false }
    return switch expression.kind {
    case .name(let name): space.scope[name] == nil && scope.values[name] != nil
    case .negate(let operand): isComputed(operand)
    case .binary(.add, let left, let right), .binary(.subtract, let left, let right),
      .binary(.multiply, let left, let right):
      isComputed(left) || isComputed(right)
    default: true
    }
  }

  private mutating func element(
    _ name: String, _ positions: [Position], at location: SourceLocation
  ) throws(CircuitLanguageError) -> ResolvedExpression {
    guard let view = scope.values[name] else {
      throw CircuitLanguageError("undefined tensor '\(name)'", at: location)
    }
    var resolved: [ResolvedExpression] = []
    for position in positions {
      switch position {
      case .expression(let expression): resolved.append(try resolve(expression))
      case .rest(let location):
        for axis in (scope.rest ?? []).indices {
          resolved.append(.index(AffineIndex(index: try restIndex(axis, at: location))))
        }
      }
    }
    guard resolved.count == view.shape.count else {
      throw CircuitLanguageError(
        "'\(name)' has \(view.shape.count) axes and is read at \(resolved.count) positions",
        at: location)
    }
    return .element(name, resolved, location)
  }

  private mutating func read(
    _ name: String, _ positions: [Position], at location: SourceLocation
  ) throws(CircuitLanguageError) -> ReadUse {
    guard let view = scope.values[name] else {
      throw CircuitLanguageError("undefined tensor '\(name)'", at: location)
    }
    let use = ReadUse(
      name: name, positions: try self.positions(positions), tellsSize: tellsSize(positions),
      location: location)
    guard use.positions.count == view.shape.count else {
      throw CircuitLanguageError(
        "'\(name)' has \(view.shape.count) axes and is read at \(use.positions.count) positions",
        at: location)
    }
    return use
  }
}

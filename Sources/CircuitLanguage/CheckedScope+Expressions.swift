extension CheckedScope {
  enum Kind {
    /// Sums of products of tensors.
    case polynomial
    /// Whatever the evaluator can compute.
    case hint
  }

  /// Checks the expressions of a statement.
  ///
  /// - Parameter left: the positions on the left, or nil where new indices may occur anywhere.
  /// - Returns: whether all are linear.
  mutating func checkStatement(
    _ expressions: [Expression], _ left: [Position]?, _ binders: [Binder], _ kind: Kind,
    _ location: SourceLocation
  ) throws(CircuitLanguageError) -> Bool {
    var indices: Set<String> = []
    var unused: [String: SourceLocation] = [:]
    for binder in binders {
      try checkBinder(binder, &indices)
      unused[binder.name] = binder.location
    }
    if let left {
      for name in try leftNames(left) {
        indices.insert(name)
        unused[name] = nil
      }
      for binder in binders where unused[binder.name] != nil {
        throw CircuitLanguageError(
          "index '\(binder.name)' does not occur on the left", at: binder.location)
      }
    }
    var degree = 0
    for expression in expressions {
      if left == nil { indices.formUnion(freeIndices(expression)) }
      degree = max(degree, try check(expression, indices: indices, kind: kind))
      for name in mentioned(expression) { unused[name] = nil }
    }
    if let (name, place) = unused.min(by: { $0.key < $1.key }) {
      throw CircuitLanguageError("index '\(name)' is never used", at: place)
    }
    return degree <= 1
  }

  private func checkBinder(
    _ binder: Binder, _ indices: inout Set<String>
  ) throws(CircuitLanguageError) {
    if let lower = binder.lower { try check(size: lower) }
    if let upper = binder.upper { try check(size: upper) }
    guard !constants.contains(binder.name) else {
      throw CircuitLanguageError(
        "'\(binder.name)' is a parameter or a size and can not be an index", at: binder.location)
    }
    guard indices.insert(binder.name).inserted else {
      throw CircuitLanguageError("index '\(binder.name)' is declared twice", at: binder.location)
    }
  }

  private func leftNames(_ left: [Position]) throws(CircuitLanguageError) -> Set<String> {
    var names: Set<String> = []
    for position in left {
      switch position {
      case .rest(let location):
        guard names.insert("...").inserted else {
          throw CircuitLanguageError("'...' may stand once", at: location)
        }
      case .expression(let expression):
        for name in mentioned(expression) where !constants.contains(name) {
          guard names.insert(name).inserted else {
            throw CircuitLanguageError(
              "index '\(name)' stands twice on the left", at: expression.location)
          }
        }
      }
    }
    return names
  }

  /// The degree of the expression: 0 without tensors, 1 when linear, otherwise 2.
  @discardableResult
  mutating func check(
    _ expression: Expression, indices: Set<String>, kind: Kind
  ) throws(CircuitLanguageError) -> Int {
    switch expression.kind {
    case .integer: return 0
    case .name(let name):
      if constants.contains(name) { return 0 }
      if indices.contains(name) {
        if kind == .hint || summed.contains(name) { return 0 }
        throw CircuitLanguageError(
          "the value of index '\(name)' may stand in hints, and as a coefficient in a sum over it",
          at: expression.location)
      }
      return try checkRead(name, [], indices, kind, at: expression.location)
    case .read(let name, let positions):
      return try checkRead(name, positions, indices, kind, at: expression.location)
    case .negate(let operand): return try check(operand, indices: indices, kind: kind)
    case .binary(let operation, let left, let right):
      let a = try check(left, indices: indices, kind: kind)
      let b = try check(right, indices: indices, kind: kind)
      return kind == .hint ? 0 : try degree(operation, a, b, expression)
    case .reduction(let reduction, let binders, let body):
      return try checkReduction(reduction, binders, body, indices, kind, expression)
    case .function, .table:
      return try checkFunction(expression, indices, kind)
    }
  }

  private func degree(
    _ operation: Expression.Operator, _ a: Int, _ b: Int, _ expression: Expression
  ) throws(CircuitLanguageError) -> Int {
    if a == 0 && b == 0 { return 0 }
    switch operation {
    case .add, .subtract: return max(a, b)
    case .multiply:
      guard a == 0 || b == 0 || (a == 1 && b == 1) else {
        throw CircuitLanguageError(
          "a product has at most two factors, and none of them is a sum over an index or a "
            + "product; commit one with a hint first", at: expression.location)
      }
      return a + b
    default:
      throw CircuitLanguageError(
        "'\(operation.rawValue)' of tensors may stand in hints only", at: expression.location)
    }
  }

  private mutating func checkReduction(
    _ reduction: Expression.Reduction, _ binders: [Binder], _ body: Expression,
    _ indices: Set<String>, _ kind: Kind, _ expression: Expression
  ) throws(CircuitLanguageError) -> Int {
    guard reduction == .sum || kind == .hint else {
      throw CircuitLanguageError(
        "'\(reduction.rawValue)' may stand in hints only", at: expression.location)
    }
    var inner: Set<String> = []
    for binder in binders { try checkBinder(binder, &inner) }
    let names = mentioned(body)
    for binder in binders where !names.contains(binder.name) {
      throw CircuitLanguageError("index '\(binder.name)' is never used", at: binder.location)
    }
    let outer = summed
    summed = kind == .polynomial ? outer.subtracting(inner).union(inner) : outer
    let degree = try check(body, indices: indices.union(inner), kind: kind)
    summed = outer
    // A sum in which the index is a coefficient is written out.
    let isWrittenOut = !body.valueNames.isDisjoint(with: inner)
    return degree == 0 ? 0 : isWrittenOut ? degree : 2
  }

  private mutating func checkFunction(
    _ expression: Expression, _ indices: Set<String>, _ kind: Kind
  ) throws(CircuitLanguageError) -> Int {
    if isSize(expression) { return 0 }
    guard kind == .hint else {
      throw CircuitLanguageError("functions may stand in hints only", at: expression.location)
    }
    if case .table(let name, let argument, let parameters) = expression.kind {
      try check(argument, indices: indices, kind: kind)
      guard let table = library.tables[name], table.parameters.count == parameters.count else {
        throw CircuitLanguageError(
          "there is no table '\(name)' with \(parameters.count) parameters",
          at: expression.location)
      }
      for parameter in parameters { try check(size: parameter) }
    }
    if case .function(_, let arguments) = expression.kind {
      for argument in arguments { try check(argument, indices: indices, kind: kind) }
    }
    return 0
  }

  private mutating func checkRead(
    _ name: String, _ positions: [Position], _ indices: Set<String>, _ kind: Kind,
    at location: SourceLocation
  ) throws(CircuitLanguageError) -> Int {
    guard let value = values[name] else {
      throw CircuitLanguageError("undefined name '\(name)'", at: location)
    }
    guard positions.rank == value.rank else {
      throw CircuitLanguageError(
        "'\(name)' has \(value.rank) and is read at \(positions.rank)", at: location)
    }
    used.insert(name)
    if kind == .polynomial { constrained.insert(name) }
    var seen: Set<String> = []
    for position in positions {
      switch position {
      case .rest(let place):
        guard indices.contains("...") else {
          throw CircuitLanguageError("'...' does not stand on the left", at: place)
        }
      case .expression(let expression):
        if kind == .hint, !isAffine(expression) {
          try check(expression, indices: indices, kind: .hint)
          continue
        }
        let names = try affineNames(expression, indices)
        for index in names where !seen.insert(index).inserted {
          throw CircuitLanguageError(
            "index '\(index)' occurs in two positions of '\(name)'", at: expression.location)
        }
      }
    }
    return value.isLinear ? 1 : 2
  }

  /// Whether a position is made as those of statements are, of indices and parameters; others are
  /// computed.
  private func isAffine(_ expression: Expression) -> Bool {
    if isSize(expression) { return true }
    return switch expression.kind {
    case .name(let name): values[name] == nil
    case .negate(let operand): isAffine(operand)
    case .binary(.add, let left, let right), .binary(.subtract, let left, let right):
      isAffine(left) && isAffine(right)
    case .binary(.multiply, let left, let right):
      isAffine(left) && isAffine(right) && (isSize(left) || isSize(right))
    default: false
    }
  }

  /// The indices of a position, which must be a sum of indices times parameters.
  private func affineNames(
    _ expression: Expression, _ indices: Set<String>
  ) throws(CircuitLanguageError) -> Set<String> {
    if isSize(expression) { return [] }
    switch expression.kind {
    case .name(let name):
      guard indices.contains(name) else {
        throw CircuitLanguageError("undeclared index '\(name)'", at: expression.location)
      }
      return [name]
    case .negate(let operand): return try affineNames(operand, indices)
    case .binary(let operation, let left, let right):
      let (a, b) = (try affineNames(left, indices), try affineNames(right, indices))
      if operation == .add || operation == .subtract { return a.union(b) }
      if operation == .multiply && (isSize(left) || isSize(right)) { return a.union(b) }
    default: break
    }
    throw CircuitLanguageError(
      "a position must be a sum of indices times parameters", at: expression.location)
  }
}

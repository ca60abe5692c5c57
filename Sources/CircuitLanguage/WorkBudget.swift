import ConstraintSystem

// What building a circuit may cost, and how large its numbers may become: circuits and the order in
// which they are put together may come from somebody who is not trusted (`Derivation`).
extension CircuitBuilder {
  /// Takes units of work from what may still be done: about one for each node of an expression that
  /// is looked at, and for each read that is copied.
  func checkWork(_ units: Int) throws(CircuitLanguageError) {
    guard units <= workLeft else {
      throw CircuitLanguageError(CircuitLanguageError.outOfWork)
    }
  }

  mutating func charge(_ units: Int) throws(CircuitLanguageError) {
    try checkWork(units)
    workLeft -= units
  }

  /// Charges the reads of a view, which are about to be copied.
  mutating func charge(_ view: TensorView) throws(CircuitLanguageError) {
    try charge(view.terms.readCount)
  }
}

extension CircuitBuilder {
  /// Refuses what no constraint system may hold, before anything overflows.
  func checkSizes(
    _ shape: [Int], at location: SourceLocation? = nil
  ) throws(CircuitLanguageError) {
    guard shape.count <= ConstraintSystemLimits.indices else {
      throw CircuitLanguageError("\(shape.count) axes are too many", at: location)
    }
    for size in shape where size < 1 || size > ConstraintSystemLimits.indexSize {
      throw CircuitLanguageError(
        "an axis has \(size) elements; from 1 to \(ConstraintSystemLimits.indexSize) are allowed",
        at: location)
    }
    guard shape.saturatingProduct <= ConstraintSystemLimits.modelCells else {
      throw CircuitLanguageError("a tensor of the shape \(shape) is too large", at: location)
    }
  }

  /// Refuses positions whose products could overflow.
  func checkPositions(_ terms: [Equality.Term]) throws(CircuitLanguageError) {
    for term in terms {
      for factor in term.factors { try checkPositions(factor) }
    }
  }

  func checkPositions(_ expression: LinearExpression) throws(CircuitLanguageError) {
    for term in expression.terms {
      for position in term.read.positions { _ = try position.moderate() }
    }
  }
}

extension AffineIndex {
  /// Coefficients and constants of positions are at most this large, so that a product of two, and a
  /// sum of as many products as there are indices, stays in 64 bits.
  static let greatestMagnitude: UInt = 1 << 28

  /// The position itself, if its numbers are moderate.
  func moderate(
    at location: SourceLocation? = nil
  ) throws(CircuitLanguageError) -> AffineIndex {
    guard constant.magnitude <= Self.greatestMagnitude,
      terms.allSatisfy({ $0.coefficient.magnitude <= Self.greatestMagnitude })
    else { throw CircuitLanguageError("a position reaches too far", at: location) }
    return self
  }
}

extension [Int] {
  /// The product, or `Int.max` where it is larger.
  var saturatingProduct: Int {
    reduce(1) { product, size in
      let (next, overflow) = product.multipliedReportingOverflow(by: size)
      return overflow ? Int.max : next
    }
  }
}

extension [Equality.Term] {
  /// How many reads, constants and factors there are.
  var readCount: Int {
    reduce(1) { sum, term in sum + term.factors.reduce(1) { $0 + 1 + $1.terms.count } }
  }
}

extension ConstraintSystem {
  /// How many tensors, tables, indices and reads there are, about; of tables' values, as many as take
  /// the time of a read count for one.
  var partCount: Int {
    let inEqualities = equalities.reduce(0) { $0 + $1.indices.count + $1.terms.readCount }
    let inLookups = lookups.reduce(0) { sum, lookup in
      lookup.columns.reduce(sum + 1 + lookup.indices.count) { $0 + 1 + $1.terms.count }
    }
    let inTables = tables.reduce(0) {
      $0 + 1 + $1.rows * $1.columns.count / ResolvedTable.rowsPerUnit
    }
    let inRows = rowTables.reduce(0) { $0 + 2 + $1.indices.count + $1.source.terms.count }
    return tensors.count + inTables + inRows + inEqualities + inLookups
  }
}

extension Statement {
  /// How many nodes there are, without those of inner statements, which are counted when they run.
  var nodeCount: Int {
    switch kind {
    case .constant(_, let value), .requirement(let value): 1 + value.nodeCount
    case .definition(_, let positions, let value, let binders):
      1 + positions.nodeCount + value.nodeCount + binders.nodeCount
    case .call(let outputs, _, let arguments, let values):
      1 + outputs.count + arguments.count + values.reduce(0) { $0 + $1.value.nodeCount }
    case .hint(_, let positions, _, let value, let binders):
      1 + positions.nodeCount + value.nodeCount + binders.nodeCount
    case .assertion(let left, let right, let binders):
      1 + left.nodeCount + right.nodeCount + binders.nodeCount
    case .anyZero(let over, let value, let binders):
      1 + over.nodeCount + value.nodeCount + binders.nodeCount
    case .lookup(let columns, let target, let binders):
      1 + columns.reduce(target.nodeCount) { $0 + $1.nodeCount } + binders.nodeCount
    case .conditional(let condition, _, _): 1 + condition.nodeCount
    case .bound, .choice: 1
    }
  }
}

extension LookupTarget {
  fileprivate var nodeCount: Int {
    switch self {
    case .type(let type): type.arguments.reduce(1) { $0 + $1.nodeCount }
    case .table(_, let arguments, _): arguments.reduce(1) { $0 + $1.nodeCount }
    case .rows(let rows): rows.numbers.count + rows.source.nodeCount
    }
  }
}

extension Expression {
  var nodeCount: Int {
    switch kind {
    case .integer, .name: 1
    case .read(_, let positions): 1 + positions.nodeCount
    case .negate(let operand): 1 + operand.nodeCount
    case .binary(_, let left, let right): 1 + left.nodeCount + right.nodeCount
    case .function(_, let arguments): arguments.reduce(1) { $0 + $1.nodeCount }
    case .reduction(_, let binders, let body): 1 + binders.nodeCount + body.nodeCount
    case .table(_, let argument, let parameters):
      parameters.reduce(1 + argument.nodeCount) { $0 + $1.nodeCount }
    }
  }
}

extension [Position] {
  fileprivate var nodeCount: Int {
    reduce(0) { sum, position in
      if case .expression(let expression) = position { sum + expression.nodeCount } else { sum + 1 }
    }
  }
}

extension [Binder] {
  fileprivate var nodeCount: Int {
    reduce(0) { $0 + 1 + ($1.lower?.nodeCount ?? 0) + ($1.upper?.nodeCount ?? 0) }
  }
}

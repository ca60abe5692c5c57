// Which names of an expression may be indices.
extension CheckedScope {
  /// Names in positions that are no parameters: where a statement has no left side, its indices.
  func freeIndices(_ expression: Expression) -> Set<String> {
    var bound: Set<String> = []
    return freeIndices(expression, &bound)
  }

  private func freeIndices(_ expression: Expression, _ bound: inout Set<String>) -> Set<String> {
    switch expression.kind {
    case .integer, .name: return []
    case .read(_, let positions):
      return positions.names.filter { !constants.contains($0) && !bound.contains($0) }
    case .negate(let operand), .table(_, let operand, _): return freeIndices(operand, &bound)
    case .binary(_, let left, let right):
      return freeIndices(left, &bound).union(freeIndices(right, &bound))
    case .function(_, let arguments):
      return arguments.reduce(into: []) { $0.formUnion(freeIndices($1, &bound)) }
    case .reduction(_, let binders, let body):
      var inner = bound.union(binders.map(\.name))
      return freeIndices(body, &inner)
    }
  }

  /// Every name in the expression that may be an index.
  func mentioned(_ expression: Expression) -> Set<String> {
    switch expression.kind {
    case .integer: []
    case .name(let name): [name]
    case .read(_, let positions): positions.names
    case .negate(let operand), .table(_, let operand, _): mentioned(operand)
    case .binary(_, let left, let right): mentioned(left).union(mentioned(right))
    case .function(_, let arguments): arguments.reduce(into: []) { $0.formUnion(mentioned($1)) }
    case .reduction(_, _, let body): mentioned(body)
    }
  }
}

extension Expression {
  /// The names that may be those of tensors that it reads, without those within positions.
  var readNames: Set<String> {
    switch kind {
    case .integer: []
    case .name(let name), .read(let name, _): [name]
    case .negate(let operand), .table(_, let operand, _), .reduction(_, _, let operand):
      operand.readNames
    case .binary(_, let left, let right): left.readNames.union(right.readNames)
    case .function(_, let arguments): arguments.reduce(into: []) { $0.formUnion($1.readNames) }
    }
  }
}

extension [Position] {
  /// The names in the positions, `...` being one.
  fileprivate var names: Set<String> {
    reduce(into: []) { names, position in
      switch position {
      case .rest: names.insert("...")
      case .expression(let expression): names.formUnion(expression.positionNames)
      }
    }
  }
}

extension Expression {
  /// Names that stand for values: those outside of brackets.
  var valueNames: Set<String> {
    switch kind {
    case .integer, .read: []
    case .name(let name): [name]
    case .negate(let operand), .table(_, let operand, _), .reduction(_, _, let operand):
      operand.valueNames
    case .binary(_, let left, let right): left.valueNames.union(right.valueNames)
    case .function(_, let arguments): arguments.reduce(into: []) { $0.formUnion($1.valueNames) }
    }
  }

  fileprivate var positionNames: Set<String> {
    switch kind {
    case .name(let name): [name]
    case .negate(let operand): operand.positionNames
    case .binary(_, let left, let right): left.positionNames.union(right.positionNames)
    case .function(_, let arguments):
      arguments.reduce(into: []) { $0.formUnion($1.positionNames) }
    case .integer, .read, .reduction, .table: []
    }
  }
}

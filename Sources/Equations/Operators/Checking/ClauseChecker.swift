import CircuitLanguage

/// Checks what an operator says about the nodes that it is.
struct ClauseChecker {
  let operation: OperatorDefinition

  /// Throws for a name that the operator does not have, or for clauses that overlap; adds to
  /// `scope` what the clauses use.
  func check(_ scope: inout OperatorScope) throws(CircuitLanguageError) {
    guard !operation.clauses.isEmpty else {
      throw CircuitLanguageError(
        "the operator says of no node that it is one; write 'onnx' or 'custom \"domain\"' before "
          + "its equations", at: operation.location)
    }
    for (place, clause) in operation.clauses.enumerated() {
      for other in operation.clauses.prefix(place)
      where other.domain == clause.domain && other.name == clause.name
        && other.versions.overlaps(clause.versions)
      {
        throw CircuitLanguageError(
          "the versions are among those of an earlier clause", at: clause.location)
      }
      try check(clause, &scope)
    }
  }

  private func check(
    _ clause: DomainClause, _ scope: inout OperatorScope
  ) throws(CircuitLanguageError) {
    var seen: Set<String> = []
    for input in (clause.inputs ?? []) + clause.given {
      guard operation.operand(input.name) != nil || operation.attribute(input.name) != nil else {
        throw CircuitLanguageError(
          "there is no operand or attribute '\(input.name)'", at: input.location)
      }
      guard seen.insert(input.name).inserted else {
        throw CircuitLanguageError("'\(input.name)' stands twice", at: input.location)
      }
    }
    for input in clause.given {
      if let operand = operation.operand(input.name), !operand.dimensions.isEmpty {
        throw CircuitLanguageError(
          "an operand that is an attribute has no axes", at: input.location)
      }
    }
    for adapter in clause.adapters { try check(adapter, &scope) }
  }

  private func check(
    _ adapter: Adapter, _ scope: inout OperatorScope
  ) throws(CircuitLanguageError) {
    let location = adapter.location
    switch adapter.kind {
    case .broadcasting(let names):
      for name in names { try require(operand: name, at: location) }
    case .ignoring(let names): scope.used.formUnion(names)
    case .transposing(let name, let flag):
      let operand = try require(operand: name, at: location)
      guard operand.pattern.suffix(2) == [false, false] else {
        throw CircuitLanguageError("'\(name)' does not end in two axes", at: location)
      }
      try require(flag: flag, &scope, at: location)
    case .splitting(let name, let axis, _), .flattening(let name, let axis, _):
      let operand = try require(operand: name, at: location)
      guard operand.pattern.first == true else {
        throw CircuitLanguageError("'\(name)' does not begin with a pack", at: location)
      }
      guard case .axis(name)? = operation.attribute(axis)?.kind else {
        throw CircuitLanguageError("'\(axis)' is not an axis of '\(name)'", at: location)
      }
      scope.used.insert(axis)
    case .reducing(let name, let axes, let flag):
      try checkReduction(of: name, over: axes, &scope, at: location)
      if let flag { try require(flag: flag, &scope, at: location) }
    }
  }

  private func checkReduction(
    of name: String, over axes: String, _ scope: inout OperatorScope, at location: SourceLocation
  ) throws(CircuitLanguageError) {
    let operand = try require(operand: name, at: location)
    guard operand.pattern == [true, true], operand.packs[0] != operand.packs[1] else {
      throw CircuitLanguageError("'\(name)' is not made of two packs", at: location)
    }
    guard case .axes(name)? = operation.attribute(axes)?.kind else {
      throw CircuitLanguageError("'\(axes)' is not a list of axes of '\(name)'", at: location)
    }
    scope.used.insert(axes)
    if operation.attribute(ReducedAxes.emptyFlag) != nil {
      scope.used.insert(ReducedAxes.emptyFlag)
    }
  }

  @discardableResult
  private func require(
    operand name: String, at location: SourceLocation
  ) throws(CircuitLanguageError) -> TensorDeclaration {
    guard let operand = operation.operand(name) else {
      throw CircuitLanguageError("there is no operand '\(name)'", at: location)
    }
    return operand
  }

  private func require(
    flag name: String, _ scope: inout OperatorScope, at location: SourceLocation
  ) throws(CircuitLanguageError) {
    guard case .flag? = operation.attribute(name)?.kind else {
      throw CircuitLanguageError("there is no flag '\(name)'", at: location)
    }
    scope.used.insert(name)
  }
}

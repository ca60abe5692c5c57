import CircuitLanguage

/// Checks that the shapes of a node's operands say every size of an operator, whatever shapes they are:
/// what `SizeBinder` finds with them in hand.
struct SizeChecker {
  let operation: OperatorDefinition

  func check() throws(CircuitLanguageError) {
    for clause in operation.clauses { try checkRanks(clause) }
    try checkSizes()
  }

  /// How many axes a pack has says an adapter, or an operand in which it is the only one that is not
  /// known.
  private func checkRanks(_ clause: DomainClause) throws(CircuitLanguageError) {
    var known = Set(clause.adapters.flatMap(ranked))
    var count: Int
    repeat {
      count = known.count
      for operand in operation.operands {
        let unknown = operand.packs.filter { !known.contains($0) }
        if unknown.count == 1 { known.formUnion(unknown) }
      }
    } while known.count > count
    for operand in operation.operands {
      guard let pack = operand.packs.first(where: { !known.contains($0) }) else { continue }
      throw CircuitLanguageError(
        "nothing says how many axes '\(pack == "..." ? pack : pack + "...")' has: no operand has it as "
          + "its only pack, and the nodes do not say it by 'splitting' or 'reducing'",
        at: operand.location)
    }
  }

  /// The packs of which an adapter knows how many axes they have.
  private func ranked(_ adapter: Adapter) -> [String] {
    switch adapter.kind {
    case .splitting(let name, _, _), .flattening(let name, _, _):
      Array((operation.operand(name)?.packs ?? []).prefix(1))
    case .reducing(let name, _, _): operation.operand(name)?.packs ?? []
    case .broadcasting, .transposing, .ignoring: []
    }
  }

  /// A size follows from an axis whose size is made of it and of what is known.
  private func checkSizes() throws(CircuitLanguageError) {
    var known = Set(operation.attributes.map(\.name)).union(BuiltinFunction.constants.keys)
    for operand in operation.operands { known.formUnion(operand.packs) }
    var count: Int
    repeat {
      count = known.count
      for (size, _) in operation.operands.flatMap(\.sizes) {
        let unknown = size.names.filter { !known.contains($0) }
        if unknown.count == 1 { known.formUnion(unknown) }
      }
    } while known.count > count
    for (size, location) in operation.operands.flatMap(\.sizes) {
      guard let name = size.names.first(where: { !known.contains($0) }) else { continue }
      throw CircuitLanguageError(
        "nothing says how large '\(name)' is: it does not follow from \(size.text)",
        at: location)
    }
  }
}

extension TensorDeclaration {
  /// The sizes of its axes, but for those of packs, and where they stand.
  fileprivate var sizes: [(OperatorExpression, SourceLocation)] {
    zip(dimensions, dimensionLocations).compactMap { dimension, location in
      if case .size(let size) = dimension { (size, location) } else { nil }
    }
  }
}

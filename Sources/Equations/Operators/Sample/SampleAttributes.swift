/// The attributes of a node that no network says anything of: those that are asked for, those that
/// follow from how many axes packs have, and values for those without a default.
struct SampleAttributes {
  let operation: OperatorDefinition
  let clause: DomainClause
  let sample: OperatorSample
  /// By the operator's name for them.
  private(set) var values: [String: AttributeValue]

  init(_ operation: OperatorDefinition, _ clause: DomainClause, _ sample: OperatorSample) {
    self.operation = operation
    self.clause = clause
    self.sample = sample
    values = sample.attributes
    for adapter in clause.adapters { fit(adapter) }
    for attribute in operation.attributes where values[attribute.name] == nil {
      guard attribute.defaultValue == nil else { continue }
      values[attribute.name] = value(of: attribute)
    }
  }

  /// Axes are where the packs that are given have them.
  private mutating func fit(_ adapter: Adapter) {
    switch adapter.kind {
    case .splitting(let operand, let axis, _), .flattening(let operand, let axis, _):
      guard values[axis] == nil, let rank = ranks(operand).first else { return }
      values[axis] = .int(rank)
    case .reducing(let operand, let axes, _):
      let ranks = ranks(operand)
      guard values[axes] == nil, ranks.count == 2 else { return }
      values[axes] = .ints(Array(ranks[0]..<ranks[0] + ranks[1]))
    default: break
    }
  }

  /// How many axes each pack of an operand has.
  private func ranks(_ operand: String) -> [Int] {
    (operation.operand(operand)?.packs ?? []).map { sample.packs[$0]?.count ?? 0 }
  }

  /// Nil where a node need not say it.
  private func value(of attribute: AttributeDeclaration) -> AttributeValue? {
    if let pack = attribute.pack {
      return .ints((sample.packs[pack] ?? []).map { min($0, 2) })
    }
    switch attribute.kind {
    case .integer, .natural, .positive, .element: return .int(1)
    case .real: return .real(0.5)
    case .flag: return .int(0)
    case .choice(let choices): return .text(choices[0])
    case .axis: return .int(0)
    case .axes, .integers, .padding, .transposedPadding: return nil
    }
  }
}

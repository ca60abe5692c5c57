import ConstraintSystem

extension EquationGraph {
  /// The inputs of which nothing but the order is asked, so that no number needs to be rounded: their
  /// only readers are equations that are the place of each element.
  public var orderedInputs: Set<ValueID> {
    let (asked, others) = orderUses
    return Set(inputs).intersection(asked).subtracting(others)
  }

  /// The names of inputs of which the order is asked, and that something else reads as well.
  public var inputsWithOrderAndMore: Set<String> {
    let (asked, others) = orderUses
    return Set(inputs.filter { asked.contains($0) && others.contains($0) }.map { self[$0].name })
  }

  private var orderUses: (asked: Set<ValueID>, others: Set<ValueID>) {
    var asked: Set<ValueID> = []
    var others = Set(outputs.map(\.value))
    for node in nodes {
      if isOrder(node) {
        asked.insert(node.operands[0])
      } else {
        others.formUnion(node.operands)
      }
    }
    return (asked, others)
  }

  private func isOrder(_ node: Node) -> Bool {
    guard case .equation(let equation) = node.definition, node.operands.count == 1,
      case .unary(.order, .read(let read)) = equation.value,
      equation.shape == self[node.operands[0]].shape
    else { return false }
    return read.positions == equation.shape.indices.map { .affine(AffineIndex(index: $0)) }
  }
}

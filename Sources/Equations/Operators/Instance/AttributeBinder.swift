import CircuitLanguage
import TensorGraph

/// Finds the values of an operator's attributes for a node.
struct AttributeBinder {
  let operation: OperatorDefinition
  let clause: DomainClause
  let node: OperatorNode
  let builder: EquationGraphBuilder
  /// The operands by the names that the operator gives them.
  let operands: [String: ValueID]

  /// Throws `.unsupported` for an attribute that the operator does not have.
  func checkNames() throws(GraphError) {
    // Version 1 of ONNX said there which operands' memory may be used again.
    var known: Set<String> = ["consumed_inputs"]
    let isOperand = Set(clause.inputs?.map(\.name) ?? [])
    for attribute in operation.attributes where !isOperand.contains(attribute.name) {
      known.insert(alias(of: attribute.name))
      switch attribute.kind {
      case .padding: known.insert("auto_pad")
      case .transposedPadding: known.formUnion(["auto_pad", "output_shape"])
      default: break
      }
    }
    for input in clause.given { known.insert(input.alias) }
    known.formUnion(ignored)
    for name in node.attributes.keys.sorted() where !known.contains(name) {
      throw GraphError(.unsupported, "the attribute \"\(name)\" is not known")
    }
  }

  var ignored: Set<String> {
    var names: Set<String> = []
    for case .ignoring(let list) in clause.adapters.map(\.kind) { names.formUnion(list) }
    return names
  }

  func alias(of name: String) -> String {
    clause.given.first { $0.name == name }?.alias ?? name
  }

  /// The attributes that are known without the sizes of operands, and defaults that need none.
  func bindScalars(_ scope: inout SizeScope) throws(GraphError) {
    for attribute in operation.attributes {
      if case .choice(let choices) = attribute.kind { scope.choices.formUnion(choices) }
    }
    for attribute in operation.attributes
    where attribute.pack == nil && !attribute.kind.isPadding {
      if let value = try given(attribute) {
        try bind(attribute, value, &scope)
      } else if let value = attribute.defaultValue, isKnown(value, scope) {
        try bind(attribute, try defaultValue(attribute, value, scope), &scope)
      }
    }
  }

  /// The attributes that need the sizes of operands.
  func bindRest(_ scope: inout SizeScope) throws(GraphError) {
    for attribute in operation.attributes {
      switch attribute.kind {
      case .padding(let arguments), .transposedPadding(let arguments):
        scope.paddings[attribute.name] = try padding(attribute, arguments, scope)
      case .axes, .integers: continue
      default:
        if let pack = attribute.pack {
          scope.vectors[attribute.name] = try vector(attribute, pack, scope)
        } else if scope.scalars[attribute.name] == nil {
          guard let value = attribute.defaultValue else {
            throw GraphError(
              .attribute, "the attribute \"\(alias(of: attribute.name))\" is missing")
          }
          try bind(attribute, try defaultValue(attribute, value, scope), &scope)
        }
      }
    }
  }

  private func isKnown(_ expression: OperatorExpression, _ scope: SizeScope) -> Bool {
    if case .name(let name) = expression.kind { return scope.isKnown(name) }
    if case .member(let name, _) = expression.kind { return scope.paddings[name] != nil }
    return expression.kind.parts.allSatisfy { isKnown($0, scope) }
  }

  private func defaultValue(
    _ attribute: AttributeDeclaration, _ value: OperatorExpression, _ scope: SizeScope
  ) throws(GraphError) -> AttributeValue {
    if case .call("list", let items) = value.kind, attribute.kind.isList {
      return .ints(
        try items.mapTyped { item throws(GraphError) in try scope.integer(item.expression) })
    }
    switch try scope.value(value) {
    case .integer(let value): return .int(value)
    case .real(let value): return .real(value)
    case .text(let text): return .text(text)
    }
  }
}

import TensorGraph

// What the node says.
extension AttributeBinder {
  /// The value that the node gives, as an attribute or as a constant operand.
  func given(_ attribute: AttributeDeclaration) throws(GraphError) -> AttributeValue? {
    if ignored.contains(attribute.name) { return nil }
    guard clause.inputs?.contains(where: { $0.name == attribute.name }) == true else {
      return node.attributes[alias(of: attribute.name)]
    }
    guard let operand = operands[attribute.name] else { return nil }
    guard let value = builder.constantValue(operand) else {
      throw GraphError(
        .unsupported, "\(attribute.name) depends on an input; it must be a constant")
    }
    if attribute.kind.isList {
      guard let integers = value.integers else {
        throw GraphError(.attribute, "\(attribute.name) are not integers")
      }
      return .ints(integers.map { Int($0) })
    }
    guard value.count == 1 else {
      throw GraphError(
        .attribute, "\(attribute.name) has \(value.count) elements instead of one")
    }
    return value.integers.map { .int(Int($0[0])) } ?? .real(Double(value.reals[0]))
  }

  func bind(
    _ attribute: AttributeDeclaration, _ value: AttributeValue, _ scope: inout SizeScope
  ) throws(GraphError) {
    let name = attribute.name
    switch (attribute.kind, value) {
    case (.integer, .int(let value)): scope.scalars[name] = .integer(value)
    case (.natural, .int(let value)) where value >= 0: scope.scalars[name] = .integer(value)
    case (.positive, .int(let value)) where value > 0: scope.scalars[name] = .integer(value)
    case (.flag, .int(let value)) where value == 0 || value == 1:
      scope.scalars[name] = .integer(value)
    case (.real, .real(let value)) where !value.isNaN: scope.scalars[name] = .real(value)
    case (.real, .int(let value)): scope.scalars[name] = .real(Double(value))
    case (.choice(let choices), .text(let text)):
      scope.scalars[name] = .text(try choice(text, among: choices, of: name))
    case (.element, .int(let code)):
      guard let kind = ElementKind(onnx: code) else {
        throw GraphError(.unsupported, "elements of ONNX's type \(code)")
      }
      scope.scalars[name] = .text(kind.rawValue)
    case (.axis(let operand), .int(let axis)):
      scope.scalars[name] = .integer(try axes([axis], of: operand)[0])
    case (.axes(let operand), .ints(let axes)):
      scope.vectors[name] = try self.axes(axes, of: operand)
    case (.integers, .ints(let values)): scope.vectors[name] = values
    case (.axes, .int(let axis)) where clause.inputs != nil:
      try bind(attribute, .ints([axis]), &scope)
    default:
      throw GraphError(
        .attribute,
        "the attribute \"\(name)\" is \(value.text) and should be "
          + attribute.kind.expectation)
    }
  }

  private func choice(
    _ text: String, among choices: [String], of name: String
  ) throws(GraphError) -> String {
    guard choices.contains(text) else {
      throw GraphError(
        .unsupported,
        "the attribute \"\(name)\" is \"\(text)\"; supported: "
          + choices.joined(separator: ", "))
    }
    return text
  }

  /// The axes, counted from the front.
  private func axes(_ axes: [Int], of operand: String) throws(GraphError) -> [Int] {
    let rank = try rank(of: operand)
    return try axes.mapTyped { axis throws(GraphError) in
      try Shape.normalizedAxis(axis, rank: rank)
    }
  }

  func rank(of operand: String) throws(GraphError) -> Int {
    guard let id = operands[operand] else {
      throw GraphError(.structure, "the operand \(operand) is missing")
    }
    return builder[id].shape.count
  }

  func vector(
    _ attribute: AttributeDeclaration, _ pack: String, _ scope: SizeScope
  ) throws(GraphError) -> [Int] {
    guard let rank = scope.vectors[pack]?.count else {
      throw GraphError(.shape, "nothing says how many axes \(pack) has", at: attribute.location)
    }
    let values: [Int]
    if case .ints(let given)? = try given(attribute) {
      values = given
    } else if let value = attribute.defaultValue {
      values = try (0..<rank).mapTyped { axis throws(GraphError) in
        try scope.integer(value, component: axis)
      }
    } else {
      throw GraphError(.attribute, "the attribute \"\(alias(of: attribute.name))\" is missing")
    }
    let least = attribute.kind.leastValue
    guard values.count == rank, values.allSatisfy({ $0 >= least }) else {
      throw GraphError(
        .attribute,
        "the attribute \"\(alias(of: attribute.name))\" is \(values) and should be "
          + "\(attribute.kind.expectation) for each of \(rank) axes")
    }
    return values
  }
}

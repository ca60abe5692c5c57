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

  private var ignored: Set<String> {
    var names: Set<String> = []
    for case .ignoring(let list) in clause.adapters.map(\.kind) { names.formUnion(list) }
    return names
  }

  private func alias(of name: String) -> String {
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

// What the node says.
extension AttributeBinder {
  /// The value that the node gives, as an attribute or as a constant operand.
  private func given(_ attribute: AttributeDeclaration) throws(GraphError) -> AttributeValue? {
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

  private func bind(
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
    case (.real, .int(let value)): scope.scalars[name] = .integer(value)
    case (.choice(let choices), .text(let text)):
      guard choices.contains(text) else {
        throw GraphError(
          .unsupported,
          "the attribute \"\(name)\" is \"\(text)\"; supported: "
            + choices.joined(separator: ", "))
      }
      scope.scalars[name] = .text(text)
    case (.element, .int(let code)):
      guard let kind = ElementKind(onnx: code) else {
        throw GraphError(.unsupported, "elements of ONNX's type \(code)")
      }
      scope.scalars[name] = .text(kind.rawValue)
    case (.axis(let operand), .int(let axis)):
      let rank = try rank(of: operand)
      scope.scalars[name] = .integer(try Shape.normalizedAxis(axis, rank: rank))
    case (.axes(let operand), .ints(let axes)):
      let rank = try rank(of: operand)
      scope.vectors[name] = try axes.mapTyped { axis throws(GraphError) in
        try Shape.normalizedAxis(axis, rank: rank)
      }
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

  private func rank(of operand: String) throws(GraphError) -> Int {
    guard let id = operands[operand] else {
      throw GraphError(.structure, "the operand \(operand) is missing")
    }
    return builder[id].shape.count
  }

  private func vector(
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

// Windows.
extension AttributeBinder {
  private func padding(
    _ attribute: AttributeDeclaration, _ arguments: [OperatorExpression], _ scope: SizeScope
  ) throws(GraphError) -> Padding {
    var lists: [[Int]] = []
    for argument in arguments.prefix(4) {
      let list = try scope.vector(argument)
      guard list.count == lists.first?.count ?? list.count else {
        throw GraphError(
          .shape,
          "\(argument.text) has \(list.count) axes where \(arguments[0].text) has "
            + "\(lists[0].count)", at: argument.location)
      }
      lists.append(list)
    }
    let window = SlidingWindow(
      sizes: lists[0], kernel: lists[1], strides: lists[2], dilations: lists[3])
    let pads = try integers(alias(of: attribute.name))
    let automatic = try text("auto_pad")
    guard case .transposedPadding = attribute.kind else {
      let roundingUp = arguments.count == 5 ? try scope.isTrue(arguments[4]) : false
      return try window.padding(pads: pads, automatic: automatic, roundingUp: roundingUp)
    }
    return try window.transposedPadding(
      pads: pads, automatic: automatic, outputShape: try integers("output_shape"),
      beyond: scope.vector(arguments[4]))
  }

  private func integers(_ name: String) throws(GraphError) -> [Int]? {
    switch node.attributes[name] {
    case nil: return nil
    case .ints(let values)?: return values
    case let other?:
      throw GraphError(.attribute, "the attribute \"\(name)\" is \(other.text), not integers")
    }
  }

  private func text(_ name: String) throws(GraphError) -> String? {
    switch node.attributes[name] {
    case nil: return nil
    case .text(let text)?: return text
    case let other?:
      throw GraphError(.attribute, "the attribute \"\(name)\" is \(other.text), not a text")
    }
  }
}

extension AttributeValue {
  /// As a message shows it.
  var text: String {
    switch self {
    case .int(let value): "\(value)"
    case .ints(let values): "\(values)"
    case .real(let value): "\(value)"
    case .reals(let values): "\(values)"
    case .text(let text): "\"\(text)\""
    }
  }
}

extension AttributeDeclaration.Kind {
  /// What a value of the kind is.
  var expectation: String {
    switch self {
    case .integer: "an integer"
    case .natural: "an integer, not negative"
    case .positive: "a positive integer"
    case .real: "a number"
    case .flag: "0 or 1"
    case .integers: "a list of integers"
    case .choice(let choices): "one of \(choices.joined(separator: ", "))"
    case .element: "ONNX's number of a type"
    case .axis: "an axis"
    case .axes: "a list of axes"
    case .padding, .transposedPadding: "a list of paddings"
    }
  }

  var isPadding: Bool {
    switch self {
    case .padding, .transposedPadding: true
    default: false
    }
  }

  var leastValue: Int {
    switch self {
    case .positive: 1
    case .natural: 0
    default: .min
    }
  }
}

extension ElementKind {
  /// The kind of ONNX's type of that number; nil for one that is not computed with.
  public init?(onnx code: Int) {
    switch code {
    case 1, 10, 11, 16: self = .real
    case 2, 3, 4, 5, 6, 7, 12, 13: self = .integer
    case 9: self = .boolean
    default: return nil
    }
  }
}

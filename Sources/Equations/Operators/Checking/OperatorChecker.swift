import CircuitLanguage

/// Checks an operator before anybody gives it sizes: whatever it finds is wrong for all sizes.
struct OperatorChecker {
  private let operation: OperatorDefinition
  private var scope: OperatorScope

  /// - Parameter functions: those that operators may use beside the built-in ones.
  static func check(
    _ operation: OperatorDefinition, functions: [String: FunctionDefinition]
  ) throws(CircuitLanguageError) {
    var checker = OperatorChecker(
      operation: operation, scope: OperatorScope(functions: functions))
    try checker.checkSignature()
    try checker.checkStatements()
    try ClauseChecker(operation: operation).check(&checker.scope)
    try SizeChecker(operation: operation).check()
    try checker.checkUses()
  }

  private mutating func checkSignature() throws(CircuitLanguageError) {
    for attribute in operation.attributes { try scope.add(attribute) }
    for operand in operation.operands {
      try scope.declare(operand.name, .operand, at: operand.location)
      scope.shapes[operand.name] = operand.pattern
      if operand.isVariadic { scope.lists.insert(operand.name) }
    }
    for operand in operation.operands { try scope.addSizes(of: operand) }
    for operand in operation.operands { try checkDimensions(operand) }
    for attribute in operation.attributes { try check(attribute) }
    guard !operation.results.isEmpty else {
      throw CircuitLanguageError("the operator has no results", at: operation.location)
    }
    for result in operation.results {
      guard result.defaultValue == nil, !result.isVariadic else {
        throw CircuitLanguageError("a result has no default", at: result.location)
      }
      try scope.declare(result.name, .result, at: result.location)
      try checkType(result)
    }
    guard operation.operands.count(where: \.isVariadic) <= 1,
      operation.operands.dropLast().allSatisfy({ !$0.isVariadic })
    else {
      throw CircuitLanguageError("only the last operand can be a list", at: operation.location)
    }
  }

  private mutating func checkDimensions(
    _ operand: TensorDeclaration
  ) throws(CircuitLanguageError) {
    try checkType(operand)
    if let value = operand.defaultValue { try scope.check(size: value) }
    for dimension in operand.dimensions {
      switch dimension {
      case .size(let size): try scope.check(size: size)
      case .pack: break
      case .single(_, let location):
        throw CircuitLanguageError("an operand has all of its axes", at: location)
      }
    }
  }

  private mutating func checkType(_ tensor: TensorDeclaration) throws(CircuitLanguageError) {
    guard case .attribute(let name) = tensor.type else { return }
    guard case .element? = operation.attribute(name)?.kind else {
      throw CircuitLanguageError(
        "expected 'real', 'int', 'bool', 'number', 'any' or an attribute of the kind 'element', "
          + "found '\(name)'", at: tensor.location)
    }
    scope.used.insert(name)
  }

  private mutating func check(_ attribute: AttributeDeclaration) throws(CircuitLanguageError) {
    if let pack = attribute.pack, !scope.packs.contains(pack) {
      throw CircuitLanguageError("there is no pack of axes '\(pack)'", at: attribute.location)
    }
    switch attribute.kind {
    case .padding(let arguments), .transposedPadding(let arguments):
      for argument in arguments { try scope.check(size: argument, inPack: true) }
    case .axis(let operand), .axes(let operand):
      guard operation.operands.contains(where: { $0.name == operand && !$0.isVariadic }) else {
        throw CircuitLanguageError("there is no operand '\(operand)'", at: attribute.location)
      }
    default: break
    }
    guard let value = attribute.defaultValue else { return }
    if case .call("list", let items) = value.kind, attribute.kind.isList {
      for item in items { try scope.check(size: item.expression) }
      return
    }
    if case .choice(let choices) = attribute.kind {
      guard case .name(let name) = value.kind, choices.contains(name) else {
        throw CircuitLanguageError(
          "expected one of \(choices.joined(separator: ", "))", at: value.location)
      }
      return
    }
    try scope.check(size: value, inPack: attribute.pack != nil)
  }
}

extension OperatorChecker {
  private mutating func checkStatements() throws(CircuitLanguageError) {
    for result in operation.results {
      for dimension in result.dimensions {
        switch dimension {
        case .size(let size): try scope.check(size: size)
        case .pack(let size): try scope.check(size: size, inPack: true)
        case .single(let flag, let location):
          guard case .flag? = operation.attribute(flag)?.kind else {
            throw CircuitLanguageError("there is no flag '\(flag)'", at: location)
          }
          scope.used.insert(flag)
        }
      }
    }
    for statement in operation.statements {
      switch statement.kind {
      case .constant(let name, let value):
        try scope.check(size: value)
        try scope.declare(name, .size, at: statement.location)
      case .requirement(let condition): try scope.check(size: condition)
      case .equation(let name, let positions, let value, let binders):
        try check(name, positions, value, binders, at: statement.location)
      }
    }
  }

  private mutating func check(
    _ name: String, _ positions: [OperatorPosition], _ value: OperatorExpression,
    _ binders: [OperatorBinder], at location: SourceLocation
  ) throws(CircuitLanguageError) {
    let pattern = positions.map(\.isPack)
    let result = operation.results.first { $0.name == name }
    if let result {
      guard scope.shapes[name] == nil else {
        throw CircuitLanguageError("the result '\(name)' is defined twice", at: location)
      }
      guard pattern == result.pattern else {
        throw CircuitLanguageError(
          "'\(name)' is declared with \(result.pattern.description(ofPacks: true)) and defined "
            + "with \(pattern.description(ofPacks: true))", at: location)
      }
    } else {
      try scope.declare(name, .local, at: location)
    }
    var inner = scope
    try inner.bind(positions, binders)
    try inner.check(value)
    scope.used.formUnion(inner.used)
    scope.shapes[name] = pattern
  }

  private func checkUses() throws(CircuitLanguageError) {
    for result in operation.results where scope.shapes[result.name] == nil {
      throw CircuitLanguageError(
        "the result '\(result.name)' is never defined", at: result.location)
    }
    for operand in operation.operands where !scope.used.contains(operand.name) {
      throw CircuitLanguageError(
        "the operand '\(operand.name)' is never used", at: operand.location)
    }
    for attribute in operation.attributes where !scope.used.contains(attribute.name) {
      throw CircuitLanguageError(
        "the attribute '\(attribute.name)' is never used", at: attribute.location)
    }
  }
}

extension OperatorDefinition {
  func attribute(_ name: String) -> AttributeDeclaration? {
    attributes.first { $0.name == name }
  }

  func operand(_ name: String) -> TensorDeclaration? { operands.first { $0.name == name } }
}

extension AttributeDeclaration.Kind {
  /// Whether it has any number of values, so that its default is `list(a, b)`.
  var isList: Bool {
    switch self {
    case .integers, .axes: true
    default: false
    }
  }
}

extension TensorDeclaration {
  /// Whether each of the axes that an equation names is a pack.
  var pattern: [Bool] {
    dimensions.compactMap { dimension in
      switch dimension {
      case .size: false
      case .pack: true
      case .single: nil
      }
    }
  }
}

extension [Bool] {
  /// How many axes and packs of axes there are.
  func description(ofPacks: Bool) -> String {
    let packs = count { $0 }
    let axes = count - packs
    let text = "\(axes) \(axes == 1 ? "axis" : "axes")"
    return packs == 0 ? text : text + " and \(packs) pack\(packs == 1 ? "" : "s")"
  }
}

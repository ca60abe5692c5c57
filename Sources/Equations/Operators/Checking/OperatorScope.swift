import CircuitLanguage

/// The names that are known at a statement of an operator that is being checked.
struct OperatorScope {
  enum Role { case operand, result, local, attribute, size, pack, index, packIndex, choice }

  let functions: [String: FunctionDefinition]
  var roles: [String: Role] = [:]
  /// Of tensors that are known: whether each axis is a pack.
  var shapes: [String: [Bool]] = [:]
  /// Operands of which there may be any number.
  var lists: Set<String> = []
  var vectors: Set<String> = []
  /// Attributes that are lists of integers, of any length.
  var integerLists: Set<String> = []
  var paddings: Set<String> = []
  var used: Set<String> = []
  /// The functions that are being expanded.
  var expanded: [String] = []
  var nodes = 0

  init(functions: [String: FunctionDefinition]) { self.functions = functions }

  var packs: Set<String> { Set(roles.filter { $0.value == .pack }.keys) }

  mutating func declare(
    _ name: String, _ role: Role, at location: SourceLocation
  ) throws(CircuitLanguageError) {
    guard roles.updateValue(role, forKey: name) == nil else {
      throw CircuitLanguageError("'\(name)' is declared twice", at: location)
    }
  }

  mutating func add(_ attribute: AttributeDeclaration) throws(CircuitLanguageError) {
    try declare(attribute.name, .attribute, at: attribute.location)
    if attribute.pack != nil { vectors.insert(attribute.name) }
    switch attribute.kind {
    case .padding, .transposedPadding: paddings.insert(attribute.name)
    case .integers: integerLists.insert(attribute.name)
    case .choice(let choices):
      // One word alone says which nodes the operator is.
      if choices.count == 1 { used.insert(attribute.name) }
      // A choice may be among those of several attributes.
      for choice in choices where roles[choice] != .choice {
        try declare(choice, .choice, at: attribute.location)
      }
    default: break
    }
  }

  /// Sizes are declared by what stands in an operand's shape.
  mutating func addSizes(of operand: TensorDeclaration) throws(CircuitLanguageError) {
    for (dimension, location) in zip(operand.dimensions, operand.dimensionLocations) {
      switch dimension {
      case .size(let size): addNames(of: size)
      case .pack(let size):
        guard case .name(let name) = size.kind, roles[name] == nil || roles[name] == .pack else {
          throw CircuitLanguageError("expected the name of a pack of axes", at: location)
        }
        roles[name] = .pack
      case .single: break
      }
    }
  }

  private mutating func addNames(of size: OperatorExpression) {
    if case .name(let name) = size.kind, roles[name] == nil { roles[name] = .size }
    for part in size.kind.parts { addNames(of: part) }
  }
}

// Indices.
extension OperatorScope {
  /// Makes the indices of an equation known. A position is an index, or made of those of `binders`.
  mutating func bind(
    _ positions: [OperatorPosition], _ binders: [OperatorBinder]
  ) throws(CircuitLanguageError) {
    var bound: Set<String> = []
    for binder in binders {
      if let size = binder.size { try check(size: size, inPack: binder.isPack) }
      try bind(binder)
      guard bound.insert(binder.name).inserted else {
        throw CircuitLanguageError("'\(binder.name)' is bound twice", at: binder.location)
      }
    }
    var left = bound
    var named: Set<String> = []
    for position in positions {
      let expression = position.expression
      if case .name(let name) = expression.kind, !bound.contains(name) {
        guard named.insert(name).inserted else {
          throw CircuitLanguageError("the index '\(name)' stands twice", at: expression.location)
        }
        try bind(
          .init(name: name, isPack: position.isPack, size: nil, location: expression.location))
        continue
      }
      try check(expression, position.isPack ? .packSize : .size)
      remove(indicesOf: expression, from: &left)
    }
    for binder in binders where left.contains(binder.name) {
      throw CircuitLanguageError(
        "the index '\(binder.name)' is not among the positions of what is defined",
        at: binder.location)
    }
  }

  private func remove(indicesOf expression: OperatorExpression, from names: inout Set<String>) {
    if case .name(let name) = expression.kind { names.remove(name) }
    for part in expression.kind.parts { remove(indicesOf: part, from: &names) }
  }

  /// An index may be called as a size is, which it then hides.
  mutating func bind(_ binder: OperatorBinder) throws(CircuitLanguageError) {
    switch roles[binder.name] {
    case nil, .size, .pack: roles[binder.name] = binder.isPack ? .packIndex : .index
    default:
      throw CircuitLanguageError(
        "'\(binder.name)' is declared already and can't be an index", at: binder.location)
    }
  }
}

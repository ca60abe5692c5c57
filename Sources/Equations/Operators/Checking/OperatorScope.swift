import CircuitLanguage

/// The names that are known at a statement of an operator that is being checked.
struct OperatorScope {
  enum Role { case operand, result, local, attribute, size, pack, index, packIndex, choice }

  let functions: [String: FunctionDefinition]
  private(set) var roles: [String: Role] = [:]
  /// Of tensors that are known: whether each axis is a pack.
  var shapes: [String: [Bool]] = [:]
  /// Operands of which there may be any number.
  var lists: Set<String> = []
  var vectors: Set<String> = []
  var paddings: Set<String> = []
  var used: Set<String> = []
  /// The functions that are being expanded.
  private var expanded: [String] = []
  private var nodes = 0

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
    case .choice(let choices):
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
  private mutating func bind(_ binder: OperatorBinder) throws(CircuitLanguageError) {
    switch roles[binder.name] {
    case nil, .size, .pack: roles[binder.name] = binder.isPack ? .packIndex : .index
    default:
      throw CircuitLanguageError(
        "'\(binder.name)' is declared already and can't be an index", at: binder.location)
    }
  }
}

// Expressions.
extension OperatorScope {
  /// Where an expression stands: a size knows no tensors, and a component of a pack knows packs.
  enum Place {
    case size, packSize, value, packValue

    var isPack: Bool { self == .packSize || self == .packValue }
    var isSize: Bool { self == .size || self == .packSize }
    var ofPack: Place { isSize ? .packSize : .packValue }
    var ofOne: Place { isSize ? .size : .value }
  }

  mutating func check(
    size: OperatorExpression, inPack: Bool = false
  ) throws(CircuitLanguageError) {
    nodes = 0
    try check(size, inPack ? .packSize : .size)
    try checkGrowth(of: size)
  }

  mutating func check(_ value: OperatorExpression) throws(CircuitLanguageError) {
    nodes = 0
    try check(value, .value)
    try checkGrowth(of: value)
  }

  private func checkGrowth(of expression: OperatorExpression) throws(CircuitLanguageError) {
    var size = ExpandedSize(functions: functions)
    try size.check(expression)
  }

  private mutating func check(
    _ expression: OperatorExpression, _ place: Place
  ) throws(CircuitLanguageError) {
    nodes += 1
    guard nodes <= ExpandedSize.greatest else {
      throw CircuitLanguageError(
        "the expression becomes larger than \(ExpandedSize.greatest) parts", at: expression.location
      )
    }
    switch expression.kind {
    case .integer, .real: break
    case .name(let name): try check(name, place, at: expression.location)
    case .member(let name, let member): try check(name, member, place, at: expression.location)
    case .read(let name, let positions):
      try check(read: name, positions, place, at: expression.location)
    case .negate(let operand), .not(let operand): try check(operand, place)
    case .binary(_, let left, let right):
      try check(left, place)
      try check(right, place)
    case .call(let name, let arguments):
      try check(call: name, arguments, place, at: expression.location)
    case .reduction(let reduction, let binders, let body):
      try check(reduction, binders, body, place, at: expression.location)
    case .each(let reduction, let name, let list, let body):
      try check(reduction, each: name, of: list, body, place, at: expression.location)
    }
  }

  private mutating func check(
    _ name: String, _ place: Place, at location: SourceLocation
  ) throws(CircuitLanguageError) {
    if BuiltinFunction.constants[name] != nil, roles[name] == nil { return }
    guard let role = roles[name] else {
      throw CircuitLanguageError("unknown name '\(name)'", at: location)
    }
    used.insert(name)
    switch role {
    case .operand, .result, .local:
      // A tensor without axes may be read by its name alone.
      try check(read: name, [], place, at: location)
    case .pack, .packIndex: try requirePack(name, place, at: location)
    case .attribute:
      guard !paddings.contains(name) else {
        throw CircuitLanguageError(
          "'\(name)' has the parts '\(name).before' and '\(name).after'", at: location)
      }
      if vectors.contains(name) { try requirePack(name, place, at: location) }
    case .size, .index, .choice: break
    }
  }

  private func requirePack(
    _ name: String, _ place: Place, at location: SourceLocation
  ) throws(CircuitLanguageError) {
    guard place.isPack else {
      throw CircuitLanguageError(
        "'\(name)' has a value for each axis of a pack; write '...' after what is made of it",
        at: location)
    }
  }

  private mutating func check(
    _ name: String, _ member: String, _ place: Place, at location: SourceLocation
  ) throws(CircuitLanguageError) {
    guard paddings.contains(name) else {
      throw CircuitLanguageError("'\(name)' is not a padding", at: location)
    }
    guard Padding.members.contains(member) else {
      throw CircuitLanguageError(
        "expected one of \(Padding.members.joined(separator: ", ")), found '\(member)'",
        at: location)
    }
    used.insert(name)
    try requirePack(name, place, at: location)
  }

  private mutating func check(
    read name: String, _ positions: [OperatorPosition], _ place: Place, at location: SourceLocation
  ) throws(CircuitLanguageError) {
    guard let pattern = shapes[name] else {
      throw CircuitLanguageError("undefined tensor '\(name)'", at: location)
    }
    guard !place.isSize else {
      throw CircuitLanguageError(
        "only sizes and attributes may stand here, no tensors", at: location)
    }
    guard !lists.contains(name) else {
      throw CircuitLanguageError(
        "'\(name)' is a list; go through it with 'sum(x of \(name))'", at: location)
    }
    used.insert(name)
    guard positions.map(\.isPack) == pattern else {
      throw CircuitLanguageError(
        "'\(name)' has \(pattern.description(ofPacks: true)), and is read at "
          + positions.map(\.isPack).description(ofPacks: true), at: location)
    }
    for position in positions {
      try check(position.expression, position.isPack ? .packValue : .value)
    }
  }
}

// Functions and reductions.
extension OperatorScope {
  private mutating func check(
    call name: String, _ arguments: [OperatorPosition], _ place: Place,
    at location: SourceLocation
  ) throws(CircuitLanguageError) {
    let function = functions[name]
    let builtin = BuiltinFunction(named: name)
    guard let arity = function.map({ $0.parameters.count...$0.parameters.count }) ?? builtin?.arity
    else { throw CircuitLanguageError("unknown function '\(name)'", at: location) }
    guard arity.contains(arguments.count) else {
      let count = arity.count == 1 ? "\(arity.lowerBound)" : "\(arity.lowerBound) or more"
      throw CircuitLanguageError(
        "'\(name)' takes \(count) argument\(arity == 1...1 ? "" : "s"), not \(arguments.count)",
        at: location)
    }
    if builtin == .value, case .name(let operand) = arguments[0].expression.kind,
      roles[operand] == .operand, shapes[operand] == []
    {
      used.insert(operand)
      return
    }
    guard builtin != .value else {
      throw CircuitLanguageError("expected the name of an operand without axes", at: location)
    }
    for (position, argument) in arguments.enumerated() {
      if let function, function.isPadding(position) {
        try checkPadding(argument.expression)
        continue
      }
      guard !argument.isPack || builtin == .count || builtin == .all else {
        throw CircuitLanguageError(
          "'\(name)' takes no packs", at: argument.expression.location)
      }
      try check(argument.expression, argument.isPack ? place.ofPack : place)
    }
    if builtin == .inside, case .read = arguments[0].expression.kind {
    } else if builtin == .inside {
      throw CircuitLanguageError("expected a read of a tensor", at: location)
    }
    if let function { try expand(function, place, at: location) }
  }

  private mutating func checkPadding(
    _ argument: OperatorExpression
  ) throws(CircuitLanguageError) {
    guard case .name(let name) = argument.kind, paddings.contains(name) else {
      throw CircuitLanguageError("expected a padding", at: argument.location)
    }
    used.insert(name)
  }

  /// Checks a function by itself.
  static func check(
    _ function: FunctionDefinition, functions: [String: FunctionDefinition]
  ) throws(CircuitLanguageError) {
    guard BuiltinFunction(named: function.name) == nil,
      OperatorExpression.Reduction(rawValue: function.name) == nil
    else {
      throw CircuitLanguageError(
        "the function '\(function.name)' is built in", at: function.location)
    }
    var scope = OperatorScope(functions: functions)
    try scope.expand(function, .value, at: function.location)
  }

  /// Checks what a function's value is made of; its parameters stand for anything.
  private mutating func expand(
    _ function: FunctionDefinition, _ place: Place, at location: SourceLocation
  ) throws(CircuitLanguageError) {
    guard !expanded.contains(function.name), expanded.count < 16 else {
      throw CircuitLanguageError("the function '\(function.name)' calls itself", at: location)
    }
    var inner = OperatorScope(functions: functions)
    inner.expanded = expanded + [function.name]
    inner.nodes = nodes
    for (position, parameter) in function.parameters.enumerated() {
      try inner.declare(parameter, .size, at: function.location)
      if function.isPadding(position) { inner.paddings.insert(parameter) }
    }
    // The components of a padding are those of the place where the function stands.
    try inner.check(function.value, inner.paddings.isEmpty ? place.ofOne : place.ofPack)
    nodes = inner.nodes
    for parameter in function.parameters where !inner.used.contains(parameter) {
      throw CircuitLanguageError(
        "the parameter '\(parameter)' is never used", at: function.location)
    }
  }

  private mutating func check(
    _ reduction: OperatorExpression.Reduction, _ binders: [OperatorBinder],
    _ body: OperatorExpression, _ place: Place, at location: SourceLocation
  ) throws(CircuitLanguageError) {
    guard !place.isSize else {
      throw CircuitLanguageError("a size is not made by a reduction", at: location)
    }
    guard !binders.isEmpty, !reduction.isPlace || binders.count == 1 && !binders[0].isPack else {
      throw CircuitLanguageError(
        "'\(reduction.rawValue)' takes \(reduction.isPlace ? "one index" : "indices")",
        at: location)
    }
    var inner = self
    for binder in binders {
      if let size = binder.size { try inner.check(size, binder.isPack ? .packSize : .size) }
      try inner.bind(binder)
    }
    try inner.check(body, .value)
    used.formUnion(inner.used)
    nodes = inner.nodes
  }

  private mutating func check(
    _ reduction: OperatorExpression.Reduction, each name: String, of list: String,
    _ body: OperatorExpression, _ place: Place, at location: SourceLocation
  ) throws(CircuitLanguageError) {
    guard lists.contains(list) else {
      throw CircuitLanguageError("'\(list)' is not a list of operands", at: location)
    }
    guard !reduction.isPlace, !place.isSize else {
      throw CircuitLanguageError("a list has no '\(reduction.rawValue)' here", at: location)
    }
    used.insert(list)
    var inner = self
    try inner.declare(name, .operand, at: location)
    inner.shapes[name] = shapes[list]
    try inner.check(body, place)
    used.formUnion(inner.used)
    nodes = inner.nodes
  }
}

extension OperatorExpression.Reduction {
  /// Whether it gives where an extreme is.
  var isPlace: Bool {
    switch self {
    case .argmax, .argmin, .lastArgmax, .lastArgmin: true
    case .sum, .product, .mean, .max, .min: false
    }
  }
}

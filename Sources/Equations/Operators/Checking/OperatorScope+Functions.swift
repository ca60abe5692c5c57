import CircuitLanguage

// Functions and reductions.
extension OperatorScope {
  mutating func check(
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
    switch builtin {
    case .value: return try checkValue(of: arguments[0].expression, at: location)
    case .given, .boolean, .constant: return try checkOperand(arguments[0].expression, at: location)
    case .item: return try checkItem(arguments.map(\.expression), at: location)
    default: break
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

  private mutating func checkValue(
    of argument: OperatorExpression, at location: SourceLocation
  ) throws(CircuitLanguageError) {
    guard case .name(let operand) = argument.kind, roles[operand] == .operand,
      shapes[operand] == []
    else {
      throw CircuitLanguageError("expected the name of an operand without axes", at: location)
    }
    used.insert(operand)
  }

  private mutating func checkItem(
    _ arguments: [OperatorExpression], at location: SourceLocation
  ) throws(CircuitLanguageError) {
    guard case .name(let list) = arguments[0].kind, integerLists.contains(list) else {
      throw CircuitLanguageError("expected the name of a list of integers", at: location)
    }
    used.insert(list)
    try check(arguments[1], .size)
  }

  private mutating func checkOperand(
    _ argument: OperatorExpression, at location: SourceLocation
  ) throws(CircuitLanguageError) {
    guard case .name(let operand) = argument.kind, roles[operand] == .operand,
      !lists.contains(operand)
    else { throw CircuitLanguageError("expected the name of an operand", at: location) }
    used.insert(operand)
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

  mutating func check(
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

  mutating func check(
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

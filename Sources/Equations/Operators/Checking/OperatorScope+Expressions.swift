import CircuitLanguage

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

  mutating func check(
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

import CircuitLanguage
import TensorGraph

/// The sizes and attributes of one instance of an operator, and what is made of them.
struct SizeScope {
  enum Scalar: Equatable {
    case integer(Int)
    case real(Double)
    case text(String)

    var number: Double? {
      switch self {
      case .integer(let value): Double(value)
      case .real(let value): value
      case .text: nil
      }
    }
  }

  let functions: [String: FunctionDefinition]
  var scalars: [String: Scalar] = [:]
  /// Of packs, and of attributes that have a value for each axis of one.
  var vectors: [String: [Int]] = [:]
  var paddings: [String: Padding] = [:]
  /// Operands of one element, where they are constants.
  var operands: [String: Scalar] = [:]
  /// What the elements of each operand are that the node has.
  var kinds: [String: ElementKind] = [:]
  /// The operands that are constants.
  var constants: Set<String> = []
  /// Words that an attribute may be.
  var choices: Set<String> = []

  init(functions: [String: FunctionDefinition]) { self.functions = functions }

  func isKnown(_ name: String) -> Bool {
    scalars[name] != nil || vectors[name] != nil || paddings[name] != nil
      || choices.contains(name) || BuiltinFunction.constants[name] != nil
  }

  /// The integer that an expression of sizes comes to.
  /// - Parameter component: the axis of a pack that names stand for, if it stands for one.
  func integer(
    _ expression: OperatorExpression, component: Int? = nil
  ) throws(GraphError) -> Int {
    switch try value(expression, component: component) {
    case .integer(let value): return value
    case .real(let value):
      if let integer = Int(exactly: value) { return integer }
      throw GraphError(
        .attribute, "\(expression.text) is \(value), not an integer", at: expression.location)
    case .text:
      throw GraphError(
        .attribute, "\(expression.text) is not an integer", at: expression.location)
    }
  }

  func isTrue(_ condition: OperatorExpression) throws(GraphError) -> Bool {
    try value(condition).number != 0
  }

  func value(
    _ expression: OperatorExpression, component: Int? = nil
  ) throws(GraphError) -> Scalar {
    switch expression.kind {
    case .integer(let value): return .integer(value)
    case .real(let value): return .real(value)
    case .name(let name): return try value(of: name, component, at: expression.location)
    case .member(let name, let member):
      return try self.member(name, member, component, at: expression.location)
    case .negate(let operand):
      return try combine(.subtract, .integer(0), value(operand, component: component), expression)
    case .not(let operand):
      return .integer(try value(operand, component: component).number == 0 ? 1 : 0)
    case .binary(let operation, let left, let right):
      return try combine(
        operation, value(left, component: component), value(right, component: component),
        expression)
    case .call(let name, let arguments):
      return try call(name, arguments, component, expression)
    case .read, .reduction, .each:
      throw GraphError(.structure, "a size is made of a tensor", at: expression.location)
    }
  }

  private func value(
    of name: String, _ component: Int?, at location: SourceLocation
  ) throws(GraphError) -> Scalar {
    if let value = scalars[name] { return value }
    if let vector = vectors[name], let component {
      guard vector.indices.contains(component) else {
        throw GraphError(
          .shape, "\(name) has \(vector.count) axes, fewer than another pack", at: location)
      }
      return .integer(vector[component])
    }
    if choices.contains(name) { return .text(name) }
    if let value = BuiltinFunction.constants[name] { return .real(value) }
    throw GraphError(.attribute, "nothing says what \(name) is", at: location)
  }

  func member(
    _ name: String, _ member: String, _ component: Int?, at location: SourceLocation
  ) throws(GraphError) -> Scalar {
    guard let values = paddings[name]?[member], let component, values.indices.contains(component)
    else { throw GraphError(.attribute, "nothing says what \(name) is", at: location) }
    return .integer(values[component])
  }

  /// How many axes the packs of an expression have; nil where it has none.
  func rank(_ expression: OperatorExpression) -> Int? {
    switch expression.kind {
    case .name(let name): vectors[name]?.count
    case .member(let name, let member): paddings[name]?[member]?.count
    default: expression.kind.parts.lazy.compactMap { rank($0) }.first
    }
  }

  /// The values of an expression for every axis of its packs.
  func vector(_ expression: OperatorExpression) throws(GraphError) -> [Int] {
    guard let rank = rank(expression) else {
      throw GraphError(.shape, "\(expression.text) has no axes", at: expression.location)
    }
    return try (0..<rank).mapTyped { axis throws(GraphError) in
      try integer(expression, component: axis)
    }
  }
}

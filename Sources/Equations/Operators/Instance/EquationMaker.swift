import CircuitLanguage
import ConstraintSystem
import TensorGraph

/// Makes one equation of an instance: gives its indices sizes, and its reads positions.
struct EquationMaker {
  /// An index of the text: an index of the equation for each axis, or a part of one.
  struct Symbol {
    var components: [AffineIndex]
    var isPack: Bool
  }

  let scope: SizeScope
  let tensors: [String: BoundTensor]
  /// For each list of operands, the names of its tensors.
  let lists: [String: [String]]
  var indices: [Equation.Index] = []
  var symbols: [String: Symbol] = [:]
  /// What stands for a tensor's name while a list is gone through.
  var aliases: [String: String] = [:]
  /// What a function's parameters stand for.
  var parameters: [String: RealExpression] = [:]
  var paddings: [String: String] = [:]
  /// Whether a position is being made, where quotients are rounded down.
  var isPosition = false
  /// The values that the equation reads.
  private(set) var operands: [ValueID] = []
  private var numbers: [ValueID: Int] = [:]

  init(scope: SizeScope, tensors: [String: BoundTensor], lists: [String: [String]]) {
    self.scope = scope
    self.tensors = tensors
    self.lists = lists
  }

  /// The number of an operand in the equation.
  mutating func number(of value: ValueID) -> Int {
    if let number = numbers[value] { return number }
    numbers[value] = operands.count
    operands.append(value)
    return operands.count - 1
  }

  mutating func addIndex(_ name: String, size: Int) -> AffineIndex {
    indices.append(.init(name: name, size: size))
    return AffineIndex(index: indices.count - 1)
  }

  /// Takes over the indices and operands that another maker, which began as this one, has added.
  mutating func adopt(_ other: EquationMaker) {
    indices = other.indices
    operands = other.operands
    numbers = other.numbers
  }

  func tensor(
    _ name: String, at location: SourceLocation
  ) throws(GraphError) -> BoundTensor {
    guard let tensor = tensors[aliases[name] ?? name] else {
      throw GraphError(.structure, "\(name) is not known", at: location)
    }
    return tensor
  }
}

// Expressions.
extension EquationMaker {
  /// - Parameter component: the axis of a pack that names stand for, if it stands for one.
  mutating func expression(
    _ expression: OperatorExpression, _ component: Int? = nil
  ) throws(GraphError) -> RealExpression {
    switch expression.kind {
    case .integer(let value): return .constant(Double(value))
    case .real(let value): return .constant(value)
    case .name(let name): return try value(of: name, component, at: expression.location)
    case .member(let name, let member):
      let value = try scope.member(
        paddings[name] ?? name, member, component, at: expression.location)
      return .constant(value.number ?? .nan)
    case .read(let name, let positions):
      return try read(name, positions, at: expression.location)
    case .negate(let operand):
      return .combined(.subtract, .constant(0), try self.expression(operand, component))
    case .not(let operand): return .negation(of: try self.expression(operand, component))
    case .binary(let operation, let left, let right):
      return try binary(operation, left, right, component, at: expression.location)
    case .call(let name, let arguments):
      return try call(name, arguments, component, at: expression.location)
    case .reduction(let reduction, let binders, let body):
      return try reduce(reduction, binders, body, component)
    case .each(let reduction, let name, let list, let body):
      return try reduce(reduction, each: name, of: list, body, component)
    }
  }

  private mutating func value(
    of name: String, _ component: Int?, at location: SourceLocation
  ) throws(GraphError) -> RealExpression {
    if let value = parameters[name] { return value }
    if let symbol = symbols[name] {
      let place = symbol.isPack ? component ?? 0 : 0
      guard symbol.components.indices.contains(place) else {
        throw GraphError(
          .shape, "\(name) has \(symbol.components.count) axes, fewer than another pack",
          at: location)
      }
      return .affine(symbol.components[place])
    }
    if tensors[aliases[name] ?? name] != nil { return try read(name, [], at: location) }
    let expression = OperatorExpression(kind: .name(name), location: location)
    guard let number = try scope.value(expression, component: component).number else {
      throw GraphError(.attribute, "the word \(name) is computed with", at: location)
    }
    return .constant(number)
  }

  private mutating func binary(
    _ operation: OperatorExpression.Operator, _ left: OperatorExpression,
    _ right: OperatorExpression, _ component: Int?, at location: SourceLocation
  ) throws(GraphError) -> RealExpression {
    if let isEqual = try choiceComparison(operation, left, right) {
      return .constant(isEqual ? 1 : 0)
    }
    let (operation, isSwapped, isNegated) = operation.meaning(dividingIntegers: isPosition)
    let first = try expression(left, component)
    let second = try expression(right, component)
    let value =
      isSwapped
      ? RealExpression.combined(operation, second, first) : .combined(operation, first, second)
    return isNegated ? .negation(of: value) : value
  }

  /// Whether a comparison of words holds; nil where it compares numbers.
  private func choiceComparison(
    _ operation: OperatorExpression.Operator, _ left: OperatorExpression,
    _ right: OperatorExpression
  ) throws(GraphError) -> Bool? {
    guard operation == .equal || operation == .unequal, case .name(let a) = left.kind,
      case .name(let b) = right.kind, symbols[a] == nil, parameters[a] == nil,
      scope.choices.contains(b), case .text? = scope.scalars[a]
    else { return nil }
    let isEqual = try scope.value(left) == scope.value(right)
    return isEqual == (operation == .equal)
  }
}

// Reads.
extension EquationMaker {
  private mutating func read(
    _ name: String, _ positions: [OperatorPosition], at location: SourceLocation
  ) throws(GraphError) -> RealExpression {
    let tensor = try tensor(name, at: location)
    guard case .value(let value) = tensor.source else {
      if case .constant(let value) = tensor.source { return .constant(value) }
      return .constant(0)
    }
    let places = try places(tensor, name, positions, at: location)
    let sizes = tensor.groups.flatMap { $0 }
    // Whatever is read of nothing is outside of it.
    if sizes.contains(0) { return .constant(0) }
    let read = tensor.axes.map { axis -> ReadPosition in
      switch axis {
      case .single: .affine(AffineIndex(constant: 0))
      case .named(let place): places[place]
      }
    }
    return .read(OperandRead(operand: number(of: value), positions: read))
  }

  /// The position along every axis that the text names.
  mutating func places(
    _ tensor: BoundTensor, _ name: String, _ positions: [OperatorPosition],
    at location: SourceLocation
  ) throws(GraphError) -> [ReadPosition] {
    let outer = isPosition
    isPosition = true
    defer { isPosition = outer }
    var places: [ReadPosition] = []
    for (position, sizes) in zip(positions, tensor.groups) {
      guard position.isPack else {
        places.append(.of(try expression(position.expression)))
        continue
      }
      if case .name(let pack) = position.expression.kind, let symbol = symbols[pack],
        symbol.components.count != sizes.count
      {
        throw GraphError(
          .shape, "\(name) has \(sizes.count) axes where \(pack) has \(symbol.components.count)",
          at: position.expression.location)
      }
      for axis in sizes.indices {
        places.append(.of(try expression(position.expression, axis)))
      }
    }
    return places
  }
}

extension ReadPosition {
  /// The position that an expression says.
  static func of(_ expression: RealExpression) -> ReadPosition {
    switch expression {
    case .index(let index): .affine(index)
    case .constant(let value):
      Int(exactly: value).map { .affine(AffineIndex(constant: $0)) } ?? .computed(expression)
    default: .computed(expression)
    }
  }
}

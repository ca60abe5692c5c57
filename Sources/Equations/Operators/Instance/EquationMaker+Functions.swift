import CircuitLanguage
import ConstraintSystem
import TensorGraph

// Functions and reductions.
extension EquationMaker {
  mutating func call(
    _ name: String, _ arguments: [OperatorPosition], _ component: Int?, at location: SourceLocation
  ) throws(GraphError) -> RealExpression {
    if let function = scope.functions[name] { return try call(function, arguments, component) }
    func argument(
      _ maker: inout EquationMaker, _ position: Int
    ) throws(GraphError) -> RealExpression {
      try maker.expression(arguments[position].expression, component)
    }
    switch BuiltinFunction(named: name) {
    case .unary(let function): return .applied(function, try argument(&self, 0))
    case .binary(let operation):
      return .combined(operation, try argument(&self, 0), try argument(&self, 1))
    case .least, .greatest:
      var value = try argument(&self, 0)
      for position in 1..<arguments.count {
        value = .combined(
          name == "min" ? .minimum : .maximum, value, try argument(&self, position))
      }
      return value
    case .select: return try select(arguments.map(\.expression), component)
    case .all: return try all(arguments[0])
    case .count: return .constant(Double(try count(arguments)))
    case .value, .given, .boolean, .constant, .item:
      let call = OperatorExpression(kind: .call(name, arguments), location: location)
      return .constant(try scope.value(call).number ?? .nan)
    case .inside: return try inside(arguments[0].expression)
    case .cast: return try cast(arguments.map(\.expression), component, at: location)
    case nil: throw GraphError(.structure, "there is no function \(name)", at: location)
    }
  }

  private mutating func call(
    _ function: FunctionDefinition, _ arguments: [OperatorPosition], _ component: Int?
  ) throws(GraphError) -> RealExpression {
    var values: [String: RealExpression] = [:]
    var paddings: [String: String] = [:]
    for (position, parameter) in function.parameters.enumerated() {
      let argument = arguments[position].expression
      if function.isPadding(position), case .name(let name) = argument.kind {
        paddings[parameter] = self.paddings[name] ?? name
      } else {
        values[parameter] = try expression(argument, component)
      }
    }
    var inner = self
    (inner.parameters, inner.paddings, inner.symbols) = (values, paddings, [:])
    let value = try inner.expression(function.value, component)
    adopt(inner)
    return value
  }

  private mutating func select(
    _ arguments: [OperatorExpression], _ component: Int?
  ) throws(GraphError) -> RealExpression {
    let condition = try expression(arguments[0], component)
    if case .constant(let value) = condition {
      return try expression(arguments[value != 0 ? 1 : 2], component)
    }
    return .select(
      condition, try expression(arguments[1], component), try expression(arguments[2], component))
  }

  private mutating func all(_ condition: OperatorPosition) throws(GraphError) -> RealExpression {
    guard condition.isPack else { return try expression(condition.expression) }
    var value = RealExpression.constant(1)
    for axis in 0..<(rank(condition.expression) ?? 0) {
      value = .combined(.and, value, try expression(condition.expression, axis))
    }
    return value
  }

  /// How many axes the packs of an expression have; nil where it has none.
  func rank(_ expression: OperatorExpression) -> Int? {
    if case .name(let name) = expression.kind, let symbol = symbols[name] {
      return symbol.isPack ? symbol.components.count : nil
    }
    if case .name = expression.kind { return scope.rank(expression) }
    if case .member = expression.kind { return scope.rank(expression) }
    return expression.kind.parts.lazy.compactMap { rank($0) }.first
  }

  /// The product of the sizes of indices and of axes.
  private func count(_ arguments: [OperatorPosition]) throws(GraphError) -> Int {
    var product = 1
    for argument in arguments {
      var sizes: [Int] = []
      if case .name(let name) = argument.expression.kind, let symbol = symbols[name] {
        sizes = symbol.components.flatMap { $0.terms.map { indices[$0.index].size } }
      } else {
        sizes = [try scope.count([argument])]
      }
      for size in sizes {
        let (next, overflow) = product.multipliedReportingOverflow(by: size)
        guard !overflow else { throw GraphError(.tooLarge, "a count beyond 64 bits") }
        product = next
      }
    }
    return product
  }

  /// Whether the positions of a read exist.
  private mutating func inside(_ read: OperatorExpression) throws(GraphError) -> RealExpression {
    guard case .read(let name, let positions) = read.kind else { return .constant(1) }
    let tensor = try tensor(name, at: read.location)
    guard case .value = tensor.source else { return .constant(1) }
    let places = try places(tensor, name, positions, at: read.location)
    var value = RealExpression.constant(1)
    for (place, size) in zip(places, tensor.groups.flatMap { $0 }) {
      guard case .affine(let position) = place else { continue }
      let (least, greatest) = range(of: position)
      let expression = RealExpression.affine(position)
      if least < 0 {
        value = .combined(.and, value, .combined(.lessOrEqual, .constant(0), expression))
      }
      if greatest >= Double(size) {
        value = .combined(.and, value, .combined(.less, expression, .constant(Double(size))))
      }
    }
    return value
  }

  private func range(of position: AffineIndex) -> (least: Double, greatest: Double) {
    let constant = Double(position.constant)
    return position.terms.reduce((constant, constant)) { range, term in
      let reach = Double(term.coefficient) * Double(indices[term.index].size - 1)
      return (range.0 + min(0, reach), range.1 + max(0, reach))
    }
  }

  private mutating func cast(
    _ arguments: [OperatorExpression], _ component: Int?, at location: SourceLocation
  ) throws(GraphError) -> RealExpression {
    let value = try expression(arguments[0], component)
    guard case .text(let kind) = try scope.value(arguments[1]) else {
      throw GraphError(.attribute, "\(arguments[1].text) is not a kind of element", at: location)
    }
    switch kind {
    case ElementKind.boolean.rawValue:
      return .negation(of: .combined(.equal, value, .constant(0)))
    case ElementKind.integer.rawValue: return .applied(.truncate, value)
    default: return value
    }
  }
}

extension EquationMaker {
  mutating func reduce(
    _ reduction: OperatorExpression.Reduction, _ binders: [OperatorBinder],
    _ body: OperatorExpression, _ component: Int?
  ) throws(GraphError) -> RealExpression {
    let outer = symbols
    defer { symbols = outer }
    var bound: [Int] = []
    var count = 1.0
    for binder in binders {
      let sizes = try sizes(of: binder, in: [body])
      var components: [AffineIndex] = []
      for size in sizes {
        bound.append(indices.count)
        components.append(addIndex(binder.name, size: size))
        count *= Double(size)
      }
      symbols[binder.name] = Symbol(components: components, isPack: binder.isPack)
    }
    if count == 0 {
      indices.removeLast(bound.count)
      return .constant(try reduction.ofNothing())
    }
    let outerPosition = isPosition
    isPosition = false
    defer { isPosition = outerPosition }
    let term = try expression(body)
    guard !bound.isEmpty else { return term }
    let value = RealExpression.reduce(reduction.meaning, over: bound, term)
    return reduction == .mean ? .combined(.divide, value, .constant(count)) : value
  }

  mutating func reduce(
    _ reduction: OperatorExpression.Reduction, each name: String, of list: String,
    _ body: OperatorExpression, _ component: Int?
  ) throws(GraphError) -> RealExpression {
    let outer = aliases
    defer { aliases = outer }
    var values: [RealExpression] = []
    for tensor in lists[list] ?? [] {
      aliases[name] = tensor
      values.append(try expression(body, component))
    }
    guard !values.isEmpty else {
      throw GraphError(.structure, "\(list) has no operands", at: body.location)
    }
    let count = Double(values.count)
    // A tree is as flat as it can be.
    while values.count > 1 {
      values = stride(from: 0, to: values.count, by: 2).map { place in
        place + 1 < values.count
          ? .combined(reduction.operation, values[place], values[place + 1]) : values[place]
      }
    }
    return reduction == .mean ? .combined(.divide, values[0], .constant(count)) : values[0]
  }
}

extension OperatorExpression.Reduction {
  /// What a reduction of nothing is.
  fileprivate func ofNothing() throws(GraphError) -> Double {
    switch self {
    case .sum: 0
    case .product: 1
    case .max: -.infinity
    case .min: .infinity
    case .mean, .argmax, .argmin, .lastArgmax, .lastArgmin:
      throw GraphError(.unsupported, "\(rawValue) of no elements")
    }
  }

  fileprivate var meaning: RealExpression.Reduction {
    switch self {
    case .sum, .mean: .sum
    case .product: .product
    case .max: .maximum
    case .min: .minimum
    case .argmax: .firstMaximum
    case .argmin: .firstMinimum
    case .lastArgmax: .lastMaximum
    case .lastArgmin: .lastMinimum
    }
  }

  /// What puts two values together.
  fileprivate var operation: RealExpression.Binary {
    switch self {
    case .product: .multiply
    case .max: .maximum
    case .min: .minimum
    default: .add
    }
  }
}

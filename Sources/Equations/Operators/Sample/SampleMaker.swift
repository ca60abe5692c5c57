import TensorGraph

/// Makes a network of one node of an operator.
struct SampleMaker {
  let operation: OperatorDefinition
  let clause: DomainClause
  let functions: [String: FunctionDefinition]
  let sample: OperatorSample
  private var builder = EquationGraphBuilder()
  private let layer: Int
  private var attributes: [String: AttributeValue]
  /// Whether some operand that is not of reals comes of an input.
  private var hasDerived = false

  init(
    _ operation: OperatorDefinition, _ clause: DomainClause,
    functions: [String: FunctionDefinition], _ sample: OperatorSample
  ) {
    self.operation = operation
    self.clause = clause
    self.functions = functions
    self.sample = sample
    attributes = SampleAttributes(operation, clause, sample).values
    layer = builder.addLayer(named: operation.name, operation: operation.name)
  }

  mutating func run() throws(GraphError) -> EquationGraph {
    let scope = try sizes()
    var operands: [ValueID?] = []
    for name in clause.inputs?.map(\.name) ?? operation.operands.map(\.name) {
      guard let declaration = operation.operand(name) else {
        if let value = attributes.removeValue(forKey: name) {
          operands.append(try attribute(value, name))
        } else {
          operands.append(nil)
        }
        continue
      }
      for place in 0..<(declaration.isVariadic ? 2 : 1) {
        let own = declaration.isVariadic ? "\(name)\(place + 1)" : name
        operands.append(try operand(declaration, own, scope, isFirst: operands.isEmpty))
      }
    }
    // What is left out at the end is no operand.
    while let last = operands.last, last == nil { operands.removeLast() }
    let node = OperatorNode(
      operation: clause.name, domain: clause.domain,
      opset: min(clause.versions.upperBound, 1 << 20),
      layer: layer, name: operation.name, operands: operands, attributes: named(attributes),
      outputs: operation.results.map(\.name))
    var instance = OperatorInstance(operation, clause, functions: functions, node: node)
    let results = try instance.append(to: &builder)
    for (declaration, result) in zip(operation.results, results) {
      if let result { try builder.addOutput(named: declaration.name, result) }
    }
    return try builder.finish()
  }

  /// The attributes as a node calls them.
  private func named(_ values: [String: AttributeValue]) -> [String: AttributeValue] {
    Dictionary(
      uniqueKeysWithValues: values.map { name, value in
        (clause.given.first { $0.name == name }?.alias ?? name, value)
      })
  }

  /// What operands' dimensions are made of.
  private func sizes() throws(GraphError) -> SizeScope {
    var scope = SizeScope(functions: functions)
    for (name, size) in sample.sizes { scope.scalars[name] = .integer(size) }
    scope.vectors = sample.packs
    let node = OperatorNode(
      operation: clause.name, opset: clause.versions.lowerBound, layer: layer,
      name: operation.name, operands: [],
      attributes: named(attributes.filter { !isAxis($0.key) }), outputs: [])
    // Where axes are follows from operands, which there are none of yet.
    var sized = operation
    sized.attributes.removeAll { isAxis($0.name) }
    let binder = AttributeBinder(
      operation: sized, clause: clause, node: node, builder: builder, operands: [:])
    try binder.bindScalars(&scope)
    return scope
  }

  private func isAxis(_ name: String) -> Bool {
    switch operation.attribute(name)?.kind {
    case .axis, .axes: true
    default: false
    }
  }
}

// Operands.
extension SampleMaker {
  /// An attribute that the node has as an operand.
  private mutating func attribute(
    _ value: AttributeValue, _ name: String
  ) throws(GraphError) -> ValueID {
    let tensor: Tensor =
      switch value {
      case .int(let value): try Tensor(shape: [], integer: [Int64(value)])
      case .ints(let values):
        try Tensor(shape: [values.count], integer: values.map { Int64($0) })
      default: try Tensor(shape: [], real: [Float(value.number ?? 0)])
      }
    return builder.addConstant(named: name, tensor)
  }

  /// Nil for one that is an attribute of the node.
  private mutating func operand(
    _ declaration: TensorDeclaration, _ name: String, _ scope: SizeScope, isFirst: Bool
  ) throws(GraphError) -> ValueID? {
    var shape: [Int] = []
    for dimension in declaration.dimensions {
      switch dimension {
      case .size(let size): shape.append(try scope.integer(size))
      case .pack(let size): shape += try scope.vector(size)
      case .single: break
      }
    }
    guard shape.allSatisfy({ $0 > 0 }) else {
      throw GraphError(.shape, "\(declaration.name) has the shape \(shape)")
    }
    if isTransposed(declaration, scope) { shape.swapAt(shape.count - 2, shape.count - 1) }
    if !isFirst, sample.hasConstants { return try constant(declaration, name, shape) }
    switch declaration.type {
    case .integer, .boolean: return try derived(declaration, name, shape)
    default: return try builder.addInput(named: name, shape: shape)
    }
  }

  private func isTransposed(_ operand: TensorDeclaration, _ scope: SizeScope) -> Bool {
    clause.adapters.contains { adapter in
      guard case .transposing(operand.name, let flag) = adapter.kind else { return false }
      return scope.scalars[flag] == .integer(1)
    }
  }

  /// Numbers that differ from each other: 0.5, −0.75, 1 and so on.
  private mutating func constant(
    _ declaration: TensorDeclaration, _ name: String, _ shape: [Int]
  ) throws(GraphError) -> ValueID {
    let count = try Shape.elementCount(shape)
    switch declaration.type {
    case .integer, .boolean:
      let values = (0..<count).map { Int64($0 % 2) }
      return builder.addConstant(
        named: name, try Tensor(shape: shape, integer: values),
        isBoolean: declaration.type == .boolean)
    default:
      let values = (0..<count).map { place -> Float in
        let magnitude = 0.5 + 0.25 * Float(place % 5)
        return place % 2 == 0 ? magnitude : -magnitude
      }
      return builder.addConstant(named: name, try Tensor(shape: shape, real: values))
    }
  }

  /// The first operand that is not of reals is an input rounded down, or where an input is not
  /// negative; others are constants.
  private mutating func derived(
    _ declaration: TensorDeclaration, _ name: String, _ shape: [Int]
  ) throws(GraphError) -> ValueID {
    guard !hasDerived else { return try constant(declaration, name, shape) }
    hasDerived = true
    let input = try builder.addInput(named: name, shape: shape)
    let indices = shape.enumerated().map { Equation.Index(name: "i\($0.offset)", size: $0.element) }
    let read = RealExpression.read(
      OperandRead(
        operand: 0, positions: shape.indices.map { .affine(.init(index: $0)) }))
    let isBoolean = declaration.type == .boolean
    let value: RealExpression =
      isBoolean ? .binary(.lessOrEqual, .constant(0), read) : .unary(.floor, read)
    return try builder.append(
      Equation(indices: indices, domainRank: shape.count, value: value),
      kind: isBoolean ? .boolean : .integer, [input],
      layer: layer, name: isBoolean ? "\(name)/sign" : "\(name)/floor")
  }
}

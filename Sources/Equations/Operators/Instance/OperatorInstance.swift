import CircuitLanguage
import TensorGraph

/// An operator that is being instantiated for a node.
struct OperatorInstance {
  let operation: OperatorDefinition
  let clause: DomainClause
  let functions: [String: FunctionDefinition]
  let node: OperatorNode
  private var scope: SizeScope
  private var tensors: [String: BoundTensor] = [:]
  private var lists: [String: [String]] = [:]
  /// What stands for `number` and `any`.
  private var kinds: [TensorDeclaration.ElementType: ElementKind] = [:]
  /// The node's operands by name, as they are given.
  private var operands: [String: ValueID] = [:]
  private var layout = AxisLayout()
  /// What a result of the operand's flattened shape is reshaped to.
  private var flattened: (from: [Int], to: [Int])?

  init(
    _ operation: OperatorDefinition, _ clause: DomainClause,
    functions: [String: FunctionDefinition], node: OperatorNode
  ) {
    self.operation = operation
    self.clause = clause
    self.functions = functions
    self.node = node
    scope = SizeScope(functions: functions)
  }

  /// Appends the operator's equations; gives the results that the node asks for.
  mutating func append(
    to builder: inout EquationGraphBuilder
  ) throws(GraphError) -> [ValueID?] {
    try nameOperands(builder)
    let attributes = AttributeBinder(
      operation: operation, clause: clause, node: node, builder: builder, operands: operands)
    try attributes.checkNames()
    try attributes.bindScalars(&scope)
    try flatten(&builder)
    try bindSizes(builder)
    // Flattening gives an operand another shape, and so does not change what an axis was.
    try attributes.bindRest(&scope)
    try bindAbsent()
    return try appendEquations(to: &builder)
  }
}

// Operands.
extension OperatorInstance {
  private mutating func nameOperands(_ builder: EquationGraphBuilder) throws(GraphError) {
    let names = clause.inputs?.map(\.name) ?? operation.operands.map(\.name)
    let list = operation.operands.last.flatMap { $0.isVariadic ? $0.name : nil }
    for (position, value) in node.operands.enumerated() {
      if let list, position >= names.count - 1 {
        guard let value else { throw GraphError(.structure, "an operand of \(list) is missing") }
        let name = "\(list)[\(position - names.count + 1)]"
        operands[name] = value
        lists[list, default: []].append(name)
      } else if let value {
        guard names.indices.contains(position) else {
          throw GraphError(
            .structure, "it has \(node.operands.count) operands, and takes \(names.count)")
        }
        operands[names[position]] = value
      }
    }
    if let list, lists[list] == nil {
      throw GraphError(.structure, "it has no operands")
    }
    for operand in operation.operands where !operand.isVariadic {
      guard let value = operands[operand.name] else {
        try checkAbsent(operand)
        continue
      }
      try bindKind(operand, builder[value].kind)
      if let constant = builder.constantValue(value), constant.count == 1 {
        scope.operands[operand.name] =
          constant.integers.map { .integer(Int($0[0])) } ?? .real(Double(constant.reals[0]))
      }
    }
    for (list, names) in lists {
      guard let operand = operation.operand(list) else { continue }
      for name in names {
        if let value = operands[name] { try bindKind(operand, builder[value].kind) }
      }
    }
  }

  /// Throws where an operand that is left out has no default, and is no attribute.
  private func checkAbsent(_ operand: TensorDeclaration) throws(GraphError) {
    let given = clause.given.first { $0.name == operand.name }
    guard operand.defaultValue == nil, given.flatMap({ node.attributes[$0.alias] }) == nil else {
      return
    }
    throw GraphError(
      .structure, "the operand \(operand.name) is missing", at: operand.location)
  }

  private mutating func bindKind(
    _ operand: TensorDeclaration, _ kind: ElementKind
  ) throws(GraphError) {
    guard operand.type.takes(kind) else {
      throw GraphError(
        .elementType,
        "\(operand.name) is \(kind.rawValue) and should be \(operand.type.text)",
        at: operand.location)
    }
    guard operand.type.isOpen else { return }
    guard kinds[operand.type, default: kind] == kind else {
      throw GraphError(
        .elementType,
        "\(operand.name) is \(kind.rawValue) and should be "
          + "\(kinds[operand.type, default: kind].rawValue), as another operand is",
        at: operand.location)
    }
    kinds[operand.type] = kind
  }

  private mutating func flatten(_ builder: inout EquationGraphBuilder) throws(GraphError) {
    for adapter in clause.adapters {
      guard case .flattening(let name, let attribute, let value) = adapter.kind,
        let operand = operands[name]
      else { continue }
      let shape = builder[operand].shape
      let axis = try self.axis(attribute, value, rank: shape.count)
      let sizes = [
        try Shape.elementCount(Array(shape.prefix(axis))),
        try Shape.elementCount(Array(shape.dropFirst(axis))),
      ]
      flattened = (sizes, shape)
      operands[name] = try builder.append(
        .reshape(sizes), [operand], layer: node.layer, name: "\(node.name)/\(name)")
      layout.ranks[operation.operand(name)?.packs.first ?? ""] = 1
    }
  }

  /// The value of an axis, with the default of an adapter.
  private func axis(
    _ attribute: String, _ value: Int?, rank: Int
  ) throws(GraphError) -> Int {
    if let value, node.attributes[attribute] == nil {
      return try Shape.normalizedAxis(value, rank: rank)
    }
    guard case .integer(let axis)? = scope.scalars[attribute] else {
      throw GraphError(.attribute, "the attribute \"\(attribute)\" is missing")
    }
    return axis
  }

  private mutating func bindSizes(_ builder: EquationGraphBuilder) throws(GraphError) {
    var broadcast: Set<String> = []
    var orders: [String: [Int]] = [:]
    for adapter in clause.adapters {
      switch adapter.kind {
      case .broadcasting(let names):
        broadcast.formUnion(names.isEmpty ? operation.operands.map(\.name) : names)
      case .splitting(let name, let attribute, let value):
        guard let operand = operands[name] else { continue }
        layout.ranks[operation.operand(name)?.packs.first ?? ""] = try axis(
          attribute, value, rank: builder[operand].shape.count)
      case .transposing(let name, let flag):
        if scope.scalars[flag] == .integer(1) { orders[name] = [1, 0] }
      case .reducing(let name, let axes, let flag):
        guard let operand = operands[name], let declaration = operation.operand(name) else {
          continue
        }
        let reduced = try ReducedAxes(
          rank: builder[operand].shape.count, axes: scope.vectors[axes],
          emptyIsNone: scope.scalars[ReducedAxes.emptyFlag] == .integer(1))
        orders[name] = reduced.order
        layout.reduce(
          declaration.packs, reduced,
          isKeeping: flag.map { scope.scalars[$0] == .integer(1) } ?? false)
      case .flattening, .ignoring: break
      }
    }
    try bindSizes(broadcast, orders, builder)
  }

  private mutating func bindSizes(
    _ broadcast: Set<String>, _ orders: [String: [Int]], _ builder: EquationGraphBuilder
  ) throws(GraphError) {
    var declared: [(name: String, operand: SizeBinder.Operand)] = []
    for operand in operation.operands {
      for name in lists[operand.name] ?? [operand.name] {
        guard let value = operands[name] else { continue }
        declared.append(
          (
            name,
            .init(
              declaration: operand, shape: builder[value].shape,
              isBroadcast: broadcast.contains(operand.name), order: orders[name])
          ))
      }
    }
    var binder = SizeBinder(
      operands: declared.map(\.operand), scope: scope, ranks: layout.ranks)
    try binder.bind()
    scope = binder.scope
    for (name, operand) in declared {
      guard let value = operands[name] else { continue }
      tensors[name] = try bound(operand, .value(value))
    }
  }

  /// The operand with the sizes that equations see, which are larger where it is repeated.
  private func bound(
    _ operand: SizeBinder.Operand, _ source: BoundTensor.Source
  ) throws(GraphError) -> BoundTensor {
    var tensor = BoundTensor(source, groups: try groups(of: operand.declaration))
    let sizes = tensor.groups.flatMap { $0 }
    let missing = sizes.count - operand.shape.count
    tensor.axes = operand.shape.indices.map { axis in
      let place = operand.order?[axis] ?? axis + missing
      return operand.shape[axis] == 1 && sizes[place] != 1 ? .single : .named(place)
    }
    return tensor
  }

  private func groups(of tensor: TensorDeclaration) throws(GraphError) -> [[Int]] {
    var groups: [[Int]] = []
    for dimension in tensor.dimensions {
      switch dimension {
      case .size(let size): groups.append([try scope.integer(size)])
      case .pack(let size): groups.append(try scope.vector(size))
      case .single: break
      }
    }
    return groups
  }

  /// Operands that the node leaves out, or gives as attributes.
  private mutating func bindAbsent() throws(GraphError) {
    for operand in operation.operands where tensors[operand.name] == nil && !operand.isVariadic {
      if let given = clause.given.first(where: { $0.name == operand.name }),
        let value = node.attributes[given.alias]
      {
        guard let number = value.number else {
          throw GraphError(
            .attribute, "the attribute \"\(given.alias)\" is \(value.text), not a number")
        }
        tensors[operand.name] = BoundTensor(.constant(number), groups: [])
        continue
      }
      guard let value = operand.defaultValue else { continue }
      let number = try scope.value(value).number ?? 0
      tensors[operand.name] = BoundTensor(.constant(number), groups: [])
    }
  }
}

// Equations.
extension OperatorInstance {
  private mutating func appendEquations(
    to builder: inout EquationGraphBuilder
  ) throws(GraphError) -> [ValueID?] {
    if let place = node.outputs.lastIndex(where: { $0 != nil }), place >= operation.results.count {
      throw GraphError(.unsupported, "its output \(place) is used")
    }
    let wanted = zip(operation.results, node.outputs).compactMap { $1 == nil ? nil : $0.name }
    let needed = operation.needed(for: Set(wanted))
    for (place, statement) in operation.statements.enumerated() {
      switch statement.kind {
      case .constant(let name, let value): scope.scalars[name] = try scope.value(value)
      case .requirement(let condition):
        guard try scope.isTrue(condition) else {
          throw GraphError(
            .unsupported, "it requires \(condition.text)", at: statement.location)
        }
      case .equation(let name, let positions, let value, let binders):
        guard needed.contains(place) else { continue }
        try append(name, positions, value, binders, at: statement.location, to: &builder)
      }
    }
    var results: [ValueID?] = []
    for (place, output) in node.outputs.enumerated() {
      guard let output, case .value(let value)? = tensors[operation.results[place].name]?.source
      else {
        results.append(nil)
        continue
      }
      let isFlat = flattened.map { builder[value].shape == $0.from } ?? false
      results.append(
        isFlat
          ? try builder.append(
            .reshape(flattened?.to ?? []), [value], layer: node.layer, name: output) : value)
    }
    return results
  }

  private mutating func append(
    _ name: String, _ positions: [OperatorPosition], _ value: OperatorExpression,
    _ binders: [OperatorBinder], at location: SourceLocation,
    to builder: inout EquationGraphBuilder
  ) throws(GraphError) {
    var maker = EquationMaker(scope: scope, tensors: tensors, lists: lists)
    let result = operation.results.first { $0.name == name }
    let declared = try result.map { result throws(GraphError) in try groups(of: result) }
    let singles = result.map { result in self.singles(of: result) } ?? []
    let domain = try EquationDomain(
      positions, binders, value: value, declared: declared,
      layout: { groups in
        layout.axes(of: result, groups: groups, singles: singles)
      }, &maker)
    let equation = Equation(
      indices: [], domainRank: domain.rank, value: try maker.expression(value))
    let complete = Equation(
      indices: maker.indices, domainRank: domain.rank, value: equation.value)
    let output = zip(operation.results, node.outputs).first { $0.0.name == name }?.1
    let made = try emit(
      complete, maker.operands, domain, kind: result.map { kind(of: $0) },
      name: output ?? "\(node.name)/\(name)", to: &builder)
    var tensor = BoundTensor(.value(made), groups: domain.groups)
    tensor.axes = layout.axes(of: result, groups: domain.groups, singles: singles)
    tensors[name] = tensor
  }

  private func emit(
    _ equation: Equation, _ operands: [ValueID], _ domain: EquationDomain, kind: ElementKind?,
    name: String, to builder: inout EquationGraphBuilder
  ) throws(GraphError) -> ValueID {
    let narrowest = equation.value.kind(operands.map { builder[$0].kind })
    if let same = operands.first, equation.isCopy(of: builder[same].shape),
      builder[same].kind == kind ?? narrowest, !domain.isSplit
    {
      return same
    }
    let value = try builder.append(
      equation, kind: kind ?? narrowest, operands, layer: node.layer,
      name: domain.isSplit ? "\(name)/parts" : name)
    guard domain.isSplit else { return value }
    return try builder.append(.reshape(domain.shape), [value], layer: node.layer, name: name)
  }

  private func kind(of result: TensorDeclaration) -> ElementKind {
    switch result.type {
    case .real: .real
    case .integer: .integer
    case .boolean: .boolean
    case .number, .any: kinds[result.type] ?? .real
    case .attribute(let name):
      if case .text(let kind)? = scope.scalars[name] {
        ElementKind(rawValue: kind) ?? .real
      } else {
        .real
      }
    }
  }

  /// Where a result has axes of size one that its equation does not name: before which position.
  private func singles(of result: TensorDeclaration) -> [Int] {
    var position = 0
    var singles: [Int] = []
    for dimension in result.dimensions {
      guard case .single(let flag, _) = dimension else {
        position += 1
        continue
      }
      if scope.scalars[flag] == .integer(1) { singles.append(position) }
    }
    return singles
  }
}

extension Equation {
  /// Whether it gives its first operand, which has the given shape, as it is.
  fileprivate func isCopy(of shape: [Int]) -> Bool {
    guard case .read(let read) = value, read.operand == 0, self.shape == shape else { return false }
    return read.positions.enumerated().allSatisfy { axis, position in
      guard case .affine(let index) = position else { return false }
      return index == .init(index: axis) || shape[axis] == 1 && index == .init()
    }
  }
}

extension AttributeValue {
  fileprivate var number: Double? {
    switch self {
    case .int(let value): Double(value)
    case .real(let value): value
    case .ints, .reals, .text: nil
    }
  }
}

extension TensorDeclaration.ElementType {
  /// Whether it stands for several kinds.
  var isOpen: Bool { self == .number || self == .any }

  func takes(_ kind: ElementKind) -> Bool {
    switch self {
    case .real: kind == .real
    case .integer: kind == .integer
    case .boolean: kind == .boolean
    case .number: kind != .boolean
    case .any, .attribute: true
    }
  }

  /// As an operator's text has it.
  var text: String {
    switch self {
    case .real: "real"
    case .integer: "int"
    case .boolean: "bool"
    case .number: "number"
    case .any: "any"
    case .attribute(let name): name
    }
  }
}

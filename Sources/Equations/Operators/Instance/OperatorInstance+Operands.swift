import CircuitLanguage
import TensorGraph

// Operands.
extension OperatorInstance {
  mutating func nameOperands(_ builder: EquationGraphBuilder) throws(GraphError) {
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
    try bindKinds(builder)
  }

  private mutating func bindKinds(_ builder: EquationGraphBuilder) throws(GraphError) {
    for operand in operation.operands where !operand.isVariadic {
      guard let value = operands[operand.name] else {
        try checkAbsent(operand)
        continue
      }
      try bindKind(operand, builder[value].kind)
      scope.kinds[operand.name] = builder[value].kind
      if builder.constantValue(value) != nil { scope.constants.insert(operand.name) }
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

  mutating func flatten(_ builder: inout EquationGraphBuilder) throws(GraphError) {
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

  mutating func bindSizes(_ builder: EquationGraphBuilder) throws(GraphError) {
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
        let rank = operands[name].map { builder[$0].shape.count } ?? 0
        if scope.scalars[flag] == .integer(1), rank >= 2 {
          orders[name] = Array(0..<rank - 2) + [rank - 1, rank - 2]
        }
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
    bindAbsentSizes(besides: declared.map(\.operand))
    var binder = SizeBinder(
      operands: declared.map(\.operand), scope: scope, ranks: layout.ranks)
    try binder.bind()
    scope = binder.scope
    for (name, operand) in declared {
      guard let value = operands[name] else { continue }
      tensors[name] = try bound(operand, .value(value))
    }
  }

  /// Sizes of which only operands that are left out tell: they are 0.
  private mutating func bindAbsentSizes(besides given: [SizeBinder.Operand]) {
    let told = Set(given.filter { !$0.isBroadcast }.flatMap { $0.declaration.sizeNames })
    for operand in operation.operands where !operand.isVariadic && operands[operand.name] == nil {
      for name in operand.sizeNames where !told.contains(name) && !scope.isKnown(name) {
        guard operation.attribute(name) == nil else { continue }
        scope.scalars[name] = .integer(0)
      }
      for pack in operand.packs where layout.ranks[pack] == nil {
        let isTold = given.contains { $0.declaration.packs.contains(pack) }
        if !isTold { layout.ranks[pack] = 0 }
      }
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
      let place = (operand.order?[axis] ?? axis) + missing
      return operand.shape[axis] == 1 && sizes[place] != 1 ? .single : .named(place)
    }
    return tensor
  }

  func groups(of tensor: TensorDeclaration) throws(GraphError) -> [[Int]] {
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
  mutating func bindAbsent() throws(GraphError) {
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

extension AttributeValue {
  /// Nil for what is no number.
  var number: Double? {
    switch self {
    case .int(let value): Double(value)
    case .real(let value): value
    case .ints, .reals, .text: nil
    }
  }
}

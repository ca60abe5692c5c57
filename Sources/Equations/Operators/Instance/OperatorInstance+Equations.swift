import CircuitLanguage
import TensorGraph

// Equations.
extension OperatorInstance {
  mutating func appendEquations(
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
    return try results(&builder)
  }

  /// The results that the node asks for, in their own shape.
  private func results(
    _ builder: inout EquationGraphBuilder
  ) throws(GraphError) -> [ValueID?] {
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
    if let same = operands.first, let slices = equation.slices(of: builder[same].shape),
      kind == nil || kind == builder[same].kind, !domain.isSplit
    {
      return try builder.append(.slice(slices), [same], layer: node.layer, name: name)
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
  /// The slice of its first operand, which has the given shape, that it is; nil where it is none.
  fileprivate func slices(of shape: [Int]) -> [ViewStep.AxisSlice]? {
    guard case .read(let read) = value, read.operand == 0, shape.count == domainRank else {
      return nil
    }
    var slices: [ViewStep.AxisSlice] = []
    for (axis, position) in read.positions.enumerated() {
      guard case .affine(let position) = position, position.terms.count == 1,
        position.terms[0].index == axis
      else { return nil }
      let (step, count) = (position.terms[0].coefficient, indices[axis].size)
      let last = position.constant + step * (count - 1)
      guard count > 0, (0..<shape[axis]).contains(position.constant),
        (0..<shape[axis]).contains(last)
      else { return nil }
      slices.append(.init(start: position.constant, count: count, step: step))
    }
    return slices
  }

  /// Whether it gives its first operand, which has the given shape, as it is.
  fileprivate func isCopy(of shape: [Int]) -> Bool {
    guard case .read(let read) = value, read.operand == 0, self.shape == shape else { return false }
    return read.positions.enumerated().allSatisfy { axis, position in
      guard case .affine(let index) = position else { return false }
      return index == .init(index: axis) || shape[axis] == 1 && index == .init()
    }
  }
}

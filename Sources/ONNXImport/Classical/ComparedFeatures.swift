import ConstraintSystem
import Equations
import TensorGraph

/// The table that trees compare, as integers that keep the order of what it was made of.
///
/// Inputs that are real are taken by their places in the order of single precision, which rounds nothing;
/// what is done to each column before is done to the thresholds instead, if it is monotone.
struct ComparedFeatures {
  /// The integers.
  var value: ValueID
  /// What is done to each element, row-major, by its place in `functions`.
  var ids: [Int]
  var functions: [MonotoneFunction]

  /// What is done to each column of a table; nil where it is not the same in all rows.
  func ofColumns(_ shape: [Int]) -> [MonotoneFunction]? {
    let columns = shape[1]
    for (place, id) in ids.enumerated() where id != ids[place % columns] { return nil }
    return ids.prefix(columns).map { functions[$0] }
  }
}

extension GraphImporter {
  /// What a table is compared by; nil where it is no table of inputs and of integers, each in some monotone
  /// way.
  mutating func comparedFeatures(
    _ id: ValueID, of node: NodeView
  ) throws(GraphError) -> ComparedFeatures? {
    if builder.isInput(id) { return try comparedDirectly(id, of: node) }
    guard let definition = builder.node(of: id) else { return nil }
    switch definition.definition {
    case .view(let step): return try compared(step, definition.operands, of: node)
    case .equation(let equation):
      switch builder[id].kind {
      case .real: return try compared(equation, definition.operands, of: node)
      case .integer where builder[id].bounds == nil: return nil
      case .integer, .boolean: return try comparedDirectly(id, of: node)
      }
    }
  }

  /// An input, or bounded integers, whatever they are computed of.
  private mutating func comparedDirectly(
    _ id: ValueID, of node: NodeView
  ) throws(GraphError) -> ComparedFeatures? {
    let value = builder[id]
    var function = MonotoneFunction(domain: SingleOrder.range, isOrdered: true)
    var integers = id
    switch value.kind {
    case .real:
      guard !arithmeticInputs.contains(value.name) else { return nil }
      integers = try order(of: id, of: node)
    case .integer:
      function.isOrdered = false
      function.domain = value.bounds ?? -Int(Int32.max)...Int(Int32.max)
      // Wider ones are refused as inputs: thresholds are looked for in this domain alone.
      if value.bounds == nil { builder.bound(id, to: function.domain) }
    case .boolean:
      (function.isOrdered, function.domain) = (false, 0...1)
      let equation = Equation.elementwise(value.shape) { read in read(0) }
      integers = try node.emit(equation, kind: .integer, [id], to: &builder, step: "integers")
      builder.bound(integers, to: 0...1)
    }
    return ComparedFeatures(
      value: integers, ids: [Int](repeating: 0, count: value.count), functions: [function])
  }

  /// The places of a real input's numbers, which all that compare it share.
  private mutating func order(of id: ValueID, of node: NodeView) throws(GraphError) -> ValueID {
    if let known = orders[id] { return known }
    let equation = Equation.elementwise(builder[id].shape) { read in .unary(.order, read(0)) }
    let result = try node.emit(equation, kind: .integer, [id], to: &builder, step: "order")
    builder.bound(result, to: SingleOrder.range)
    orders[id] = result
    return result
  }

  private mutating func compared(
    _ step: ViewStep, _ operands: [ValueID], of node: NodeView
  ) throws(GraphError) -> ComparedFeatures? {
    if case .pad = step { return nil }
    var parts: [ComparedFeatures] = []
    for operand in operands {
      guard let part = try comparedFeatures(operand, of: node) else { return nil }
      parts.append(part)
    }
    var ids: [Tensor] = []
    var functions: [MonotoneFunction] = []
    for (operand, part) in zip(operands, parts) {
      ids.append(
        try Tensor(
          shape: builder[operand].shape, integer: part.ids.map { Int64($0 + functions.count) }))
      functions += part.functions
    }
    let value = try node.emit(step, parts.map(\.value), to: &builder, step: "order")
    let bounds = parts.compactMap { builder[$0.value].bounds }
    if bounds.count == parts.count {
      builder.bound(
        value,
        to: bounds.reduce(bounds[0]) {
          min($0.lowerBound, $1.lowerBound)...max($0.upperBound, $1.upperBound)
        })
    }
    let moved = try step.result(on: ids).integers ?? []
    return ComparedFeatures(value: value, ids: moved.map(Int.init), functions: functions)
  }

  /// What computes each element from the one at the same place, with constants.
  private mutating func compared(
    _ equation: Equation, _ operands: [ValueID], of node: NodeView
  ) throws(GraphError) -> ComparedFeatures? {
    let open = operands.indices.filter { builder.constantValue(operands[$0]) == nil }
    guard open.count == 1, builder[operands[open[0]]].shape == equation.shape,
      equation.domainRank == equation.indices.count
    else { return nil }
    let constants = operands.map { builder.constantValue($0) }
    guard var inner = try comparedFeatures(operands[open[0]], of: node) else { return nil }
    var known: [MonotoneFunction: Int] = [:]
    var functions: [MonotoneFunction] = []
    for place in inner.ids.indices {
      let indices = Shape.strides(equation.shape).enumerated().map {
        place / $0.element % equation.shape[$0.offset]
      }
      guard let step = equation.value.fixing(constants, open[0], at: indices) else { return nil }
      var function = inner.functions[inner.ids[place]]
      if step != .at(0) { function.steps.append(step) }
      guard function.isRising != nil else { return nil }
      let number = known[function] ?? functions.count
      if number == functions.count { functions.append(function) }
      known[function] = number
      inner.ids[place] = number
    }
    inner.functions = functions
    return inner
  }
}

extension RealExpression {
  /// The expression with constants in place of what it reads of them, and `.at(0)` for the one operand
  /// that is none, at the same place; nil where it reads that otherwise, or more than adding needs.
  fileprivate func fixing(
    _ constants: [Tensor?], _ open: Int, at indices: [Int]
  ) -> RealExpression? {
    switch self {
    case .constant: return self
    case .read(let read):
      var places: [Int] = []
      for position in read.positions {
        guard case .affine(let affine) = position else { return nil }
        places.append(affine.value(at: indices))
      }
      guard let tensor = constants[read.operand] else { return places == indices ? .at(0) : nil }
      let strides = Shape.strides(tensor.shape)
      guard zip(places, tensor.shape).allSatisfy({ (0..<$1).contains($0) }) else { return nil }
      return .constant(tensor.doubles[zip(places, strides).reduce(0) { $0 + $1.0 * $1.1 }])
    case .unary(let function, let a):
      return a.fixing(constants, open, at: indices).map { .unary(function, $0) }
    case .binary(let operation, let left, let right):
      guard let a = left.fixing(constants, open, at: indices),
        let b = right.fixing(constants, open, at: indices)
      else { return nil }
      return .binary(operation, a, b)
    case .index, .select, .reduce: return nil
    }
  }
}

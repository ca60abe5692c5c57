import ConstraintSystem
import Equations
import TensorGraph

extension EquationLowering {
  /// The expression with every largest part that depends on no input as one number, or as a read of
  /// one constant.
  mutating func folded(_ expression: RealExpression) throws(GraphError) -> RealExpression {
    if isConstant(expression) { return try constant(expression) }
    switch expression {
    case .read(let read): return .read(try folded(read))
    case .binary(.divide, let left, let right) where isConstant(right) && !isConstant(left):
      let inverse = try constant(.binary(.divide, .constant(1), right))
      return simplified(.binary(.multiply, try folded(left), inverse))
    case .unary(let function, .binary(.divide, let left, let right))
    where [.floor, .ceil, .truncate, .round, .single].contains(function):
      // A product with an inverse may be the other side of an integer, or of half of one.
      return .unary(function, .binary(.divide, try folded(left), try folded(right)))
    case .select(let condition, let first, let second) where isConstant(condition):
      return try folded(mixed(condition, first, second))
    default:
      var lowering = self
      let result = try expression.mapChildren { part throws(GraphError) in
        try lowering.folded(part)
      }
      self = lowering
      return simplified(result)
    }
  }

  /// c·a + (1 − c)·b, or one of both where c is the same everywhere.
  private mutating func mixed(
    _ condition: RealExpression, _ first: RealExpression, _ second: RealExpression
  ) throws(GraphError) -> RealExpression {
    let truth = RealExpression.unary(.not, .unary(.not, condition))
    let value = try constant(truth)
    if case .constant(let scalar) = value { return scalar != 0 ? first : second }
    return .binary(
      .add, chosen(first, where: truth), chosen(second, where: .unary(.not, condition)))
  }

  /// The expression where a constant condition holds, and 0 elsewhere. Of a constant it is no product:
  /// that of an infinity and zero would be no number.
  private func chosen(_ branch: RealExpression, where truth: RealExpression) -> RealExpression {
    isConstant(branch)
      ? .select(truth, branch, .constant(0)) : .binary(.multiply, truth, branch)
  }

  private mutating func folded(_ read: OperandRead) throws(GraphError) -> OperandRead {
    var read = read
    // Of operands that are one value, the first.
    read.operand = operands.firstIndex(of: operands[read.operand]) ?? read.operand
    for axis in read.positions.indices {
      if case .computed(let expression) = read.positions[axis] {
        read.positions[axis] = .computed(try folded(expression))
      }
    }
    return read
  }

  func isConstant(_ expression: RealExpression) -> Bool {
    switch expression {
    case .constant, .index: true
    case .read(let read):
      maker.isConstant(operands[read.operand])
        && read.positions.allSatisfy {
          if case .computed(let position) = $0 { isConstant(position) } else { true }
        }
    default: expression.children.allSatisfy(isConstant)
    }
  }

  /// No value of single precision is greater.
  private static let greatestSingle = Double(Float.greatestFiniteMagnitude)

  private func simplified(_ expression: RealExpression) -> RealExpression {
    switch expression {
    case .binary(.add, .constant(0), let other), .binary(.add, let other, .constant(0)),
      .binary(.subtract, let other, .constant(0)), .binary(.multiply, .constant(1), let other),
      .binary(.multiply, let other, .constant(1)), .binary(.power, let other, .constant(1)),
      .binary(.maximum, let other, .constant(...(-Self.greatestSingle))),
      .binary(.maximum, .constant(...(-Self.greatestSingle)), let other),
      .binary(.minimum, let other, .constant(Self.greatestSingle...)),
      .binary(.minimum, .constant(Self.greatestSingle...), let other):
      return other
    case .unary(.negate, .unary(.negate, let inner)): return inner
    default: return expression
    }
  }

  /// A constant expression as a number, or as a read over just the indices that it uses.
  mutating func constant(_ expression: RealExpression) throws(GraphError) -> RealExpression {
    if case .constant = expression { return expression }
    if case .read(let read) = expression, isPlain(read) {
      let tensor = maker.graph.constants[operands[read.operand]]
      guard let tensor, let scalar = uniformValue(tensor), staysInside(read) else {
        return expression
      }
      return .constant(scalar)
    }
    let tensors = operands.map { maker.graph.constants[$0] }
    let evaluation = ConstantEvaluation(sizes: sizes, operands: tensors)
    let block = evaluation.compressed(try evaluation.block(expression))
    guard let first = block.values.first else {
      throw GraphError(.unsupported, "it reads a constant that has no elements")
    }
    if block.indices.isEmpty { return .constant(first) }
    return .read(try addConstant(block, kind(expression)))
  }

  /// Whether a read can stand in a form: affine, and no index in two positions.
  private func isPlain(_ read: OperandRead) -> Bool {
    var used: Set<Int> = []
    for position in read.positions {
      guard case .affine(let affine) = position else { return false }
      for term in affine.terms where !used.insert(term.index).inserted { return false }
    }
    return true
  }

  private func staysInside(_ read: OperandRead) -> Bool {
    let positions = read.positions.map { position -> AffineIndex in
      if case .affine(let affine) = position { affine } else { AffineIndex(constant: -1) }
    }
    return positions.stayInside(maker.graph[operands[read.operand]].shape, size)
  }

  private func uniformValue(_ tensor: Tensor) -> Double? {
    guard tensor.count > 0 else { return nil }
    let elements = Elements(tensor)
    let first = elements[0]
    return (1..<tensor.count).allSatisfy { elements[$0] == first } ? first : nil
  }

  /// A new constant over the block's indices, as an operand that the equation reads.
  mutating func addConstant(
    _ block: ConstantBlock, _ kind: ElementKind
  ) throws(GraphError) -> OperandRead {
    let tensor = try tensor(block, kind)
    operands.append(
      maker.addConstant(
        tensor, tensor.integers == nil ? .real : kind, name: "\(maker.name)/constant"))
    return OperandRead(
      operand: operands.count - 1,
      positions: block.indices.map { .affine(AffineIndex(index: $0)) })
  }

  private func tensor(_ block: ConstantBlock, _ kind: ElementKind) throws(GraphError) -> Tensor {
    if let place = block.values.firstIndex(where: \.isNaN) {
      throw GraphError(.unsupported, "it computes with the constant \(block.values[place])")
    }
    let shape = block.indices.map(size)
    if kind != .real, block.values.allSatisfy({ Int64(exactly: $0) != nil }) {
      return try Tensor(shape: shape, integer: block.values.map { Int64($0) })
    }
    return try Tensor(shape: shape, real: block.values.map { Float($0) })
  }

  /// The product of constants as one.
  mutating func product(_ places: [Place]) throws(GraphError) -> Polynomial {
    guard let first = places.first else { return Polynomial(1) }
    var expression = read(of: first)
    for place in places.dropFirst() { expression = .binary(.multiply, expression, read(of: place)) }
    switch try constant(expression) {
    case .constant(let scalar): return Polynomial(scalar)
    case .read(let read): return try self.read(read)
    default: throw GraphError(.structure, "a product of constants is none")
    }
  }

  /// The read of a constant at a place.
  mutating func read(of place: Place) -> RealExpression {
    operands.append(place.value)
    return .read(
      .init(operand: operands.count - 1, positions: place.positions.map { .affine($0) }))
  }
}

extension ConstantEvaluation {
  /// The block without the indices along which it does not change.
  func compressed(_ block: ConstantBlock) -> ConstantBlock {
    var block = block
    for index in block.indices {
      guard let place = block.indices.firstIndex(of: index) else { continue }
      let inner = block.indices[(place + 1)...].reduce(1) { $0 * sizes[$1] }
      let size = sizes[index]
      let isSame = block.values.indices.allSatisfy { offset in
        let base = offset - (offset / inner % size) * inner
        return block.values[offset] == block.values[base]
      }
      guard isSame else { continue }
      block.values = block.values.indices.filter { $0 / inner % size == 0 }
        .map { block.values[$0] }
      block.indices.remove(at: place)
    }
    block.outside = nil
    return block
  }
}

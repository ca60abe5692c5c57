import ConstraintSystem
import Equations
import TensorGraph

// What is quantised is often made of dequantised integers. Then the integers follow from each other, in
// the same few operations of single precision that ONNX Runtime computes them by (`Paper/` section 18.13).
extension NodeView {
  /// A value as integers of few bits.
  func quantise(
    _ id: ValueID, by quantiser: Quantiser, _ builder: inout EquationGraphBuilder
  ) throws(GraphError) -> ValueID {
    let result = try integers(of: id, quantiser, &builder)
    if builder.constantValue(result) == nil {
      builder.bound(
        result, to: Int(quantiser.limits.lowerBound)...Int(quantiser.limits.upperBound))
    }
    return result
  }

  private func integers(
    of id: ValueID, _ quantiser: Quantiser, _ builder: inout EquationGraphBuilder
  ) throws(GraphError) -> ValueID {
    if let integers = try requantised(id, quantiser, &builder) { return integers }
    return try rounded(id, quantiser, &builder)
  }

  /// Reals as integers, as they are.
  private func rounded(
    _ id: ValueID, _ quantiser: Quantiser, _ builder: inout EquationGraphBuilder
  ) throws(GraphError) -> ValueID {
    let positions = builder[id].shape.indices.map { ReadPosition.affine(AffineIndex(index: $0)) }
    var result = StepMaker(quantiser)
    let value = result.read(id, positions)
    let expression = result.stored(value, beside: positions)
    return try emit(
      Equation.elementwise(builder[id].shape) { _ in expression }, kind: .integer, result.operands,
      to: &builder)
  }

  /// The integers of a value by those that it is made of; nil where it is made of others.
  private func requantised(
    _ id: ValueID, _ quantiser: Quantiser, _ builder: inout EquationGraphBuilder
  ) throws(GraphError) -> ValueID? {
    guard builder.constantValue(id) == nil else { return nil }
    var chain = try functions(of: id, &builder)
    // A lower bound of zero is that of the integers.
    if chain.isRectified, quantiser.leastIsZero(builder) { chain.function = .value }
    if let source = try dequantised(chain.base, &builder) {
      return try mapped(chain, source, quantiser, &builder)
    }
    if let average = try windowAverage(chain.base, &builder) {
      return try requantised(average, chain, quantiser, &builder)
    }
    if let sum = try accumulated(chain.base, &builder) {
      if !isOfIntegers(sum, chain, quantiser, builder) {
        noteSingleSums(of: chain.base, &builder)
      }
      return try requantised(sum, chain, quantiser, &builder)
    }
    if chain.base != id { return nil }
    if let pair = try pair(id, &builder) { return try requantised(pair, quantiser, &builder) }
    guard quantiser.scale.axes.isEmpty, quantiser.zero?.axes.isEmpty ?? true else { return nil }
    return try moved(id, quantiser, &builder)
  }

  /// Of what has been moved, or chosen by its size, the integers are moved and chosen.
  private func moved(
    _ id: ValueID, _ quantiser: Quantiser, _ builder: inout EquationGraphBuilder
  ) throws(GraphError) -> ValueID? {
    guard let node = builder.node(of: id) else { return nil }
    switch node.definition {
    case .view(let step):
      var parts: [ValueID] = []
      for operand in node.operands {
        guard let part = try part(operand, quantiser, &builder) else { return nil }
        parts.append(part)
      }
      if case .pad = step, quantiser.zero != nil {
        return try padded(step, parts[0], quantiser, &builder)
      }
      return try emit(step, parts, to: &builder)
    case .equation(let equation):
      guard case .reduce(.maximum, _, .read(let read)) = equation.value,
        let part = try requantised(node.operands[read.operand], quantiser, &builder)
      else { return nil }
      var operands = node.operands
      operands[read.operand] = part
      return try emit(equation, kind: .integer, operands, to: &builder)
    }
  }

  /// The integers of what is moved; those of reals that are known are numbers.
  private func part(
    _ id: ValueID, _ quantiser: Quantiser, _ builder: inout EquationGraphBuilder
  ) throws(GraphError) -> ValueID? {
    builder.constantValue(id) == nil
      ? try requantised(id, quantiser, &builder) : try rounded(id, quantiser, &builder)
  }

  /// What is beside a tensor is zero, and its integer the zero point.
  private func padded(
    _ step: ViewStep, _ integers: ValueID, _ quantiser: Quantiser,
    _ builder: inout EquationGraphBuilder
  ) throws(GraphError) -> ValueID? {
    guard let zero = quantiser.zero else { return nil }
    func moved(
      _ id: ValueID, _ operation: RealExpression.Binary, _ builder: inout EquationGraphBuilder
    ) throws(GraphError) -> ValueID {
      let equation = Equation.elementwise(builder[id].shape) {
        .binary(operation, $0(0), zero.read(1, beside: []))
      }
      return try emit(
        equation, kind: .integer, [id, zero.value], to: &builder, step: "moved by the zero point")
    }
    let centred = try moved(integers, .subtract, &builder)
    let spread = try emit(step, [centred], to: &builder, step: "padded")
    return try moved(spread, .add, &builder)
  }

  /// A function of the integers of one value.
  private func mapped(
    _ chain: FunctionChain, _ source: Dequantised, _ quantiser: Quantiser,
    _ builder: inout EquationGraphBuilder
  ) throws(GraphError) -> ValueID {
    let shape = builder[chain.base].shape
    let positions = shape.indices.map { ReadPosition.affine(AffineIndex(index: $0)) }
    var result = StepMaker(quantiser)
    let value = chain.function.substituting(result.dequantised(source, positions))
    let expression = result.stored(value, beside: positions)
    return try emit(
      Equation.elementwise(shape) { _ in expression }, kind: .integer, result.operands,
      to: &builder)
  }

  /// A function of an exact sum of integers.
  private func requantised(
    _ sum: IntegerSum, _ chain: FunctionChain, _ quantiser: Quantiser,
    _ builder: inout EquationGraphBuilder
  ) throws(GraphError) -> ValueID {
    let total = try emit(
      sum.equation, kind: .integer, sum.operands, to: &builder, step: "sum")
    let indices = Array(sum.equation.indices.prefix(sum.equation.domainRank))
    let positions = indices.indices.map { ReadPosition.affine(AffineIndex(index: $0)) }
    var result = StepMaker(quantiser)
    let count = RealExpression.unary(.single, result.read(total, positions))
    let unit = sum.unit(&result)
    let value: RealExpression
    if case .value = chain.function {
      let factor = result.quotient(unit, beside: positions, dividedBy: sum.divisor)
      value = result.held(
        .unary(.single, .binary(.multiply, count, factor)), beside: positions)
    } else {
      var real = RealExpression.unary(.single, .binary(.multiply, count, unit))
      if let divisor = sum.divisor { real = .unary(.single, .binary(.divide, real, divisor)) }
      value = result.stored(chain.function.substituting(real), beside: positions)
    }
    let equation = Equation(indices: indices, domainRank: indices.count, value: value)
    return try emit(equation, kind: .integer, result.operands, to: &builder)
  }

  /// A function of two values.
  private func requantised(
    _ pair: DequantisedPair, _ quantiser: Quantiser, _ builder: inout EquationGraphBuilder
  ) throws(GraphError) -> ValueID {
    var result = StepMaker(quantiser)
    let positions = pair.equation.identity
    let value: RealExpression
    switch pair.operation {
    case .add: value = result.sum(of: pair, beside: positions)
    case .multiply: value = result.product(of: pair, beside: positions)
    case .other(let function):
      let left = result.dequantised(pair.left, pair.leftPositions)
      let right = result.dequantised(pair.right, pair.rightPositions)
      let real = function.replacingReads { (read: OperandRead) -> RealExpression in
        read.operand == pair.leftOperand && read.positions == pair.leftPositions ? left : right
      }
      value = result.stored(.single(real), beside: positions)
    }
    let equation = Equation(
      indices: pair.equation.indices, domainRank: pair.equation.domainRank, value: value)
    return try emit(equation, kind: .integer, result.operands, to: &builder)
  }
}

extension Quantiser {
  /// Whether the least integer stands for zero.
  fileprivate func leastIsZero(_ builder: EquationGraphBuilder) -> Bool {
    guard let zero else { return limits.lowerBound == 0 }
    return builder.constantValue(zero.value)?.integers?.allSatisfy {
      Double($0) == limits.lowerBound
    } ?? false
  }
}

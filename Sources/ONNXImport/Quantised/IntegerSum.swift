import ConstraintSystem
import Equations
import TensorGraph

/// A value that is an exact sum of integers, times a unit, by a divisor.
struct IntegerSum {
  /// The sum of products of integers without their zero points.
  var equation: Equation
  var operands: [ValueID]
  /// The scales of the products' factors, with the positions at which these are read.
  fileprivate var scales: [(numbers: AlignedNumbers, positions: [ReadPosition])]
  /// A number that the products have besides.
  fileprivate var coefficient: Double
  /// Of an average.
  var divisor: RealExpression?
  /// What is added up, where it is no product.
  fileprivate(set) var addends: Dequantised?
  /// Whether reals are added that are no integers in the products' unit.
  fileprivate(set) var hasRealBias = false

  /// What one of the integers stands for, of single precision.
  func unit(_ maker: inout StepMaker) -> RealExpression {
    var unit: RealExpression? = coefficient == 1 ? nil : .constant(coefficient)
    for (numbers, positions) in scales {
      let next = maker.read(numbers, beside: positions)
      unit = unit.map { .single($0 * next) } ?? next
    }
    return unit ?? .constant(1)
  }
}

/// The parts of the equation of a sum.
private struct SumParts {
  var over: [Int]
  var factors: [OperandRead]
  var coefficient = 1.0
  var divisor: RealExpression?
  var bias: OperandRead?

  init?(_ value: RealExpression) {
    switch value {
    case .reduce(.sum, let over, .binary(.multiply, .read(let a), .read(let b))):
      (self.over, factors) = (over, [a, b])
    case .reduce(.sum, let over, .read(let a)): (self.over, factors) = (over, [a])
    case .binary(.multiply, .constant(let factor), let inner),
      .binary(.multiply, let inner, .constant(let factor)):
      guard let parts = SumParts(inner), parts.bias == nil, parts.divisor == nil else { return nil }
      self = parts
      coefficient *= factor
    case .binary(.divide, let inner, .constant(let divisor)):
      guard let parts = SumParts(inner), parts.bias == nil, parts.divisor == nil,
        parts.factors.count == 1
      else { return nil }
      self = parts
      self.divisor = .constant(divisor)
    case .binary(.add, let inner, .read(let bias)), .binary(.add, .read(let bias), let inner):
      guard let parts = SumParts(inner), parts.bias == nil, parts.divisor == nil else { return nil }
      self = parts
      self.bias = bias
    default: return nil
    }
  }
}

extension NodeView {
  /// A value as a sum of products of integers; nil where it is none.
  func accumulated(
    _ id: ValueID, _ builder: inout EquationGraphBuilder
  ) throws(GraphError) -> IntegerSum? {
    guard let node = builder.node(of: id), case .equation(let equation) = node.definition,
      let parts = SumParts(builder.dividingByNumber(equation.value, node))
    else { return nil }
    var sum = IntegerSum(
      equation: equation, operands: [], scales: [], coefficient: parts.coefficient,
      divisor: parts.divisor)
    var reads: [RealExpression] = []
    for factor in parts.factors {
      guard let source = try dequantised(node.operands[factor.operand], &builder),
        source.scale.axes.allSatisfy({ equation.isOutside(factor.positions[$0], parts.over) })
      else { return nil }
      if parts.factors.count == 1, parts.bias == nil { sum.addends = source }
      sum.operands.append(try centred(source, &builder))
      sum.scales.append((source.scale, factor.positions))
      reads.append(
        .read(OperandRead(operand: sum.operands.count - 1, positions: factor.positions)))
    }
    let product = reads.dropFirst().reduce(reads[0]) { .binary(.multiply, $0, $1) }
    var value = RealExpression.reduce(.sum, over: parts.over, product)
    if let bias = parts.bias {
      guard let part = try self.bias(bias, node, &sum, &builder) else { return nil }
      value = .binary(.add, part, value)
    }
    sum.equation.value = value
    return sum
  }

  /// What is added to a sum, in its unit; nil for reals that are not constant.
  private func bias(
    _ read: OperandRead, _ node: EquationGraph.Node, _ sum: inout IntegerSum,
    _ builder: inout EquationGraphBuilder
  ) throws(GraphError) -> RealExpression? {
    let id = node.operands[read.operand]
    func operand(_ id: ValueID) -> RealExpression {
      sum.operands.append(id)
      return .read(OperandRead(operand: sum.operands.count - 1, positions: read.positions))
    }
    if let source = builder.dequantised(id), source.zero == nil, sum.coefficient == 1 {
      return operand(source.integers)
    }
    guard builder.constantValue(id) != nil else { return nil }
    sum.hasRealBias = builder.dequantised(id) == nil
    let real = operand(id)
    var unit = RealExpression.constant(sum.coefficient)
    for (numbers, positions) in sum.scales {
      guard builder.constantValue(numbers.value) != nil else { return nil }
      sum.operands.append(numbers.value)
      unit = .single(unit * numbers.read(sum.operands.count - 1, beside: positions))
    }
    return .unary(.round, .single(.binary(.divide, real, unit)))
  }
}

extension IntegerSum {
  /// Whether each sum is that of all that a channel has.
  fileprivate func isOfWholeImages(_ builder: EquationGraphBuilder) -> Bool {
    guard let source = addends else { return false }
    let image = builder[source.integers].shape.dropFirst(2).reduce(1, *)
    let sizes = equation.indices.map(\.size)
    return sizes.prefix(equation.domainRank).dropFirst(2).allSatisfy { $0 == 1 }
      && sizes.dropFirst(equation.domainRank).reduce(1, *) == image
  }
}

extension NodeView {
  /// Whether ONNX Runtime computes a sum by integers as well, or every one of them becomes the same integer
  /// in whatever order single precision adds it up.
  func isOfIntegers(
    _ sum: IntegerSum, _ chain: FunctionChain, _ quantiser: Quantiser,
    _ builder: EquationGraphBuilder
  ) -> Bool {
    let isByte = quantiser.limits.upperBound - quantiser.limits.lowerBound == 255
    let isPlain = if case .value = chain.function { true } else { false }
    switch builder.operation(of: chain.base) {
    case "QLinearConv", "QLinearMatMul", "QGemm": return true
    case "Conv", "Gemm", "MatMul":
      if isByte, isPlain, !sum.hasRealBias { return true }
    case "GlobalAveragePool", "QLinearGlobalAveragePool": if isByte, isPlain { return true }
    case "AveragePool", "QLinearAveragePool":
      if isByte, isPlain, sum.isOfWholeImages(builder) { return true }
    default: break
    }
    return isPlain && isSettled(sum, quantiser, builder)
  }

  private func isSettled(
    _ sum: IntegerSum, _ quantiser: Quantiser, _ builder: EquationGraphBuilder
  ) -> Bool {
    guard let source = sum.addends, source.isUniform, sum.coefficient > 0,
      let integers = builder.bounds(ofIntegers: source.integers),
      let units = SingleUnits(source, integers, builder)
    else { return false }
    let equation = sum.equation
    let count = equation.indices.dropFirst(equation.domainRank).reduce(1) { $0 * $1.size }
    guard units.sums(count).count <= Self.maximumSums else { return false }
    var divisor = 1 / sum.coefficient
    if case .constant(let number) = sum.divisor { divisor *= number }
    return SettledSums(units, count: count, divisors: [divisor], quantiser, builder)?.areAll
      ?? false
  }

  /// Of more sums than this some is near the middle of two integers.
  private static let maximumSums = 1 << 20

  /// Says so of the layer that a sum is of.
  func noteSingleSums(of id: ValueID, _ builder: inout EquationGraphBuilder) {
    if let node = builder.node(of: id) { builder.noteSingleSums(inLayer: node.layer) }
  }
}

extension EquationGraphBuilder {
  /// The operator that a value is of.
  func operation(of id: ValueID) -> String? {
    node(of: id).map { layer($0.layer).operation }
  }

  /// An expression that divides by a tensor of equal numbers, with the number for it; any other one as it is.
  fileprivate func dividingByNumber(
    _ expression: RealExpression, _ node: EquationGraph.Node
  ) -> RealExpression {
    guard case .binary(.divide, let sum, .read(let read)) = expression,
      let numbers = constantValue(node.operands[read.operand])?.reals, let first = numbers.first,
      numbers.allSatisfy({ $0 == first })
    else { return expression }
    return .binary(.divide, sum, .constant(Double(first)))
  }
}

extension Equation {
  /// Whether a position depends on none of the indices that are summed over.
  fileprivate func isOutside(_ position: ReadPosition, _ over: [Int]) -> Bool {
    guard case .affine(let affine) = position else { return false }
    return affine.terms.allSatisfy { !over.contains($0.index) && $0.index < domainRank }
  }
}

/// A function of two values of integers, element by element.
struct DequantisedPair {
  enum Operation {
    case add, multiply
    /// Any other one, whose reads are those of the two.
    case other(RealExpression)
  }

  var operation: Operation
  var equation: Equation
  var left: Dequantised
  var right: Dequantised
  /// The left one's position among the operands of the equation.
  var leftOperand: Int
  var leftPositions: [ReadPosition]
  var rightPositions: [ReadPosition]
}

extension NodeView {
  /// A value as such a pair; nil where it is none.
  func pair(
    _ id: ValueID, _ builder: inout EquationGraphBuilder
  ) throws(GraphError) -> DequantisedPair? {
    guard let node = builder.node(of: id), case .equation(let equation) = node.definition,
      equation.domainRank == equation.indices.count
    else { return nil }
    var reads: [OperandRead] = []
    guard equation.value.collectReads(&reads), reads.count == 2,
      let left = try dequantised(node.operands[reads[0].operand], &builder),
      let right = try dequantised(node.operands[reads[1].operand], &builder),
      left.isUniform, right.isUniform
    else { return nil }
    let operation: DequantisedPair.Operation =
      switch equation.value {
      case .binary(.add, .read, .read): .add
      case .binary(.multiply, .read, .read): .multiply
      default: .other(equation.value)
      }
    return DequantisedPair(
      operation: operation, equation: equation, left: left, right: right,
      leftOperand: reads[0].operand, leftPositions: reads[0].positions,
      rightPositions: reads[1].positions)
  }
}

extension RealExpression {
  /// Appends the reads of an expression of elements, each once; false where it is no such expression.
  fileprivate func collectReads(_ reads: inout [OperandRead]) -> Bool {
    switch self {
    case .constant: return true
    case .index, .reduce: return false
    case .read(let read):
      if !reads.contains(read) { reads.append(read) }
      return read.positions.allSatisfy { if case .affine = $0 { true } else { false } }
    case .unary(_, let part): return part.collectReads(&reads)
    case .binary(_, let left, let right):
      return left.collectReads(&reads) && right.collectReads(&reads)
    case .select(let condition, let first, let second):
      return condition.collectReads(&reads) && first.collectReads(&reads)
        && second.collectReads(&reads)
    }
  }
}

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
      let parts = SumParts(equation.value)
    else { return nil }
    var sum = IntegerSum(
      equation: equation, operands: [], scales: [], coefficient: parts.coefficient,
      divisor: parts.divisor)
    var reads: [RealExpression] = []
    for factor in parts.factors {
      guard let source = try dequantised(node.operands[factor.operand], &builder),
        source.scale.axes.allSatisfy({ equation.isOutside(factor.positions[$0], parts.over) })
      else { return nil }
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

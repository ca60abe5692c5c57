import ConstraintSystem
import Equations
import TensorGraph

/// A value as a function of another one, element by element.
struct FunctionChain {
  enum Function {
    /// The value itself.
    case value
    /// An expression whose reads are all of the value.
    case expression(RealExpression)

    /// The function of what a value is.
    func substituting(_ value: RealExpression) -> RealExpression {
      switch self {
      case .value: value
      case .expression(let expression): .single(expression.replacingReads(value))
      }
    }
  }

  /// How many reads of values are followed, and how many a function has.
  fileprivate static let maximumReads = 64

  var base: ValueID
  var function = Function.value
  /// How often the function reads the value.
  fileprivate var reads = 1

  /// Whether the function is that of a rectifier.
  var isRectified: Bool {
    guard case .expression(.binary(.maximum, .read, .constant(0))) = function else { return false }
    return true
  }
}

extension NodeView {
  /// What a value is, element by element, through equations of one value: down to one that is dequantised,
  /// or is no such function. Several reads may lead to the same one, as those of x·sigmoid(x) do.
  func functions(
    of id: ValueID, _ builder: inout EquationGraphBuilder
  ) throws(GraphError) -> FunctionChain {
    var size = FunctionChain.maximumReads
    return try functions(of: id, &builder, &size)
  }

  /// - Parameter size: how many reads may still be followed.
  private func functions(
    of id: ValueID, _ builder: inout EquationGraphBuilder, _ size: inout Int
  ) throws(GraphError) -> FunctionChain {
    let end = FunctionChain(base: id)
    guard try dequantised(id, &builder) == nil,
      let (operands, expression) = builder.functionOfElements(id)
    else { return end }
    var parts: [ValueID: FunctionChain] = [:]
    for operand in operands {
      size -= 1
      guard size > 0 else { return end }
      parts[operand] = try functions(of: operand, &builder, &size)
    }
    guard let base = parts[operands[0]]?.base, parts.values.allSatisfy({ $0.base == base }) else {
      return end
    }
    // Of a value that is added to itself, and so on, a function has twice as many with each step.
    let reads = expression.total { parts[operands[$0.operand]]?.reads ?? 1 }
    guard reads <= FunctionChain.maximumReads else { return end }
    return FunctionChain(
      base: base,
      function: .expression(
        expression.replacingReads { read in
          guard case .expression(let inner) = parts[operands[read.operand]]?.function else {
            return .argument
          }
          return .single(inner)
        }), reads: reads)
  }
}

extension RealExpression {
  /// The sum over all reads of what each one counts.
  fileprivate func total(_ count: (OperandRead) -> Int) -> Int {
    var total = 0
    _ = replacingReads { read in
      total += count(read)
      return .read(read)
    }
    return total
  }

  /// The one value that a function is of.
  fileprivate static var argument: Self { .read(OperandRead(operand: 0, positions: [])) }
}

extension EquationGraphBuilder {
  /// The values that another is a function of, element by element, each once, and the function, whose reads
  /// number them; nil for any other value, and for one of constants alone.
  fileprivate func functionOfElements(_ id: ValueID) -> ([ValueID], RealExpression)? {
    guard let node = node(of: id), case .equation(let equation) = node.definition,
      equation.domainRank == equation.indices.count
    else { return nil }
    var found: [ValueID] = []
    guard let expression = function(equation.value, equation, node, &found), !found.isEmpty,
      found.allSatisfy({ self[$0].shape == equation.shape && self[$0].kind == .real })
    else { return nil }
    return (found, expression)
  }

  private func function(
    _ expression: RealExpression, _ equation: Equation, _ node: EquationGraph.Node,
    _ found: inout [ValueID]
  ) -> RealExpression? {
    switch expression {
    case .constant: return expression
    case .index, .reduce: return nil
    case .read(let read):
      let operand = node.operands[read.operand]
      if let tensor = constantValue(operand) {
        guard tensor.count == 1, let value = tensor.reals.first else { return nil }
        return .constant(Double(value))
      }
      guard read.positions == equation.identity else { return nil }
      if !found.contains(operand) { found.append(operand) }
      let number = found.firstIndex(of: operand) ?? 0
      return .read(OperandRead(operand: number, positions: []))
    case .unary(let operation, let part):
      return function(part, equation, node, &found).map { .unary(operation, $0) }
    case .binary(let operation, let left, let right):
      guard let left = function(left, equation, node, &found),
        let right = function(right, equation, node, &found)
      else { return nil }
      return .binary(operation, left, right)
    case .select(let condition, let first, let second):
      guard let condition = function(condition, equation, node, &found),
        let first = function(first, equation, node, &found),
        let second = function(second, equation, node, &found)
      else { return nil }
      return .select(condition, first, second)
    }
  }
}

extension RealExpression {
  /// The expression with another one for each of its reads.
  func replacingReads(_ value: RealExpression) -> RealExpression { replacingReads { _ in value } }

  func replacingReads(_ value: (OperandRead) -> RealExpression) -> RealExpression {
    switch self {
    case .constant, .index: self
    case .read(let read): value(read)
    case .unary(let operation, let part): .unary(operation, part.replacingReads(value))
    case .binary(let operation, let left, let right):
      .binary(operation, left.replacingReads(value), right.replacingReads(value))
    case .select(let condition, let first, let second):
      .select(
        condition.replacingReads(value), first.replacingReads(value),
        second.replacingReads(value))
    case .reduce(let reduction, let over, let part):
      .reduce(reduction, over: over, part.replacingReads(value))
    }
  }
}

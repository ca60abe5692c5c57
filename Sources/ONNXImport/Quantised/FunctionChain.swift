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

  var base: ValueID
  var function = Function.value

  /// Whether the function is that of a rectifier.
  var isRectified: Bool {
    guard case .expression(.binary(.maximum, .read, .constant(0))) = function else { return false }
    return true
  }
}

extension NodeView {
  /// What a value is, element by element, through equations of one value: down to one that is dequantised,
  /// or is no such function.
  func functions(
    of id: ValueID, _ builder: inout EquationGraphBuilder
  ) throws(GraphError) -> FunctionChain {
    var chain = FunctionChain(base: id)
    while try dequantised(chain.base, &builder) == nil,
      let (operand, expression) = builder.functionOfOne(chain.base)
    {
      chain.base = operand
      switch chain.function {
      case .value: chain.function = .expression(expression)
      case .expression(let outer):
        chain.function = .expression(outer.replacingReads(.single(expression)))
      }
    }
    return chain
  }
}

extension EquationGraphBuilder {
  /// The one value that another is a function of, element by element.
  fileprivate func functionOfOne(_ id: ValueID) -> (ValueID, RealExpression)? {
    guard let node = node(of: id), case .equation(let equation) = node.definition,
      equation.domainRank == equation.indices.count
    else { return nil }
    var found: ValueID?
    guard let expression = function(equation.value, equation, node, &found), let found,
      self[found].shape == equation.shape, self[found].kind == .real
    else { return nil }
    return (found, expression)
  }

  private func function(
    _ expression: RealExpression, _ equation: Equation, _ node: EquationGraph.Node,
    _ found: inout ValueID?
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
      guard read.positions == equation.identity, found == nil || found == operand else {
        return nil
      }
      found = operand
      return expression
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

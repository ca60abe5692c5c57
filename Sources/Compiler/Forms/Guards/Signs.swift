import ConstraintSystem
import Equations
import TensorGraph

/// The signs of a graph's values, as far as the equations show them.
struct Signs {
  private var known: [ValueID: Sign] = [:]

  /// - Parameter bounds: what an input or an integer is known to be.
  mutating func add(_ id: ValueID, bounds: ClosedRange<Int>?) {
    guard let bounds else { return }
    known[id] = max(self[id], Sign(Double(bounds.lowerBound)))
  }

  mutating func add(_ id: ValueID, _ tensor: Tensor) {
    known[id] = Sign(tensor.doubles.min() ?? .nan)
  }

  mutating func add(_ node: EquationGraph.Node, in graph: EquationGraph) {
    switch node.definition {
    case .equation(let equation):
      known[node.output] = sign(equation.value, Reading(graph, equation, node.operands))
    case .view(let step):
      let least = node.operands.map { self[$0] }.min() ?? .unknown
      if case .pad = step {
        known[node.output] = min(least, .notNegative)
      } else {
        known[node.output] = least
      }
    }
    add(node.output, bounds: graph[node.output].bounds)
  }

  subscript(_ id: ValueID) -> Sign { known[id] ?? .unknown }

  /// What an equation's expressions read.
  struct Reading {
    fileprivate let operands: [EquationGraph.Value]
    fileprivate let ids: [ValueID]
    fileprivate let sizes: [Int]

    init(_ graph: EquationGraph, _ equation: Equation, _ operands: [ValueID]) {
      self.operands = operands.map { graph[$0] }
      ids = operands
      sizes = equation.indices.map(\.size)
    }
  }
}

extension Signs {
  /// The sign of all values of an expression.
  func sign(_ expression: RealExpression, _ reading: Reading) -> Sign {
    switch expression {
    case .constant(let value): return Sign(value)
    case .index: return .unknown
    case .read(let read): return sign(read, reading)
    case .unary(let function, let operand): return sign(function, operand, reading)
    case .binary(let operation, let left, let right):
      return sign(operation, left, right, reading)
    case .select(_, let first, let second):
      return min(sign(first, reading), sign(second, reading))
    case .reduce(let reduction, _, let term):
      switch reduction {
      case .sum, .product, .maximum, .minimum: return sign(term, reading)
      default: return .notNegative
      }
    }
  }

  /// Whether an expression is nowhere zero.
  func isNeverZero(_ expression: RealExpression, _ reading: Reading) -> Bool {
    if case .constant(let value) = expression { return value != 0 }
    if case .unary(.negate, let inner) = expression { return isNeverZero(inner, reading) }
    return sign(expression, reading) == .positive
  }

  private func sign(_ read: OperandRead, _ reading: Reading) -> Sign {
    let operand = reading.operands[read.operand]
    let known =
      operand.kind == .boolean
      ? max(.notNegative, self[reading.ids[read.operand]]) : self[reading.ids[read.operand]]
    let positions = read.positions.compactMap { position -> AffineIndex? in
      if case .affine(let index) = position { index } else { nil }
    }
    // Outside of a value is 0.
    guard positions.count == read.positions.count,
      positions.stayInside(operand.shape, { reading.sizes[$0] })
    else { return min(known, .notNegative) }
    return known
  }

  private func sign(
    _ function: RealExpression.Unary, _ operand: RealExpression, _ reading: Reading
  ) -> Sign {
    switch function {
    case .exp, .cosh: return .positive
    case .abs, .not, .acos, .acosh:
      return function == .abs && isNeverZero(operand, reading) ? .positive : .notNegative
    case .sqrt: return max(.notNegative, sign(operand, reading))
    case .single, .ceil, .asinh, .sinh, .tanh, .atan, .erf, .sign: return sign(operand, reading)
    case .floor, .round, .truncate: return min(sign(operand, reading), .notNegative)
    default: return .unknown
    }
  }

  private func sign(
    _ operation: RealExpression.Binary, _ left: RealExpression, _ right: RealExpression,
    _ reading: Reading
  ) -> Sign {
    let (a, b) = (sign(left, reading), sign(right, reading))
    switch operation {
    case .add: return a + b
    case .subtract:
      if case .constant(let value) = right, value <= 0 { return a + Sign(-value) }
      return .unknown
    case .multiply: return left == right ? max(.notNegative, a) : min(a, b)
    case .divide, .minimum: return min(a, b)
    case .maximum: return max(a, b)
    case .power:
      if case .constant(let exponent) = right, exponent.truncatingRemainder(dividingBy: 2) == 0 {
        return max(.notNegative, a)
      }
      return a
    case .equal, .less, .lessOrEqual, .and, .or, .xor: return .notNegative
    case .floorDivide, .modulo: return min(a, b, .notNegative)
    }
  }
}

import ConstraintSystem
import TensorGraph

extension Equation {
  /// The equation for all steps of a loop: steps are its first index, at which operands that differ from
  /// step to step are read.
  ///
  /// - Parameter varies: for each operand whether it does.
  func lifted(_ count: Int, _ varies: [Bool]) -> Equation {
    Equation(
      indices: [.init(name: "step", size: count)] + indices, domainRank: domainRank + 1,
      value: value.lifted(varies))
  }
}

extension RealExpression {
  fileprivate func lifted(_ varies: [Bool]) -> RealExpression {
    switch self {
    case .constant: return self
    case .index(let index): return .index(index.behindAnother)
    case .read(var read):
      read.positions = read.positions.map { position in
        switch position {
        case .affine(let index): .affine(index.behindAnother)
        case .computed(let place): .computed(place.lifted(varies))
        }
      }
      if varies[read.operand] { read.positions.insert(.affine(AffineIndex(index: 0)), at: 0) }
      return .read(read)
    case .unary(let function, let a): return .unary(function, a.lifted(varies))
    case .binary(let operation, let a, let b):
      return .binary(operation, a.lifted(varies), b.lifted(varies))
    case .select(let a, let b, let c):
      return .select(a.lifted(varies), b.lifted(varies), c.lifted(varies))
    case .reduce(let reduction, let over, let a):
      return .reduce(reduction, over: over.map { $0 + 1 }, a.lifted(varies))
    }
  }
}

extension AffineIndex {
  /// The same function, where another index comes first.
  fileprivate var behindAnother: AffineIndex {
    AffineIndex(
      constant: constant,
      terms: terms.map { Term(index: $0.index + 1, coefficient: $0.coefficient) })
  }
}

extension ViewStep {
  /// The view for all steps of a loop, of operands that all have the steps as their leading axis.
  func lifted(_ count: Int) -> ViewStep {
    switch self {
    case .reshape(let shape): .reshape([count] + shape)
    case .broadcast(let shape): .broadcast([count] + shape)
    case .transpose(let order): .transpose([0] + order.map { $0 + 1 })
    case .concatenate(let axis): .concatenate(axis: axis + 1)
    case .slice(let slices): .slice([.init(start: 0, count: count, step: 1)] + slices)
    case .pad(let before, let after): .pad(before: [0] + before, after: [0] + after)
    }
  }
}

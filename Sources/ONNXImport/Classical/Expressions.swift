import ConstraintSystem
import Equations
import TensorGraph

// Equations of the models that a node describes by its attributes.

extension RealExpression {
  /// An element of an operand at plain indices.
  static func at(_ operand: Int, _ indices: Int...) -> RealExpression {
    .read(
      OperandRead(
        operand: operand, positions: indices.map { .affine(AffineIndex(index: $0)) }))
  }

  static func + (left: RealExpression, right: RealExpression) -> RealExpression {
    .binary(.add, left, right)
  }

  static func - (left: RealExpression, right: RealExpression) -> RealExpression {
    .binary(.subtract, left, right)
  }

  static func * (left: RealExpression, right: RealExpression) -> RealExpression {
    .binary(.multiply, left, right)
  }
}

extension Equation {
  /// An equation over indices of the given sizes, of which the first `rank` span the result.
  init(_ sizes: [Int], rank: Int, _ value: RealExpression) {
    self.init(
      indices: sizes.enumerated().map { Index(name: "i\($0.offset)", size: $0.element) },
      domainRank: rank, value: value)
  }
}

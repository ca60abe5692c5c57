import ConstraintSystem
import Equations

// How equations are written down here.

extension RealExpression: ExpressibleByIntegerLiteral {
  public init(integerLiteral value: Int) { self = .constant(Double(value)) }
}

extension RealExpression {
  static func + (a: Self, b: Self) -> Self { .binary(.add, a, b) }
  static func - (a: Self, b: Self) -> Self { .binary(.subtract, a, b) }
  static func * (a: Self, b: Self) -> Self { .binary(.multiply, a, b) }
  static func / (a: Self, b: Self) -> Self { .binary(.divide, a, b) }
  static func maximum(_ a: Self, _ b: Self) -> Self { .binary(.maximum, a, b) }
  static func minimum(_ a: Self, _ b: Self) -> Self { .binary(.minimum, a, b) }
  static func less(_ a: Self, _ b: Self) -> Self { .binary(.less, a, b) }
  static func single(_ value: Self) -> Self { .unary(.single, value) }

  /// An element of an operand at plain indices.
  static func at(_ operand: Int, _ indices: Int...) -> Self {
    .read(
      OperandRead(
        operand: operand, positions: indices.map { .affine(AffineIndex(index: $0)) }))
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

import ConstraintSystem

/// y[i₀, i₁, …] = an expression over reals, at every value of the domain's indices.
public struct Equation: Hashable, Sendable {
  /// The domain's indices, one for each axis of what is defined, then those that reductions bind.
  public var indices: [Index]
  /// How many of the indices span the domain.
  public var domainRank: Int
  public var value: RealExpression

  public struct Index: Hashable, Sendable {
    public var name: String
    /// At least 1.
    public var size: Int

    public init(name: String, size: Int) {
      self.name = name
      self.size = size
    }
  }

  public init(indices: [Index], domainRank: Int, value: RealExpression) {
    self.indices = indices
    self.domainRank = domainRank
    self.value = value
  }

  /// The shape of what is defined.
  public var shape: [Int] { indices.prefix(domainRank).map(\.size) }
}

/// An expression over real numbers. Truth values are 1 and 0.
public indirect enum RealExpression: Hashable, Sendable {
  case constant(Double)
  /// The value of an affine function of the indices.
  case index(AffineIndex)
  case read(OperandRead)
  case unary(Unary, RealExpression)
  case binary(Binary, RealExpression, RealExpression)
  /// The second where the first is not zero, otherwise the third.
  case select(RealExpression, RealExpression, RealExpression)
  /// Over all values of the listed indices, which no other reduction of the equation binds.
  case reduce(Reduction, over: [Int], RealExpression)

  public enum Unary: String, CaseIterable, Hashable, Sendable {
    case negate, not, abs, sign
    case floor, ceil
    /// To the nearest integer, halves to the even one.
    case round
    /// Towards zero.
    case truncate
    case exp, log, sqrt, erf
    case sin, cos, tan, asin, acos, atan, sinh, cosh, tanh, asinh, acosh, atanh
    /// To the nearest number of single precision.
    case single
    /// The place of that number in the order of all of them (`SingleOrder`).
    case order
  }

  public enum Binary: String, CaseIterable, Hashable, Sendable {
    case add, subtract, multiply, divide, power
    case minimum, maximum
    /// The quotient rounded down, and what it leaves.
    case floorDivide, modulo
    case equal, less, lessOrEqual
    case and, or, xor
  }

  public enum Reduction: String, CaseIterable, Hashable, Sendable {
    case sum, product
    /// A term that reads outside of a value is left out of these.
    case maximum, minimum
    /// Where the extreme is, along the one index: the first place, or the last.
    case firstMaximum, lastMaximum, firstMinimum, lastMinimum
  }
}

/// An element of an operand. A position outside of it reads zero.
public struct OperandRead: Hashable, Sendable {
  /// Position in the node's operands.
  public var operand: Int
  /// One for each axis.
  public var positions: [ReadPosition]

  public init(operand: Int, positions: [ReadPosition]) {
    self.operand = operand
    self.positions = positions
  }
}

public enum ReadPosition: Hashable, Sendable {
  case affine(AffineIndex)
  /// A place that is computed, such as the row of an embedding; it must exist.
  case computed(RealExpression)
}

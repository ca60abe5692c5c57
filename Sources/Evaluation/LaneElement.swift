/// A number that the machine computes with: a 64-bit integer, of which every result is exact or an
/// error, or a real number in double precision.
package protocol LaneElement: Numeric, Comparable, Sendable where Magnitude: Comparable {
  init<Stored: StoredElement>(stored: Stored)

  /// The number as a position; nil where it is none.
  var position: Int? { get }

  /// What every other number is at least, and at most.
  static var least: Self { get }
  static var greatest: Self { get }

  /// Computes the result in every lane; true when it does not exist in one of them. The operands stay
  /// as they are.
  static func apply(_ operation: LaneOperation, _ lanes: LaneOperands<Self>) -> Bool

  /// The first where the mask is 0, the second where it is 1.
  static func choose(_ lanes: LaneOperands<Self>, mask: UnsafeMutablePointer<Self>)

  /// The reduction of one more term, nil where it overflows.
  static func combine(_ reduction: LaneReduction, _ total: Self, _ term: Self) -> Self?

  /// Reduces one more term into each total. When it returns true one of them overflows and no total
  /// has changed.
  static func combine(
    _ reduction: LaneReduction, _ totals: UnsafeMutablePointer<Self>,
    _ terms: UnsafeMutablePointer<Self>, _ count: Int
  ) -> Bool

  /// The same, whatever overflows.
  static func combineWrapping(
    _ reduction: LaneReduction, _ totals: UnsafeMutablePointer<Self>,
    _ terms: UnsafeMutablePointer<Self>, _ count: Int)

  /// Adds a sum of products, times a coefficient.
  static func add(_ sum: Double, times coefficient: Self, to target: inout Self)
}

/// An operation on one or two numbers.
package enum LaneOperation: Sendable {
  // Of two numbers.
  case add, subtract, multiply, minimum, maximum
  /// The quotient rounded down, and what it leaves. Of integers the divisor must be positive.
  case floorDivide, remainder
  /// The same for any divisor but zero, and the quotient rounded up and towards zero.
  case signedFloorDivide, signedRemainder, signedCeilDivide, truncatedDivide
  /// 1 where it holds, otherwise 0.
  case equal, less, lessOrEqual
  /// Of truth values: everything that is not 0 is true.
  case and, or, xor
  /// Of integers the exponent is not negative.
  case power
  // Of one number.
  case negate, not, magnitude, sign
  /// Of integers only: the greatest one whose square is no greater, and the greatest exponent of a
  /// power of two that is no greater. A negative number has no root, and only a positive one a
  /// logarithm.
  case squareRoot, logarithm
  /// Of real numbers only.
  case real(RealOperation)
}

/// An operation that gives an integer only by chance.
package enum RealOperation: Sendable {
  case divide
  case floor, ceil, round, truncate, single, order
  case exp, log, sqrt, erf
  case sin, cos, tan, asin, acos, atan, sinh, cosh, tanh, asinh, acosh, atanh
}

package enum LaneReduction: Sendable {
  case sum, product, minimum, maximum
  /// The place of an extreme along one index: of equal ones the first, or the last.
  case firstMaximum, lastMaximum, firstMinimum, lastMinimum

  /// Whether it gives where an extreme is.
  package var isPlace: Bool {
    switch self {
    case .firstMaximum, .lastMaximum, .firstMinimum, .lastMinimum: true
    case .sum, .product, .minimum, .maximum: false
    }
  }

  /// What a term that is left out counts as; nothing is left out of sums and products.
  package func neutral<Element: LaneElement>() -> Element {
    switch self {
    case .maximum, .firstMaximum, .lastMaximum: .least
    case .minimum, .firstMinimum, .lastMinimum: .greatest
    case .sum: 0
    case .product: 1
    }
  }

  /// Whether a term replaces the extreme that was found so far.
  @inline(__always)
  func replaces<Element: LaneElement>(_ best: Element, _ term: Element) -> Bool {
    switch self {
    case .firstMaximum: term > best
    case .lastMaximum: term >= best
    case .firstMinimum: term < best
    case .lastMinimum: term <= best
    case .sum, .product, .minimum, .maximum: false
    }
  }
}

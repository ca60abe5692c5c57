import ConstraintSystem

/// Upper bounds on absolute values, which decide whether a sum can be computed in double precision.
/// They are floating-point numbers that may be off by a few units in the last place, so the limits
/// keep a margin.
enum Magnitude {
  /// Integers up to here are exact in double precision, and so are their sums up to here.
  static let exactInDouble = 9.0e15
  /// A quarter of the range of 64-bit integers.
  static let exactInInteger = 2.3e18

  static func bound(_ range: ClosedRange<Int>) -> Double {
    max(Double(range.lowerBound).magnitude, Double(range.upperBound).magnitude)
  }

  /// How large the absolute value of an expression can be. The tensors' declared ranges decide, or
  /// with `actual` their values where they are all there.
  static func bound(
    _ expression: LinearExpression, tensors: TensorElements, actual: Bool
  ) -> Double {
    expression.terms.reduce(Double(expression.constant).magnitude) { sum, term in
      let tensor = term.read.tensor
      let declared = tensors.declarations[tensor].range
      let range =
        actual && !tensors.incomplete.contains(tensor) ? tensors[tensor]?.bounds ?? 0...0 : declared
      return sum + Double(term.coefficient).magnitude * bound(range)
    }
  }

  /// How large the absolute value of a term of a sum of products can be.
  static func bound(
    _ term: Equality.Term, indices: [StatementIndex], tensors: TensorElements, actual: Bool
  ) -> Double {
    let count = term.summed.reduce(1.0) { $0 * Double(indices[$1].size) }
    return term.factors.reduce(count * Double(term.coefficient).magnitude) {
      $0 * bound($1, tensors: tensors, actual: actual)
    }
  }
}

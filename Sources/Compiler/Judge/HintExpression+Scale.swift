import ConstraintSystem

extension HintExpression {
  /// What is looked up in the first of the tables that are meant; nil where none of these is.
  ///
  /// - Parameter isTable: whether a table is meant, by its number.
  func argument(_ isTable: (Int) -> Bool) -> HintExpression? {
    if case .table(let table, _, let argument) = self, isTable(table) { return argument }
    for part in parts {
      if let found = part.argument(isTable) { return found }
    }
    return nil
  }

  /// The fractional bits of a value; nil where it is of nothing that has any.
  ///
  /// - Parameter tensor: those of a tensor, by its number.
  func fractionalBits(_ tensor: (Int) -> Int) -> Int? {
    switch self {
    case .read(let read): tensor(read.tensor)
    case .element(let number, _): tensor(number)
    case .floorDivide(let value, .constant(let divisor)):
      value.fractionalBits(tensor).map { $0 - Self.digits(divisor) }
    case .multiply(let value, .constant(let factor)), .multiply(.constant(let factor), let value):
      value.fractionalBits(tensor).map { $0 + Self.digits(factor) }
    case .multiply(let a, let b):
      (a.fractionalBits(tensor) ?? 0) + (b.fractionalBits(tensor) ?? 0)
    case .select(_, let a, let b): a.fractionalBits(tensor) ?? b.fractionalBits(tensor)
    case .less, .equal, .logarithm, .constant, .index, .table: nil
    default: parts.compactMap { $0.fractionalBits(tensor) }.first
    }
  }

  /// The binary logarithm of a power of two; 0 for anything else.
  private static func digits(_ constant: Integer) -> Int {
    guard let value = Int(exactly: constant), value > 0, value & (value - 1) == 0 else { return 0 }
    return value.trailingZeroBitCount
  }

  /// The expressions that it is made of.
  private var parts: [HintExpression] {
    switch self {
    case .constant, .read, .index: []
    case .element(_, let places): places
    case .add(let a, let b), .subtract(let a, let b), .multiply(let a, let b),
      .floorDivide(let a, let b), .remainder(let a, let b), .minimum(let a, let b),
      .maximum(let a, let b), .less(let a, let b), .equal(let a, let b):
      [a, b]
    case .squareRoot(let a), .logarithm(let a), .sum(_, let a), .minimumOver(_, let a),
      .maximumOver(_, let a), .table(_, _, let a):
      [a]
    case .select(let a, let b, let c): [a, b, c]
    }
  }
}

import ConstraintSystem

/// An integer function of one integer argument, of which a table of a circuit file is made.
indirect enum IntegerFormula: Hashable, Sendable {
  case argument
  case constant(Integer)
  case add(IntegerFormula, IntegerFormula)
  case subtract(IntegerFormula, IntegerFormula)
  case multiply(IntegerFormula, IntegerFormula)
  /// Quotient rounded towards −∞ by a positive constant.
  case floorDivide(IntegerFormula, by: Integer)
  case minimum(IntegerFormula, IntegerFormula)
  case maximum(IntegerFormula, IntegerFormula)
  /// The second where the first is negative, otherwise the third.
  case ifNegative(IntegerFormula, IntegerFormula, otherwise: IntegerFormula)

  /// The values at `first`, `first` + 1, …; nil if there is none at one of them within 64 bits.
  /// - Parameter rows: how many; the last argument must fit 64 bits.
  func values(first: Integer, rows: Int) -> [Integer]? {
    var values: [Integer] = []
    values.reserveCapacity(rows)
    // A few hundred at a time take the least time for each.
    for start in stride(from: 0, to: rows, by: Self.blockRows) {
      let arguments = (start..<min(start + Self.blockRows, rows)).map { first + Integer($0) }
      let block = self.values(at: arguments)
      guard block.isDefined == nil else { return nil }
      values += block.values
    }
    return values
  }

  private static let blockRows = 512

  /// How many operations, arguments and constants there are.
  var nodeCount: Int {
    switch self {
    case .argument, .constant: 1
    case .floorDivide(let a, _): 1 + a.nodeCount
    case .add(let a, let b), .subtract(let a, let b), .multiply(let a, let b),
      .minimum(let a, let b), .maximum(let a, let b):
      1 + a.nodeCount + b.nodeCount
    case .ifNegative(let a, let b, let c): 1 + a.nodeCount + b.nodeCount + c.nodeCount
    }
  }
}

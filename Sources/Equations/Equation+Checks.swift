import ConstraintSystem
import TensorGraph

extension Equation {
  /// What one equation may be made of, so that whatever goes through it may do so by recursion and
  /// its positions stay in 64 bits.
  public enum Limits {
    public static let indices = 64
    public static let height = 256
    /// Of coefficients and constants of positions.
    public static let magnitude: UInt = 1 << 28
    /// The elements, times what reductions run through.
    public static let terms = 1 << 42
  }

  /// How many terms the equation has in all: its elements, times what its reductions run through.
  /// `Int.max` where that is larger.
  public var termCount: Int {
    indices.reduce(1) { product, index in
      let (next, overflow) = product.multipliedReportingOverflow(by: max(1, index.size))
      return overflow ? Int.max : next
    }
  }

  /// Checks every rule of an equation that reads operands of the given shapes.
  ///
  /// Throws `.structure` for indices and operands that do not exist, `.shape` for a read of another
  /// rank, `.tooLarge` for a result that no tensor holds, `.value` for a constant that is not a
  /// number or a position that reaches too far.
  public func check(operands shapes: [[Int]]) throws(GraphError) {
    guard indices.count <= Limits.indices, (0...indices.count).contains(domainRank) else {
      throw GraphError(.structure, "an equation of \(indices.count) indices")
    }
    for index in indices where index.size < 0 {
      throw GraphError(.shape, "the index \(index.name) has the size \(index.size)")
    }
    _ = try Shape.elementCount(shape)
    guard termCount <= Limits.terms else {
      throw GraphError(.tooLarge, "an equation of more than \(Limits.terms) terms")
    }
    var check = ExpressionCheck(equation: self, shapes: shapes)
    try check.visit(value, depth: 0)
    for (place, index) in indices.enumerated().dropFirst(domainRank)
    where !check.everBound[place] {
      throw GraphError(.structure, "no reduction binds the index \(index.name)")
    }
  }
}

/// Goes through an expression and knows which indices have a value there.
private struct ExpressionCheck {
  let equation: Equation
  let shapes: [[Int]]
  private var isKnown: [Bool]
  fileprivate var everBound: [Bool]

  init(equation: Equation, shapes: [[Int]]) {
    self.equation = equation
    self.shapes = shapes
    isKnown = equation.indices.indices.map { $0 < equation.domainRank }
    everBound = isKnown
  }

  mutating func visit(_ expression: RealExpression, depth: Int) throws(GraphError) {
    guard depth < Equation.Limits.height else {
      throw GraphError(.tooLarge, "an expression of more than \(Equation.Limits.height) levels")
    }
    switch expression {
    case .constant(let value):
      guard !value.isNaN else { throw GraphError(.value, "a constant that is not a number") }
    case .index(let position): try check(position)
    case .read(let read): try check(read, depth: depth)
    case .unary(_, let operand): try visit(operand, depth: depth + 1)
    case .binary(_, let left, let right):
      try visit(left, depth: depth + 1)
      try visit(right, depth: depth + 1)
    case .select(let condition, let first, let second):
      for part in [condition, first, second] { try visit(part, depth: depth + 1) }
    case .reduce(let reduction, let bound, let term):
      try bind(bound, reduction)
      try visit(term, depth: depth + 1)
      for index in bound { isKnown[index] = false }
    }
  }

  private mutating func bind(
    _ bound: [Int], _ reduction: RealExpression.Reduction
  ) throws(GraphError) {
    guard !reduction.isPlace || bound.count == 1 else {
      throw GraphError(.structure, "the place of an extreme is along one index")
    }
    for index in bound {
      guard equation.indices.indices.contains(index), !everBound[index] else {
        throw GraphError(.structure, "the index \(index) is bound twice or does not exist")
      }
      everBound[index] = true
      isKnown[index] = true
    }
  }

  private mutating func check(_ read: OperandRead, depth: Int) throws(GraphError) {
    guard shapes.indices.contains(read.operand) else {
      throw GraphError(.structure, "an equation reads operand \(read.operand), which is missing")
    }
    guard read.positions.count == shapes[read.operand].count else {
      throw GraphError(
        .shape,
        "\(read.positions.count) positions in an operand of shape \(shapes[read.operand])")
    }
    for position in read.positions {
      switch position {
      case .affine(let position): try check(position)
      case .computed(let position): try visit(position, depth: depth + 1)
      }
    }
  }

  private func check(_ position: AffineIndex) throws(GraphError) {
    var last = -1
    for term in position.terms {
      guard isKnown.indices.contains(term.index), isKnown[term.index], term.index > last else {
        throw GraphError(.structure, "a position uses the index \(term.index) where it is unknown")
      }
      last = term.index
    }
    guard position.constant.magnitude <= Equation.Limits.magnitude,
      position.terms.allSatisfy({ $0.coefficient.magnitude <= Equation.Limits.magnitude })
    else { throw GraphError(.value, "a position reaches too far") }
  }
}

extension RealExpression.Reduction {
  /// Whether it gives where an extreme is, rather than a value.
  public var isPlace: Bool {
    switch self {
    case .firstMaximum, .lastMaximum, .firstMinimum, .lastMinimum: true
    case .sum, .product, .maximum, .minimum: false
    }
  }

  /// Whether a term that reads outside of an operand is left out.
  public var skipsOutside: Bool { self != .sum && self != .product }
}

extension ElementKind {
  /// Whether every value of `other` is one of this kind.
  public func holds(_ other: ElementKind) -> Bool { rank >= other.rank }

  /// The narrower kind that holds both.
  func joined(_ other: ElementKind) -> ElementKind { rank >= other.rank ? self : other }

  private var rank: Int {
    switch self {
    case .boolean: 0
    case .integer: 1
    case .real: 2
    }
  }
}

extension RealExpression {
  /// The narrowest kind that is sure to hold the expression's values, where it reads operands of
  /// the given kinds.
  public func kind(_ operands: [ElementKind]) -> ElementKind {
    switch self {
    case .constant(let value):
      value == 0 || value == 1 ? .boolean : value.rounded() == value ? finite(value) : .real
    case .index: .integer
    case .read(let read): operands[read.operand]
    case .unary(let function, let operand): function.kind(operand.kind(operands))
    case .binary(.power, let base, .constant(let exponent))
    where exponent >= 0 && exponent.rounded() == exponent:
      base.kind(operands)
    case .binary(let operation, let left, let right):
      operation.kind(left.kind(operands).joined(right.kind(operands)))
    case .select(_, let first, let second): first.kind(operands).joined(second.kind(operands))
    case .reduce(let reduction, _, let term): reduction.kind(term.kind(operands))
    }
  }

  private func finite(_ value: Double) -> ElementKind {
    abs(value) < 0x1p63 ? .integer : .real
  }
}

extension RealExpression.Unary {
  fileprivate func kind(_ operand: ElementKind) -> ElementKind {
    switch self {
    case .not: .boolean
    case .abs: operand
    case .negate: operand.joined(.integer)
    case .sign, .floor, .ceil, .round, .truncate, .order: .integer
    default: .real
    }
  }
}

extension RealExpression.Binary {
  fileprivate func kind(_ operands: ElementKind) -> ElementKind {
    switch self {
    case .equal, .less, .lessOrEqual, .and, .or, .xor: .boolean
    case .minimum, .maximum: operands
    case .add, .subtract, .multiply: operands.joined(.integer)
    case .modulo: operands.joined(.integer)
    case .floorDivide: .integer
    case .divide, .power: .real
    }
  }
}

extension RealExpression.Reduction {
  fileprivate func kind(_ term: ElementKind) -> ElementKind {
    switch self {
    case .sum, .product: term.joined(.integer)
    case .maximum, .minimum: term
    case .firstMaximum, .lastMaximum, .firstMinimum, .lastMinimum: .integer
    }
  }
}

import ConstraintSystem

extension RealExpression {
  /// The indices that the value depends on.
  var freeIndices: Set<Int> {
    switch self {
    case .constant: []
    case .index(let position): Set(position.terms.map(\.index))
    case .read(let read):
      read.positions.reduce(into: []) { $0.formUnion($1.freeIndices) }
    case .unary(_, let operand): operand.freeIndices
    case .binary(_, let left, let right): left.freeIndices.union(right.freeIndices)
    case .select(let condition, let first, let second):
      condition.freeIndices.union(first.freeIndices).union(second.freeIndices)
    case .reduce(_, let bound, let term): term.freeIndices.subtracting(bound)
    }
  }

  /// Whether a position is computed.
  var readsComputedPlaces: Bool {
    switch self {
    case .constant, .index: false
    case .read(let read): read.affinePositions == nil
    case .unary(_, let operand): operand.readsComputedPlaces
    case .binary(_, let left, let right): left.readsComputedPlaces || right.readsComputedPlaces
    case .select(let condition, let first, let second):
      [condition, first, second].contains(where: \.readsComputedPlaces)
    case .reduce(_, _, let term): term.readsComputedPlaces
    }
  }

  /// Whether every part is an integer, so that it can be computed with 64-bit integers.
  ///
  /// - Parameter isInteger: whether the elements of an operand are integers.
  func isIntegral(_ isInteger: (Int) -> Bool) -> Bool {
    switch self {
    case .constant(let value): Self.isSmallInteger(value)
    case .index: true
    case .read(let read):
      isInteger(read.operand)
        && read.positions.allSatisfy { position in
          if case .computed(let place) = position { place.isIntegral(isInteger) } else { true }
        }
    case .unary(.floor, .binary(.divide, let a, let b)),
      .unary(.ceil, .binary(.divide, let a, let b)),
      .unary(.truncate, .binary(.divide, let a, let b)):
      a.isIntegral(isInteger) && b.isIntegral(isInteger)
    case .unary(let function, let operand):
      function.keepsIntegers && operand.isIntegral(isInteger)
    case .binary(.power, let base, .constant(let exponent)):
      exponent >= 0 && Self.isSmallInteger(exponent) && base.isIntegral(isInteger)
    case .binary(let operation, let left, let right):
      operation != .divide && operation != .power && left.isIntegral(isInteger)
        && right.isIntegral(isInteger)
    case .select(let condition, let first, let second):
      [condition, first, second].allSatisfy { $0.isIntegral(isInteger) }
    case .reduce(_, _, let term): term.isIntegral(isInteger)
    }
  }

  private static func isSmallInteger(_ value: Double) -> Bool {
    value.magnitude < 0x1p53 && value.rounded() == value
  }
}

extension RealExpression.Unary {
  /// Whether it gives an integer for each integer.
  fileprivate var keepsIntegers: Bool {
    switch self {
    case .negate, .not, .abs, .sign, .floor, .ceil, .round, .truncate: true
    default: false
    }
  }
}

extension ReadPosition {
  fileprivate var freeIndices: Set<Int> {
    switch self {
    case .affine(let position): Set(position.terms.map(\.index))
    case .computed(let place): place.freeIndices
    }
  }
}

extension OperandRead {
  /// The positions, where all are affine; nil where one is computed.
  var affinePositions: [AffineIndex]? {
    let affine = positions.compactMap { position -> AffineIndex? in
      if case .affine(let position) = position { position } else { nil }
    }
    return affine.count == positions.count ? affine : nil
  }

  /// The read as the machine takes it whole: its positions are affine and no two share an index.
  var tensorRead: TensorRead? {
    guard let positions = affinePositions else { return nil }
    let indices = positions.flatMap { $0.terms.map(\.index) }
    guard Set(indices).count == indices.count else { return nil }
    return TensorRead(tensor: operand, positions: positions)
  }
}

extension RealExpression {
  /// The expressions directly below, without those in positions.
  public var children: [RealExpression] {
    switch self {
    case .constant, .index, .read: []
    case .unary(_, let operand): [operand]
    case .binary(_, let left, let right): [left, right]
    case .select(let condition, let first, let second): [condition, first, second]
    case .reduce(_, _, let term): [term]
    }
  }

  /// The same expression over other children.
  public func mapChildren<Failure: Error>(
    _ transform: (RealExpression) throws(Failure) -> RealExpression
  ) throws(Failure) -> RealExpression {
    switch self {
    case .constant, .index, .read: self
    case .unary(let function, let operand): .unary(function, try transform(operand))
    case .binary(let operation, let left, let right):
      .binary(operation, try transform(left), try transform(right))
    case .select(let condition, let first, let second):
      .select(try transform(condition), try transform(first), try transform(second))
    case .reduce(let reduction, let over, let term):
      .reduce(reduction, over: over, try transform(term))
    }
  }

  /// The operands that it reads, also in positions.
  var readOperands: Set<Int> {
    guard case .read(let read) = self else {
      return children.reduce(into: []) { $0.formUnion($1.readOperands) }
    }
    return read.computedPlaces.reduce(into: [read.operand]) { $0.formUnion($1.readOperands) }
  }

  /// Leaves out operands that are not read, and numbers the others anew. Gives these.
  mutating func keepRead(of operands: [ValueID]) -> [ValueID] {
    let read = readOperands.sorted()
    var numbers: [Int: Int] = [:]
    for (new, old) in read.enumerated() { numbers[old] = new }
    self = renumbered { numbers[$0] ?? $0 }
    return read.map { operands[$0] }
  }

  private func renumbered(_ number: (Int) -> Int) -> RealExpression {
    let parts = mapParts { $0.renumbered(number) }
    guard case .read(var read) = parts else { return parts }
    read.operand = number(read.operand)
    return .read(read)
  }

  /// The same expression over other children, which are also those in computed positions.
  func mapParts<Failure: Error>(
    _ transform: (RealExpression) throws(Failure) -> RealExpression
  ) throws(Failure) -> RealExpression {
    guard case .read(let read) = self else { return try mapChildren(transform) }
    return .read(try read.mapPlaces(transform))
  }
}

extension OperandRead {
  /// The places that are computed.
  var computedPlaces: [RealExpression] {
    positions.compactMap { if case .computed(let place) = $0 { place } else { nil } }
  }

  /// The same read at other computed places.
  func mapPlaces<Failure: Error>(
    _ transform: (RealExpression) throws(Failure) -> RealExpression
  ) throws(Failure) -> OperandRead {
    var read = self
    for axis in read.positions.indices {
      guard case .computed(let place) = read.positions[axis] else { continue }
      read.positions[axis] = .computed(try transform(place))
    }
    return read
  }
}

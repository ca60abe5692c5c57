import ConstraintSystem
import Equations

/// Where one branch of a choice is taken: a truth value for each value of some indices.
struct BranchCondition: Hashable {
  /// Reads the operands by number.
  private(set) var expression: RealExpression
  private(set) var operands: [ValueID] = []

  /// The condition of an equation of the given operands, or that it does not hold; nil where it is more
  /// than a function of elements.
  init?(
    _ condition: RealExpression, holds: Bool, of operands: [ValueID], _ size: (Int) -> Int
  ) {
    expression = .constant(0)
    guard let own = renumbered(condition, operands, size) else { return nil }
    if holds {
      expression = own
    } else if case .unary(.not, let inner) = own {
      expression = inner
    } else {
      expression = .unary(.not, own)
    }
  }

  private mutating func renumbered(
    _ expression: RealExpression, _ all: [ValueID], _ size: (Int) -> Int
  ) -> RealExpression? {
    switch expression {
    case .constant: return expression
    case .index, .reduce: return nil
    case .read(let read):
      guard let positions = read.affinePositions else { return nil }
      let id = all[read.operand]
      let number = operands.firstIndex(of: id) ?? operands.count
      if number == operands.count { operands.append(id) }
      return .read(
        .init(operand: number, positions: positions.withoutSingle(size).map { .affine($0) }))
    default:
      var isWhole = true
      let result = expression.mapChildren { child -> RealExpression in
        guard let own = renumbered(child, all, size) else {
          isWhole = false
          return child
        }
        return own
      }
      return isWhole ? result : nil
    }
  }

  /// The indices that it depends on.
  var indices: Set<Int> { expression.readIndices }

  /// The same of an operand that is read at the given positions, over its axes; nil where it depends on
  /// more than the element that is read.
  func moved(to positions: [AffineIndex], _ shape: [Int], _ size: (Int) -> Int) -> BranchCondition?
  {
    var axes: [Int: Int] = [:]
    for (axis, position) in positions.enumerated() where position.constant == 0 {
      guard let term = position.terms.first, position.terms.count == 1, term.coefficient == 1,
        size(term.index) == shape[axis]
      else { continue }
      axes[term.index] = axis
    }
    return moved { axes[$0] }
  }

  /// The same over other indices; nil where one of them has no other.
  func moved(_ replacement: (Int) -> Int?) -> BranchCondition? {
    guard indices.allSatisfy({ replacement($0) != nil }) else { return nil }
    var result = self
    result.expression = expression.mapReads { read in
      read.positions = read.positions.map { position in
        guard case .affine(let index) = position else { return position }
        return .affine(index.substituting { AffineIndex(index: replacement($0) ?? $0) })
      }
    }
    return result
  }

  /// The expression in a node, behind operands of which there are so many.
  func expression(behind count: Int) -> RealExpression {
    expression.mapReads { $0.operand += count }
  }
}

extension OperandRead {
  /// The positions; nil where one is computed.
  var affinePositions: [AffineIndex]? {
    var result: [AffineIndex] = []
    for position in positions {
      guard case .affine(let index) = position else { return nil }
      result.append(index)
    }
    return result
  }
}

extension RealExpression {
  /// The indices at which its reads' positions lie.
  var readIndices: Set<Int> {
    guard case .read(let read) = self else {
      return children.reduce(into: []) { $0.formUnion($1.readIndices) }
    }
    return read.positions.reduce(into: []) { found, position in
      switch position {
      case .affine(let index): found.formUnion(index.terms.map(\.index))
      case .computed(let inner): found.formUnion(inner.readIndices)
      }
    }
  }

  /// Whether it has a part for which something holds.
  func contains(_ isMeant: (RealExpression) -> Bool) -> Bool {
    isMeant(self) || children.contains { $0.contains(isMeant) }
  }

  /// The expression with other reads, also in positions.
  func mapReads(_ change: (inout OperandRead) -> Void) -> RealExpression {
    guard case .read(var read) = self else { return mapChildren { $0.mapReads(change) } }
    read.positions = read.positions.map { position in
      guard case .computed(let inner) = position else { return position }
      return .computed(inner.mapReads(change))
    }
    change(&read)
    return .read(read)
  }

  /// The numbers of the operands that it reads.
  var readOperands: Set<Int> {
    var found: Set<Int> = []
    _ = mapReads { found.insert($0.operand) }
    return found
  }
}

import ConstraintSystem
import Equations
import TensorGraph

/// Elements in order: Σ over i of i where as many elements j come before x[i] as an index says. Before an
/// element are those that are greater, or less, and equal ones with a smaller place.
extension EquationLowering {
  /// The places in order, where the expression says these for the whole domain; nil for another one.
  mutating func order(_ expression: RealExpression) throws(GraphError) -> ValueID? {
    guard kind == .integer, let order = OrderExpression(expression, domainRank: domainRank),
      !maker.isConstant(operands[order.own.operand]),
      size(order.here) == size(order.there), size(order.rank) <= size(order.here),
      size(order.here) > 1
    else { return nil }
    let found = try read(order.own)
    guard let candidate = found.place, staysInside(candidate),
      candidate.usedIndices.allSatisfy({ $0 < domainRank && $0 != order.rank || $0 == order.here })
    else { return nil }
    let domain = Array(0..<domainRank)
    let numbers = Dictionary(
      uniqueKeysWithValues: (domain + [order.here]).enumerated().map { ($1, $0) })
    let form = PlaceForm(
      isMaximum: order.isDescending, isLast: false, rank: order.rank,
      indices: (domain + [order.here]).map { indices[$0] },
      candidate: FormRead(operand: 0, positions: renumbered(candidate, numbers)))
    return maker.append(
      .place(form), [candidate.value], domain.map(size), .integer, name: maker.name)
  }
}

/// The parts of such an expression.
private struct OrderExpression {
  /// The index of the elements, and that of those before one.
  let here: Int
  let there: Int
  /// How many come before.
  let rank: Int
  let own: OperandRead
  let isDescending: Bool

  init?(_ expression: RealExpression, domainRank: Int) {
    guard
      case .reduce(.sum, let outer, .select(let test, let place, .constant(0))) = expression,
      outer.count == 1, place == Self.index(outer[0]),
      case .binary(.equal, .reduce(.sum, let inner, let before), .index(let rank)) = test,
      inner.count == 1, let rank = rank.plainIndex, rank < domainRank,
      case .select(let comesFirst, let first, let second) = before,
      comesFirst == .binary(.less, Self.index(inner[0]), Self.index(outer[0])),
      case .binary(.lessOrEqual, let less, let more) = first,
      second == .binary(.less, less, more), case .read(let a) = less, case .read(let b) = more
    else { return nil }
    (here, there, self.rank) = (outer[0], inner[0], rank)
    if Self.moved(a, from: here, to: there) == b {
      (own, isDescending) = (a, true)
    } else if Self.moved(b, from: here, to: there) == a {
      (own, isDescending) = (b, false)
    } else {
      return nil
    }
  }

  private static func index(_ index: Int) -> RealExpression { .index(AffineIndex(index: index)) }

  /// The read at another index; nil where a position is computed, or the index is not read.
  private static func moved(_ read: OperandRead, from index: Int, to other: Int) -> OperandRead? {
    var result = read
    for (axis, position) in read.positions.enumerated() {
      guard case .affine(let affine) = position else { return nil }
      result.positions[axis] = .affine(
        affine.substituting { AffineIndex(index: $0 == index ? other : $0) })
    }
    return result == read ? nil : result
  }
}

import CircuitLanguage
import ConstraintSystem
import RealTables
import TensorGraph
import Witness

// A table has a row for each argument between its ends, also where the function leaves all bounds.
extension Circuit {
  /// The first element that a table of a real function holds to the end of its results' range where the
  /// function goes on beyond it, such as 1/x beside zero; nil where there is none. The statements let such
  /// an element pass, so whoever proves has to look.
  public func heldResult(in assignment: Assignment) -> Overflow? {
    for lookup in system.lookups where lookup.table < system.tables.count {
      let ends = system.tables[lookup.table].heldEnds
      guard !ends.isEmpty, let last = lookup.columns.last, last.terms.count == 1 else { continue }
      let tensor = last.terms[0].read.tensor
      let declaration = system.tensors[tensor]
      guard
        let place = assignment[tensor].values.firstIndex(where: { ends.contains($0) })
      else { continue }
      let bits = declaration.fractionalBits
      let value = assignment[tensor].values[place]
      return Overflow(
        name: declaration.name,
        position: Shape.strides(declaration.shape).enumerated().map {
          place / $0.element % declaration.shape[$0.offset]
        },
        value: value < 0 ? -.infinity : .infinity,
        limits: FixedPoint.real(
          declaration.range.lowerBound, fractionalBits: bits)...FixedPoint.real(
            declaration.range.upperBound, fractionalBits: bits))
    }
    return nil
  }
}

extension LookupTable {
  /// The ends of the results' range that stand for anything beyond them in some row, and in no row for
  /// themselves.
  fileprivate var heldEnds: Set<Int> {
    guard columns.count == 1, let formula = formulas?.first,
      case .function(.min, let outer) = formula, outer.count == 2,
      case .function(.max, let inner) = outer[0], inner.count == 2
    else { return [] }
    var found: Set<Int> = []
    for end in [outer[1], inner[1]].compactMap(\.wholeNumber) {
      let rows = columns[0].indices.filter { columns[0][$0] == end }
      let isHeld = rows.contains { row in
        let values = try? ComputedTables().values(of: [inner[0]], first: first + row, rows: 1)
        return values?[0][0] != end
      }
      if isHeld { found.insert(end) }
    }
    return found
  }
}

extension RealFormula {
  fileprivate var wholeNumber: Int? {
    switch self {
    case .integer(let value): value
    case .negate(.integer(let value)): -value
    default: nil
    }
  }
}

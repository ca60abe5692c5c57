import ConstraintSystem
import FieldArithmetic

/// The wrong values that a cell is given: near ones, far ones, those of other cells, the ends of
/// ranges, wrong entries of tables, and field elements that are no small integers.
struct WrongValues {
  private let system: UnrolledSystem
  /// Fractions c/a of the field for coefficients a of the statements. A quotient may be off by such a
  /// one, and its remainder by a small integer (`Paper/` section 3.5).
  private let residues: [Fp]

  /// The most coefficients that fractions are made of.
  private static let maximalCoefficients = 8
  private static let distances = [1, 2, 3, 1 << 4, 1 << 8, 1 << 15, 1 << 16, 1 << 17, 1 << 24]

  init(_ system: UnrolledSystem) {
    self.system = system
    var found: [Fp] = []
    for instance in system.instances where found.count < Self.maximalCoefficients {
      for coefficient in Self.coefficients(instance.claim)
      where found.count < Self.maximalCoefficients {
        let size = abs(coefficient.signed)
        if size > 1, !found.contains(Fp(size)) { found.append(Fp(size)) }
      }
    }
    residues = found.flatMap { [$0.inverse, Fp(3) * $0.inverse] }
  }

  private static func coefficients(_ claim: StatementInstance.Claim) -> [Fp] {
    switch claim {
    case .zero(let form): form.linear.terms.map(\.coefficient)
    case .row(let columns, _): columns.flatMap { $0.terms.map(\.coefficient) }
    case .oneOf(let lists): lists.first?.flatMap { $0.terms.map(\.coefficient) } ?? []
    }
  }

  /// Values for a cell, each once and none of them its own.
  func values(for cell: Int, _ values: [Fp]) -> [Fp] {
    let own = values[cell]
    var result: [Fp] = []
    for distance in Self.distances { result += [own + Fp(distance), own - Fp(distance)] }
    result += [.zero, .one, -own, -own - .one]
    result += neighbours(of: cell).map { values[$0] }
    let range = system.cells.tensors[system.cells.tensor(of: cell)].range
    for end in [range.lowerBound, range.upperBound] { result += [-1, 0, 1].map { Fp(end + $0) } }
    result += entries(for: cell, values)
    for residue in residues { result += [own + residue, own - residue] }
    var seen: Set<Fp> = [own]
    return result.filter { seen.insert($0).inserted }
  }

  /// The cells beside it in its tensor, and those that statements name together with it.
  func neighbours(of cell: Int) -> [Int] {
    let tensor = system.cells.tensor(of: cell)
    let beside = [cell - 1, cell + 1].filter {
      $0 >= 0 && $0 < system.cells.count && system.cells.tensor(of: $0) == tensor
    }
    let related = system.uses[cell].prefix(4).flatMap { system.instances[$0].cells.prefix(4) }
    return beside + related.filter { $0 != cell }
  }

  /// Entries of other rows of the tables that the cell is looked up in.
  private func entries(for cell: Int, _ values: [Fp]) -> [Fp] {
    var result: [Fp] = []
    for use in system.uses[cell] {
      if case .oneOf(let lists) = system.instances[use].claim {
        result += lists.joined().lazy.compactMap { $0.solution(for: cell, values) }.prefix(8)
      }
      guard case .row(let columns, let table) = system.instances[use].claim, columns.count > 1,
        let row = system.tables.row(table, of: columns[0].value(values))
      else { continue }
      let last = system.tables.count(table) - 1
      for other in [row - 1, row + 1, 0, last] where (0...last).contains(other) {
        for column in columns.indices where columns[column].coefficient(of: cell) != .zero {
          result.append(system.tables.value(table, row: other, column: column))
        }
      }
    }
    return result
  }
}

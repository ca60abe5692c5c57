import FieldArithmetic

/// Looks for a consistent change: after some cells were changed, others are changed until every
/// statement holds again.
///
/// A statement that does not hold is repaired by one more cell. An equality is solved for it, modulo
/// p; a lookup's tuple is brought to a row nearby, to the row that it had, or to an end of the table.
struct RepairSearch {
  let system: UnrolledSystem
  /// The honest values.
  let honest: [Fp]
  /// The most cells that are changed.
  let depth: Int
  private var values: [Fp]
  /// In the order of their changes.
  private var changed: [Int] = []
  private var nodesLeft = 0
  /// How many reads were looked at so far.
  private(set) var reads = 0

  init(_ system: UnrolledSystem, honest: [Fp], depth: Int) {
    self.system = system
    self.honest = honest
    self.depth = depth
    values = honest
  }

  /// All values after a consistent change that begins with the given ones; nil if none is found. And
  /// how many sets of changes were tried.
  /// - Parameters:
  ///   - start: the wrong values, by cell.
  ///   - nodes: the most sets of changes that are tried.
  mutating func consistentValues(
    _ start: [(cell: Int, value: Fp)], nodes: Int
  ) -> (values: [Fp]?, tried: Int) {
    nodesLeft = nodes
    for change in start { set(change.cell, change.value) }
    defer {
      for cell in changed { values[cell] = honest[cell] }
      changed = []
    }
    let isFound = search()
    return (isFound ? values : nil, nodes - nodesLeft)
  }

  private mutating func set(_ cell: Int, _ value: Fp) {
    values[cell] = value
    changed.append(cell)
  }

  private mutating func search() -> Bool {
    nodesLeft -= 1
    reads += changed.reduce(0) { $0 + system.weights[$1] }
    let violated = system.violations(values, touching: changed)
    if violated.isEmpty { return true }
    guard nodesLeft > 0, changed.count < depth else { return false }
    // The one that leaves the fewest choices.
    var best: [Repair]?
    for instance in violated.prefix(6) {
      let repairs = repairs(of: instance)
      if repairs.isEmpty { return false }
      if repairs.count < best?.count ?? Int.max { best = repairs }
    }
    for repair in best ?? [] where nodesLeft > 0 {
      set(repair.cell, repair.value)
      if search() { return true }
      values[repair.cell] = honest[repair.cell]
      changed.removeLast()
    }
    return false
  }
}

// Repairs of one statement.
extension RepairSearch {
  private struct Repair {
    var cell: Int
    var value: Fp
  }

  /// The most cells of a statement that are tried.
  private static let maximalCells = 8

  private func repairs(of instance: Int) -> [Repair] {
    let candidates = system.instances[instance].cells.filter {
      system.cells.isFree($0) && !changed.contains($0)
    }.prefix(Self.maximalCells)
    return candidates.flatMap { cell in
      switch system.instances[instance].claim {
      case .zero(let form): solutions(form, cell)
      case .row(let columns, let table): solutions(columns, table, cell)
      case .oneOf(let lists): solutions(lists, cell)
      }
    }
  }

  /// One form after the other, of lists in which nothing else has to change first.
  private func solutions(_ lists: [[LinearForm]], _ cell: Int) -> [Repair] {
    let missing = lists.map { forms in forms.count { $0.value(values) != .zero } }
    let order = lists.indices.sorted { (missing[$0], $0) < (missing[$1], $1) }
    return order.prefix(3).flatMap { place in
      lists[place].lazy.filter { $0.value(values) != .zero }
        .compactMap { $0.solution(for: cell, values) }.prefix(1)
        .map { Repair(cell: cell, value: $0) }
    }
  }

  private func solutions(_ form: QuadraticForm, _ cell: Int) -> [Repair] {
    let (square, slope, value) = form.expansion(in: cell, values)
    return (Fp.roots(square: square, slope: slope, value: value) ?? []).map {
      Repair(cell: cell, value: values[cell] + $0)
    }
  }

  private func solutions(_ columns: [LinearForm], _ table: Int, _ cell: Int) -> [Repair] {
    var result: [Repair] = []
    for (column, form) in columns.enumerated() {
      let coefficient = form.coefficient(of: cell)
      guard coefficient != .zero else { continue }
      let inverse = coefficient.inverse
      let now = form.value(values)
      for row in rows(columns, table, column) {
        let wanted = system.tables.value(table, row: row, column: column)
        let value = values[cell] + (wanted - now) * inverse
        if !result.contains(where: { $0.value == value }) {
          result.append(Repair(cell: cell, value: value))
        }
      }
    }
    return result
  }

  /// The rows that a tuple may be brought to by one of its columns.
  private func rows(_ columns: [LinearForm], _ table: Int, _ column: Int) -> [Int] {
    guard columns.count == 1 else {
      // Whichever rows the other columns are in already.
      let other = column == 0 ? columns.count - 1 : 0
      return system.tables.rows(
        table, column: other, value: columns[other].value(values), limit: 3)
    }
    let last = system.tables.count(table) - 1
    var rows = [0, last]
    if let before = system.tables.row(table, of: columns[0].value(honest)) {
      rows.insert(before, at: 0)
    }
    return rows
  }
}

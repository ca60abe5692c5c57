import FieldArithmetic

/// Decides whether the statements leave an output a choice, by going through all assignments.
///
/// It keeps what is known as solved linear equations modulo p. Equalities that are or become linear
/// are added to them. Where nothing follows any more it tries each row of a lookup, each factor of a
/// product that is zero, or each root of an equation in one cell. So where it comes to an end it has
/// seen every assignment of field elements, not of small integers only. With tables of a few rows
/// that takes no time; with large ones it runs out of steps, and says so.
struct AssignmentSearch {
  enum Outcome {
    /// No other values of the outputs satisfy the statements.
    case unique
    /// An assignment with another output.
    case second([Fp])
    /// Not all assignments were seen.
    case unfinished
  }

  let system: UnrolledSystem
  let honest: [Fp]

  /// Searches parts of the system that share no free cell one after the other.
  /// - Parameter work: the most claims that are looked at in all parts.
  func run(work: Int) -> Outcome {
    var isFinished = true
    var workLeft = work
    for component in components() {
      guard component.outputs.count > 0 else { continue }
      var search = ComponentSearch(
        cells: component.cells, outputs: component.outputs, honest: honest, tables: system.tables,
        workLeft: workLeft)
      search.run(component.claims)
      workLeft = search.workLeft
      if let found = search.found {
        // Only what the search has fixed may differ, so this holds; a wrong search must not lie.
        if system.violations(found).isEmpty { return .second(found) }
        isFinished = false
      }
      if !search.isFinished { isFinished = false }
    }
    return isFinished ? .unique : .unfinished
  }

  /// How often what follows from cells that have one value is looked for; what is left is searched.
  private static let maximalRounds = 64

  private struct Component {
    var cells: [Int] = []
    var outputs: [Int] = []
    var claims: [StatementInstance.Claim] = []
  }

  /// The parts, with the cells that nobody chooses, or that have one value only, replaced by it.
  private func components() -> [Component] {
    let (known, claims) = settled()
    var parts = Parts(count: system.cells.count)
    for claim in claims {
      let cells = claim.cells
      for cell in cells.dropFirst() { parts.join(cells[0], cell) }
    }
    var components: [Int: Component] = [:]
    for cell in 0..<system.cells.count where !known.contains(cell) {
      components[parts.root(cell), default: Component()].cells.append(cell)
      guard system.cells.owners[cell] == .output else { continue }
      components[parts.root(cell), default: Component()].outputs.append(cell)
    }
    for claim in claims {
      guard let first = claim.cells.first else { continue }
      components[parts.root(first), default: Component()].claims.append(claim)
    }
    return components.sorted { $0.key < $1.key }.map(\.value)
  }

  /// The cells that have one value only, and what the claims say of the others.
  private func settled() -> (known: Set<Int>, claims: [StatementInstance.Claim]) {
    var known = LinearState()
    var settled: Set<Int> = []
    func settle(_ cell: Int) {
      settled.insert(cell)
      known.settle(cell, honest[cell])
    }
    for cell in 0..<system.cells.count where !system.cells.isFree(cell) { settle(cell) }
    var claims = system.instances.map { known.reduced($0.claim) }
    for _ in 0..<Self.maximalRounds {
      let forced = claims.compactMap(\.onlyCell).filter { !settled.contains($0) }
      if forced.isEmpty { break }
      // The honest value satisfies the equation, so it is the one.
      for cell in Set(forced) { settle(cell) }
      claims = claims.map { known.reduced($0) }
    }
    return (settled, claims)
  }
}

/// Cells that hang together.
private struct Parts {
  private var parents: [Int]

  init(count: Int) { parents = Array(0..<count) }

  mutating func root(_ cell: Int) -> Int {
    var cell = cell
    while parents[cell] != cell {
      parents[cell] = parents[parents[cell]]
      cell = parents[cell]
    }
    return cell
  }

  mutating func join(_ first: Int, _ second: Int) { parents[root(first)] = root(second) }
}

extension StatementInstance.Claim {
  /// The cell of a linear equation in one cell.
  fileprivate var onlyCell: Int? {
    guard case .zero(let form) = self, form.products.isEmpty, form.linear.terms.count == 1 else {
      return nil
    }
    return form.linear.terms[0].cell
  }
}

extension LinearState {
  func reduced(_ claim: StatementInstance.Claim) -> StatementInstance.Claim {
    switch claim {
    case .zero(let form): .zero(reduced(form))
    case .row(let columns, let table): .row(columns: columns.map { reduced($0) }, table: table)
    case .oneOf(let lists):
      .oneOf(
        lists.map { $0.map { reduced($0) } }.filter { !$0.contains(where: \.isContradiction) })
    }
  }
}

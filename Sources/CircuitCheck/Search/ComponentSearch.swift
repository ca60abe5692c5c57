import FieldArithmetic

/// The search of one part of a system (`AssignmentSearch`).
struct ComponentSearch {
  /// Those that a prover chooses.
  let cells: [Int]
  let outputs: [Int]
  let honest: [Fp]
  let tables: FieldTables
  /// Claims that may still be looked at.
  private(set) var workLeft: Int
  /// Whether nothing was left out.
  private(set) var isFinished = true
  private(set) var found: [Fp]?

  init(cells: [Int], outputs: [Int], honest: [Fp], tables: FieldTables, workLeft: Int) {
    self.cells = cells
    self.outputs = outputs
    self.honest = honest
    self.tables = tables
    self.workLeft = workLeft
  }

  mutating func run(_ claims: [StatementInstance.Claim]) {
    search(LinearState(), claims)
  }

  /// Ways to go on: in each of them some forms are zero.
  private struct Ways {
    var count: Int
    var equations: (Int) -> [LinearForm]
  }

  private mutating func search(_ start: LinearState, _ claims: [StatementInstance.Claim]) {
    guard found == nil else { return }
    guard workLeft > 0 else {
      isFinished = false
      return
    }
    workLeft -= 1
    var state = start
    var pending = claims
    guard propagate(&state, &pending) else { return }
    guard !pending.isEmpty else {
      found = second(state)
      return
    }
    guard let choice = pending.indices.min(by: { ways(pending[$0]) < ways(pending[$1]) }),
      let ways = waysOn(pending[choice])
    else {
      // Several quadratic equations in several cells, which nothing enumerates.
      isFinished = false
      return
    }
    switch pending[choice] {
    case .row, .oneOf: pending.remove(at: choice)
    case .zero: break
    }
    for number in 0..<ways.count where found == nil {
      guard workLeft > 0 else {
        isFinished = false
        return
      }
      workLeft -= 1
      var next = state
      if ways.equations(number).allSatisfy({ next.impose($0) }) { search(next, pending) }
    }
  }

  /// Adds what follows, until nothing does.
  /// - Returns: whether there is no contradiction.
  private mutating func propagate(
    _ state: inout LinearState, _ pending: inout [StatementInstance.Claim]
  ) -> Bool {
    var isChanging = true
    while isChanging {
      isChanging = false
      workLeft -= pending.count
      var rest: [StatementInstance.Claim] = []
      for claim in pending {
        let reduced = state.reduced(claim)
        guard let equations = consequences(reduced) else {
          rest.append(reduced)
          continue
        }
        // An equation is put into those before it.
        workLeft -= 1 + state.count / 8
        guard workLeft > 0 else {
          isFinished = false
          return false
        }
        for equation in equations where !state.impose(equation) { return false }
        isChanging = true
      }
      pending = rest
    }
    return true
  }

  /// Linear equations that say the same as a claim; nil where there are none yet.
  private func consequences(_ claim: StatementInstance.Claim) -> [LinearForm]? {
    let contradiction = [LinearForm(constant: .one)]
    switch claim {
    case .zero(let form):
      if form.products.isEmpty { return [form.linear] }
      switch rootsInOneCell(form) {
      case nil: return nil
      case .all: return []
      case .these(let roots):
        return roots.isEmpty ? contradiction : roots.count == 1 ? roots : nil
      }
    case .row(let columns, let table):
      guard columns[0].isConstant else { return nil }
      guard let row = tables.row(table, of: columns[0].constant) else { return contradiction }
      return equations(columns, table, row)
    case .oneOf(let lists):
      if lists.contains(where: { $0.allSatisfy { $0.isConstant } }) { return [] }
      return lists.isEmpty ? contradiction : lists.count == 1 ? lists[0] : nil
    }
  }

  /// The solutions of a form in which a single cell occurs; nil where there are more cells.
  private func rootsInOneCell(_ form: QuadraticForm) -> Roots? {
    let cells = form.cells
    guard cells.count == 1 else { return nil }
    var zero = honest
    zero[cells[0]] = .zero
    let (square, slope, value) = form.expansion(in: cells[0], zero)
    guard let roots = Fp.roots(square: square, slope: slope, value: value) else { return .all }
    return .these(
      roots.map { LinearForm(constant: -$0, terms: [.init(cell: cells[0], coefficient: .one)]) })
  }

  private enum Roots {
    /// Every value of the cell is one.
    case all
    /// Forms that are zero at one of them each.
    case these([LinearForm])
  }

  private func equations(_ columns: [LinearForm], _ table: Int, _ row: Int) -> [LinearForm] {
    columns.enumerated().map { column, form in
      var difference = form
      difference.constant -= tables.value(table, row: row, column: column)
      return difference
    }
  }

  /// About how many branches a claim has.
  private func ways(_ claim: StatementInstance.Claim) -> Int {
    switch claim {
    case .zero(let form):
      form.cells.count == 1 || isZeroProduct(form) ? 2 : Int.max
    case .row(let columns, let table):
      columns.dropFirst().contains { $0.isConstant } ? 3 : tables.count(table)
    case .oneOf(let lists): lists.count
    }
  }

  private func isZeroProduct(_ form: QuadraticForm) -> Bool {
    form.products.count == 1 && form.linear.isConstant && form.linear.constant == .zero
  }

  /// The ways in which a claim may hold; nil where they are not counted.
  private func waysOn(_ claim: StatementInstance.Claim) -> Ways? {
    switch claim {
    case .zero(let form):
      if isZeroProduct(form) {
        let factors = [form.products[0].first, form.products[0].second]
        return Ways(count: 2) { [factors[$0]] }
      }
      guard case .these(let roots) = rootsInOneCell(form) else { return nil }
      return Ways(count: roots.count) { [roots[$0]] }
    case .row(let columns, let table):
      guard let known = columns.indices.first(where: { $0 > 0 && columns[$0].isConstant }) else {
        return Ways(count: tables.count(table)) { equations(columns, table, $0) }
      }
      let rows = tables.rows(
        table, column: known, value: columns[known].constant, limit: Int.max)
      return Ways(count: rows.count) { equations(columns, table, rows[$0]) }
    case .oneOf(let lists): return Ways(count: lists.count) { lists[$0] }
    }
  }

  /// An assignment with another output, where the equations leave one.
  private func second(_ state: LinearState) -> [Fp]? {
    // Cells that nothing determines keep their values, or move by amounts that do not cancel.
    let moved = honest.enumerated().map { $0.element + Fp($0.offset * $0.offset + 1) }
    for given in [honest, moved] {
      var values = honest
      for cell in cells { values[cell] = state.value(of: cell, given) }
      if outputs.contains(where: { values[$0] != honest[$0] }) { return values }
    }
    return nil
  }
}

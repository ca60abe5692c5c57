import ConstraintSystem
import FieldArithmetic
import Witness

/// A system written out: each statement at each value of its indices, over the field.
///
/// A proof shows that these claims hold modulo p, and nothing else. So whatever a prover may do is an
/// assignment of field elements to cells under which they hold.
struct UnrolledSystem: Sendable {
  let cells: CellMap
  let tables: FieldTables
  let instances: [StatementInstance]
  /// For each cell the instances that it occurs in.
  let uses: [[Int]]
  /// For each cell how many reads the instances have that it occurs in.
  let weights: [Int]
  /// The names of the statements: equalities, then lookups.
  let names: [String]

  /// The most reads that are written out.
  static let maximalReads = 1 << 21

  /// - Throws: `CircuitCheckError` when it is too large, or a table has no values.
  init(_ system: ConstraintSystem) throws(CircuitCheckError) {
    guard system.rowTables.isEmpty else {
      throw .unusable("circuits that look up rows of tensors can't be tested so")
    }
    cells = CellMap(system)
    names = system.equalities.map(\.name) + system.lookups.map(\.name)
    do { tables = try FieldTables(of: system.tables) } catch { throw .evaluation(error) }
    var unroller = Unroller(cells: cells)
    for (number, equality) in system.equalities.enumerated() {
      try unroller.add(equality, number)
    }
    for (number, lookup) in system.lookups.enumerated() {
      try unroller.add(lookup, system.equalities.count + number)
    }
    instances = unroller.instances
    var uses = [[Int]](repeating: [], count: cells.count)
    var weights = [Int](repeating: 1, count: cells.count)
    for (number, instance) in instances.enumerated() {
      let found = instance.cells
      for cell in found {
        uses[cell].append(number)
        weights[cell] += found.count
      }
    }
    self.uses = uses
    self.weights = weights
  }

  func holds(_ instance: Int, _ values: [Fp]) -> Bool {
    switch instances[instance].claim {
    case .zero(let form): form.value(values) == .zero
    case .row(let columns, let table): tables.contains(columns.map { $0.value(values) }, table)
    }
  }

  /// The instances that do not hold, of those that some cells occur in.
  func violations(_ values: [Fp], touching changed: some Sequence<Int>) -> [Int] {
    var seen: Set<Int> = []
    var result: [Int] = []
    for cell in changed {
      for instance in uses[cell] where seen.insert(instance).inserted {
        if !holds(instance, values) { result.append(instance) }
      }
    }
    return result
  }

  /// All instances that do not hold.
  func violations(_ values: [Fp]) -> [Int] {
    instances.indices.filter { !holds($0, values) }
  }
}

/// Writes statements out.
private struct Unroller {
  let cells: CellMap
  var instances: [StatementInstance] = []
  private var readsLeft = UnrolledSystem.maximalReads

  init(cells: CellMap) { self.cells = cells }

  mutating func add(_ equality: Equality, _ number: Int) throws(CircuitCheckError) {
    var place = [Int](repeating: 0, count: equality.indices.count)
    let domain = Array(0..<equality.domainRank)
    repeat {
      var sum = FormSum()
      for term in equality.terms { try add(term, of: equality, at: &place, to: &sum) }
      instances.append(
        StatementInstance(
          statement: number, position: Array(place.prefix(equality.domainRank)),
          claim: .zero(QuadraticForm(linear: sum.form, products: sum.products))))
    } while Self.advance(&place, along: domain, equality.indices)
  }

  mutating func add(_ lookup: Lookup, _ number: Int) throws(CircuitCheckError) {
    var place = [Int](repeating: 0, count: lookup.indices.count)
    let all = Array(lookup.indices.indices)
    repeat {
      var columns: [LinearForm] = []
      for column in lookup.columns { columns.append(try form(column, at: place)) }
      instances.append(
        StatementInstance(
          statement: number, position: place, claim: .row(columns: columns, table: lookup.table)))
    } while Self.advance(&place, along: all, lookup.indices)
  }

  private mutating func add(
    _ term: Equality.Term, of equality: Equality, at place: inout [Int],
    to sum: inout FormSum
  ) throws(CircuitCheckError) {
    let coefficient = Fp(term.coefficient)
    repeat {
      let first = try self.form(term.factors[0], at: place)
      guard term.factors.count == 2 else {
        sum.add(first, times: coefficient)
        continue
      }
      let second = try self.form(term.factors[1], at: place)
      if first.isConstant {
        sum.add(second, times: coefficient * first.constant)
      } else if second.isConstant {
        sum.add(first, times: coefficient * second.constant)
      } else {
        sum.products.append(.init(coefficient: coefficient, first: first, second: second))
      }
    } while Self.advance(&place, along: term.summed, equality.indices)
  }

  private mutating func form(
    _ expression: LinearExpression, at place: [Int]
  ) throws(CircuitCheckError) -> LinearForm {
    readsLeft -= 1 + expression.terms.count
    guard readsLeft >= 0 else { throw .tooLarge(UnrolledSystem.maximalReads) }
    var sum = FormSum()
    sum.constant = Fp(expression.constant)
    for term in expression.terms {
      let position = term.read.positions.map { $0.value(at: place) }
      guard let cell = cells.cell(term.read.tensor, at: position) else { continue }
      sum.add(cell, times: Fp(term.coefficient))
    }
    return sum.form
  }

  /// To the next values of some indices; false, and all zero, after the last.
  private static func advance(
    _ place: inout [Int], along list: [Int], _ indices: [StatementIndex]
  ) -> Bool {
    for index in list.reversed() {
      place[index] += 1
      if place[index] < indices[index].size { return true }
      place[index] = 0
    }
    return false
  }
}

/// A form that is being added up, in a time that grows with its terms.
private struct FormSum {
  var constant = Fp.zero
  var products: [QuadraticForm.Product] = []
  private var terms: [LinearForm.Term] = []
  private var places: [Int: Int] = [:]

  mutating func add(_ cell: Int, times coefficient: Fp) {
    if let place = places[cell] {
      terms[place].coefficient += coefficient
    } else {
      places[cell] = terms.count
      terms.append(.init(cell: cell, coefficient: coefficient))
    }
  }

  mutating func add(_ form: LinearForm, times factor: Fp) {
    constant += form.constant * factor
    for term in form.terms { add(term.cell, times: term.coefficient * factor) }
  }

  var form: LinearForm {
    LinearForm(constant: constant, terms: terms.filter { $0.coefficient != .zero })
  }
}

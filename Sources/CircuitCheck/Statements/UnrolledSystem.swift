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
    cells = CellMap(system)
    names = system.equalities.map(\.name) + system.lookups.map(\.name)
    do { tables = try FieldTables(of: system.tables) } catch { throw .evaluation(error) }
    var unroller = Unroller(cells: cells)
    for (number, equality) in system.equalities.enumerated() {
      try unroller.add(equality, number)
    }
    for (number, lookup) in system.lookups.enumerated() {
      try unroller.add(lookup, system.equalities.count + number, of: system)
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
    case .oneOf(let lists):
      lists.contains { forms in forms.allSatisfy { $0.value(values) == .zero } }
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

  mutating func add(
    _ lookup: Lookup, _ number: Int, of system: ConstraintSystem
  ) throws(CircuitCheckError) {
    if let table = system.rowTable(lookup.table) {
      return try add(lookup, number, in: table, of: system)
    }
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

  /// Each tuple is one of the rows; of a permutation each row is one of the tuples, which are as many.
  private mutating func add(
    _ lookup: Lookup, _ number: Int, in table: RowTable, of system: ConstraintSystem
  ) throws(CircuitCheckError) {
    let rank = system.tupleRank(of: lookup)
    let shared = system.sharedRank(of: lookup)
    var place = [Int](repeating: 0, count: lookup.indices.count)
    var tuples: [(position: [Int], numbers: [LinearForm])] = []
    repeat {
      var numbers = place.prefix(shared).map { LinearForm(constant: Fp($0)) }
      for column in lookup.columns.dropLast() { numbers.append(try form(column, at: place)) }
      tuples.append((Array(place.prefix(rank)), numbers))
      var lists: [[LinearForm]] = []
      var row = [Int](repeating: 0, count: table.indices.count)
      repeat {
        let differences = Self.differences(numbers, row)
        guard !differences.contains(where: \.isContradiction) else { continue }
        lists.append(try differences + values(lookup, table, place, row, rank))
      } while Self.advance(&row, along: Array(0..<table.rowRank), table.indices)
      add(number, Array(place.prefix(rank)), lists)
    } while Self.advance(&place, along: Array(0..<rank), lookup.indices)
    guard table.isPermutation else { return }
    var row = [Int](repeating: 0, count: table.rowRank)
    repeat {
      add(number, row, tuples.map { Self.differences($0.numbers, row) })
    } while Self.advance(&row, along: Array(row.indices), table.indices)
  }

  private mutating func add(_ number: Int, _ position: [Int], _ lists: [[LinearForm]]) {
    let possible = lists.filter { !$0.contains(where: \.isContradiction) }
    instances.append(
      StatementInstance(statement: number, position: position, claim: .oneOf(possible)))
  }

  private static func differences(_ numbers: [LinearForm], _ row: [Int]) -> [LinearForm] {
    zip(numbers, row).map { number, place in
      LinearForm(constant: number.constant - Fp(place), terms: number.terms)
    }
  }

  /// What the values of a tuple differ by from those of a row.
  private mutating func values(
    _ lookup: Lookup, _ table: RowTable, _ tuple: [Int], _ row: [Int], _ rank: Int
  ) throws(CircuitCheckError) -> [LinearForm] {
    guard let last = lookup.columns.last else { return [] }
    let columns = Array(rank..<lookup.indices.count)
    var differences: [LinearForm] = []
    var place = tuple
    repeat {
      let source = Array(row.prefix(table.rowRank)) + place.suffix(columns.count)
      var difference = try form(last, at: place)
      difference.add(try form(table.source, at: source), times: -.one)
      differences.append(difference)
    } while Self.advance(&place, along: columns, lookup.indices)
    return differences
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

extension LinearForm {
  /// Whether it is not zero, whatever the cells are.
  var isContradiction: Bool { isConstant && constant != .zero }
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

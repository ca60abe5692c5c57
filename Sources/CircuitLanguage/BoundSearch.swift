import ConstraintSystem

/// Finds out which of the bounds that circuits ask for take a lookup of their own, and which ranges have
/// to bound something themselves.
///
/// It follows the rules by which a verifier bounds tensors (`WitnessBounds`), with ranges that are asked
/// for in place of the lookups that they will become. Where it gets no further, it takes the first of
/// these that helps:
/// 1. a range that may be shown of a multiple of its value, which bounds nothing, is shown of the value
///    itself;
/// 2. a bound that was asked for becomes a lookup;
/// 3. as 1, of a value that was committed for the range's sake alone.
struct BoundSearch {
  private let system: ConstraintSystem
  private let ranges: [RangeRequest]
  private let bounds: [BoundRequest]
  /// For each public table, the range of each column.
  private let columns: [[IntegerInterval]]
  private(set) var intervals: [IntegerInterval?]
  /// Numbers of bounds that need a lookup.
  private(set) var needed: Set<Int>
  /// Numbers of ranges that are shown of the value itself.
  private(set) var unshifted: Set<Int> = []
  private let sources: [Source]
  private let plans: [RangePlan]
  /// Ranges that would bound something if they were shown of the value itself, in order: those of
  /// values that were committed for them, and others.
  private var waiting = [true: Queue(), false: Queue()]
  private var nextBound = 0

  private struct Queue {
    var ranges: [Int] = []
    var next = 0
  }

  private enum Source {
    case column(lookup: Int, place: Int)
    case range(Int)
    case equality(Int)
  }

  /// - Parameters:
  ///   - plans: for each range, how it will be shown.
  ///   - columns: for each public table, the range of each column.
  ///   - needed: bounds that are known to need a lookup.
  init(
    _ system: ConstraintSystem, _ deferred: Deferred, plans: [RangePlan],
    columns: [[IntegerInterval]], needed: Set<Int>
  ) {
    self.system = system
    self.plans = plans
    ranges = deferred.ranges
    bounds = deferred.bounds
    self.columns = columns
    self.needed = needed
    intervals = system.tensors.map { $0.role.isWitness ? nil : IntegerInterval($0.range) }
    var sources: [Source] = []
    for (number, lookup) in system.lookups.enumerated() {
      for place in lookup.columns.indices { sources.append(.column(lookup: number, place: place)) }
    }
    for number in ranges.indices { sources.append(.range(number)) }
    for number in system.equalities.indices { sources.append(.equality(number)) }
    self.sources = sources
    for number in sources.indices { boundDirectly(sources[number]) }
    for number in needed.sorted() { bound(number) }
    search()
  }

  private mutating func search() {
    var schedule = PassSchedule(statements: sources.count, tensors: intervals.count) {
      forEachUnknownRead(of: sources[$0], $1)
    }
    schedule.run { follow($0) }
    while let tensor = unstick(committed: false) ?? ask() ?? unstick(committed: true) {
      schedule.resume(tensor) { follow($0) }
    }
  }

  /// Bounds that something unbounded is left without, or that are too wide for a statement: of tensors
  /// that such a statement reads, if their own range is narrower than what is known.
  func missing() -> Set<Int> {
    var wide: Set<Int> = []
    for number in sources.indices where !staysBelowPrime(sources[number]) {
      forEachRead(of: sources[number]) { wide.insert($0) }
    }
    return Set(
      bounds.indices.filter { number in
        guard !needed.contains(number), wide.contains(bounds[number].tensor) else { return false }
        let known = intervals[bounds[number].tensor]
        return known.map { !bounds[number].range.contains($0.low...$0.high) } ?? true
      })
  }
}

// Bounds.
extension BoundSearch {
  /// The column's expression, the values that it may have, and its indices; nil where there is none, or
  /// nothing is known of the rows of tensors that it is looked up in.
  private func linear(
    _ source: Source
  ) -> (LinearExpression, IntegerInterval, [StatementIndex])? {
    switch source {
    case .column(let number, let place):
      let lookup = system.lookups[number]
      return range(ofColumn: place, lookup).map { (lookup.columns[place], $0, lookup.indices) }
    case .range(let number):
      let range = ranges[number]
      let size = plans[number].boundedSize(range.kind, isSingle: range.value.terms.count == 1)
      return (range.value, IntegerInterval(low: 0, high: size - 1), range.indices)
    case .equality: return nil
    }
  }

  private func range(ofColumn place: Int, _ lookup: Lookup) -> IntegerInterval? {
    guard let table = system.rowTable(lookup.table) else { return columns[lookup.table][place] }
    guard place == lookup.columns.count - 1 else {
      let index = table.indices[system.sharedRank(of: lookup) + place]
      return IntegerInterval(low: 0, high: index.size - 1)
    }
    return interval(table.source, table.indices)
  }

  /// The table of which the source holds what a column is looked up in; nil for other columns.
  private func rows(of source: Source) -> RowTable? {
    guard case .column(let number, let place) = source,
      place == system.lookups[number].columns.count - 1
    else { return nil }
    return system.rowTable(system.lookups[number].table)
  }

  /// Whether the range is shown of a multiple of its value, for all that is known so far.
  private func isShifted(_ source: Source) -> Bool {
    guard case .range(let number) = source else { return false }
    return plans[number].shift > 0 && !unshifted.contains(number)
  }

  private mutating func boundDirectly(_ source: Source) {
    guard !isShifted(source), rows(of: source) == nil,
      let (column, values, indices) = linear(source), column.terms.count == 1
    else { return }
    let read = column.terms[0].read
    guard system.tensors[read.tensor].role.isWitness,
      let found = solved(column.terms[0], .init(constant: column.constant), values, indices)
    else { return }
    let known = intervals[read.tensor] ?? found
    let (low, high) = (max(known.low, found.low), min(known.high, found.high))
    if low <= high { intervals[read.tensor] = IntegerInterval(low: low, high: high) }
  }

  /// By how many bits the value of a range may grow, for all that is known.
  func spareBits(ofRange number: Int) -> Int {
    guard let interval = interval(ranges[number].value, ranges[number].indices) else { return 0 }
    return RangeKind.spareBits(interval)
  }

  /// What a term may be worth when the rest of its column is known.
  private func solved(
    _ term: LinearExpression.Term, _ rest: LinearExpression, _ values: IntegerInterval,
    _ indices: [StatementIndex]
  ) -> IntegerInterval? {
    guard let others = interval(rest, indices)?.multiplied(by: -1) else { return nil }
    return values.adding(others).flatMap { solved(term, $0, indices) }
  }

  private func solved(
    _ term: LinearExpression.Term, _ value: IntegerInterval, _ indices: [StatementIndex]
  ) -> IntegerInterval? {
    guard term.coefficient.magnitude == 1, system.covers(term.read, indices),
      let interval = value.multiplied(by: term.coefficient),
      interval.magnitude <= (ConstraintSystemLimits.prime / 2).magnitude
    else { return nil }
    return interval
  }

  private func interval(
    _ expression: LinearExpression, _ indices: [StatementIndex]
  ) -> IntegerInterval? {
    expression.interval(
      indices: indices, shape: { system.tensors[$0].shape }, range: { intervals[$0] })
  }

  /// - Returns: the tensor that the statement bounds, the only one in it that was not.
  private mutating func follow(_ number: Int) -> Int? {
    guard case .equality(let equality) = sources[number] else {
      guard let (tensor, interval) = rest(of: sources[number]) else { return nil }
      if isShifted(sources[number]), case .range(let range) = sources[number] {
        waiting[ranges[range].isCommitted]?.ranges.append(range)
        return nil
      }
      intervals[tensor] = interval
      return tensor
    }
    return follow(system.equalities[equality])
  }

  private func rest(of source: Source) -> (tensor: Int, interval: IntegerInterval)? {
    guard case (var rest, let values, let indices)? = linear(source),
      let place = rest.terms.firstIndex(where: { intervals[$0.read.tensor] == nil })
    else { return nil }
    let term = rest.terms.remove(at: place)
    return solved(term, rest, values, indices).map { (term.read.tensor, $0) }
  }

  private mutating func follow(_ equality: Equality) -> Int? {
    var terms = equality.terms
    for (number, term) in terms.enumerated() where term.factors.count == 1 && term.summed.isEmpty {
      let places = term.factors[0].terms.indices
      guard
        let place = places.first(where: {
          intervals[term.factors[0].terms[$0].read.tensor] == nil
        })
      else { continue }
      var unknown = terms[number].factors[0].terms.remove(at: place)
      let (product, overflow) = unknown.coefficient.multipliedReportingOverflow(
        by: term.coefficient)
      unknown.coefficient = product
      guard !overflow, let rest = interval(terms, equality.indices)?.multiplied(by: -1),
        let interval = solved(unknown, rest, equality.indices)
      else { return nil }
      intervals[unknown.read.tensor] = interval
      return unknown.read.tensor
    }
    return nil
  }

  private func interval(
    _ terms: [Equality.Term], _ indices: [StatementIndex]
  ) -> IntegerInterval? {
    terms.interval(indices: indices) { interval($0, indices) }
  }
}

// What helps where nothing follows.
extension BoundSearch {
  private mutating func unstick(committed: Bool) -> Int? {
    while let queue = waiting[committed], queue.next < queue.ranges.count {
      let range = queue.ranges[queue.next]
      waiting[committed]?.next += 1
      guard let (tensor, interval) = rest(of: .range(range)) else { continue }
      unshifted.insert(range)
      intervals[tensor] = interval
      return tensor
    }
    return nil
  }

  /// The first bound of something unbounded becomes a lookup.
  private mutating func ask() -> Int? {
    while nextBound < bounds.count {
      let number = nextBound
      nextBound += 1
      guard intervals[bounds[number].tensor] == nil else { continue }
      bound(number)
      return bounds[number].tensor
    }
    return nil
  }

  private mutating func bound(_ number: Int) {
    needed.insert(number)
    let range = IntegerInterval(bounds[number].range)
    let known = intervals[bounds[number].tensor] ?? range
    let (low, high) = (max(known.low, range.low), min(known.high, range.high))
    if low <= high { intervals[bounds[number].tensor] = IntegerInterval(low: low, high: high) }
  }
}

// Statements.
extension BoundSearch {
  private func forEachRead(of source: Source, _ body: (Int) -> Void) {
    func visit(_ expression: LinearExpression) {
      for term in expression.terms { body(term.read.tensor) }
    }
    switch source {
    case .column(let number, let place):
      visit(system.lookups[number].columns[place])
      if let table = rows(of: source) { visit(table.source) }
    case .range(let number): visit(ranges[number].value)
    case .equality(let number):
      for term in system.equalities[number].terms { term.factors.forEach(visit) }
    }
  }

  private func forEachUnknownRead(of source: Source, _ body: (Int) -> Void) {
    forEachRead(of: source) { tensor in
      if intervals[tensor] == nil { body(tensor) }
    }
  }

  /// Whether what the statement says modulo the prime holds over the integers.
  private func staysBelowPrime(_ source: Source) -> Bool {
    let prime = ConstraintSystemLimits.prime.magnitude
    if let (column, values, indices) = linear(source) {
      let difference = interval(column, indices).flatMap { value in
        values.multiplied(by: -1).flatMap { value.adding($0) }
      }
      return difference.map { $0.magnitude < prime } ?? false
    }
    guard case .equality(let number) = source else { return false }
    let equality = system.equalities[number]
    if equality.terms.count == 1, equality.terms[0].summed.isEmpty {
      return equality.terms[0].factors.allSatisfy {
        interval($0, equality.indices).map { $0.magnitude < prime } ?? false
      }
    }
    return interval(equality.terms, equality.indices).map { $0.magnitude < prime } ?? false
  }
}

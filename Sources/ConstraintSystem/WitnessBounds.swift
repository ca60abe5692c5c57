/// What the statements say about the size of every tensor's values.
///
/// A value is an element of the field, and means the integer of least magnitude that it represents.
/// Model and public tensors are bounded by their declaration. One that is committed with the
/// witness, a private input too, is bounded
/// 1. by lookups of it alone, with the coefficient ±1, at positions that cover all of it: by the
///    table's column;
/// 2. by a lookup of a linear expression, or by an equality, in which it occurs once, with the
///    coefficient ±1, at positions that cover all of it, and in which everything else is bounded
///    already: by what the rest leaves over, if that is less than half the field. What rows of tensors
///    hold is such a part of the rest.
/// Both are sound because they only follow what holds modulo p; a tensor that neither bounds may
/// have legitimate uses, but `ConstraintSystem.validate` refuses it.
public struct WitnessBounds: Sendable {
  private let system: ConstraintSystem
  /// For each tensor; nil while nothing is known.
  public private(set) var intervals: [IntegerInterval?]
  /// For each public table, the range of each column.
  private var columns: [[IntegerInterval]] = []

  /// - Parameter trustsModel: whether a model tensor is known to lie in its declared range. One that
  ///   is not may hold any element of the field.
  /// - Throws: when a witness tensor stays unbounded. The system's structure must be sound.
  public init(
    of system: ConstraintSystem, trustsModel: Bool = true
  ) throws(ConstraintSystemError) {
    self.system = system
    let half = ConstraintSystemLimits.prime / 2
    let anything = IntegerInterval(low: -half, high: half)
    intervals = system.tensors.map { tensor in
      if tensor.role.isWitness { return nil }
      return trustsModel || tensor.role != .model ? IntegerInterval(tensor.range) : anything
    }
    for table in system.tables { columns.append(try table.columnRanges()) }
    for lookup in system.lookups { boundDirectly(lookup) }
    boundByRests()
    for (tensor, interval) in intervals.enumerated() where interval == nil {
      throw ConstraintSystemError(.unboundedWitness, system.tensors[tensor].name, detail: tensor)
    }
  }

  /// What the expression may be worth; nil when something in it is unbounded.
  func interval(_ expression: LinearExpression, _ indices: [StatementIndex]) -> IntegerInterval? {
    expression.interval(
      indices: indices, shape: { system.tensors[$0].shape }, range: { intervals[$0] })
  }

  func interval(_ terms: [Equality.Term], _ indices: [StatementIndex]) -> IntegerInterval? {
    terms.interval(indices: indices) { interval($0, indices) }
  }
}

// Columns.
extension WitnessBounds {
  /// What a column of a lookup may be worth if its tuples are rows of the table: nil while that is
  /// unknown. Rows are numbered from 0.
  private func range(ofColumn place: Int, _ lookup: Lookup) -> IntegerInterval? {
    guard let table = system.rowTable(lookup.table) else { return columns[lookup.table][place] }
    guard place == lookup.columns.count - 1 else {
      let index = table.indices[system.sharedRank(of: lookup) + place]
      return IntegerInterval(low: 0, high: Integer(index.size) - 1)
    }
    return interval(table.source, table.indices)
  }
}

// Rule 1.
extension WitnessBounds {
  private mutating func boundDirectly(_ lookup: Lookup) {
    // What rows hold may be unknown as yet.
    let places = lookup.columns.indices.dropLast(system.rowTable(lookup.table) == nil ? 0 : 1)
    for place in places where lookup.columns[place].terms.count == 1 {
      let column = lookup.columns[place]
      let term = column.terms[0]
      guard intervals[term.read.tensor] == nil || isWitness(term.read.tensor),
        let interval = remainder(term, LinearExpression(constant: column.constant), lookup, place)
      else { continue }
      let known = intervals[term.read.tensor] ?? interval
      let low = max(known.low, interval.low)
      let high = min(known.high, interval.high)
      if low <= high { intervals[term.read.tensor] = IntegerInterval(low: low, high: high) }
    }
  }

  private func isWitness(_ tensor: Int) -> Bool { system.tensors[tensor].role.isWitness }

  /// What a term may be worth when the rest of its column is known.
  private func remainder(
    _ term: LinearExpression.Term, _ rest: LinearExpression, _ lookup: Lookup, _ column: Int
  ) -> IntegerInterval? {
    guard let others = interval(rest, lookup.indices)?.multiplied(by: -1),
      let value = range(ofColumn: column, lookup)?.adding(others)
    else { return nil }
    return solved(term, value, lookup.indices)
  }

  /// The bounds of a tensor of which all values, times the coefficient, lie in the interval.
  private func solved(
    _ term: LinearExpression.Term, _ value: IntegerInterval, _ indices: [StatementIndex]
  ) -> IntegerInterval? {
    guard term.coefficient.magnitude == 1, system.covers(term.read, indices),
      let interval = value.multiplied(by: term.coefficient),
      interval.magnitude <= (ConstraintSystemLimits.prime / 2).magnitude
    else { return nil }
    return interval
  }
}

// Rule 2.
extension WitnessBounds {
  /// A lookup's column, or an equality.
  private enum Source {
    case column(lookup: Int, place: Int)
    case equality(Int)
  }

  private mutating func boundByRests() {
    var sources: [Source] = []
    for (number, lookup) in system.lookups.enumerated() {
      for place in lookup.columns.indices { sources.append(.column(lookup: number, place: place)) }
    }
    for number in system.equalities.indices { sources.append(.equality(number)) }
    var schedule = PassSchedule(statements: sources.count, tensors: intervals.count) {
      forEachUnknownRead(of: sources[$0], $1)
    }
    schedule.run { number in
      switch sources[number] {
      case .column(let lookup, let place): boundByRest(system.lookups[lookup], place)
      case .equality(let equality): boundByRest(system.equalities[equality])
      }
    }
  }

  private func forEachUnknownRead(of source: Source, _ body: (Int) -> Void) {
    func visit(_ expression: LinearExpression) {
      for term in expression.terms where intervals[term.read.tensor] == nil {
        body(term.read.tensor)
      }
    }
    switch source {
    case .column(let lookup, let place):
      let lookup = system.lookups[lookup]
      visit(lookup.columns[place])
      if let table = system.rowTable(lookup.table), place == lookup.columns.count - 1 {
        visit(table.source)
      }
    case .equality(let equality):
      for term in system.equalities[equality].terms { term.factors.forEach(visit) }
    }
  }

  /// - Returns: the tensor that is bounded, the only one in the column that was not.
  private mutating func boundByRest(_ lookup: Lookup, _ place: Int) -> Int? {
    var rest = lookup.columns[place]
    guard let unknown = rest.terms.firstIndex(where: { intervals[$0.read.tensor] == nil }) else {
      return nil
    }
    let term = rest.terms.remove(at: unknown)
    guard let interval = remainder(term, rest, lookup, place) else { return nil }
    intervals[term.read.tensor] = interval
    return term.read.tensor
  }

  /// - Returns: the tensor that is bounded, the only one in the equality that was not.
  private mutating func boundByRest(_ equality: Equality) -> Int? {
    var found: (term: Int, place: Int)?
    for (number, term) in equality.terms.enumerated() {
      for factor in term.factors {
        for (place, read) in factor.terms.enumerated() where intervals[read.read.tensor] == nil {
          guard found == nil, term.factors.count == 1, term.summed.isEmpty else { return nil }
          found = (number, place)
        }
      }
    }
    guard let found else { return nil }
    var terms = equality.terms
    var unknown = terms[found.term].factors[0].terms.remove(at: found.place)
    let (coefficient, overflow) = unknown.coefficient.multipliedReportingOverflow(
      by: terms[found.term].coefficient)
    unknown.coefficient = coefficient
    guard !overflow, let rest = interval(terms, equality.indices)?.multiplied(by: -1),
      let interval = solved(unknown, rest, equality.indices)
    else { return nil }
    intervals[unknown.read.tensor] = interval
    return unknown.read.tensor
  }
}

// What holds modulo p holds over the integers.
extension WitnessBounds {
  func check(_ equality: Equality) throws(ConstraintSystemError) {
    let prime = ConstraintSystemLimits.prime.magnitude
    if equality.terms.count == 1, equality.terms[0].summed.isEmpty,
      equality.terms[0].factors.count == 2
    {
      for factor in equality.terms[0].factors {
        guard let interval = interval(factor, equality.indices), interval.magnitude < prime else {
          throw ConstraintSystemError(.accumulatorTooLarge, equality.name)
        }
      }
      return
    }
    guard let interval = interval(equality.terms, equality.indices), interval.magnitude < prime
    else { throw ConstraintSystemError(.accumulatorTooLarge, equality.name) }
  }

  func check(_ lookup: Lookup) throws(ConstraintSystemError) {
    for (place, column) in lookup.columns.enumerated() {
      guard let value = interval(column, lookup.indices),
        let row = range(ofColumn: place, lookup)?.multiplied(by: -1),
        let difference = value.adding(row),
        difference.magnitude < ConstraintSystemLimits.prime.magnitude
      else { throw ConstraintSystemError(.lookupTooLarge, lookup.name) }
    }
  }
}

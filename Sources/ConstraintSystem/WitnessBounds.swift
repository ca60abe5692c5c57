/// What the statements say about the size of every tensor's values.
///
/// A value is an element of the field, and means the integer of least magnitude that it represents.
/// Model and public tensors are bounded by their declaration. One that is committed with the
/// witness, a private input too, is bounded
/// 1. by lookups of it alone, with the coefficient ±1, at positions that cover all of it: by the
///    table's column;
/// 2. by a lookup of a linear expression, or by an equality, in which it occurs once, with the
///    coefficient ±1, at positions that cover all of it, and in which everything else is bounded
///    already: by what the rest leaves over, if that is less than half the field.
/// Both are sound because they only follow what holds modulo p; a tensor that neither bounds may
/// have legitimate uses, but `ConstraintSystem.validate` refuses it.
public struct WitnessBounds: Sendable {
  private let system: ConstraintSystem
  /// For each tensor; nil while nothing is known.
  public private(set) var intervals: [IntegerInterval?]
  /// For each table, the range of each column.
  private var columns: [[IntegerInterval]] = []
  /// How often statements may unlock each other.
  private static let maximalPasses = 100

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
    for table in system.tables {
      var ranges = [IntegerInterval(low: table.first, high: table.first + Integer(table.rows) - 1)]
      for function in table.functions {
        guard let range = function.range(first: table.first, rows: table.rows) else {
          throw ConstraintSystemError(.tableValue, table.name)
        }
        ranges.append(range)
      }
      columns.append(ranges)
    }
    for lookup in system.lookups { boundDirectly(lookup) }
    var progress = true
    var passes = 0
    while progress && passes < Self.maximalPasses {
      progress = false
      passes += 1
      for lookup in system.lookups where boundByRest(lookup) { progress = true }
      for equality in system.equalities where boundByRest(equality) { progress = true }
    }
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
    var sum = IntegerInterval.zero
    for term in terms {
      var product = IntegerInterval(low: term.coefficient, high: term.coefficient)
      for factor in term.factors {
        guard let interval = interval(factor, indices), let next = product.multiplied(by: interval)
        else { return nil }
        product = next
      }
      for index in term.summed {
        guard let next = product.multiplied(by: Integer(indices[index].size)) else { return nil }
        product = next
      }
      guard let next = sum.adding(product) else { return nil }
      sum = next
    }
    return sum
  }
}

// Rule 1.
extension WitnessBounds {
  private mutating func boundDirectly(_ lookup: Lookup) {
    for (place, column) in lookup.columns.enumerated() where column.terms.count == 1 {
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
      let value = columns[lookup.table][column].adding(others)
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
  private mutating func boundByRest(_ lookup: Lookup) -> Bool {
    var progress = false
    for (place, column) in lookup.columns.enumerated() {
      let unknown = column.terms.indices.filter { intervals[column.terms[$0].read.tensor] == nil }
      guard unknown.count == 1 else { continue }
      var rest = column
      let term = rest.terms.remove(at: unknown[0])
      guard let interval = remainder(term, rest, lookup, place) else { continue }
      intervals[term.read.tensor] = interval
      progress = true
    }
    return progress
  }

  private mutating func boundByRest(_ equality: Equality) -> Bool {
    var found: (term: Int, place: Int)?
    for (number, term) in equality.terms.enumerated() {
      for factor in term.factors {
        for (place, read) in factor.terms.enumerated() where intervals[read.read.tensor] == nil {
          guard found == nil, term.factors.count == 1, term.summed.isEmpty else { return false }
          found = (number, place)
        }
      }
    }
    guard let found else { return false }
    var terms = equality.terms
    var unknown = terms[found.term].factors[0].terms.remove(at: found.place)
    let (coefficient, overflow) = unknown.coefficient.multipliedReportingOverflow(
      by: terms[found.term].coefficient)
    unknown.coefficient = coefficient
    guard !overflow, let rest = interval(terms, equality.indices)?.multiplied(by: -1),
      let interval = solved(unknown, rest, equality.indices)
    else { return false }
    intervals[unknown.read.tensor] = interval
    return true
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
        let row = columns[lookup.table][place].multiplied(by: -1),
        let difference = value.adding(row),
        difference.magnitude < ConstraintSystemLimits.prime.magnitude
      else { throw ConstraintSystemError(.lookupTooLarge, lookup.name) }
    }
  }
}

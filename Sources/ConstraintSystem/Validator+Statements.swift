extension ConstraintSystem {
  func checkStatements() throws(ConstraintSystemError) {
    var positions = BoundedTotal(limit: ConstraintSystemLimits.positionTotal)
    var looked = BoundedTotal(limit: ConstraintSystemLimits.lookups)
    var sizes = BoundedTotal(limit: ConstraintSystemLimits.indexTotal)
    var terms = BoundedTotal(limit: ConstraintSystemLimits.lookupTerms)
    for table in tables { try looked.add(Integer(table.rows), table.name) }
    for equality in equalities {
      try check(equality, &positions)
      for index in equality.indices { try sizes.add(Integer(index.size), equality.name) }
    }
    for table in rowTables {
      try check(table, &positions)
      try addLeaves(
        table.indices, rank: table.rowRank, reads: table.source.terms.count, table.name, &sizes,
        &terms, &looked)
    }
    for lookup in lookups {
      try check(lookup, &positions)
      try addLeaves(
        lookup.indices, rank: tupleRank(of: lookup),
        reads: lookup.columns.reduce(0) { $0 + $1.terms.count }, lookup.name, &sizes, &terms,
        &looked)
    }
  }

  /// Adds what a lookup, or a table of rows, is as leaves.
  /// - Parameter rank: how many of the indices tell the leaves apart.
  private func addLeaves(
    _ indices: [StatementIndex], rank: Int, reads: Int, _ name: String, _ sizes: inout BoundedTotal,
    _ terms: inout BoundedTotal, _ looked: inout BoundedTotal
  ) throws(ConstraintSystemError) {
    for index in indices { try sizes.add(Integer(index.size), name) }
    let leaves = indices.prefix(rank).map { $0.size }
    let boxes = boundedProduct(
      leaves.map { $0.nonzeroBitCount }, limit: ConstraintSystemLimits.boxes)
    let (amount, overflow) = (boxes ?? .max).multipliedReportingOverflow(by: Integer(1 + reads))
    try terms.add(overflow ? .max : amount, name)
    try looked.add(boundedProduct(leaves, limit: ConstraintSystemLimits.lookups) ?? .max, name)
  }

  private func check(
    _ indices: [StatementIndex], _ name: String
  ) throws(ConstraintSystemError) {
    for index in indices where index.size < 1 || index.size > ConstraintSystemLimits.indexSize {
      throw ConstraintSystemError(.indexSize, name, detail: index.size)
    }
    let sizes = indices.map { $0.size }
    guard indices.count <= ConstraintSystemLimits.indices,
      boundedProduct(sizes, limit: ConstraintSystemLimits.statementSize) != nil
    else { throw ConstraintSystemError(.tooLarge, name) }
  }

  private func check(
    _ equality: Equality, _ positions: inout BoundedTotal
  ) throws(ConstraintSystemError) {
    try check(equality.indices, equality.name)
    guard equality.domainRank >= 0, equality.domainRank <= equality.indices.count else {
      throw ConstraintSystemError(.domainRank, equality.name, detail: equality.domainRank)
    }
    for term in equality.terms {
      try checkCoefficient(term.coefficient, equality.name)
      guard term.factors.count == 1 || term.factors.count == 2 else {
        throw ConstraintSystemError(.factorCount, equality.name, detail: term.factors.count)
      }
      for (place, index) in term.summed.enumerated() {
        guard index >= equality.domainRank, index < equality.indices.count,
          place == 0 || term.summed[place - 1] < index
        else { throw ConstraintSystemError(.summedIndices, equality.name, detail: index) }
      }
      for factor in term.factors {
        try check(factor, equality.indices, equality.name, &positions) { index in
          index < equality.domainRank || term.summed.contains(index)
        }
      }
      try checkModelReads(term, equality)
    }
  }

  private func check(
    _ lookup: Lookup, _ positions: inout BoundedTotal
  ) throws(ConstraintSystemError) {
    try check(lookup.indices, lookup.name)
    guard lookup.table >= 0, lookup.table < tableCount else {
      throw ConstraintSystemError(.unknownTable, lookup.name, detail: lookup.table)
    }
    if let table = rowTable(lookup.table) {
      try check(lookup, in: table)
    } else if lookup.columns.count != tables[lookup.table].columnCount {
      throw ConstraintSystemError(.columnCount, lookup.name, detail: lookup.columns.count)
    }
    let rank = tupleRank(of: lookup)
    for (place, column) in lookup.columns.enumerated() {
      let isLast = place == lookup.columns.count - 1
      try check(column, lookup.indices, lookup.name, &positions) { isLast || $0 < rank }
      for term in column.terms where tensors[term.read.tensor].role == .model {
        throw ConstraintSystemError(.modelLookup, lookup.name, detail: term.read.tensor)
      }
    }
  }

  /// The indices that a lookup and a table of rows have in common are of one length.
  private func check(_ lookup: Lookup, in table: RowTable) throws(ConstraintSystemError) {
    let tuples = lookup.indices.count - table.columnRank
    let shared = table.width - lookup.columns.count
    guard lookup.columns.count >= 1, shared >= 0, shared <= tuples else {
      throw ConstraintSystemError(.columnCount, lookup.name, detail: lookup.columns.count)
    }
    let own = lookup.indices.prefix(shared) + lookup.indices.suffix(table.columnRank)
    let others = table.indices.prefix(shared) + table.indices.suffix(table.columnRank)
    for (index, other) in zip(own, others) where index.size != other.size {
      throw ConstraintSystemError(.rowSizes, lookup.name, detail: index.size)
    }
  }

  private func check(
    _ table: RowTable, _ positions: inout BoundedTotal
  ) throws(ConstraintSystemError) {
    try check(table.indices, table.name)
    try check(table.source, table.indices, table.name, &positions) { _ in true }
    var lane: Int?
    for term in table.source.terms where tensors[term.read.tensor].role == .model {
      guard let first = term.read.positions.first, first.constant == 0, first.terms.count == 1,
        first.terms[0].coefficient == 1, first.terms[0].index >= table.rowRank,
        lane == nil || lane == first.terms[0].index,
        table.indices[first.terms[0].index].size == tensors[term.read.tensor].shape[0]
      else { throw ConstraintSystemError(.rowModelRead, table.name, detail: term.read.tensor) }
      lane = first.terms[0].index
    }
  }

  private func checkCoefficient(
    _ coefficient: Integer, _ name: String
  ) throws(ConstraintSystemError) {
    guard coefficient != 0 else { throw ConstraintSystemError(.coefficientIsZero, name) }
    guard coefficient.magnitude <= ConstraintSystemLimits.value.magnitude else {
      throw ConstraintSystemError(.valueTooLarge, name, detail: coefficient)
    }
  }

  private func check(
    _ expression: LinearExpression, _ indices: [StatementIndex], _ name: String,
    _ positions: inout BoundedTotal, mayRead: (Int) -> Bool
  ) throws(ConstraintSystemError) {
    guard expression.constant.magnitude <= ConstraintSystemLimits.value.magnitude else {
      throw ConstraintSystemError(.valueTooLarge, name, detail: expression.constant)
    }
    for term in expression.terms {
      try checkCoefficient(term.coefficient, name)
      try check(term.read, indices, name, &positions, mayRead: mayRead)
    }
  }

  private func check(
    _ read: TensorRead, _ indices: [StatementIndex], _ name: String,
    _ positions: inout BoundedTotal, mayRead: (Int) -> Bool
  ) throws(ConstraintSystemError) {
    guard tensors.indices.contains(read.tensor) else {
      throw ConstraintSystemError(.unknownTensor, name, detail: read.tensor)
    }
    guard read.positions.count == tensors[read.tensor].shape.count else {
      throw ConstraintSystemError(.rank, name, detail: read.positions.count)
    }
    var seen = [Bool](repeating: false, count: indices.count)
    for (position, size) in zip(read.positions, tensors[read.tensor].shape) {
      for term in position.terms {
        guard indices.indices.contains(term.index), mayRead(term.index) else {
          throw ConstraintSystemError(.unknownIndex, name, detail: term.index)
        }
      }
      let isOrdered = zip(position.terms, position.terms.dropFirst()).allSatisfy {
        $0.index < $1.index
      }
      guard isOrdered else { throw ConstraintSystemError(.termsUnordered, name) }
      for term in position.terms {
        guard !seen[term.index] else {
          throw ConstraintSystemError(.repeatedIndex, name, detail: term.index)
        }
        seen[term.index] = true
      }
      let extent = try extent(of: position, indices, name)
      try positions.add(min(extent, Integer(size)), name)
    }
  }

  /// How many values a position may take from its least to its greatest.
  private func extent(
    of position: AffineIndex, _ indices: [StatementIndex], _ name: String
  ) throws(ConstraintSystemError) -> Integer {
    let limit = ConstraintSystemLimits.position
    let shift = Integer(position.constant).magnitude
    guard shift <= limit.magnitude else {
      throw ConstraintSystemError(.positionTooLarge, name, detail: position.constant)
    }
    var length: Integer = 1
    for term in position.terms {
      guard term.coefficient != 0 else { throw ConstraintSystemError(.coefficientIsZero, name) }
      let steps = [Int(clamping: term.coefficient.magnitude), indices[term.index].size - 1]
      guard let reach = boundedProduct(steps, limit: limit),
        reach <= limit - length - Integer(shift)
      else { throw ConstraintSystemError(.positionTooLarge, name) }
      length += reach
    }
    return length
  }

  /// The rule of `Equality.Term.factors`.
  private func checkModelReads(
    _ term: Equality.Term, _ equality: Equality
  ) throws(ConstraintSystemError) {
    let readsModel = term.factors.map { factor in
      factor.terms.contains { tensors[$0.read.tensor].role == .model }
    }
    let refusal = ConstraintSystemError(.modelRead, equality.name)
    guard readsModel.filter({ $0 }).count < 2 else { throw refusal }
    for (place, factor) in term.factors.enumerated() where readsModel[place] {
      for read in factor.terms where tensors[read.read.tensor].role == .model {
        guard let first = read.read.positions.first, first.constant == 0,
          first.terms.count == 1, first.terms[0].coefficient == 1,
          first.terms[0].index < equality.domainRank
        else { throw refusal }
        guard term.factors.count == 2 else { continue }
        guard factor.terms.count == 1, factor.constant == 0, read.coefficient == 1 else {
          throw refusal
        }
        let lane = first.terms[0].index
        for other in term.factors[1 - place].terms {
          for position in other.read.positions
          where position.terms.contains(where: { $0.index == lane }) { throw refusal }
        }
      }
    }
  }
}

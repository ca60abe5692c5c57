extension ConstraintSystem {
  /// The statement that so many inferences satisfy this system, each for itself: the system with a
  /// leading axis `batch` in every tensor that an inference has of its own, and a leading index of
  /// that size in every statement about such tensors (`Paper/` section 3.8).
  ///
  /// The model is the same for all samples, and so are witness tensors that the model determines,
  /// such as the copies of weights that some layers read: they stay as they are, once for all. Model
  /// tensors keep their numbers and their order, and with them the model's layout. A batch of one is
  /// the system itself.
  ///
  /// - Parameter count: from 1 to `ConstraintSystemLimits.indexSize`.
  /// - Throws: `batchSize`, or the limit of `validate` that so many samples exceed. The system
  ///   itself must be valid.
  public func batched(_ count: Int) throws(ConstraintSystemError) -> ConstraintSystem {
    guard count >= 1, count <= ConstraintSystemLimits.indexSize else {
      throw ConstraintSystemError(.batchSize, detail: count)
    }
    guard count > 1 else { return self }
    let batch = Batch(
      index: StatementIndex(name: "batch", size: count), isCommon: commonTensors(), system: self)
    var result = self
    for tensor in tensors.indices where !batch.isCommon[tensor] {
      result.tensors[tensor].shape.insert(count, at: 0)
    }
    result.equalities = equalities.map { batch.applied(to: $0) }
    result.rowTables = batch.ownTables.enumerated().map {
      $1 ? batch.applied(to: rowTables[$0]) : rowTables[$0]
    }
    result.lookups = lookups.map { batch.applied(to: $0) }
    try result.validate()
    return result
  }

  /// For each tensor whether all inferences have it in common: those of the model, and, in turn,
  /// every witness tensor that an equality expresses by such tensors alone.
  func commonTensors() -> [Bool] {
    var isCommon = tensors.map { $0.role == .model }
    var schedule = PassSchedule(statements: equalities.count, tensors: tensors.count) {
      for term in equalities[$0].terms {
        for factor in term.factors {
          for part in factor.terms where tensors[part.read.tensor].role != .model {
            $1(part.read.tensor)
          }
        }
      }
    }
    schedule.run { number in
      let tensor = determinedTensor(of: equalities[number], isCommon)
      if let tensor { isCommon[tensor] = true }
      return tensor
    }
    return isCommon
  }

  /// The only tensor of the equality that is not common to all inferences, if the equality leaves no
  /// element of it a choice.
  private func determinedTensor(of equality: Equality, _ isCommon: [Bool]) -> Int? {
    var found: Int?
    for term in equality.terms {
      for factor in term.factors {
        for part in factor.terms where !isCommon[part.read.tensor] {
          guard found == nil, term.factors.count == 1, term.summed.isEmpty,
            tensors[part.read.tensor].role == .witness, covers(part.read, equality.indices)
          else { return nil }
          found = part.read.tensor
        }
      }
    }
    return found
  }
}

/// Puts an index in front of those of a statement.
private struct Batch {
  let index: StatementIndex
  /// By tensor; these have no axis for the index.
  let isCommon: [Bool]
  /// For each table of rows whether each inference has its own.
  let ownTables: [Bool]
  private let system: ConstraintSystem

  init(index: StatementIndex, isCommon: [Bool], system: ConstraintSystem) {
    self.index = index
    self.isCommon = isCommon
    self.system = system
    func readsOwn(_ expression: LinearExpression) -> Bool {
      expression.terms.contains { !isCommon[$0.read.tensor] }
    }
    var ownLookups: Set<Int> = []
    for lookup in system.lookups where lookup.columns.contains(where: readsOwn) {
      ownLookups.insert(lookup.table)
    }
    ownTables = system.rowTables.enumerated().map { number, table in
      readsOwn(table.source)
        || table.isPermutation && ownLookups.contains(system.tables.count + number)
    }
  }

  func applied(to equality: Equality) -> Equality {
    guard equality.terms.contains(where: { $0.factors.contains(where: readsOwn) }) else {
      return equality
    }
    var result = equality
    result.indices.insert(index, at: 0)
    result.domainRank += 1
    result.terms = equality.terms.map { term in
      Equality.Term(
        coefficient: term.coefficient, summed: term.summed.map { $0 + 1 },
        factors: term.factors.map { applied($0) })
    }
    return result
  }

  func applied(to table: RowTable) -> RowTable {
    var result = table
    result.indices.insert(index, at: 0)
    result.rowRank += 1
    result.source = applied(table.source)
    return result
  }

  /// The index is the first number of the rows of a table of the inference's own. Where all have the
  /// rows in common, it stands behind the indices that number them.
  func applied(to lookup: Lookup) -> Lookup {
    let isOwn = lookup.table >= system.tables.count && ownTables[lookup.table - system.tables.count]
    guard isOwn || lookup.columns.contains(where: readsOwn) else { return lookup }
    let place = isOwn ? 0 : system.sharedRank(of: lookup)
    var result = lookup
    result.indices.insert(index, at: place)
    result.columns = lookup.columns.map { applied($0, at: place) }
    return result
  }

  private func readsOwn(_ expression: LinearExpression) -> Bool {
    expression.terms.contains { !isCommon[$0.read.tensor] }
  }

  /// - Parameter place: where the index stands among the statement's.
  private func applied(_ expression: LinearExpression, at place: Int = 0) -> LinearExpression {
    LinearExpression(
      constant: expression.constant,
      terms: expression.terms.map {
        .init(coefficient: $0.coefficient, read: applied($0.read, at: place))
      })
  }

  private func applied(_ read: TensorRead, at place: Int) -> TensorRead {
    var positions = read.positions.map { position in
      AffineIndex(
        constant: position.constant,
        terms: position.terms.map {
          .init(index: $0.index < place ? $0.index : $0.index + 1, coefficient: $0.coefficient)
        })
    }
    if !isCommon[read.tensor] { positions.insert(AffineIndex(index: place), at: 0) }
    return TensorRead(tensor: read.tensor, positions: positions)
  }
}

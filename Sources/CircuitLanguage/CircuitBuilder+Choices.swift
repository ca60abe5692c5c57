import ConstraintSystem

// `either { … } or { … }`.
extension CircuitBuilder {
  /// Adds the statements of one branch of each choice.
  ///
  /// Choices that are alike take the same one. Beginning with all first ones, and again with all last
  /// ones, each kind of choice in turn takes what is cheapest beside the others.
  mutating func takeChoices() throws(CircuitLanguageError) {
    guard !deferred.choices.isEmpty else { return }
    let groups = Dictionary(grouping: deferred.choices, by: \.group)
    let names = groups.keys.sorted()
    let branchCount = groups.mapValues { $0[0].branches.count }
    var best: (cost: Int, taken: [String: Int])?
    for start in [0, Int.max] {
      var taken = branchCount.mapValues { min(start, $0 - 1) }
      var cost = try self.cost(groups, taken)
      for name in names {
        for branch in 0..<(branchCount[name] ?? 0) where branch != taken[name] {
          var other = taken
          other[name] = branch
          let next = try self.cost(groups, other)
          if next < cost { (cost, taken) = (next, other) }
        }
      }
      if best.map({ cost < $0.cost }) ?? true { best = (cost, taken) }
    }
    for choice in deferred.choices {
      try add(choice.branches[best?.taken[choice.group] ?? 0], choice.origin)
    }
    deferred.choices = []
  }

  private mutating func cost(
    _ groups: [String: [StatementChoice]], _ taken: [String: Int]
  ) throws(CircuitLanguageError) -> Int {
    var tables: Set<ResolvedTable> = []
    var ranges: [RangeRequest] = []
    var cost = 0
    for (name, choices) in groups {
      try charge(choices.count)
      for choice in choices {
        let branch = choice.branches[taken[name] ?? 0]
        ranges += branch.ranges
        for (lookup, table) in branch.lookups {
          tables.insert(table)
          cost += RangeCost.statement + lookup.indices.saturatingCount
        }
        for equality in branch.equalities where equality.terms.contains(where: \.isProduct) {
          cost += equality.indices[..<equality.domainRank].saturatingCount
        }
      }
    }
    for table in tables where resolvedTables[table] == nil { cost += RangeCost.row * table.rows }
    return cost + (try cheapest(demands(ranges)).cost)
  }

  private mutating func add(
    _ branch: StatementChoice.Branch, _ origin: Origin
  ) throws(CircuitLanguageError) {
    let (lookups, equalities) = (system.lookups.count, system.equalities.count)
    let tensors = system.tensors.count
    for (lookup, table) in branch.lookups { try addLookup(lookup, in: table) }
    for equality in branch.equalities { try addEquality(equality) }
    deferred.ranges += branch.ranges
    lateAdditions.append(
      LateAddition(
        origin: origin, tensors: tensors..<tensors,
        equalities: equalities..<system.equalities.count, lookups: lookups..<system.lookups.count))
  }
}

extension Equality.Term {
  fileprivate var isProduct: Bool { factors.count == 2 }
}

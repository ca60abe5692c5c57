import ConstraintSystem

// What was asked for becomes statements.
extension CircuitBuilder {
  /// Puts everything that was left open into statements: of each choice the one that costs less, ranges
  /// as lookups in tables and limbs (`RangeCost`), and bounds of what nothing else bounds. It hangs on
  /// what was added so far and on nothing else, so that whoever takes the same steps again gets the same
  /// statements.
  ///
  /// Nothing can be added afterwards. `finish` does it too; whoever wants to know `instances` first may
  /// call it before.
  public mutating func settle() throws(CircuitLanguageError) {
    guard !isSettled else { return }
    try takeChoices()
    dropShownRanges()
    let plans = try decideBounds()
    isSettled = true
    for (range, plan) in zip(deferred.ranges, plans) { try show(range, plan) }
    insertLateSteps()
    for late in lateAdditions where instances.indices.contains(late.origin.instance) {
      instances[late.origin.instance].add(
        witnessCells: system.tensors[late.tensors].map { $0.shape.saturatingProduct },
        lookups: system.lookups[late.lookups].map { tupleCount(of: $0) },
        equalities: system.equalities[late.equalities].map {
          $0.indices[..<$0.domainRank].saturatingCount
        })
    }
  }

  /// What the ranges cost that are asked for, with others besides.
  func demands(_ others: [RangeRequest] = []) -> [RangeKind: RangeCost.Demand] {
    var demands: [RangeKind: RangeCost.Demand] = [:]
    for range in deferred.ranges { demands[range.kind, default: .init()].add(tuples: range.count) }
    for range in others { demands[range.kind, default: .init()].add(tuples: range.count) }
    return demands
  }

  /// The cheapest way to show all of it.
  mutating func cheapest(
    _ demands: [RangeKind: RangeCost.Demand]
  ) throws(CircuitLanguageError) -> RangeCost.Choice {
    try charge(demands.count << 10)
    guard let choice = RangeCost.cheapest(demands, &planners) else {
      throw CircuitLanguageError("a range is too large to be looked up")
    }
    return choice
  }
}

// Ranges that tables show.
extension CircuitBuilder {
  /// Leaves out the ranges of tensors that a table has as its arguments, where no row has one beyond the
  /// range: that each element is an argument is a statement already.
  private mutating func dropShownRanges() {
    var arguments: [Int: ClosedRange<Int>] = [:]
    for lookup in system.lookups where lookup.table < system.tables.count {
      let table = system.tables[lookup.table]
      guard let term = lookup.columns[0].terms.first, lookup.columns[0].terms.count == 1,
        term.coefficient == 1, lookup.columns[0].constant == 0,
        system.covers(term.read, lookup.indices)
      else { continue }
      let own = table.first...table.first + table.rows - 1
      let known = arguments[term.read.tensor] ?? own
      arguments[term.read.tensor] = known.clamped(to: own)
    }
    deferred.ranges.removeAll { request in
      guard let term = request.value.terms.first, request.value.terms.count == 1,
        term.coefficient.magnitude == 1, let known = arguments[term.read.tensor]
      else { return false }
      // What is read outside of the tensor is 0.
      let ends = [known.lowerBound, known.upperBound, 0].map {
        term.coefficient * $0 + request.value.constant
      }
      return ends.allSatisfy { (0..<request.kind.size).contains($0) }
    }
  }
}

// Bounds.
extension CircuitBuilder {
  private static let maximalRounds = 8

  /// Adds ranges for the bounds that need one.
  ///
  /// Which they are hangs on how ranges are shown, and that on which ranges there are: so both are
  /// decided in turn, until nothing changes. A verifier takes the first statement that bounds a tensor:
  /// what would be too wide by the others is bounded in front of them.
  /// - Returns: how each range is shown.
  private mutating func decideBounds() throws(CircuitLanguageError) -> [RangePlan] {
    var columns: [[IntegerInterval]] = []
    for table in system.tables {
      let first = IntegerInterval(table.first...table.first + table.rows - 1)
      columns.append(
        [first]
          + table.columns.map { IntegerInterval(($0.min() ?? 0)...($0.max() ?? 0)) })
    }
    let asked = deferred
    var needed: Set<Int> = []
    var early: Set<Int> = []
    for round in 0... {
      if round == Self.maximalRounds {
        needed = Set(asked.bounds.indices)
        for number in deferred.ranges.indices { deferred.ranges[number].kind.spareBits = 0 }
      }
      let order = needed.intersection(early).sorted() + needed.subtracting(early).sorted()
      let bounds = order.map { asked.bounds[$0].request(in: system) }
      let kinds = try cheapest(demands(bounds)).plans
      let plans = deferred.ranges.map { kinds[$0.kind] ?? RangePlan(top: 1, rows: 1) }
      try charge(system.partCount + deferred.ranges.reduce(0) { $0 + 1 + $1.value.terms.count })
      let search = BoundSearch(
        numberedSystem, deferred, plans: plans, columns: columns, needed: needed)
      let missing = search.missing()
      early.formUnion(missing)
      let wanted = search.needed.union(missing)
      let isUnchanged = !limitShifts(by: search) && wanted == needed
      if isUnchanged || round == Self.maximalRounds {
        let shown = bounds.map { kinds[$0.kind] ?? RangePlan(top: 1, rows: 1) }
        let front = needed.intersection(early).count
        deferred.ranges = bounds[..<front] + deferred.ranges + bounds[front...]
        return shown[..<front] + plans + shown[front...]
      }
      needed = wanted
    }
    return []
  }

  /// - Returns: whether a range may be shown of smaller multiples only than was thought.
  private mutating func limitShifts(by search: BoundSearch) -> Bool {
    var changes = false
    for number in deferred.ranges.indices where deferred.ranges[number].kind.spareBits > 0 {
      let known = search.unshifted.contains(number) ? 0 : search.spareBits(ofRange: number)
      if known < deferred.ranges[number].kind.spareBits {
        deferred.ranges[number].kind.spareBits = known
        changes = true
      }
    }
    return changes
  }
}

extension BoundRequest {
  /// The range of all of the tensor.
  func request(in system: ConstraintSystem) -> RangeRequest {
    let shape = system.tensors[tensor].shape
    let read = TensorRead(tensor: tensor, positions: shape.indices.map { AffineIndex(index: $0) })
    var value = LinearExpression(read)
    value.constant = -range.lowerBound
    return RangeRequest(
      origin: origin,
      indices: shape.enumerated().map { StatementIndex(name: "i\($0.offset)", size: $0.element) },
      value: value,
      kind: RangeKind(
        size: max(2, range.upperBound - range.lowerBound + 1), isLoose: false, spareBits: 0))
  }
}

// Statements.
extension CircuitBuilder {
  private mutating func show(
    _ request: RangeRequest, _ plan: RangePlan
  ) throws(CircuitLanguageError) {
    let (tensors, lookups) = (system.tensors.count, system.lookups.count)
    let equalities = system.equalities.count
    guard let value = request.value.multiplied(by: 1 << plan.shift) else {
      throw CircuitLanguageError("a coefficient leaves the 64-bit integers")
    }
    try showChain(value, request, plan)
    if plan.isDouble {
      guard var rest = request.value.multiplied(by: -1) else {
        throw CircuitLanguageError("a coefficient leaves the 64-bit integers")
      }
      rest.constant += request.kind.size - 1
      try showChain(rest, request, plan)
    }
    lateAdditions.append(
      LateAddition(
        origin: request.origin, tensors: tensors..<system.tensors.count,
        equalities: equalities..<system.equalities.count, lookups: lookups..<system.lookups.count))
  }

  private mutating func showChain(
    _ value: LinearExpression, _ request: RangeRequest, _ plan: RangePlan
  ) throws(CircuitLanguageError) {
    var rest = value
    var place = 0
    var last = value
    for (number, bits) in plan.limbs.enumerated() {
      place += bits
      let isTop = number + 1 == plan.limbs.count
      let limb = try addLimb(
        value, place, size: isTop ? plan.top : 1 << plan.limbs[number + 1], isTop: isTop,
        number: number + 1, request)
      guard let part = limb.multiplied(by: -(1 << place)), let less = rest.adding(part) else {
        throw CircuitLanguageError("a coefficient leaves the 64-bit integers")
      }
      rest = less
      if !isTop { try look(up: limb, rows: 1 << plan.limbs[number + 1], request) }
      last = limb
    }
    if let bits = plan.limbs.first { try look(up: rest, rows: 1 << bits, request) }
    try look(up: last, rows: plan.rows, request)
    guard plan.top < plan.rows else { return }
    guard var above = last.multiplied(by: -1) else {
      throw CircuitLanguageError("a coefficient leaves the 64-bit integers")
    }
    above.constant += plan.top - 1
    try look(up: above, rows: plan.rows, request)
  }

  /// Commits ⌊value / 2^place⌋, or what it leaves of `size`.
  private mutating func addLimb(
    _ value: LinearExpression, _ place: Int, size: Int, isTop: Bool, number: Int,
    _ request: RangeRequest
  ) throws(CircuitLanguageError) -> LinearExpression {
    let shape = request.indices.map(\.size)
    try checkSizes(shape)
    let tensor = addWitness(
      name: "\(request.origin.layer).limb\(number)", shape: shape, range: 0...size - 1,
      fractionalBits: 0)
    let shifted = HintExpression.floorDivide(HintExpression(value), .constant(1 << place))
    lateSteps.append(
      (
        request.origin.programLength,
        .init(
          name: request.origin.name, target: tensor, indices: request.indices,
          computation: .expression(
            isTop ? shifted : .remainder(shifted, .constant(size))))
      ))
    return LinearExpression(
      TensorRead(tensor: tensor, positions: shape.indices.map { AffineIndex(index: $0) }))
  }

  private mutating func look(
    up value: LinearExpression, rows: Int, _ request: RangeRequest
  ) throws(CircuitLanguageError) {
    try addLookup(
      Lookup(name: request.origin.name, indices: request.indices, columns: [value], table: 0),
      in: .range(rows))
  }

  /// Limbs are computed right behind what they are of.
  private mutating func insertLateSteps() {
    var steps: [WitnessProgram.Step] = []
    var next = 0
    let late = lateSteps.enumerated().sorted {
      ($0.element.place, $0.offset) < ($1.element.place, $1.offset)
    }
    for (_, (place, step)) in late {
      while next < place {
        steps.append(program.steps[next])
        next += 1
      }
      steps.append(step)
    }
    program.steps = steps + program.steps[next...]
    lateSteps = []
  }
}

extension GroupShape {
  /// The number of positions of a group that its code needs to be opened.
  ///
  /// The parameters here and below are those of `OpeningParameters.derive`.
  public func queries(
    targetBits: Int = 128, inverseRateLog: Int = 2, queryWork: Int = 0
  ) -> Int {
    ParameterSearch(
      targetBits: targetBits, queryWork: queryWork, inverseRateLog: inverseRateLog
    ).queries(self)
  }

  /// The shape with the shortest tail, a power of two, that hides committed data in a number of
  /// openings.
  /// - Parameters:
  ///   - openings: at least 1.
  ///   - queries: the number of positions that other groups need, which are opened of this one too.
  ///   - reserved: how many positions may be opened besides.
  /// - Throws: `tooLarge` if no tail is long enough, `tooFewLanes` if a leaf holds too little to be
  ///   hidden by a hash.
  public func hidingCommitted(
    openings: Int, queries: Int = 0, reserved: Int = 0, targetBits: Int = 128,
    inverseRateLog: Int = 2, queryWork: Int = 0
  ) throws(ParameterError) -> GroupShape {
    precondition(openings > 0, "a commitment that is never opened")
    guard lanes >= OpeningParameters.Hiding.leastLanes else { throw .tooFewLanes }
    let search = ParameterSearch(
      targetBits: targetBits, queryWork: queryWork, inverseRateLog: inverseRateLog)
    let shape = withTail {
      $0.tail - 1 >= openings * max(queries, search.queries($0)) + reserved
    }
    guard let shape else { throw .tooLarge }
    return shape
  }

  /// The witness's shape that hides it and the groups that it is opened with: with the shortest
  /// tail, a power of two, behind which one random coefficient more is left than positions are
  /// opened; with as many lanes as hide closed leaves; and with as many rows as it takes for the
  /// witness's code to be as long as those of the groups whose masks it holds.
  /// - Parameters:
  ///   - committed: the groups, with their tails; one without a tail needs no mask.
  ///   - mostQueries: the number of positions that the groups' tails allow for. Rows are added until
  ///     no more are opened.
  /// - Throws: `tooLarge` if no shape will do.
  public func hidingWitness(
    beside committed: [GroupShape] = [], mostQueries: Int = .max, targetBits: Int = 128,
    inverseRateLog: Int = 2, queryWork: Int = 0
  ) throws(ParameterError) -> GroupShape {
    let search = ParameterSearch(
      targetBits: targetBits, queryWork: queryWork, inverseRateLog: inverseRateLog)
    var (others, domainLog) = (0, 0)
    for group in committed {
      others = max(others, search.queries(group))
      if group.tail > 0 { domainLog = max(domainLog, search.domainLog(group)) }
    }
    for log in rowsLog...28 {
      let needed = (lanes - 1) >> (log - rowsLog) + 1
      let taller = GroupShape(
        rowsLog: log, lanes: max(needed, OpeningParameters.Hiding.leastWitnessLanes))
      let shape = taller.withTail {
        search.hides($0, queries: max(others, search.queries($0)))
      }
      guard let shape, search.domainLog(shape) >= domainLog else { continue }
      if max(others, search.queries(shape)) <= mostQueries { return shape }
    }
    throw .tooLarge
  }

  /// The shape with the shortest tail that suffices, if there is one.
  private func withTail(_ suffices: (GroupShape) -> Bool) -> GroupShape? {
    for log in 0...28 {
      let shape = GroupShape(rowsLog: rowsLog, lanes: lanes, tail: 1 << log)
      if suffices(shape) { return shape }
    }
    return nil
  }
}

extension OpeningParameters {
  /// The shapes that hide some committed groups and a witness which are opened together. The tails
  /// depend on how many positions are opened, and that number on the tails.
  /// - Parameters:
  ///   - committed: each group without a tail, and how many proofs may open it: none for a group that
  ///     is not hidden.
  ///   - reserved: how many positions of each hidden group may be opened besides.
  /// - Throws: the errors of `hidingCommitted` and `hidingWitness`.
  public static func hidingShapes(
    committed: [(shape: GroupShape, openings: Int)], witness: GroupShape, reserved: Int = 0,
    targetBits: Int = 128, inverseRateLog: Int = 2, queryWork: Int = 0
  ) throws(ParameterError) -> (committed: [GroupShape], witness: GroupShape) {
    var queries = 0
    while true {
      var shapes: [GroupShape] = []
      for (shape, openings) in committed {
        let hidden =
          openings == 0
          ? shape
          : try shape.hidingCommitted(
            openings: openings, queries: queries, reserved: reserved, targetBits: targetBits,
            inverseRateLog: inverseRateLog, queryWork: queryWork)
        shapes.append(hidden)
      }
      let hidden = try witness.hidingWitness(
        beside: shapes, targetBits: targetBits, inverseRateLog: inverseRateLog,
        queryWork: queryWork)
      var needed = 0
      for shape in shapes + [hidden] {
        needed = max(
          needed,
          shape.queries(
            targetBits: targetBits, inverseRateLog: inverseRateLog, queryWork: queryWork))
      }
      // No group needs more than a code of rate 1/2 does, so this ends.
      if needed <= queries { return (shapes, hidden) }
      queries = needed
    }
  }
}

import FieldArithmetic

/// Finds the folding steps that make a short proof at a sane cost for the prover.
struct ParameterSearch {
  let targetBits: Int
  let queryWork: Int
  /// The logarithm of how many times longer the groups' codes are than their messages, about.
  let inverseRateLog: Int

  /// The folding steps from a vector on.
  struct Plan {
    var rounds: [OpeningParameters.Round] = []
    var finalLog: Int
    var bytes: Int64
    /// What the plan is judged by.
    var cost: Int64
  }

  // One byte of the proof is worth encoding and hashing this many elements.
  private static let elementsPerByte: Int64 = 96
  // A hash of a proof of work takes the time of this many elements.
  private static let elementsPerHash: Int64 = 16
  private static let largestFinalLog = 10

  /// The number of bad challenges of one step that folds two words of a code of 2^domainLog points
  /// into one within the unique-decoding radius: as many as there are points (`Paper/` section 10.5,
  /// Lemma 8, which has lines that need them all).
  static func badFolds(domainLog: Int) -> Int64 { Int64(1) << Int64(domainLog) }

  func queries(messageLength: Int, domainLog: Int) -> Int {
    Probability.queries(
      messageLength: messageLength, domainLog: domainLog, bits: targetBits - queryWork)
  }

  /// The number of positions of a group that its own code needs.
  func queries(_ shape: GroupShape) -> Int {
    queries(messageLength: shape.messageLength, domainLog: domainLog(shape))
  }

  /// The logarithm of the length of a group's code.
  func domainLog(_ shape: GroupShape) -> Int { floorLog(shape.messageLength) + inverseRateLog }

  /// The code of a group that is folded by given weights.
  func group(_ committed: OpeningParameters.CommittedShape) -> OpeningParameters.Group {
    let group = group(committed.shape, foldWork: 0, committed)
    let work = Probability.shortfall(count: group.badWeights, target: targetBits)
    return self.group(committed.shape, foldWork: work, committed)
  }

  /// The code of the group that is folded by a sum-check.
  func group(witness: GroupShape, isHiding: Bool) -> OpeningParameters.Group {
    let shape = OpeningParameters.CommittedShape(witness)
    let bad = group(witness, foldWork: 0, shape).badFolds + Self.roundDegree(isHiding: isHiding)
    return group(
      witness, foldWork: Probability.shortfall(count: bad, target: targetBits), shape)
  }

  private func group(
    _ shape: GroupShape, foldWork: Int, _ committed: OpeningParameters.CommittedShape
  ) -> OpeningParameters.Group {
    OpeningParameters.Group(
      shape: shape, domainLog: domainLog(shape), foldWork: foldWork, copies: committed.copies,
      weights: committed.weights)
  }

  /// The degree in one variable of what is summed over the witness's lanes: of a bilinear form, or
  /// of a linear one with quadratic weights, which those of the rounds' mask are.
  static func roundDegree(isHiding: Bool) -> Int64 { isHiding ? 3 : 2 }

  /// The best plan for a vector of 2^log elements of E.
  /// - Parameter count: how many of them come before those that are zero and not committed.
  func best(log: Int, count: Int) -> Plan {
    var plans: [Plan] = []
    for size in 0...log {
      var best = sentAsItIs(log: size)
      for lanesLog in stride(from: 1, through: min(size, 8), by: 1) {
        let lanes = size == log ? (count - 1) >> (size - lanesLog) + 1 : 1 << lanesLog
        for inverseRateLog in 1...8 {
          let next = plans[size - lanesLog]
          guard let plan = step(size, lanesLog, lanes, inverseRateLog, next) else { continue }
          if plan.cost < best.cost { best = plan }
        }
      }
      plans.append(best)
    }
    return plans[log]
  }

  private func sentAsItIs(log: Int) -> Plan {
    let bytes = ProofSize.elements(1 << log + 2 * log)
    let cost = log > ParameterSearch.largestFinalLog ? Int64.max : bytes * Self.elementsPerByte
    return Plan(finalLog: log, bytes: bytes, cost: cost)
  }

  private func step(
    _ log: Int, _ lanesLog: Int, _ lanes: Int, _ inverseRateLog: Int, _ next: Plan
  ) -> Plan? {
    let rowsLog = log - lanesLog
    let domainLog = rowsLog + inverseRateLog
    let bad = ParameterSearch.badFolds(domainLog: domainLog) + 2
    let work = Probability.shortfall(count: bad, target: targetBits)
    guard work <= OpeningParameters.workLimit, domainLog <= OpeningParameters.domainLimit,
      next.cost < .max
    else {
      return nil
    }
    let round = OpeningParameters.Round(
      lanesLog: lanesLog, rowsLog: rowsLog, domainLog: domainLog,
      queries: queries(messageLength: 1 << rowsLog, domainLog: domainLog), foldWork: work,
      lanes: lanes)
    let width = Fp3.degree * lanes
    let bytes =
      32 + ProofSize.elements(2 * lanesLog)
      + ProofSize.opening(width: width, domainLog: domainLog, count: round.queries)
    let grinding = work == 0 ? 0 : Int64(lanesLog) << Int64(work) * Self.elementsPerHash
    return Plan(
      rounds: [round] + next.rounds, finalLog: next.finalLog, bytes: bytes + next.bytes,
      cost: next.cost + bytes * Self.elementsPerByte + Int64(width) << Int64(domainLog) + grinding)
  }
}

extension GroupShape {
  /// The shape for a number of witness cells that makes the opening cheapest: many lanes make long
  /// leaves, few lanes many rows to fold and commit again.
  /// - Parameters:
  ///   - cells: at least one.
  ///   - committed: the groups that are opened together with it.
  ///   - tail: random coefficients of each lane.
  /// - Throws: `empty` without cells, `tooLarge` if no shape is allowed.
  public static func choose(
    cells: Int, beside committed: [GroupShape], tail: Int = 0, targetBits: Int = 128,
    inverseRateLog: Int = 2
  ) throws(ParameterError) -> GroupShape {
    guard cells > 0 else { throw .empty }
    let search = ParameterSearch(
      targetBits: targetBits, queryWork: 0, inverseRateLog: inverseRateLog)
    var best: (shape: GroupShape, cost: Int64)?
    let bits = ceilingLog(cells)
    for rowsLog in stride(from: max(0, bits - 20), through: min(28, bits), by: 1) {
      let shape = GroupShape(rowsLog: rowsLog, lanes: (cells - 1) >> rowsLog + 1, tail: tail)
      let cost = search.cost(of: shape, beside: committed)
      if cost < best?.cost ?? .max { best = (shape, cost) }
    }
    guard let best else { throw .tooLarge }
    return best.shape
  }
}

extension ParameterSearch {
  /// What the witness's shape makes of the opening, but for the committed groups' own leaves.
  func cost(of shape: GroupShape, beside committed: [GroupShape]) -> Int64 {
    let log = FoldedLayout(committed: committed, witness: shape).log
    let plan = best(log: log, count: 1 << log)
    let group = group(witness: shape, isHiding: shape.tail > 0)
    guard plan.cost < .max, group.isAllowed else { return .max }
    let bytes = ProofSize.opening(
      width: shape.lanes, domainLog: group.domainLog, count: queries(shape))
    return plan.cost + bytes * Self.elementsPerByte + Int64(shape.lanes) << Int64(group.domainLog)
  }
}

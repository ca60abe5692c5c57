/// The error terms of an opening, one for each kind of challenge, each in bits of security.
public struct SecurityTable: Equatable, Sendable {
  /// What a cheating prover may hope for.
  public enum Term: Equatable, Sendable {
    /// The lanes and copies of a committed group fold into a codeword though they are none. Groups
    /// count from 0.
    case committedFold(group: Int)
    /// A round over the witness's lanes.
    case witnessFold
    /// The masks' sum makes a false value a true one.
    case maskFactor
    /// The groups' masks make a folded lane a codeword though it is none, or hide a false claim.
    case maskFold
    /// The opened positions miss a committed group's errors.
    case committedQueries(group: Int)
    /// The opened positions miss the witness's errors.
    case witnessQueries
    /// The combination of forms hides a false one. Rounds count from 0.
    case combination(round: Int)
    /// A round over the lanes of a folded vector.
    case fold(round: Int)
    /// The opened positions miss a folded vector's errors.
    case queries(round: Int)
    /// A round over the last vector.
    case finalRound
  }

  public struct Entry: Equatable, Sendable {
    public let term: Term
    /// −log2 of the term, in hundredths of a bit, rounded down, and the work included.
    public let hundredths: Int
    /// Of these, bits of proof of work.
    public let work: Int
    /// How many challenges have this error; at least 1.
    public let count: Int
  }

  public let entries: [Entry]

  /// The least of the terms: the bits of security that the non-interactive proof has.
  public var hundredths: Int { entries.reduce(Int.max) { min($0, $1.hundredths) } }
}

extension OpeningParameters {
  /// The error terms of these parameters, computed from them and not from how they were found.
  public var security: SecurityTable {
    var entries = groupEntries
    var opened = queries * (committed.count + (witness == nil ? 0 : 1))
    for (i, round) in rounds.enumerated() {
      let length = 1 << round.rowsLog
      let bad = ParameterSearch.badFolds(domainLog: round.domainLog) + 2
      let miss = Probability.missBits(
        messageLength: length, domainLog: round.domainLog, count: round.queries)
      entries += [
        .init(.combination(round: i), Probability.bits(count: Int64(opened))),
        .init(
          .fold(round: i), Probability.bits(count: bad), work: round.foldWork,
          count: round.lanesLog),
        .init(.queries(round: i), miss, work: queryWork),
      ]
      opened = round.queries
    }
    if finalLog > 0 {
      entries.append(.init(.finalRound, Probability.bits(count: Int64(2)), count: finalLog))
    }
    return SecurityTable(entries: entries)
  }

  /// The terms of the groups and of what hides them.
  private var groupEntries: [SecurityTable.Entry] {
    var entries: [SecurityTable.Entry] = []
    if let hiding, let witness {
      let bad = OpeningParameters.badMaskFolds(committed: committed, witness: witness)
      entries += [
        .init(.maskFactor, Probability.bits(count: Int64(1))),
        .init(.maskFold, Probability.bits(count: bad), work: hiding.foldWork),
      ]
    }
    for (i, group) in committed.enumerated() {
      if group.badWeights > 0 {
        let bits = Probability.bits(count: group.badWeights)
        entries.append(.init(.committedFold(group: i), bits, work: group.foldWork))
      }
      entries.append(.init(.committedQueries(group: i), missBits(group), work: queryWork))
    }
    if let witness {
      if witness.shape.lanesLog > 0 {
        let bad = witness.badFolds + ParameterSearch.roundDegree(isHiding: hiding != nil)
        let bits = Probability.bits(count: bad)
        entries.append(
          .init(.witnessFold, bits, work: witness.foldWork, count: witness.shape.lanesLog))
      }
      entries.append(.init(.witnessQueries, missBits(witness), work: queryWork))
    }
    return entries
  }

  private func missBits(_ group: Group) -> Int {
    Probability.missBits(
      messageLength: group.shape.messageLength, domainLog: group.domainLog, count: queries)
  }
}

extension SecurityTable.Entry {
  fileprivate init(_ term: SecurityTable.Term, _ bits: Int, work: Int = 0, count: Int = 1) {
    self.init(term: term, hundredths: bits + 100 * work, work: work, count: count)
  }
}

extension SecurityTable.Term {
  /// For a table that people read.
  /// - Parameter names: those of the committed groups, as "the model".
  public func description(committed names: [String] = []) -> String {
    func name(_ group: Int) -> String {
      group < names.count ? names[group] : "commitment " + String(group + 1)
    }
    switch self {
    case .committedFold(let group): return "fold the lanes of " + name(group)
    case .witnessFold: return "fold the lanes of the witness"
    case .maskFactor: return "add the mask of the rounds"
    case .maskFold: return "add the masks of the folded lanes"
    case .committedQueries(let group): return "open " + name(group)
    case .witnessQueries: return "open the witness"
    case .combination(let round): return "combine forms, round " + String(round)
    case .fold(let round): return "fold, round " + String(round)
    case .queries(let round): return "open, round " + String(round)
    case .finalRound: return "last sum-check"
    }
  }
}

/// The error terms of an opening, one for each kind of challenge, each in bits of security.
public struct SecurityTable: Equatable, Sendable {
  /// What a cheating prover may hope for.
  public enum Term: Equatable, Sendable {
    /// The model's lanes fold into a codeword though they are none.
    case modelFold
    /// A round over the witness's lanes.
    case witnessFold
    /// The masks' sum makes a false value a true one.
    case maskFactor
    /// The groups' masks make a folded lane a codeword though it is none, or hide a false claim.
    case maskFold
    /// The opened positions miss the model's errors.
    case modelQueries
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
  }

  public let entries: [Entry]

  /// The least of the terms: the bits of security that the non-interactive proof has.
  public var hundredths: Int { entries.reduce(Int.max) { min($0, $1.hundredths) } }
}

extension OpeningParameters {
  /// The error terms of these parameters, computed from them and not from how they were found.
  public var security: SecurityTable {
    var entries: [SecurityTable.Entry] = []
    func add(_ term: SecurityTable.Term, _ bits: Int, work: Int = 0) {
      entries.append(.init(term: term, hundredths: bits + 100 * work, work: work))
    }
    var opened = 0
    if let hiding {
      add(.maskFactor, Probability.bits(count: 1))
      let bad = OpeningParameters.badMaskFolds(model: model, witness: witness)
      add(.maskFold, Probability.bits(count: bad), work: hiding.foldWork)
    }
    for (group, isModel) in [(model, true), (witness, false)] {
      guard let group else { continue }
      let length = group.shape.messageLength
      let bad = ParameterSearch.badFolds(messageLength: length, domainLog: group.domainLog)
      let count = isModel ? Int64(group.shape.lanesLog) * bad : bad + 2
      if group.shape.lanesLog > 0 {
        add(
          isModel ? .modelFold : .witnessFold, Probability.bits(count: count), work: group.foldWork)
      }
      let miss = Probability.missBits(
        messageLength: length, domainLog: group.domainLog, count: group.queries)
      add(isModel ? .modelQueries : .witnessQueries, miss, work: queryWork)
      opened += group.queries
    }
    for (i, round) in rounds.enumerated() {
      let length = 1 << round.rowsLog
      let bad = ParameterSearch.badFolds(messageLength: length, domainLog: round.domainLog) + 2
      add(.combination(round: i), Probability.bits(count: Int64(opened)))
      add(.fold(round: i), Probability.bits(count: bad), work: round.foldWork)
      let miss = Probability.missBits(
        messageLength: length, domainLog: round.domainLog, count: round.queries)
      add(.queries(round: i), miss, work: queryWork)
      opened = round.queries
    }
    if finalLog > 0 { add(.finalRound, Probability.bits(count: 2)) }
    return SecurityTable(entries: entries)
  }
}

extension SecurityTable.Term {
  /// For a table that people read.
  public var description: String {
    switch self {
    case .modelFold: "fold the model's lanes"
    case .witnessFold: "fold the witness's lanes"
    case .maskFactor: "add the mask of the rounds"
    case .maskFold: "add the masks of the folded lanes"
    case .modelQueries: "open the model"
    case .witnessQueries: "open the witness"
    case .combination(let round): "combine forms, round " + String(round)
    case .fold(let round): "fold, round " + String(round)
    case .queries(let round): "open, round " + String(round)
    case .finalRound: "last sum-check"
    }
  }
}

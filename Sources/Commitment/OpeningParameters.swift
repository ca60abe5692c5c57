import FieldArithmetic

/// How a linear form of the committed data is opened: codes, numbers of queries, folding steps.
///
/// They follow from the shapes and the security target alone. A proof holds none of them.
public struct OpeningParameters: Equatable, Sendable {
  /// How the weights of a group's lanes depend on random elements, which decides how probably a
  /// word that is no codeword is folded into one.
  public enum LaneWeights: Equatable, Sendable {
    /// eq(point, lane): one challenge for each bit of the lane's number.
    case tensor
    /// The powers of one challenge, or of a power of it.
    case powers
  }

  /// What is committed before the proof: its shape and how it is folded.
  public struct CommittedShape: Equatable, Sendable {
    public let shape: GroupShape
    /// The number of commitments, all of this shape, of which a combination is opened.
    public let copies: Int
    public let weights: LaneWeights

    /// - Parameter copies: in `1...2^16`.
    public init(_ shape: GroupShape, copies: Int = 1, weights: LaneWeights = .tensor) {
      precondition((1...1 << 16).contains(copies), "no commitment, or too many")
      self.shape = shape
      self.copies = copies
      self.weights = weights
    }
  }

  /// A group's code.
  public struct Group: Equatable, Sendable {
    public let shape: GroupShape
    /// The logarithm of the code's length.
    public let domainLog: Int
    /// Bits of proof of work before each challenge that folds lanes or copies.
    public let foldWork: Int
    /// The number of commitments of which a combination is opened.
    public let copies: Int
    public let weights: LaneWeights
  }

  /// One folded vector over E, committed again: lane l holds its l-th contiguous part.
  public struct Round: Equatable, Sendable {
    /// The logarithm of the number of lanes, folded by as many rounds of sum-check.
    public let lanesLog: Int
    /// The logarithm of a lane's length.
    public let rowsLog: Int
    /// The logarithm of the code's length.
    public let domainLog: Int
    /// The number of positions that are opened.
    public let queries: Int
    /// Bits of proof of work before each challenge that folds lanes.
    public let foldWork: Int
    /// The number of lanes that are committed: the missing ones are zero.
    public let lanes: Int

    /// - Parameter lanes: all of them if it is nil.
    init(
      lanesLog: Int, rowsLog: Int, domainLog: Int, queries: Int, foldWork: Int, lanes: Int? = nil
    ) {
      self.lanesLog = lanesLog
      self.rowsLog = rowsLog
      self.domainLog = domainLog
      self.queries = queries
      self.foldWork = foldWork
      self.lanes = lanes ?? 1 << lanesLog
    }
  }

  /// The groups that are folded by given weights: the model if there is one, then other data.
  public let committed: [Group]
  /// The group that is folded by a sum-check.
  public let witness: Group?
  /// The number of positions that are opened of all groups: the greatest that one of them needs.
  public let queries: Int
  /// The positions are drawn from 2^`positionsLog`, the length of the longest code of a group. A
  /// code of 2^D points is opened at a position modulo 2^D.
  public let positionsLog: Int
  public let rounds: [Round]
  /// The logarithm of the length of the last vector, which is sent as it is.
  public let finalLog: Int
  /// Bits of proof of work before each choice of positions.
  public let queryWork: Int
  /// Every challenge errs with probability at most 2^−`targetBits`.
  public let targetBits: Int
  /// About how long the opening's part of a proof is.
  public private(set) var estimatedBytes: Int
  /// How the opening hides the data; nil if it does not.
  public internal(set) var hiding: Hiding?

  /// Where the folded groups lie in the vector that is opened.
  public var layout: FoldedLayout {
    FoldedLayout(committed: committed.map { $0.shape }, witness: witness?.shape)
  }
}

/// Why there are no parameters for given shapes.
public enum ParameterError: Error, Equatable, Sendable {
  /// There are no cells to commit to.
  case empty
  /// A code is too long for its error to be ground down to the target.
  case tooLarge
  /// What hides the opening is committed with the witness, and there is none.
  case withoutWitness
  /// A group has too few random coefficients to be hidden.
  case shortTail
  /// The witness's code is shorter than that of a group whose mask is committed with it.
  case shortWitness
  /// A group's leaves hold too little to be hidden by a hash.
  case tooFewLanes
}

extension OpeningParameters {
  /// The most bits of proof of work before one challenge.
  public static let workLimit = 16
  /// The largest logarithm of a code's length.
  public static let domainLimit = 30
  /// The longest vector that is opened, which a verifier of 32 bits can still count.
  public static let vectorLimit: Int64 = 1 << 30

  /// The parameters for the given shapes; without any, nothing is committed or opened.
  /// - Parameters:
  ///   - inverseRateLog: the groups' codes are about 2^`inverseRateLog` times as long as their
  ///     messages, in `1...8`.
  ///   - queryWork: bits of proof of work that stand in for queries, in `0...16`.
  ///   - isHiding: whether the opening hides the data. The shapes are then those of
  ///     `hidingShapes` for the same parameters, or have longer tails; a committed group without
  ///     a tail is not hidden.
  public static func derive(
    committed: [CommittedShape], witness: GroupShape?, targetBits: Int = 128,
    inverseRateLog: Int = 2, queryWork: Int = 0, isHiding: Bool = false
  ) throws(ParameterError) -> OpeningParameters {
    let search = ParameterSearch(
      targetBits: targetBits, queryWork: queryWork, inverseRateLog: inverseRateLog)
    let layout = try layout(committed.map { $0.shape }, witness)
    let plan = search.best(log: layout.log, count: isHiding ? layout.count : 1 << layout.log)
    let groups = committed.map { search.group($0) }
    let witness = witness.map { search.group(witness: $0, isHiding: isHiding) }
    var queries = 0
    var positionsLog = 0
    for group in groups + (witness.map { [$0] } ?? []) {
      guard group.isAllowed else { throw .tooLarge }
      queries = max(queries, search.queries(group.shape))
      positionsLog = max(positionsLog, group.domainLog)
    }
    let hiding =
      isHiding ? try search.hiding(committed: groups, witness: witness, queries: queries) : nil
    var parameters = OpeningParameters(
      committed: groups, witness: witness, queries: queries, positionsLog: positionsLog,
      rounds: plan.rounds, finalLog: plan.finalLog, queryWork: queryWork, targetBits: targetBits,
      estimatedBytes: 0, hiding: hiding)
    parameters.estimatedBytes = Int(clamping: plan.bytes + ProofSize.groups(parameters))
    return parameters
  }

  private static func layout(
    _ committed: [GroupShape], _ witness: GroupShape?
  ) throws(ParameterError) -> FoldedLayout {
    var length = Int64(witness?.messageLength ?? 0)
    for shape in committed { length += Int64(shape.messageLength) }
    guard length <= vectorLimit else { throw .tooLarge }
    return FoldedLayout(committed: committed, witness: witness)
  }
}

extension OpeningParameters.Group {
  /// Whether the code's length and the proof of work are within the limits.
  var isAllowed: Bool {
    domainLog <= OpeningParameters.domainLimit && foldWork <= OpeningParameters.workLimit
  }

  /// The number of bad challenges of one step that folds two words of the code into one.
  var badFolds: Int64 { ParameterSearch.badFolds(domainLog: domainLog) }

  /// The number of bad challenges, taken together, of the weights of lanes that do not come from a
  /// sum-check.
  var badWeights: Int64 {
    switch weights {
    case .tensor: Int64(shape.lanesLog) * badFolds
    // A curve of this degree has as many bad points as so many lines.
    case .powers: Int64(shape.lanes - 1) * badFolds
    }
  }

  /// The number of bad challenges of the copies' weights, which are powers of it: those of a curve,
  /// and the roots of what the copies differ by.
  public var badCopies: Int64 { Int64(copies - 1) * (badFolds + 1) }

  /// Bits of proof of work before the challenge of the copies' weights.
  /// - Parameter targetBits: those of the parameters.
  public func copyWork(targetBits: Int) -> Int {
    copies == 1 ? 0 : Probability.shortfall(count: badCopies, target: targetBits)
  }
}

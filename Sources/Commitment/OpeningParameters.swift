import FieldArithmetic

/// How a linear form of the committed data is opened: codes, numbers of queries, folding steps.
///
/// They follow from the shapes and the security target alone. A proof holds none of them.
public struct OpeningParameters: Equatable, Sendable {
  /// A committed group's code.
  public struct Group: Equatable, Sendable {
    public let shape: GroupShape
    /// The logarithm of the code's length.
    public let domainLog: Int
    /// The number of positions that are opened.
    public let queries: Int
    /// Bits of proof of work before each challenge that folds lanes.
    public let foldWork: Int
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

  public let model: Group?
  public let witness: Group?
  public let rounds: [Round]
  /// The logarithm of the length of the last vector, which is sent as it is.
  public let finalLog: Int
  /// Bits of proof of work before each choice of positions.
  public let queryWork: Int
  /// Every challenge errs with probability at most 2^−`targetBits`.
  public let targetBits: Int
  /// About how long the opening's part of a proof is.
  public let estimatedBytes: Int
  /// How the opening hides the data; nil if it does not.
  public internal(set) var hiding: Hiding?

  /// The logarithm of the length of the vector of all folded groups.
  public var vectorLog: Int { FoldedLayout(model: model?.shape, witness: witness?.shape).log }
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
  /// A model's leaves hold too little to be hidden by a hash.
  case tooFewLanes
}

extension OpeningParameters {
  /// The most bits of proof of work before one challenge.
  public static let workLimit = 16
  /// The largest logarithm of a code's length.
  public static let domainLimit = 30

  /// The parameters for the given shapes; without any, nothing is committed or opened.
  /// - Parameters:
  ///   - inverseRateLog: the groups' codes are about 2^`inverseRateLog` times as long as their
  ///     messages, in `1...8`.
  ///   - queryWork: bits of proof of work that stand in for queries, in `0...16`.
  ///   - isHiding: whether the opening hides the data. The shapes are then `hidingWitness` and
  ///     `hidingModel` for the same parameters, or have longer tails.
  public static func derive(
    model: GroupShape?, witness: GroupShape?, targetBits: Int = 128, inverseRateLog: Int = 2,
    queryWork: Int = 0, isHiding: Bool = false
  ) throws(ParameterError) -> OpeningParameters {
    let search = ParameterSearch(targetBits: targetBits, queryWork: queryWork)
    let layout = FoldedLayout(model: model, witness: witness)
    let plan = search.best(log: layout.log, count: isHiding ? layout.count : 1 << layout.log)
    var groups: [Group?] = []
    for (shape, challenges) in [(model, model?.lanesLog ?? 0), (witness, 1)] {
      let group = shape.map {
        search.group($0, inverseRateLog: inverseRateLog, challenges: challenges)
      }
      guard group?.isAllowed ?? true else { throw .tooLarge }
      groups.append(group)
    }
    let hiding = isHiding ? try search.hiding(model: groups[0], witness: groups[1]) : nil
    let bytes =
      plan.bytes + ProofSize.groups(model: groups[0], witness: groups[1], hiding: hiding)
    return OpeningParameters(
      model: groups[0], witness: groups[1], rounds: plan.rounds, finalLog: plan.finalLog,
      queryWork: queryWork, targetBits: targetBits, estimatedBytes: Int(clamping: bytes),
      hiding: hiding)
  }
}

extension OpeningParameters.Group {
  /// Whether the code's length and the proof of work are within the limits.
  var isAllowed: Bool {
    domainLog <= OpeningParameters.domainLimit && foldWork <= OpeningParameters.workLimit
  }
}

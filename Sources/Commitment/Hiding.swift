import FieldArithmetic

extension OpeningParameters {
  /// What an opening that hides the data adds to one that does not (`Paper/` section 14).
  ///
  /// Lanes end in random tails, so that as many positions as a tail is long say nothing of the data.
  /// The witness's tree has further lanes behind those of the data: one that masks the rounds over
  /// them and, three lanes of F for each element of E, the mask of the witness's folded lane and that
  /// of each committed group's folded lane that is hidden.
  ///
  /// The leaves that stay closed are hidden as well, if the hash is a random oracle: even who knows
  /// the data and all that is opened must guess at least 2^199 equally likely leaves, because
  /// - the witness's lanes and the mask of the rounds have one random element more than positions are
  ///   opened, so their values at a closed position are uniform in F, independently; there are at
  ///   least three such lanes and the mask;
  /// - a committed group's tails are longer than all the openings together, so its lanes' values at a
  ///   closed position are uniform in F, independently; there are at least four lanes.
  public struct Hiding: Equatable, Sendable {
    /// Bits of proof of work before the challenge that adds the masks.
    public let foldWork: Int

    /// The fewest lanes of a committed group that is hidden.
    public static let leastLanes = 4
    /// The fewest lanes of a witness, beside which stands the mask of the rounds.
    public static let leastWitnessLanes = 3
    /// The most positions that a hiding proof opens: a code's rate is at most 3/8.
    public static let mostPositions = 237
    /// The coefficients of the random polynomial of one round: three elements of E, three elements
    /// of F each.
    public static let roundCoefficients = 3 * Fp3.degree
  }

  /// The number of lanes behind the witness's that mask the rounds over them: one, or none if nothing
  /// is hidden.
  public var roundLanes: Int { hiding == nil ? 0 : 1 }

  /// The number of lanes behind these, the coordinates of the masks of folded lanes; zero if nothing
  /// is hidden.
  public var maskLanes: Int {
    guard hiding != nil else { return 0 }
    return Fp3.degree * (1 + committed.count { $0.shape.tail > 0 })
  }

  /// The number of lanes that the witness's tree holds.
  public var witnessWidth: Int { (witness?.shape.lanes ?? 0) + roundLanes + maskLanes }

  /// Which of the elements of E in the mask lanes masks the witness's folded lane.
  public var witnessMaskElement: Int? { hiding == nil ? nil : 0 }

  /// Which of the elements of E in the mask lanes, after the witness's, masks a committed group's
  /// folded lane; nil for a group that is not hidden.
  public func maskElement(ofCommitted index: Int) -> Int? {
    guard let first = witnessMaskElement, committed[index].shape.tail > 0 else { return nil }
    return first + 1 + committed[..<index].count { $0.shape.tail > 0 }
  }

  /// The number of coefficients of all rounds' random polynomials, which end the tail of the mask
  /// of the rounds; the witness's lanes are zero there.
  public var roundCoefficients: Int {
    guard hiding != nil, let witness else { return 0 }
    return Hiding.roundCoefficients * witness.shape.lanesLog
  }
}

extension ParameterSearch {
  /// What hides the opening of the given groups.
  func hiding(
    committed: [OpeningParameters.Group], witness: OpeningParameters.Group?, queries: Int
  ) throws(ParameterError) -> OpeningParameters.Hiding {
    guard let witness else { throw .withoutWitness }
    guard witness.shape.lanes >= OpeningParameters.Hiding.leastWitnessLanes else {
      throw .tooFewLanes
    }
    guard hides(witness.shape, queries: queries) else { throw .shortTail }
    for group in committed where group.shape.tail > 0 {
      guard group.shape.lanes >= OpeningParameters.Hiding.leastLanes else { throw .tooFewLanes }
      guard group.shape.tail > queries else { throw .shortTail }
      guard group.domainLog <= witness.domainLog else { throw .shortWitness }
    }
    let bad = OpeningParameters.badMaskFolds(committed: committed, witness: witness)
    let work = Probability.shortfall(count: bad, target: targetBits)
    guard work <= OpeningParameters.workLimit else { throw .tooLarge }
    return .init(foldWork: work)
  }

  /// Whether a witness's tail hides its lanes and the mask of the rounds.
  func hides(_ witness: GroupShape, queries: Int) -> Bool {
    let polynomials = OpeningParameters.Hiding.roundCoefficients * witness.lanesLog
    return witness.tail - polynomials > queries
  }
}

extension OpeningParameters {
  /// The number of bad challenges that add the masks: those for which a group's masked lane is close
  /// to its code though its parts are not, and one for which a false claim becomes a true one.
  ///
  /// A mask is a word of the witness's domain, which is not the shorter one: the group's lane,
  /// repeated, belongs to a code there.
  static func badMaskFolds(committed: [Group], witness: Group) -> Int64 {
    let hidden = committed.count { $0.shape.tail > 0 }
    return 1 + Int64(1 + hidden) * witness.badFolds
  }
}

import FieldArithmetic

extension OpeningParameters {
  /// What an opening that hides the data adds to one that does not (`Paper/` section 14).
  ///
  /// Lanes end in random tails, so that as many positions as a tail is long say nothing of the data.
  /// The witness's commitment has further lanes of random elements of E, three lanes of F for each
  /// element: a mask of the folded vector, a mask of the rounds over the witness's lanes, and a mask
  /// of that mask. The model's folded lane has its mask in a commitment of its own, new for each
  /// proof.
  ///
  /// The leaves that stay closed are hidden as well, if the hash is a random oracle: even who knows
  /// the data and all that is opened must guess at least 2^149 equally likely leaves, because
  /// - the mask of the rounds has one random element more than positions are opened, so its value at
  ///   a closed position is uniform in E: that is part of the witness's leaf;
  /// - the model's tails are longer than all the openings together, so its lanes' values at a closed
  ///   position are uniform in F, independently; there are at least three lanes;
  /// - the mask of the model's folded lane differs from a known vector by a multiple of that folded
  ///   lane, whose value at a closed position is uniform in E as well, unless the lanes' weights
  ///   lie in a proper subspace of E over F, which a random lane point avoids.
  public struct Hiding: Equatable, Sendable {
    /// The number of elements of the mask of the rounds: three for each round, then random ones.
    public let vectorLength: Int
    /// Bits of proof of work before the challenge that adds the masks.
    public let foldWork: Int

    /// The lanes of masks in the witness's commitment, which come last in a leaf.
    public static let witnessLanes = 3 * Fp3.degree
    /// The lanes of the commitment to the mask of the model's folded lane.
    public static let modelLanes = Fp3.degree
    /// The fewest lanes of a model that is hidden.
    public static let leastModelLanes = 3
  }

  /// How many proofs may open a model's commitment before it shows something of the model; zero if
  /// proofs do not hide, or have no model.
  public var modelOpenings: Int {
    guard hiding != nil, let model else { return 0 }
    return max(model.shape.tail - 1, 0) / model.queries
  }
}

extension GroupShape {
  /// The witness's shape with the shortest tail that hides it: as many random coefficients as
  /// positions are opened, and lanes that are long enough for the masks.
  ///
  /// The parameters are those of `OpeningParameters.derive`.
  /// - Throws: `tooLarge` if no tail is long enough.
  public func hidingWitness(
    targetBits: Int = 128, inverseRateLog: Int = 2, queryWork: Int = 0
  ) throws(ParameterError) -> GroupShape {
    let search = ParameterSearch(targetBits: targetBits, queryWork: queryWork)
    return try withTail { shape in
      let queries = search.group(shape, inverseRateLog: inverseRateLog, challenges: 1).queries
      return shape.tail >= queries
        && shape.messageLength >= search.maskLength(shape, queries: queries)
    }
  }

  /// The model's shape with the shortest tail that hides it in a number of proofs.
  /// - Parameter openings: at least 1.
  /// - Throws: `tooLarge` if no tail is long enough, `tooFewLanes` if a leaf holds too little to be
  ///   hidden by a hash.
  public func hidingModel(
    openings: Int, targetBits: Int = 128, inverseRateLog: Int = 2, queryWork: Int = 0
  ) throws(ParameterError) -> GroupShape {
    precondition(openings > 0, "a commitment that is never opened")
    guard lanes >= OpeningParameters.Hiding.leastModelLanes else { throw .tooFewLanes }
    let search = ParameterSearch(targetBits: targetBits, queryWork: queryWork)
    return try withTail { shape in
      let group = search.group(
        shape, inverseRateLog: inverseRateLog, challenges: shape.lanesLog)
      return (shape.tail - 1) / group.queries >= openings
    }
  }

  private func withTail(_ suffices: (GroupShape) -> Bool) throws(ParameterError) -> GroupShape {
    for log in 0...28 {
      let shape = GroupShape(rowsLog: rowsLog, lanes: lanes, tail: 1 << log)
      if suffices(shape) { return shape }
    }
    throw .tooLarge
  }
}

extension ParameterSearch {
  /// The length of the mask of the rounds over the witness's lanes.
  func maskLength(_ witness: GroupShape, queries: Int) -> Int {
    3 * witness.lanesLog + queries + 1
  }

  /// What hides the opening of the given groups.
  func hiding(
    model: OpeningParameters.Group?, witness: OpeningParameters.Group?
  ) throws(ParameterError) -> OpeningParameters.Hiding {
    guard let witness else { throw .withoutWitness }
    let length = maskLength(witness.shape, queries: witness.queries)
    guard witness.shape.tail >= witness.queries, witness.shape.messageLength >= length else {
      throw .shortTail
    }
    if let model {
      guard model.shape.lanes >= OpeningParameters.Hiding.leastModelLanes else {
        throw .tooFewLanes
      }
      guard model.shape.tail > model.queries else { throw .shortTail }
    }
    let bad = OpeningParameters.badMaskFolds(model: model, witness: witness)
    let work = Probability.shortfall(count: bad, target: targetBits)
    guard work <= OpeningParameters.workLimit else { throw .tooLarge }
    return .init(vectorLength: length, foldWork: work)
  }
}

extension OpeningParameters {
  /// The number of bad challenges that add the masks: those for which a group's masked lane, or the
  /// masked mask of the rounds, is close to its code though its parts are not, and one for which a
  /// false claim becomes a true one.
  static func badMaskFolds(model: Group?, witness: Group?) -> Int64 {
    var bad: Int64 = 1
    for group in [model, witness, witness] {
      guard let group else { continue }
      bad += ParameterSearch.badFolds(
        messageLength: group.shape.messageLength, domainLog: group.domainLog)
    }
    return bad
  }
}

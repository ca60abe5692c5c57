@testable import Commitment
@testable import ProofTestSupport

extension OpeningParameters {
  /// Parameters with few queries, which protect nothing but the data.
  static func toy(
    _ committed: [CommittedShape] = [], witness: GroupShape, queries: Int = 2,
    steps: [Int] = [2, 1]
  ) -> OpeningParameters {
    func group(_ committed: CommittedShape) -> OpeningParameters.Group {
      .init(
        shape: committed.shape, domainLog: floorLog(committed.shape.messageLength) + 2,
        foldWork: 0, copies: committed.copies, weights: committed.weights)
    }
    let groups = committed.map(group)
    let layout = FoldedLayout(committed: committed.map(\.shape), witness: witness)
    var log = layout.log
    var rounds: [OpeningParameters.Round] = []
    for lanesLog in steps {
      log -= lanesLog
      rounds.append(
        .init(
          lanesLog: lanesLog, rowsLog: log, domainLog: log + 2, queries: queries, foldWork: 0,
          lanes: rounds.isEmpty ? (layout.count - 1) >> log + 1 : nil))
    }
    let own = group(CommittedShape(witness))
    return OpeningParameters(
      committed: groups, witness: own, queries: queries,
      positionsLog: (groups + [own]).map(\.domainLog).max() ?? 0, rounds: rounds, finalLog: log,
      queryWork: 0, targetBits: 2, estimatedBytes: 0, hiding: .init(foldWork: 0))
  }

  /// How many proofs may open a committed group before it shows something of the data; none if it is
  /// not hidden.
  func openings(ofCommitted index: Int) -> Int {
    guard hiding != nil else { return 0 }
    return max(committed[index].shape.tail - 1, 0) / queries
  }
}

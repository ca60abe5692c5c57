@testable import Commitment

typealias CommittedShape = OpeningParameters.CommittedShape

/// Parameters with folding steps, which the search would not choose for so small a vector.
func folding(
  _ committed: [CommittedShape], _ witness: GroupShape?, steps: [Int], queryWork: Int = 0,
  foldWork: Int = 0, targetBits: Int = 50, isHiding: Bool = false
) throws -> OpeningParameters {
  let derived = try OpeningParameters.derive(
    committed: committed, witness: witness, targetBits: targetBits, queryWork: queryWork,
    isHiding: isHiding)
  let search = ParameterSearch(targetBits: targetBits, queryWork: queryWork, inverseRateLog: 2)
  let layout = derived.layout
  var log = layout.log
  var rounds: [OpeningParameters.Round] = []
  for lanesLog in steps where lanesLog <= log {
    log -= lanesLog
    let isTrimmed = isHiding && rounds.isEmpty
    rounds.append(
      .init(
        lanesLog: lanesLog, rowsLog: log, domainLog: log + 2,
        queries: search.queries(messageLength: 1 << log, domainLog: log + 2), foldWork: foldWork,
        lanes: isTrimmed ? (layout.count - 1) >> log + 1 : nil))
  }
  return OpeningParameters(
    committed: derived.committed, witness: derived.witness, queries: derived.queries,
    positionsLog: derived.positionsLog, rounds: rounds, finalLog: log, queryWork: queryWork,
    targetBits: targetBits, estimatedBytes: 0, hiding: derived.hiding)
}

/// The same with one group at most, as most keys have it.
func folding(
  _ model: GroupShape?, _ witness: GroupShape?, steps: [Int], queryWork: Int = 0,
  foldWork: Int = 0, targetBits: Int = 50
) throws -> OpeningParameters {
  try folding(
    model.map { [CommittedShape($0)] } ?? [], witness, steps: steps, queryWork: queryWork,
    foldWork: foldWork, targetBits: targetBits)
}

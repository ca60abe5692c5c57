import Testing

@testable import Commitment

@Suite struct HidingParametersTests {
  @Test func aMissingConditionHasItsError() throws {
    let (committed, witness) = try OpeningParameters.hidingShapes(
      committed: [(GroupShape(rowsLog: 6, lanes: 4), 2)],
      witness: GroupShape(rowsLog: 6, lanes: 4))
    func error(_ committed: [GroupShape], _ witness: GroupShape?) -> ParameterError? {
      do throws(ParameterError) {
        _ = try OpeningParameters.derive(
          committed: committed.map { .init($0) }, witness: witness, isHiding: true)
        return nil
      } catch {
        return error
      }
    }
    #expect(error(committed, witness) == nil)
    #expect(error([], witness) == nil)
    #expect(error(committed, nil) == .withoutWitness)
    let half = GroupShape(rowsLog: witness.rowsLog, lanes: witness.lanes, tail: witness.tail / 2)
    #expect(error([], half) == .shortTail)
    let narrow = GroupShape(rowsLog: witness.rowsLog, lanes: 2, tail: witness.tail)
    #expect(error([], narrow) == .tooFewLanes)
    #expect(error([GroupShape(rowsLog: 6, lanes: 4, tail: 128)], witness) == .shortTail)
    #expect(error([GroupShape(rowsLog: 6, lanes: 3, tail: 512)], witness) == .tooFewLanes)
    #expect(error([GroupShape(rowsLog: 12, lanes: 4, tail: 512)], witness) == .shortWitness)
    // A public group is as long and as narrow as it likes.
    #expect(error(committed + [GroupShape(rowsLog: 12, lanes: 1)], witness) == nil)
    #expect(throws: ParameterError.tooFewLanes) {
      try GroupShape(rowsLog: 6, lanes: 2).hidingCommitted(openings: 1)
    }
  }

  /// The masks of a longer code would lie several to a leaf of the witness, and show more of its
  /// folded lane than positions are opened.
  @Test func aWitnessGrowsToTheLongestHiddenCode() throws {
    let shapes = try OpeningParameters.hidingShapes(
      committed: [(GroupShape(rowsLog: 12, lanes: 4), 1), (GroupShape(rowsLog: 14, lanes: 1), 0)],
      witness: GroupShape(rowsLog: 6, lanes: 300))
    let parameters = try OpeningParameters.derive(
      committed: shapes.committed.map { .init($0) }, witness: shapes.witness, isHiding: true)
    #expect(shapes.witness.rowsLog == 12 && shapes.witness.lanes == 5)
    #expect(parameters.witness?.domainLog == parameters.committed[0].domainLog)
    #expect(parameters.positionsLog == 16)
    // The tails of the other groups allow for so many positions.
    let tall = try GroupShape(rowsLog: 6, lanes: 300).hidingWitness(mostQueries: 190)
    #expect(tall.queries() <= 190)
    #expect(tall.rows * tall.lanes >= 64 * 300 && tall.rowsLog > 6)
  }

  /// With the shortest tails that suffice, and every error term at the target.
  @Test(arguments: [0, 5, 10, 14]) func hidingParametersAreSafeAndTight(_ rowsLog: Int) throws {
    for (lanes, openings) in [(4, 1), (16, 10), (256, 1000)] {
      let (committed, witness) = try OpeningParameters.hidingShapes(
        committed: [(GroupShape(rowsLog: rowsLog, lanes: lanes), openings)],
        witness: GroupShape(rowsLog: rowsLog, lanes: lanes - 2))
      let model = committed[0]
      let parameters = try OpeningParameters.derive(
        committed: [.init(model)], witness: witness, isHiding: true)
      let queries = parameters.queries
      #expect(queries == max(model.queries(), witness.queries()))
      #expect(witness.tail - parameters.roundCoefficients > queries)
      #expect(parameters.openings(ofCommitted: 0) >= openings)
      #expect((model.tail / 2 - 1) / 309 < openings)
      #expect(parameters.committed[0].domainLog <= (try #require(parameters.witness).domainLog))
      let table = parameters.security
      #expect(table.hundredths >= 12800)
      #expect(table.entries.contains { $0.term == .maskFold })
      #expect(table.entries.contains { $0.term == .maskFactor })
      let plain = try OpeningParameters.derive(committed: [.init(model)], witness: witness)
      #expect(plain.witnessWidth == witness.lanes && plain.roundCoefficients == 0)
    }
  }
}

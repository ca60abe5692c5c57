import Testing

@testable import Commitment

@Suite struct OpeningParametersTests {
  @Test func queryCountsMatchExactArithmetic() {
    for (length, domainLog, target, count, hundredths) in ParameterAnswers.queries {
      let queries = Probability.queries(
        messageLength: length, domainLog: domainLog, bits: target)
      #expect(queries == count, "\(length) of 2^\(domainLog) at \(target) bits")
      let bits = Probability.missBits(
        messageLength: length, domainLog: domainLog, count: count)
      #expect(bits <= hundredths && bits >= hundredths - 1)
    }
  }

  @Test func challengeErrorsMatchExactArithmetic() {
    for (count, hundredths, shortfall) in ParameterAnswers.challenges {
      let bits = Probability.bits(count: count)
      #expect(bits <= hundredths && bits >= hundredths - 1, "\(count) bad challenges")
      #expect(Probability.shortfall(count: count, target: 128) == shortfall, "\(count)")
    }
  }

  private static let shapes: [(GroupShape?, GroupShape?)] = [
    (nil, GroupShape(rowsLog: 0, lanes: 1)),
    (GroupShape(rowsLog: 0, lanes: 1), nil),
    (GroupShape(rowsLog: 12, lanes: 16), GroupShape(rowsLog: 13, lanes: 32)),
    (GroupShape(rowsLog: 16, lanes: 256), GroupShape(rowsLog: 16, lanes: 16)),
    (GroupShape(rowsLog: 20, lanes: 512), GroupShape(rowsLog: 19, lanes: 77)),
    (GroupShape(rowsLog: 22, lanes: 512), GroupShape(rowsLog: 23, lanes: 100)),
    (nil, GroupShape(rowsLog: 13, lanes: 9, tail: 256)),
    (GroupShape(rowsLog: 12, lanes: 16, tail: 4096), GroupShape(rowsLog: 12, lanes: 3, tail: 512)),
  ]

  @Test(arguments: shapes.indices) func everyTermReachesTheTarget(_ index: Int) throws {
    let (model, witness) = Self.shapes[index]
    for queryWork in [0, 10, 16] {
      let parameters = try OpeningParameters.derive(
        model: model, witness: witness, queryWork: queryWork)
      let table = parameters.security
      #expect(!table.entries.isEmpty)
      for entry in table.entries {
        #expect(entry.hundredths >= 12800, "\(entry.term.description)")
        #expect(entry.work <= OpeningParameters.workLimit)
      }
      #expect(table.hundredths >= 12800)
      let again = try OpeningParameters.derive(
        model: model, witness: witness, queryWork: queryWork)
      #expect(again == parameters)
    }
  }

  @Test func everyFoldingStepFits() throws {
    for (model, witness) in Self.shapes {
      let parameters = try OpeningParameters.derive(model: model, witness: witness)
      var log = parameters.vectorLog
      for round in parameters.rounds {
        #expect(round.lanesLog + round.rowsLog == log)
        log = round.rowsLog
      }
      #expect(parameters.finalLog == log)
    }
  }

  @Test func shortWorkIsAddedWhereTheFieldIsTooSmall() throws {
    let parameters = try OpeningParameters.derive(
      model: nil, witness: GroupShape(rowsLog: 23, lanes: 4))
    #expect((parameters.witness?.foldWork ?? 0) > 0)
    #expect(parameters.security.hundredths >= 12800)
  }

  @Test func impossibleShapesAreRefused() {
    // The code is too long, and then its folding error too large to be ground down.
    #expect(throws: ParameterError.tooLarge) {
      try OpeningParameters.derive(
        model: GroupShape(rowsLog: 28, lanes: 1 << 20), witness: nil, inverseRateLog: 8)
    }
    #expect(throws: ParameterError.tooLarge) {
      try OpeningParameters.derive(
        model: nil, witness: GroupShape(rowsLog: 28, lanes: 4), targetBits: 144)
    }
    #expect(throws: ParameterError.empty) { try GroupShape.choose(cells: 0, beside: nil) }
    #expect(throws: ParameterError.tooLarge) { try GroupShape.choose(cells: .max, beside: nil) }
  }

  @Test func chosenShapesHoldTheCells() throws {
    for cells in [1, 2, 3, 100, 1000, 65_537, 1 << 18, 300_000, 1 << 22] {
      for model in [nil, GroupShape(rowsLog: 12, lanes: 16)] {
        let shape = try GroupShape.choose(cells: cells, beside: model)
        #expect(shape.rows * shape.lanes >= cells)
        #expect(shape.rows * (shape.lanes - 1) < cells)
      }
    }
  }

  @Test func aSmallNetworksOpeningIsShort() throws {
    let model = GroupShape(rowsLog: 12, lanes: 16)
    let witness = try GroupShape.choose(cells: 1 << 18, beside: model)
    let parameters = try OpeningParameters.derive(model: model, witness: witness)
    #expect(parameters.estimatedBytes < 250 << 10)
  }
}

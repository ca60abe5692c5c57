import Testing

@testable import Commitment

/// The rule by which a number of integers and of openings has its matrix.
@Suite struct DataShapeTests {
  private static let counts = [
    1, 2, 3, 4, 9, 10, 255, 256, 257, 784, 3072, 65536, 150_528, 1_000_003, 1 << 24, 1 << 28,
  ]
  private static let openings = [1, 2, 16, 17, 1000, 1 << 16]

  @Test func everyShapeHidesAsOftenAsItSays() throws {
    for count in Self.counts {
      for openings in Self.openings {
        let shape = try DataShape(count: count, openings: openings)
        #expect(shape.group.messageLength == 1 << shape.messageLog)
        #expect((shape.tail - 1) / DataShape.positionsPerOpening >= openings)
        #expect(shape.lanes >= 4 && shape.lanes << shape.rowsLog >= count)
        #expect(DataShape.work([shape], targetBits: 128) <= OpeningParameters.workLimit)
        // There are no more lanes than the rows ask for, but for those that make four.
        #expect(shape.lanes == 4 || (shape.lanes - 1) << shape.rowsLog < count)
      }
    }
  }

  @Test func theShapeIsTheCheapestOne() throws {
    for count in Self.counts {
      for openings in Self.openings {
        let shape = try DataShape(count: count, openings: openings)
        func cost(_ rowsLog: Int, _ messageLog: Int) -> Int {
          1181 * max(4, (count + (1 << rowsLog) - 1) >> rowsLog) + 2 << messageLog
        }
        let least = cost(shape.rowsLog, shape.messageLog)
        var better = 0
        for rowsLog in 0..<28 {
          for messageLog in rowsLog...28
          where 1 << messageLog - 1 << rowsLog > 237 * openings
            && max(4, (count + (1 << rowsLog) - 1) >> rowsLog) << (messageLog + 2) <= 1 << 37
          {
            let other = cost(rowsLog, messageLog)
            if other < least || (other == least && rowsLog < shape.rowsLog) { better += 1 }
          }
        }
        #expect(better == 0)
      }
    }
  }

  /// The cheapest matrix of so many integers for so many openings has lanes whose weights would need
  /// more work than is allowed: another one is taken.
  @Test func theWeightsOfAllLanesCanBeGroundDown() throws {
    for (count, openings) in [(85_300_818, 35_358), (216_013_110, 35_270), (218_469_078, 35_304)] {
      let shape = try DataShape(count: count, openings: openings)
      #expect(DataShape.work([shape], targetBits: 128) <= OpeningParameters.workLimit)
    }
  }

  /// Pinned, because shapes are part of the format.
  @Test(arguments: [
    (1, 1, 0, 8, 4), (10, 1, 2, 8, 4), (784, 1, 8, 9, 4), (784, 16, 8, 12, 4),
    (150_528, 8, 13, 14, 19), (784, 1000, 8, 18, 4), (1 << 28, 1, 18, 19, 1024),
    (1 << 28, 1 << 16, 20, 24, 256), (85_300_818, 35_358, 23, 24, 11),
  ])
  func shapesStayAsTheyAre(
    count: Int, openings: Int, rowsLog: Int, messageLog: Int, lanes: Int
  ) throws {
    let shape = try DataShape(count: count, openings: openings)
    #expect([shape.rowsLog, shape.messageLog, shape.lanes] == [rowsLog, messageLog, lanes])
    #expect(shape.domainLog == messageLog + 2)
  }

  /// The greatest number of positions is that of the highest rate: tails are powers of two, so a
  /// message is at most half as long again as a power of two.
  @Test func noProofOpensMorePositionsThanAreCounted() {
    var greatest = 0
    for log in 1...27 {
      for tailLog in 0..<log {
        let queries = Probability.queries(
          messageLength: 1 << log + 1 << tailLog, domainLog: log + 2, bits: 128)
        greatest = max(greatest, queries)
      }
    }
    #expect(greatest == DataShape.positionsPerOpening)
  }

  @Test func whatNoMatrixHoldsIsRefused() {
    #expect(throws: ParameterError.empty) { try DataShape(count: 0, openings: 1) }
    #expect(throws: ParameterError.empty) { try DataShape(count: 1, openings: 0) }
    #expect(throws: ParameterError.empty) { try DataShape(count: -1, openings: 1) }
    #expect(throws: ParameterError.tooLarge) { try DataShape(count: 1 << 28 + 1, openings: 1) }
    #expect(throws: ParameterError.tooLarge) { try DataShape(count: 1, openings: 1 << 16 + 1) }
    #expect(throws: ParameterError.tooLarge) { try DataShape(count: .max, openings: .max) }
    #expect(throws: Never.self) { try DataShape(count: 1 << 28, openings: 1 << 16) }
  }
}

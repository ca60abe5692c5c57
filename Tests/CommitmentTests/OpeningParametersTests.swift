import FieldArithmetic
import Testing

@testable import Commitment
@testable import ProofTestSupport

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

  private static let shapes: [([CommittedShape], GroupShape?)] = [
    ([], GroupShape(rowsLog: 0, lanes: 1)),
    ([.init(GroupShape(rowsLog: 0, lanes: 1))], nil),
    ([.init(GroupShape(rowsLog: 12, lanes: 16))], GroupShape(rowsLog: 13, lanes: 32)),
    ([.init(GroupShape(rowsLog: 16, lanes: 256))], GroupShape(rowsLog: 16, lanes: 16)),
    ([.init(GroupShape(rowsLog: 20, lanes: 512))], GroupShape(rowsLog: 19, lanes: 77)),
    ([.init(GroupShape(rowsLog: 22, lanes: 512))], GroupShape(rowsLog: 23, lanes: 100)),
    ([], GroupShape(rowsLog: 13, lanes: 9, tail: 256)),
    (
      [.init(GroupShape(rowsLog: 12, lanes: 16, tail: 4096))],
      GroupShape(rowsLog: 12, lanes: 3, tail: 512)
    ),
    (
      [
        .init(GroupShape(rowsLog: 14, lanes: 16, tail: 4096), copies: 25),
        .init(GroupShape(rowsLog: 10, lanes: 700, tail: 3 << 10), weights: .powers),
        .init(GroupShape(rowsLog: 17, lanes: 3), weights: .powers),
      ], GroupShape(rowsLog: 12, lanes: 3)
    ),
  ]

  @Test(arguments: shapes.indices) func everyTermReachesTheTarget(_ index: Int) throws {
    let (committed, witness) = Self.shapes[index]
    for queryWork in [0, 10, 16] {
      let parameters = try OpeningParameters.derive(
        committed: committed, witness: witness, queryWork: queryWork)
      let table = parameters.security
      #expect(!table.entries.isEmpty)
      for entry in table.entries {
        #expect(entry.hundredths >= 12800, "\(entry.term.description())")
        #expect(entry.work <= OpeningParameters.workLimit)
      }
      #expect(table.hundredths >= 12800)
      let again = try OpeningParameters.derive(
        committed: committed, witness: witness, queryWork: queryWork)
      #expect(again == parameters)
    }
  }

  @Test func everyFoldingStepFits() throws {
    for (committed, witness) in Self.shapes {
      let parameters = try OpeningParameters.derive(committed: committed, witness: witness)
      var log = parameters.layout.log
      for round in parameters.rounds {
        #expect(round.lanesLog + round.rowsLog == log)
        log = round.rowsLog
      }
      #expect(parameters.finalLog == log)
    }
  }

  /// One choice of positions serves all groups: as many as the group with the highest rate needs, of
  /// the longest code.
  @Test func positionsAreShared() throws {
    let committed: [CommittedShape] = [
      .init(GroupShape(rowsLog: 12, lanes: 16, tail: 2048)),
      .init(GroupShape(rowsLog: 14, lanes: 4)),
    ]
    let parameters = try OpeningParameters.derive(
      committed: committed, witness: GroupShape(rowsLog: 10, lanes: 9))
    #expect(committed[0].shape.queries() > 189 && committed[1].shape.queries() == 189)
    #expect(parameters.queries == committed[0].shape.queries())
    #expect(parameters.positionsLog == 16 && parameters.witness?.domainLog == 12)
  }

  /// The bad challenges of a group's weights: each bit of a lane's number, or each power, is one
  /// fold, and so is each further copy.
  @Test func everyFoldCounts() throws {
    func row(_ shape: CommittedShape) throws -> SecurityTable.Entry? {
      try OpeningParameters.derive(committed: [shape], witness: nil).security.entries.first {
        $0.term == .committedFold(group: 0)
      }
    }
    // Of one fold of words of 2^12 points that should be polynomials of 2^10 coefficients.
    let bad: Int64 = 4096
    let shape = GroupShape(rowsLog: 10, lanes: 16)
    // The copies' weights have a challenge of their own.
    let cases: [(CommittedShape, Int64)] = [
      (.init(shape), 4 * bad), (.init(shape, copies: 5), 4 * bad),
      (.init(shape, weights: .powers), 15 * 4096),
      (.init(shape, copies: 5, weights: .powers), 15 * 4096),
    ]
    for (shape, count) in cases {
      let entry = try #require(try row(shape))
      #expect(entry.hundredths == Probability.bits(count: count))
    }
    #expect(try row(.init(GroupShape(rowsLog: 10, lanes: 1))) == nil)
    let wide = CommittedShape(GroupShape(rowsLog: 14, lanes: 1 << 10), weights: .powers)
    let entry = try #require(try row(wide))
    #expect(entry.work > 0 && entry.hundredths >= 12800)
  }

  /// A line of words may be near a code as often as the code has points, though no two of its words
  /// are near on common positions: what is counted for a fold must not be less. Of 4 points, any 3
  /// lie on a polynomial of 2 coefficients if their divided difference is zero.
  @Test func aFoldCountsAllWordsThatALineHasNearTheCode() {
    let root = Fp.rootOfUnity(log: 2)
    let points = (0..<4).map { root.power(UInt64($0)) }
    func difference(_ word: [Fp], without missing: Int) -> Fp {
      let kept = (0..<4).filter { $0 != missing }
      return kept.reduce(Fp.zero) { sum, i in
        kept.filter { $0 != i }.reduce(word[i]) { $0 * (points[i] - points[$1]).inverse } + sum
      }
    }
    let (start, slope) = ([Fp.zero, .zero, .zero, .one], [Fp.zero, .zero, .one, .one])
    var challenges: Set<Fp> = []
    for missing in 0..<4 {
      let bend = difference(slope, without: missing)
      #expect(bend != .zero, "the words are near on common positions")
      challenges.insert(-difference(start, without: missing) * bend.inverse)
    }
    #expect(challenges.count == 4)
    #expect(ParameterSearch.badFolds(domainLog: 2) >= challenges.count)
  }

  @Test func shortWorkIsAddedWhereTheFieldIsTooSmall() throws {
    let parameters = try OpeningParameters.derive(
      committed: [], witness: GroupShape(rowsLog: 23, lanes: 4))
    #expect((parameters.witness?.foldWork ?? 0) > 0)
    #expect(parameters.security.hundredths >= 12800)
  }

  @Test func impossibleShapesAreRefused() {
    // The code is too long, and then its folding error too large to be ground down.
    #expect(throws: ParameterError.tooLarge) {
      try OpeningParameters.derive(
        committed: [.init(GroupShape(rowsLog: 28, lanes: 1 << 20))], witness: nil,
        inverseRateLog: 8)
    }
    #expect(throws: ParameterError.tooLarge) {
      try OpeningParameters.derive(
        committed: [], witness: GroupShape(rowsLog: 28, lanes: 4), targetBits: 144)
    }
    // The vector is too long, though each of its parts is not.
    let part = OpeningParameters.CommittedShape(GroupShape(rowsLog: 26, lanes: 1))
    func vector(_ parts: Int) throws(ParameterError) -> OpeningParameters {
      try .derive(committed: Array(repeating: part, count: parts), witness: nil)
    }
    #expect(throws: Never.self) { try vector(16) }
    #expect(throws: ParameterError.tooLarge) { try vector(17) }
    #expect(throws: ParameterError.empty) { try GroupShape.choose(cells: 0, beside: []) }
    #expect(throws: ParameterError.tooLarge) { try GroupShape.choose(cells: .max, beside: []) }
  }

  @Test func chosenShapesHoldTheCells() throws {
    for cells in [1, 2, 3, 100, 1000, 65_537, 1 << 18, 300_000, 1 << 22] {
      for model in [[], [GroupShape(rowsLog: 12, lanes: 16)]] {
        let shape = try GroupShape.choose(cells: cells, beside: model)
        #expect(shape.rows * shape.lanes >= cells)
        #expect(shape.rows * (shape.lanes - 1) < cells)
      }
    }
  }

  @Test func aSmallNetworksOpeningIsShort() throws {
    let model = GroupShape(rowsLog: 12, lanes: 16)
    let witness = try GroupShape.choose(cells: 1 << 18, beside: [model])
    let parameters = try OpeningParameters.derive(committed: [.init(model)], witness: witness)
    #expect(parameters.estimatedBytes < 250 << 10)
  }
}

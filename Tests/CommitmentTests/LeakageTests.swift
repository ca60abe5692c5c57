import FieldArithmetic
import TestSupport
import Testing
import Transcript

@testable import Commitment
@testable import ProofTestSupport
@testable import Prover

/// How much the messages of the real prover say of the data, exactly: with the challenges fixed a
/// view is A·data + B·secrets. Data of equal claimed values give equally distributed views if and
/// only if A·(data of value zero) lies in the image of B.
@Suite struct LeakageTests {
  typealias Slot = OpeningSecrets.Slot

  private func toy(
    _ committed: [CommittedShape] = [], witness: GroupShape, queries: Int = 2,
    steps: [Int] = [2, 1]
  ) -> OpeningParameters {
    .toy(committed, witness: witness, queries: queries, steps: steps)
  }

  /// The dimension of what a view says beyond the claimed values.
  /// - Parameter isRandom: the secrets that are drawn; the others are zero.
  private func leakage(
    _ parameters: OpeningParameters, proofs: Int = 1, reusesMasks: Bool = false,
    distance: Int = 1, isRandom: (Slot) -> Bool = { _ in true }
  ) throws -> Int {
    let secrets = OpeningSecrets(parameters: parameters, proofs: proofs)
    let view = OpeningView(secrets: secrets, reusesMasks: reusesMasks, distance: distance)
    let slots = secrets.slots
    let data = try slots.filter { $0.part.isData }.map { try view([($0, .one)]) }
    let random = try slots.filter { !$0.part.isData && isRandom($0) }.map {
      try view([($0, .one)]).messages
    }
    try checkLinearity(view, slots)
    let claims = (0..<3 * proofs).map { i in data.map { $0.claims[i] } }
    let hidden = Matrix.kernel(claims).map { vector in
      var sum = Array(repeating: Fp.zero, count: random[0].count)
      for (factor, column) in zip(vector, data) where factor != .zero {
        for i in sum.indices { sum[i] += factor * column.messages[i] }
      }
      return sum
    }
    return Matrix.rank(random + hidden) - Matrix.rank(random)
  }

  private func checkLinearity(_ view: OpeningView, _ slots: [Slot]) throws {
    var random = SeededGenerator(seed: 31)
    let (a, b) = (slots.map { ($0, random.base()) }, slots.map { ($0, random.base()) })
    let sum = zip(a, b).map { ($0.0, $0.1 + $1.1) }
    let (views, whole) = (try [a, b].map { try view($0).messages }, try view(sum).messages)
    #expect(zip(views[0], views[1]).map { $0 + $1 } == whole)
    #expect(try view([]).messages.allSatisfy { $0 == .zero })
  }

  private let model = CommittedShape(GroupShape(rowsLog: 2, lanes: 3, tail: 2))
  /// Two rounds over its lanes, and two random elements more in each tail.
  private let witness = GroupShape(rowsLog: 3, lanes: 4, tail: 20)
  /// One round.
  private let narrow = GroupShape(rowsLog: 3, lanes: 2, tail: 11)

  @Test func nothingLeaks() throws {
    #expect(try leakage(toy([model], witness: witness)) == 0)
    #expect(try leakage(toy([model], witness: witness, steps: [])) == 0)
    #expect(try leakage(toy(witness: witness)) == 0)
    // Lanes that are missing.
    #expect(try leakage(toy(witness: GroupShape(rowsLog: 4, lanes: 5, tail: 29))) == 0)
  }

  /// The model's code has 2^4 points, that of the witness 2^6: a mask is committed four times.
  @Test func nothingLeaksWhereAMaskIsRepeated() throws {
    let parameters = toy([model], witness: witness)
    #expect(parameters.committed[0].domainLog == 4 && parameters.witness?.domainLog == 6)
    for distance in [1, 15, 16, 17] {
      #expect(try leakage(parameters, distance: distance) == 0)
      #expect(try leakage(toy([model], witness: witness, steps: []), distance: distance) == 0)
    }
    // Both positions stand for one of the model's, which a shorter tail hides.
    let short = CommittedShape(GroupShape(rowsLog: 2, lanes: 3, tail: 1))
    #expect(try leakage(toy([short], witness: narrow), distance: 16) == 0)
    #expect(try leakage(toy([short], witness: narrow), distance: 15) == 3)
  }

  @Test func nothingLeaksOfSeveralGroups() throws {
    let data = CommittedShape(GroupShape(rowsLog: 1, lanes: 3, tail: 6), weights: .powers)
    let open = CommittedShape(GroupShape(rowsLog: 2, lanes: 2))
    let copies = CommittedShape(GroupShape(rowsLog: 1, lanes: 3, tail: 2), copies: 3)
    // A public group's code may be longer than the witness's.
    let long = CommittedShape(GroupShape(rowsLog: 5, lanes: 2), weights: .powers)
    for groups in [[model, data], [model, open, data], [open], [copies], [long, model]] {
      for steps in [[], [2, 1]] {
        #expect(try leakage(toy(groups, witness: narrow, steps: steps)) == 0)
      }
    }
    let parameters = toy([long, model], witness: narrow)
    #expect(parameters.positionsLog > parameters.witness?.domainLog ?? 0)
    // One position too many: each lane of the second group, or of each copy.
    let shortData = CommittedShape(GroupShape(rowsLog: 1, lanes: 3, tail: 1), weights: .powers)
    #expect(try leakage(toy([model, shortData], witness: narrow)) == 3)
    let shortCopies = CommittedShape(GroupShape(rowsLog: 1, lanes: 3, tail: 1), copies: 3)
    #expect(try leakage(toy([shortCopies], witness: narrow)) == 9)
  }

  /// One position too many says one thing of each lane.
  @Test func aTailThatIsShortLeaks() throws {
    let long = GroupShape(rowsLog: 3, lanes: 4, tail: 22)
    let longModel = CommittedShape(GroupShape(rowsLog: 2, lanes: 3, tail: 4))
    #expect(try leakage(toy([longModel], witness: long, queries: 4)) == 0)
    #expect(try leakage(toy([model], witness: long, queries: 3)) == 3)
    #expect(try leakage(toy([longModel], witness: witness, queries: 3)) == 4)
    #expect(try leakage(toy([longModel], witness: long, queries: 5)) == 7)
    // Two, without any random element.
    #expect(try leakage(toy(witness: GroupShape(rowsLog: 3, lanes: 4, tail: 18))) == 8)
  }

  @Test(arguments: OpeningSecrets.Part.allCases.filter { !$0.isData })
  func everySecretIsNeeded(_ part: OpeningSecrets.Part) throws {
    // So many positions that the rounds' polynomials alone would not hide themselves.
    let parameters = toy(
      [CommittedShape(GroupShape(rowsLog: 2, lanes: 3, tail: 4))],
      witness: GroupShape(rowsLog: 3, lanes: 4, tail: 22), queries: 4)
    #expect(try leakage(parameters) == 0)
    #expect(try leakage(parameters) { $0.part != part } > 0)
  }

  @Test(arguments: [OpeningSecrets.Part.lane, .committedMask])
  func aMaskOverTheBaseFieldLeaks(_ part: OpeningSecrets.Part) throws {
    let parameters = toy([model], witness: witness)
    #expect(try leakage(parameters) { $0.part != part || $0.coordinate == 0 } > 0)
  }

  /// Each coefficient of the rounds' polynomials needs three coordinates.
  @Test func roundsOverTheBaseFieldLeak() throws {
    let parameters = toy([model], witness: witness)
    for coordinate in 0..<3 {
      #expect(
        try leakage(parameters) { $0.part != .polynomial || $0.index % 3 != coordinate } > 0)
    }
  }

  /// Each of two groups needs a mask of its own.
  @Test func aGroupWithoutItsMaskLeaks() throws {
    let data = CommittedShape(GroupShape(rowsLog: 1, lanes: 3, tail: 2), weights: .powers)
    let parameters = toy([model, data], witness: narrow)
    let first = model.shape.messageLength
    #expect(try leakage(parameters) == 0)
    #expect(try leakage(parameters) { $0.part != .committedMask || $0.index >= first } > 0)
    #expect(try leakage(parameters) { $0.part != .committedMask || $0.index < first } > 0)
  }

  @Test func aModelIsHiddenAsOftenAsItsTailAllows() throws {
    let longModel = CommittedShape(GroupShape(rowsLog: 2, lanes: 3, tail: 4))
    #expect(try leakage(toy([longModel], witness: narrow), proofs: 2) == 0)
    #expect(try leakage(toy([model], witness: narrow), proofs: 2) == 6)
    #expect(try leakage(toy([longModel], witness: narrow), proofs: 3) == 6)
  }

  /// A commitment to data, of rate 1/4 as they are: three proofs open as many positions as its tail
  /// is long.
  @Test func dataAreHiddenAsOftenAsTheirTailAllows() throws {
    let data = CommittedShape(GroupShape(rowsLog: 1, lanes: 4, tail: 6), weights: .powers)
    let parameters = toy([data], witness: narrow)
    for proofs in 1...3 { #expect(try leakage(parameters, proofs: proofs) == 0) }
    #expect(try leakage(parameters, proofs: 4) > 0)
    // Beside another group, whose code has another length.
    let small = CommittedShape(GroupShape(rowsLog: 0, lanes: 3, tail: 6))
    let both = toy([small, data], witness: narrow)
    #expect(both.committed[0].domainLog != both.committed[1].domainLog)
    #expect(try leakage(both, proofs: 3) == 0)
  }

  @Test func masksThatServeTwiceLeak() throws {
    let longModel = CommittedShape(GroupShape(rowsLog: 2, lanes: 3, tail: 4))
    let parameters = toy([longModel], witness: narrow)
    #expect(try leakage(parameters, proofs: 2, reusesMasks: true) > 0)
  }

  /// How much of a closed leaf's entropy is left for who knows the data and the view, in elements
  /// of F: of the witness's leaf, and of those of the hidden groups. Without folding steps the masked
  /// vector is part of the view.
  private func closedEntropy(_ parameters: OpeningParameters) throws -> [Int] {
    let secrets = OpeningSecrets(parameters: parameters, proofs: 1)
    let view = OpeningView(secrets: secrets)
    let images = try secrets.slots.filter { !$0.part.isData }.map { try view([($0, .one)]) }
    let seen = Matrix.rank(images.map(\.messages))
    return images[0].closed.indices.map { i in
      Matrix.rank(images.map { $0.messages + $0.closed[i] }) - seen
    }
  }

  @Test func closedLeavesCannotBeGuessed() throws {
    let longModel = CommittedShape(GroupShape(rowsLog: 2, lanes: 3, tail: 4), copies: 2)
    let data = CommittedShape(GroupShape(rowsLog: 1, lanes: 3, tail: 6), weights: .powers)
    for lanes in [3, 4] {
      let witness = GroupShape(rowsLog: 3, lanes: lanes, tail: 21)
      let entropy = try closedEntropy(toy([longModel, data], witness: witness, steps: []))
      // The lanes and the mask of the rounds; and the masks of two groups, which are as unknown as
      // the closed leaves of these.
      #expect(entropy == [lanes + 1 + 6, 3, 3, 3])
    }
    // Without a further element of the mask of the rounds, and a further position of the tail.
    #expect(try closedEntropy(toy([model], witness: narrow, steps: [])) == [0, 0])
  }

  /// Who knows the challenge that follows the masks' sum needs no data: with zeros in their place
  /// and another sum, views are distributed like those of any data with the claimed value.
  @Test func theSimulatorsViewsAreTheProvers() throws {
    let data = CommittedShape(GroupShape(rowsLog: 1, lanes: 3, tail: 6), weights: .powers)
    let parameters = toy([model, data], witness: witness)
    let secrets = OpeningSecrets(parameters: parameters, proofs: 1)
    let view = OpeningView(secrets: secrets)
    let images = try secrets.slots.filter { !$0.part.isData }.map {
      try view([($0, .one)]).messages
    }
    var random = SeededGenerator(seed: 41)
    let image = try view(secrets.slots.filter { $0.part.isData }.map { ($0, random.base()) })
    var challenges = SeededGenerator(seed: OpeningView.seed(0))
    let shift = challenges.element() * Fp3(image.claims[0], image.claims[1], image.claims[2])
    var difference = image.messages
    for (i, coordinate) in [shift.c0, shift.c1, shift.c2].enumerated() {
      difference[i] += coordinate
    }
    #expect(Matrix.rank(images + [difference]) == Matrix.rank(images))
    #expect(Matrix.rank(images + [image.messages]) == Matrix.rank(images) + 1)
  }
}

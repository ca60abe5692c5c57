import FieldArithmetic
import Testing
import Transcript

@testable import Commitment
@testable import Prover

/// Linear algebra over F.
enum Matrix {
  /// Brings rows to reduced echelon form. Returns the columns of the leading ones.
  static func reduce(_ rows: inout [[Fp]]) -> [Int] {
    var pivots: [Int] = []
    for column in 0..<(rows.first?.count ?? 0) where pivots.count < rows.count {
      guard let pivot = rows[pivots.count...].firstIndex(where: { $0[column] != .zero }) else {
        continue
      }
      rows.swapAt(pivots.count, pivot)
      let inverse = rows[pivots.count][column].inverse
      let leading = rows[pivots.count].map { $0 * inverse }
      rows[pivots.count] = leading
      for i in rows.indices where i != pivots.count && rows[i][column] != .zero {
        let factor = rows[i][column]
        for j in column..<leading.count { rows[i][j] -= factor * leading[j] }
      }
      pivots.append(column)
    }
    return pivots
  }

  static func rank(_ rows: [[Fp]]) -> Int {
    var rows = rows
    return reduce(&rows).count
  }

  /// A basis of the vectors that all rows are orthogonal to.
  static func kernel(_ rows: [[Fp]]) -> [[Fp]] {
    var rows = rows
    let pivots = reduce(&rows)
    return (0..<(rows.first?.count ?? 0)).filter { !pivots.contains($0) }.map { free in
      var vector = Array(repeating: Fp.zero, count: rows[0].count)
      vector[free] = .one
      for (row, pivot) in zip(rows, pivots) { vector[pivot] = -row[free] }
      return vector
    }
  }
}

/// How much the messages of the real prover say of the data, exactly: with the challenges fixed a
/// view is A·data + B·secrets. Data of equal claimed values give equally distributed views if and
/// only if A·(data of value zero) lies in the image of B.
@Suite struct LeakageTests {
  typealias Slot = OpeningSecrets.Slot

  /// Parameters with few queries, which protect nothing but the data.
  private func toy(
    model: GroupShape? = nil, witness: GroupShape, queries: Int = 2, steps: [Int] = [2, 1],
    missing: Int = 0
  ) -> OpeningParameters {
    func group(_ shape: GroupShape) -> OpeningParameters.Group {
      .init(
        shape: shape, domainLog: floorLog(shape.messageLength) + 2, queries: queries, foldWork: 0)
    }
    let layout = FoldedLayout(model: model, witness: witness)
    var log = layout.log
    var rounds: [OpeningParameters.Round] = []
    for lanesLog in steps {
      log -= lanesLog
      rounds.append(
        .init(
          lanesLog: lanesLog, rowsLog: log, domainLog: log + 2, queries: queries, foldWork: 0,
          lanes: rounds.isEmpty ? (layout.count - 1) >> log + 1 : nil))
    }
    return OpeningParameters(
      model: model.map(group), witness: group(witness), rounds: rounds, finalLog: log,
      queryWork: 0, targetBits: 2, estimatedBytes: 0,
      hiding: .init(vectorLength: 3 * witness.lanesLog + queries - missing, foldWork: 0))
  }

  /// The dimension of what a view says beyond the claimed values.
  /// - Parameter isRandom: the secrets that are drawn; the others are zero.
  private func leakage(
    _ parameters: OpeningParameters, proofs: Int = 1, reusesMasks: Bool = false,
    isRandom: (Slot) -> Bool = { _ in true }
  ) throws -> Int {
    let secrets = OpeningSecrets(parameters: parameters, proofs: proofs)
    let view = OpeningView(secrets: secrets, reusesMasks: reusesMasks)
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
    var random = Random(seed: 31)
    let (a, b) = (slots.map { ($0, random.base()) }, slots.map { ($0, random.base()) })
    let sum = zip(a, b).map { ($0.0, $0.1 + $1.1) }
    let (views, whole) = (try [a, b].map { try view($0).messages }, try view(sum).messages)
    #expect(zip(views[0], views[1]).map { $0 + $1 } == whole)
    #expect(try view([]).messages.allSatisfy { $0 == .zero })
  }

  private let model = GroupShape(rowsLog: 2, lanes: 3, tail: 2)
  private let witness = GroupShape(rowsLog: 3, lanes: 4, tail: 2)

  @Test func nothingLeaks() throws {
    #expect(try leakage(toy(model: model, witness: witness)) == 0)
    #expect(try leakage(toy(model: model, witness: witness, steps: [])) == 0)
    #expect(try leakage(toy(witness: witness)) == 0)
    // Lanes that are missing, and rounds that are.
    #expect(try leakage(toy(witness: GroupShape(rowsLog: 4, lanes: 5, tail: 2))) == 0)
    let narrow = GroupShape(rowsLog: 3, lanes: 1, tail: 2)
    #expect(try leakage(toy(model: model, witness: narrow)) == 0)
  }

  /// One position too many says one thing of each lane.
  @Test func aTailThatIsShortLeaks() throws {
    let long = GroupShape(rowsLog: 3, lanes: 4, tail: 4)
    let longModel = GroupShape(rowsLog: 2, lanes: 3, tail: 4)
    #expect(try leakage(toy(model: longModel, witness: long, queries: 4)) == 0)
    #expect(try leakage(toy(model: longModel, witness: long, queries: 5)) == 7)
    #expect(try leakage(toy(model: model, witness: long, queries: 3)) == 3)
    #expect(try leakage(toy(model: longModel, witness: witness, queries: 3)) == 4)
    // A random element too few behind the polynomial of the rounds; of more than one round a
    // coefficient remains free in each but one.
    let narrow = GroupShape(rowsLog: 3, lanes: 2, tail: 2)
    #expect(try leakage(toy(model: model, witness: narrow)) == 0)
    #expect(try leakage(toy(model: model, witness: narrow, missing: 1)) == 3)
    #expect(try leakage(toy(model: model, witness: witness, missing: 2)) == 3)
  }

  @Test(arguments: OpeningSecrets.Part.allCases.filter { !$0.isData })
  func everySecretIsNeeded(_ part: OpeningSecrets.Part) throws {
    let parameters = toy(model: model, witness: witness)
    #expect(try leakage(parameters) { $0.part != part } > 0)
  }

  @Test(arguments: [OpeningSecrets.Part.lane, .polynomial, .polynomialMask, .modelLane])
  func aMaskOverTheBaseFieldLeaks(_ part: OpeningSecrets.Part) throws {
    let parameters = toy(model: model, witness: witness)
    #expect(try leakage(parameters) { $0.part != part || $0.coordinate == 0 } > 0)
  }

  @Test func aModelIsHiddenAsOftenAsItsTailAllows() throws {
    let longModel = GroupShape(rowsLog: 2, lanes: 3, tail: 4)
    let narrow = GroupShape(rowsLog: 3, lanes: 2, tail: 2)
    #expect(try leakage(toy(model: longModel, witness: narrow), proofs: 2) == 0)
    #expect(try leakage(toy(model: model, witness: narrow), proofs: 2) == 6)
    #expect(try leakage(toy(model: longModel, witness: narrow), proofs: 3) == 6)
  }

  @Test func masksThatServeTwiceLeak() throws {
    let longModel = GroupShape(rowsLog: 2, lanes: 3, tail: 4)
    let narrow = GroupShape(rowsLog: 3, lanes: 2, tail: 2)
    let parameters = toy(model: longModel, witness: narrow)
    #expect(try leakage(parameters, proofs: 2, reusesMasks: true) > 0)
  }

  /// How much of a closed leaf's entropy is left for who knows the data and the view, in elements
  /// of F: of the witness's leaf, the model's, and that of the model's mask. Without folding steps
  /// the masked vector is part of the view.
  private func closedEntropy(_ parameters: OpeningParameters) throws -> [Int] {
    let secrets = OpeningSecrets(parameters: parameters, proofs: 1)
    let view = OpeningView(secrets: secrets)
    let images = try secrets.slots.filter { !$0.part.isData }.map { try view([($0, .one)]) }
    let seen = Matrix.rank(images.map(\.messages))
    return (0..<3).map { i in Matrix.rank(images.map { $0.messages + $0.closed[i] }) - seen }
  }

  @Test func closedLeavesCannotBeGuessed() throws {
    let longModel = GroupShape(rowsLog: 2, lanes: 3, tail: 4)
    let narrow = GroupShape(rowsLog: 3, lanes: 2, tail: 2)
    for wide in [witness, narrow] {
      let parameters = toy(model: longModel, witness: wide, steps: [], missing: -1)
      #expect(try closedEntropy(parameters).allSatisfy { $0 >= 3 })
    }
    // Without the further element of the mask, and without a further position of the tail.
    #expect(try closedEntropy(toy(model: model, witness: narrow, steps: [])) == [0, 0, 0])
  }

  /// Who knows the challenge that follows the masks' sum needs no data: with zeros in their place
  /// and another sum, views are distributed like those of any data with the claimed value.
  @Test func theSimulatorsViewsAreTheProvers() throws {
    let parameters = toy(model: model, witness: witness)
    let secrets = OpeningSecrets(parameters: parameters, proofs: 1)
    let view = OpeningView(secrets: secrets)
    let images = try secrets.slots.filter { !$0.part.isData }.map {
      try view([($0, .one)]).messages
    }
    var random = Random(seed: 41)
    let data = try view(secrets.slots.filter { $0.part.isData }.map { ($0, random.base()) })
    var challenges = Random(seed: OpeningView.seed(0))
    let shift = challenges.element() * Fp3(data.claims[0], data.claims[1], data.claims[2])
    var difference = data.messages
    for (i, coordinate) in [shift.c0, shift.c1, shift.c2].enumerated() {
      difference[i] += coordinate
    }
    #expect(Matrix.rank(images + [difference]) == Matrix.rank(images))
    #expect(Matrix.rank(images + [data.messages]) == Matrix.rank(images) + 1)
  }
}

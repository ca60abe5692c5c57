import ConstraintSystem
import FieldArithmetic
import Hashing
import Testing
import Transcript
import Verifier

@testable import ProofTestSupport
@testable import Prover
@testable import Witness

/// Lookups in rows of tensors: honest provers, and those that lie about a row, its number, or how often
/// it is looked up.
@Suite struct RowLookupTests {
  private static let embedding = SmallSystem.embedding(rows: 11, width: 5, picks: 6)
  private static let gathering = SmallSystem.gathering(matrices: 3, rows: 5, width: 2, picks: 4)
  private static let sorting = SmallSystem.sorting([3, -7, 3, 0, 50, -50, 12])

  @Test(arguments: SmallSystem.rowGallery.indices)
  func honestProofsAreAccepted(number: Int) throws {
    let small = SmallSystem.rowGallery[number].system
    try small.system.validate()
    try StatementChecker.check(small.system, small.assignment)
    try StatementChecker.checkByDefinition(small.system, small.assignment)
    let arena = try Arena(small)
    #expect(arena.rejection(of: try arena.prove()) == nil)
  }

  /// The beginnings of the digests of the systems' bytes and of the proofs, which the second verifier of
  /// `Paper/` accepts.
  private static let answers = [
    ("36354b73f45642c8", "2b2ba21c9934f71e"), ("515e7d03ae1bbbd9", "0c92e39de97e0f81"),
    ("1b74b97b815b3fa3", "f81fd84ad6fb7a4e"),
  ]

  @Test(arguments: SmallSystem.rowGallery.indices)
  func proofsAreAsTheyWere(number: Int) throws {
    func beginning(_ digest: Digest) -> String {
      digest.bytes.prefix(8).flatMap { [$0 >> 4, $0 & 15] }.map { String($0, radix: 16) }.joined()
    }
    let small = SmallSystem.rowGallery[number].system
    #expect(beginning(small.system.digest) == Self.answers[number].0)
    let proof = try Arena(small).prove()
    #expect(beginning(Digest(hashing: proof)) == Self.answers[number].1)
  }

  /// Sizes at which boxes, lanes and blocks have all kinds of edges.
  @Test(arguments: [
    (1, 1, 1), (2, 1, 1), (1, 3, 2), (7, 4, 1), (33, 17, 5), (64, 8, 64), (5, 130, 2),
  ])
  func sizesOfAllKindsAreProven(rows: Int, width: Int, picks: Int) throws {
    let arena = try Arena(.embedding(rows: rows, width: width, picks: picks))
    #expect(arena.rejection(of: try arena.prove()) == nil)
    let other = try Arena(.gathering(matrices: picks, rows: rows, width: width, picks: 2))
    #expect(other.rejection(of: try other.prove()) == nil)
  }

  /// Changes the embedding's w, ids, y and sums, keeping the sums right.
  private static let lies: [@Sendable (inout [[Int]]) -> Void] = [
    { $0[1][2] = ($0[1][2] + 1) % 11 },
    { $0[2].swapAt(5, 6) },
    { $0[2][9] += 1 },
    { t in for j in 0..<5 { t[2][j] = t[0][j * 11 + (t[1][0] + 1) % 11] } },
    { t in for j in 0..<5 { t[2].swapAt(j, 5 + j) } },
    // One past each end, where nothing can be read, and p further.
    { t in
      t[1][3] = 11
      for j in 15..<20 { t[2][j] = 0 }
    },
    { t in
      t[1][3] = -1
      for j in 15..<20 { t[2][j] = 0 }
    },
    { t in
      t[1][3] = 11
      for j in 0..<4 { t[2][15 + j] = t[0][(j + 1) * 11] }
    },
    { $0[2] = $0[2].map { _ in 0 } },
    { $0[2] = $0[2].map { 2 * $0 } },
  ]

  @Test(arguments: lies.indices)
  func aLieAboutARowIsRejected(number: Int) throws {
    let arena = try Arena(Self.embedding)
    let assignment = arena.assignment { values in
      Self.lies[number](&values)
      for t in 0..<6 { values[3][t] = values[2][t * 5..<(t + 1) * 5].reduce(0, +) }
    }
    #expect(throws: StatementViolation.self) {
      try StatementChecker.checkByDefinition(arena.small.system, assignment)
    }
    #expect(throws: EvaluationError.self) {
      try Multiplicities(of: arena.small.system, in: assignment)
    }
    for counts in try Self.plausibleCounts(arena, assignment) {
      #expect(
        arena.rejection(of: try arena.prove(assignment, counts: counts))
          == .rejected(.fractionLayer))
    }
  }

  /// The honest counts, and those of the numbers that are committed, as far as there are such rows.
  private static func plausibleCounts(
    _ arena: Arena, _ assignment: Assignment
  ) throws -> [[[Int64]]] {
    let honest = try arena.multiplicities(arena.small.assignment).counts
    var counts = honest[0].map { _ in Int64(0) }
    for id in assignment[1].values where id >= 0 && id < counts.count { counts[id] += 1 }
    return [honest, [counts]]
  }

  /// A change of any value is noticed, unless the statements hold for it: rows that nobody looks up are
  /// free.
  @Test(arguments: SmallSystem.rowGallery.indices)
  func everyValueIsPinnedDown(number: Int) throws {
    let arena = try Arena(SmallSystem.rowGallery[number].system)
    for tensor in arena.small.system.tensors.indices
    where arena.small.system.tensors[tensor].role != .model {
      for position in arena.small.assignment[tensor].values.indices {
        for change in [-1, 1] {
          let assignment = arena.assignment { $0[tensor][position] += change }
          guard arena.small.system.tensors[tensor].range.contains(assignment[tensor][position])
          else { continue }
          let rejection = arena.rejection(of: try arena.prove(assignment))
          let holds: Void? = try? StatementChecker.checkByDefinition(
            arena.small.system, assignment)
          #expect(
            holds != nil
              ? rejection == nil
              : rejection == .rejected(.fractionLayer)
                || rejection == .rejected(.openingFinalClaim),
            "\(tensor), \(position), \(change)")
        }
      }
    }
  }

  @Test func forgedCountsAreRejected() throws {
    let arena = try Arena(Self.embedding)
    let counts = try arena.multiplicities(arena.small.assignment).counts
    #expect(arena.rejection(of: try arena.prove(counts: counts)) == nil)
    let used = try #require(counts[0].firstIndex { $0 > 0 })
    let unused = try #require(counts[0].firstIndex(of: 0))
    let forgeries: [(inout [Int64]) -> Void] = [
      { $0[used] += 1 }, { $0[used] -= 1 }, { $0[used] = -$0[used] }, { $0[unused] = 1 },
      { $0.swapAt(used, unused) }, { $0 = $0.map { _ in 0 } }, { $0 = $0.map { 2 * $0 } },
    ]
    for (number, forge) in forgeries.enumerated() {
      var forged = counts
      forge(&forged[0])
      #expect(
        arena.rejection(of: try arena.prove(counts: forged)) == .rejected(.fractionLayer),
        "forgery \(number)")
    }
  }

  /// Rows of another of the matrices, at the same number.
  @Test func aRowOfAnotherMatrixIsRejected() throws {
    let arena = try Arena(Self.gathering)
    let assignment = arena.assignment { values in
      let id = values[1][0]
      for c in 0..<2 { values[2][c] = values[0][(5 + id) * 2 + c] }
      values[3][0] = values[2][0..<8].reduce(0, +)
    }
    #expect(assignment[2].values != arena.small.assignment[2].values)
    #expect(arena.rejection(of: try arena.prove(assignment)) == .rejected(.fractionLayer))
  }

  /// Sorted values, but some of them another number of times.
  @Test func whatIsNoPermutationIsRejected() throws {
    let arena = try Arena(Self.sorting)
    let lies: [(inout [[Int]]) -> Void] = [
      // The least one twice, and the next not at all.
      {
        $0[1][1] = $0[1][0]
        $0[2][1] = $0[2][0]
      },
      { $0[1][1] = $0[1][0] },
      { $0[1][0] = -1 },
      { $0[1][6] = 7 },
      { $0[1].swapAt(0, 6) },
      {
        $0[1].swapAt(0, 6)
        $0[2].swapAt(0, 6)
      },
    ]
    for (number, lie) in lies.enumerated() {
      let assignment = arena.assignment(lie)
      #expect(throws: StatementViolation.self) {
        try StatementChecker.checkByDefinition(arena.small.system, assignment)
      }
      #expect(throws: StatementViolation.self) {
        try StatementChecker.check(arena.small.system, assignment.withinRanges(of: arena.small))
      }
      #expect(
        arena.rejection(of: try arena.prove(assignment)) == .rejected(.fractionLayer),
        "lie \(number)")
    }
    // Equal values may stand in any order.
    let equal = try #require(arena.small.assignment[2].values.firstIndex(of: 3))
    let other = arena.assignment { $0[1].swapAt(equal, equal + 1) }
    #expect(arena.rejection(of: try arena.prove(other)) == nil)
  }

  /// Two tables of rows that hold the same numbers: a tuple of one is no tuple of the other.
  @Test func aRowOfAnotherTableIsRejected() throws {
    var sketch = SystemSketch()
    let a = sketch.tensor("a", [4], .publicInput, [1, 2, 3, 4])
    let b = sketch.tensor("b", [4], .publicInput, [1, 9, 3, 4])
    let i = sketch.tensor("i", [], .witness, [1])
    let y = sketch.tensor("y", [], .publicOutput, [2])
    let first = sketch.rows([4], SystemSketch.read(a, 0))
    _ = sketch.rows([4], SystemSketch.read(b, 0))
    sketch.lookup([], [SystemSketch.read(i), SystemSketch.read(y)], in: first)
    let arena = try Arena(sketch.small)
    #expect(arena.rejection(of: try arena.prove()) == nil)
    let lie = arena.assignment { $0[y][0] = 9 }
    for counts: [[Int64]] in [[[0, 1, 0, 0], [0, 0, 0, 0]], [[0, 0, 0, 0], [0, 1, 0, 0]]] {
      #expect(
        arena.rejection(of: try arena.prove(lie, counts: counts)) == .rejected(.fractionLayer))
    }
  }

  /// What fills the lanes behind the last column is committed to, and in no row.
  @Test func paddingOfTheModelIsNoPartOfARow() throws {
    let small = Self.embedding
    let arena = try Arena(small)
    let layout = arena.key.verifyingKey.layout
    #expect(small.system.tensors[0].shape[0] % (1 << layout.modelLanesLog) != 0)
    let wide = try Arena(.embedding(rows: 11, width: 8, picks: 6))
    let other = try #require(wide.key.commitments)
    let key = try ProvingKey(
      circuit: arena.key.circuit,
      verifyingKey: VerifyingKey(
        system: small.system, pinnedRoot: wide.key.verifyingKey.pinnedRoot),
      model: arena.key.model, commitments: other, ledger: nil)
    let proof = try arena.prove(key: key)
    #expect(throws: ProofError.self) {
      _ = try Verifier.verify(
        key: key.verifyingKey, proof: proof, allowsPlain: true, allowsUnproven: true)
    }
  }

  /// The rows of the batch's samples are not mixed up; a model's serve all.
  @Test(arguments: SmallSystem.rowGallery.indices)
  func batchesAreWellFormed(number: Int) throws {
    let small = SmallSystem.rowGallery[number].system
    let batched = try small.system.batched(3)
    let assignment = try Assignment(
      batch: [small.assignment, small.assignment, small.assignment], of: batched)
    try StatementChecker.check(batched, assignment)
    try StatementChecker.checkByDefinition(batched, assignment)
    #expect(
      batched.rowTables[0].rowRank == small.system.rowTables[0].rowRank + (number == 0 ? 0 : 1))
    let arena = try Arena(SmallSystem(system: batched, assignment: assignment))
    #expect(arena.rejection(of: try arena.prove()) == nil)
  }
}

extension Assignment {
  /// The values in the declared ranges, so that a check of ranges is not what notices.
  fileprivate func withinRanges(of small: SmallSystem) -> Assignment {
    Assignment(
      zip(tensors, small.system.tensors).map { buffer, tensor in
        IntegerBuffer(
          narrowing: buffer.values.map {
            min(max($0, Int(tensor.range.lowerBound)), Int(tensor.range.upperBound))
          })
      })
  }
}

import ConstraintSystem
import FieldArithmetic
import Testing
import Transcript
import Verifier

@testable import ProofTestSupport
@testable import Prover
@testable import Witness

/// A lie in the values of `SmallSystem.dense`, and the check that catches it.
struct Lie: Sendable {
  let name: String
  let check: Check
  /// Changes x, w, b, y, r, z; told an element whose y is above zero, and one whose y is below.
  let tell: @Sendable (inout [[Int]], _ positive: Int, _ negative: Int) -> Void

  init(
    _ name: String, _ check: Check,
    _ tell: @escaping @Sendable (inout [[Int]], _ positive: Int, _ negative: Int) -> Void
  ) {
    self.name = name
    self.check = check
    self.tell = tell
  }

  /// The residue of a/16, as the integer of least magnitude.
  static func sixteenth(of a: Int) -> Int { (Fp(a) * Fp(16).inverse).signed }

  /// x·wᵀ + b + 8 = 16·y + r; r in 0...15; z = relu(y) with y in i16.
  static let all = [
    Lie("an activation alone", .fractionLayer) { t, i, _ in t[3][i] += 1 },
    Lie("an activation where its relu stays the same", .openingFinalClaim) { t, _, i in
      t[3][i] -= 1
    },
    Lie("an activation with its relu", .openingFinalClaim) { t, i, _ in
      t[3][i] += 1
      t[5][i] += 1
    },
    Lie("an activation with all that depends on it: the remainder turns negative", .fractionLayer) {
      t, i, _ in
      t[3][i] += 1
      t[4][i] -= 16
      t[5][i] += 1
    },
    Lie("an activation with all that depends on it: the remainder is too large", .fractionLayer) {
      t, i, _ in
      t[3][i] -= 1
      t[4][i] += 16
      t[5][i] -= 1
    },
    Lie("a remainder within its range", .openingFinalClaim) { t, i, _ in
      t[4][i] = (t[4][i] + 1) % 16
    },
    Lie("a remainder one below its table", .fractionLayer) { t, i, _ in t[4][i] = -1 },
    Lie("a remainder one above its table", .fractionLayer) { t, i, _ in t[4][i] = 16 },
    Lie("an activation one below its table", .fractionLayer) { t, _, i in t[3][i] = -32769 },
    Lie("an activation one above its table", .fractionLayer) { t, i, _ in
      t[3][i] = 32768
      t[5][i] = 32767
    },
    Lie("another remainder, the quotient wrapping around p", .fractionLayer) { t, i, _ in
      let other = (t[4][i] + 1) % 16
      t[3][i] += sixteenth(of: t[4][i] - other)
      t[4][i] = other
    },
    Lie("a relu of a negative number that is not zero", .fractionLayer) { t, _, i in t[5][i] = 1 },
    Lie("a relu that passes the negative number's magnitude", .fractionLayer) { t, _, i in
      t[5][i] = -t[3][i]
    },
    Lie("a relu that is zero for a positive number", .fractionLayer) { t, i, _ in t[5][i] = 0 },
    Lie("two elements of the output exchanged", .fractionLayer) { t, i, j in t[5].swapAt(i, j) },
    Lie("a public input", .openingFinalClaim) { t, _, _ in t[0][0] += 1 },
    Lie("two public inputs exchanged", .openingFinalClaim) { t, _, _ in t[0].swapAt(0, 1) },
    Lie("the whole result of another input", .openingFinalClaim) { t, _, _ in
      let other = SmallSystem.dense(rows: 2, inputs: 5, outputs: 7, seed: 2)
      for tensor in 3...5 { t[tensor] = other.assignment[tensor].values }
    },
    Lie("everything zero", .openingFinalClaim) { t, _, _ in
      for tensor in 3...5 { t[tensor] = t[tensor].map { _ in 0 } }
    },
  ]
}

/// Provers that are honest but for the values that they commit to.
@Suite struct ChangedWitnessTests {
  private let arena: Arena
  private let positive: Int
  private let negative: Int

  init() throws {
    arena = try Arena(.dense(rows: 2, inputs: 5, outputs: 7))
    let y = arena.small.assignment[3].values
    positive = try #require(y.firstIndex { $0 > 1 })
    negative = try #require(y.firstIndex { $0 < -1 })
    #expect(arena.rejection(of: try arena.prove()) == nil)
  }

  /// Values one past each end of a table; a quotient whose
  /// remainder is out of range, or that wraps around the field; an unconstrained hint.
  @Test(arguments: Lie.all.indices)
  func aChangedValueIsRejected(lie: Int) throws {
    let lie = Lie.all[lie]
    let assignment = arena.assignment { lie.tell(&$0, positive, negative) }
    let proof = try arena.prove(assignment)
    #expect(arena.rejection(of: proof) == .rejected(lie.check), "\(lie.name)")
  }

  /// Each single value that the prover commits to or publishes matters.
  @Test func everyValueOfTheWitnessIsPinnedDown() throws {
    for tensor in 3...5 {
      for position in arena.small.assignment[tensor].values.indices {
        for change in [-1, 1] {
          let assignment = arena.assignment { $0[tensor][position] += change }
          guard arena.small.system.tensors[tensor].range.contains(assignment[tensor][position])
          else { continue }
          let rejection = arena.rejection(of: try arena.prove(assignment))
          #expect(
            rejection == .rejected(.fractionLayer) || rejection == .rejected(.openingFinalClaim),
            "\(tensor), \(position), \(change)")
        }
      }
    }
  }

  /// Public values outside of their range are no statement at all.
  @Test func aPublicValueOutOfItsRangeIsRefused() throws {
    for (tensor, value) in [(5, -1), (5, 32768), (0, 32768), (0, -32769)] {
      #expect(throws: ProofError.rejected(.publicTensorRange)) {
        try arena.prove(arena.assignment { $0[tensor][0] = value })
      }
    }
  }

  /// Forged multiplicities, among them residues of negative counts.
  @Test func forgedMultiplicitiesAreRejected() throws {
    let counts = try Multiplicities(of: arena.small.system, in: arena.small.assignment).counts
    let used = try #require(counts[0].firstIndex { $0 > 0 })
    let unused = try #require(counts[1].firstIndex(of: 0))
    #expect(arena.rejection(of: try arena.prove(counts: counts)) == nil)
    let forgeries: [(inout [[Int64]]) -> Void] = [
      { $0[0][used] += 1 },
      { $0[0][used] -= 1 },
      { $0[0][used] = -$0[0][used] },
      { $0[1][unused] = 1 },
      { $0[1][unused] = -1 },
      {
        $0[0][used] -= 1
        $0[0][(used + 1) % 16] += 1
      },
      {
        $0[0][used] -= 1
        $0[1][unused] += 1
      },
      { $0[0] = $0[0].map { _ in 0 } },
      { $0[1] = $0[1].map { _ in 0 } },
      { $0 = $0.map { $0.map { 2 * $0 } } },
    ]
    for (number, forge) in forgeries.enumerated() {
      var forged = counts
      forge(&forged)
      #expect(
        arena.rejection(of: try arena.prove(counts: forged)) == .rejected(.fractionLayer),
        "forgery \(number)")
    }
  }

  /// The count of a bad value cannot vanish modulo p, as the key bounds the number
  /// of lookups far below p.
  @Test func asManyLookupsAsTheFieldHasElementsAreNoSystem() throws {
    var system = arena.small.system
    let size = 1 << 25
    system.lookups[0].indices = [
      StatementIndex(name: "i", size: size), StatementIndex(name: "j", size: size),
    ]
    #expect(throws: KeyError.malformed) {
      try VerifyingKey(system: system, pinnedRoot: arena.key.verifyingKey.pinnedRoot)
    }
  }

  /// A value that is no row of the table, counted as if it were the row beside it.
  @Test func aBadValueCountedAsItsNeighbourIsRejected() throws {
    let assignment = arena.assignment { $0[4][positive] = 16 }
    let honest = arena.small.assignment[4][positive]
    var counts = try Multiplicities(of: arena.small.system, in: arena.small.assignment).counts
    counts[0][honest] -= 1
    counts[0][15] += 1
    let proof = try arena.prove(assignment, counts: counts)
    #expect(arena.rejection(of: proof) == .rejected(.fractionLayer))
  }

  /// The challenges' field has more than 2^124 elements.
  @Test func everyErrorTermIsBelowTheFloor() {
    let security = arena.key.verifyingKey.security
    #expect(!security.entries.isEmpty)
    #expect(security.entries.allSatisfy { $0.hundredths >= 12_800 })
    #expect(security.bits >= VerifyingKey.securityFloor)
  }
}

import Hashing
import Testing
import Transcript
import Witness

@testable import ProofTestSupport
@testable import Prover
@testable import Verifier

/// A generator that says the same each time, as one does whose machine is restored again and again.
private struct StuckEntropy: EntropySource {
  mutating func seed() throws -> Digest { Digest(hashing: [42]) }
}

/// A generator that has nothing.
private struct NoEntropy: EntropySource {
  mutating func seed() throws -> Digest { throw EntropyError.unavailable }
}

/// Randomness that depends on what is proven: a generator that repeats itself makes the same proof
/// again, or one that has nothing in common with it.
@Suite struct HedgedEntropyTests {
  private let arena: Arena

  init() throws { arena = try Arena(.dense(rows: 2, inputs: 5, outputs: 7)) }

  private func prove(
    _ key: ProvingKey, _ small: SmallSystem, source: any EntropySource = StuckEntropy()
  ) throws -> [UInt8] {
    var run = try ProvingRun(key, small.assignment)
    run.source = source
    let proof = try run.prove({ _ in }, wrap: { $0 }).proof
    _ = try Verifier.verify(key: key.verifyingKey, proof: proof, allowsUnproven: true)
    return proof
  }

  /// Where two proofs of one form agree, out of how many bytes of the messages.
  private func agreement(_ a: [UInt8], _ b: [UInt8], from start: Int) -> Double {
    let count = min(a.count, b.count)
    return Double((start..<count).count { a[$0] == b[$0] }) / Double(count - start)
  }

  @Test func whatIsTheSameIsTheSameProof() throws {
    let key = try arena.key(.witness)
    let first = try prove(key, arena.small)
    for _ in 0..<3 { #expect(try prove(key, arena.small) == first) }
    // With a generator that is sound it is another one.
    #expect(try prove(key, arena.small, source: SystemEntropy()) != first)
  }

  @Test func whatDiffersHasNothingInCommon() throws {
    let key = try arena.key(.witness)
    let system = arena.small.system
    let start =
      50
      + PublicValues.encode(
        system.tensors.indices.map {
          system.tensors[$0].role.isPublic ? arena.small.assignment[$0].values : nil
        }, system
      ).count
    let first = try prove(key, arena.small)
    let others = [
      arena.small.recomputed { $0[0][2] += 1 }, arena.small.recomputed { $0[0][0] -= 3 },
    ]
    for other in others {
      #expect(agreement(first, try prove(key, other), from: start) < 1.0 / 64)
    }
  }

  /// Each opening has a slot of its own, and with it randomness of its own.
  @Test func everySlotHasItsOwn() throws {
    let key = try arena.key(.model(proofs: 200))
    let (first, second) = (try prove(key, arena.small), try prove(key, arena.small))
    #expect(first.prefix(82) == second.prefix(82))
    #expect(agreement(first, second, from: 200) < 1.0 / 64)
  }

  /// A proof's own commitment to data is opened where the proof's challenges say. Two proofs that
  /// differ in anything else would open it in more places than it is made for.
  @Test func aNewCommitmentBelongsToOneProof() throws {
    func root(_ arena: DataArena, _ x: [Int]) throws -> Digest {
      let small = SmallSystem.ports(x, weights: arena.weights)
      let plan = try DataPlan([2: .new(openings: 1)], small.system, small.assignment)
      var run = try ProvingRun(
        arena.key, small.assignment, data: plan,
        mode: ProvingRun.mode(arena.key, hides: true, data: plan.shapes))
      run.source = StuckEntropy()
      let result = try run.prove({ _ in }, wrap: { $0 })
      _ = try Verifier.verify(
        key: arena.key.verifyingKey, proof: result.proof, allowsUnproven: true)
      return try #require(result.openings[2]).commitment.root
    }
    let (x, y) = ([1, 2, 3], [1, 2, 2])
    #expect(SmallSystem.ports(x, weights: [1, 1, 1]).assignment[2].values == [0, 0, 0])
    #expect(SmallSystem.ports(y, weights: [1, 1, 1]).assignment[2].values == [0, 0, 0])
    let open = try DataArena(x, [1, 1, 1], privacy: .witness)
    #expect(try root(open, x) == root(open, x))
    // Another input that leads to the same output, which is committed to.
    #expect(try root(open, x) != root(open, y))
    // Another of the model's commitments, or another opening of it.
    let hidden = try DataArena(x, [1, 1, 1])
    #expect(try root(hidden, x) != root(hidden, x))
  }

  @Test func everySeedDependsOnEverything() throws {
    func seeds(_ context: UInt8, _ fresh: UInt8) throws -> [Digest] {
      struct Fixed: EntropySource {
        let byte: UInt8
        mutating func seed() throws -> Digest { Digest(hashing: [byte]) }
      }
      var source = Fixed(byte: fresh)
      var hedged = try HedgedEntropy(context: Digest(hashing: [context]), fresh: &source)
      return [try hedged.seed(), try hedged.seed(), try hedged.seed()]
    }
    let all = try [seeds(1, 1), seeds(1, 2), seeds(2, 1), seeds(2, 2)].flatMap { $0 }
    #expect(Set(all).count == all.count)
    #expect(try seeds(1, 1) == seeds(1, 1))
  }

  @Test func withoutRandomnessThereIsNoProof() throws {
    let key = try arena.key(.model(proofs: 3))
    #expect(throws: EntropyError.unavailable) {
      try prove(key, arena.small, source: NoEntropy())
    }
    let states = try #require(try key.usage()).proofs
    #expect(states.reservedCount == 1 && states.spentCount == 0)
  }
}

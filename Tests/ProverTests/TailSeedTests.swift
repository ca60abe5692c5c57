import ConstraintSystem
import Hashing
import TestSupport
import Testing
import Verifier
import Witness

@testable import ProofTestSupport
@testable import Prover

/// Tails of models depend on what they hide, so that a generator that repeats itself gives two models
/// nothing in common (`Paper/` section 14.8).
@Suite struct TailSeedTests {
  private struct StuckEntropy: EntropySource {
    mutating func seed() throws -> Digest { Digest(hashing: [42]) }
  }

  private struct NoEntropy: EntropySource {
    mutating func seed() throws -> Digest { throw EntropyError.unavailable }
  }

  private func key(
    _ small: SmallSystem, proofs: Int = 1, source: some EntropySource = StuckEntropy(),
    _ change: (inout [Int: IntegerBuffer]) -> Void = { _ in }
  ) throws -> ProvingKey {
    var model = Arena.model(small.system, small.assignment)
    change(&model)
    return try ProvingKey.make(
      circuit: Circuit(system: small.system, program: WitnessProgram()), model: model,
      privacy: .model(proofs: proofs), certifies: true, source: source)
  }

  private func seeds(_ key: ProvingKey) throws -> [Digest] {
    let seeds = try #require(key.commitments?.seeds)
    return [seeds.pinned.digest, seeds.others.digest]
  }

  @Test func modelsOfOneShapeHaveDifferentTails() throws {
    let small = SmallSystem.dense(rows: 2, inputs: 5, outputs: 7)
    let first = try key(small)
    let other = try key(small) { model in
      guard let tensor = model.keys.min(), var values = model[tensor]?.values else { return }
      values[values.count - 1] += values[values.count - 1] > 0 ? -1 : 1
      model[tensor] = IntegerBuffer(narrowing: values)
    }
    #expect(other.verifyingKey.system == first.verifyingKey.system)
    #expect(try seeds(first) == seeds(key(small)))
    let all = try [first, other, key(small, proofs: 2000), key(small, source: SystemEntropy())]
      .flatMap(seeds)
    #expect(Set(all).count == all.count)
  }

  @Test func everyRekeyingHasItsOwn() throws {
    let folder = try TemporaryFolder()
    defer { folder.remove() }
    let small = SmallSystem.dense(rows: 2, inputs: 5, outputs: 7)
    var key = try key(small, proofs: 200)
    var all = try seeds(key)
    let pinned = all[0]
    let first = key
    try key.write(to: folder.file("key"))
    for _ in 0..<3 {
      key = try key.rekeyed(proofs: 1, source: StuckEntropy())
      try key.write(to: folder.file("key"))
      let made = try seeds(key)
      #expect(made[0] == pinned)
      all.append(made[1])
    }
    // Another pinned commitment of the same weights.
    let other = try self.key(small, proofs: 200, source: SystemEntropy())
    all.append(try seeds(try other.rekeyed(proofs: 1, source: StuckEntropy()))[1])
    #expect(Set(all).count == all.count)
    #expect(first.verifyingKey.pinnedRoot == key.verifyingKey.pinnedRoot)
  }

  @Test func withoutRandomnessThereIsNoKey() throws {
    let small = SmallSystem.dense(rows: 2, inputs: 5, outputs: 7)
    #expect(throws: EntropyError.unavailable) { try key(small, source: NoEntropy()) }
    let made = try key(small, proofs: 200)
    #expect(throws: EntropyError.unavailable) {
      try made.rekeyed(proofs: 1, source: NoEntropy())
    }
  }
}

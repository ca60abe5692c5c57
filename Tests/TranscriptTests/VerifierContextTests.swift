import FieldArithmetic
import Hashing
import Testing
import Transcript

@Suite struct VerifierContextTests {
  private static let statement: [UInt8] = [1, 2, 3]
  private static let root = Digest(hashing: [9])
  private static let values = [Fp3(Fp(1), Fp(2), Fp(3)), Fp3(Fp(4), Fp(5), Fp(6))]
  private static let leaves = [Fp(7), Fp(8), Fp(9)]
  private static let proof =
    root.bytes + Packing.pack(values) + Packing.pack(leaves) + Digest(hashing: [8]).bytes

  private func context(_ proof: [UInt8], _ statement: [UInt8] = statement) -> VerifierContext {
    VerifierContext(domain: "test", statement: statement, proof: proof)
  }

  /// A protocol that reads one message of each kind; its challenges, the last after everything.
  private func run(_ proof: [UInt8], _ statement: [UInt8] = statement) throws(ProofError) -> [Fp3] {
    var context = context(proof, statement)
    var challenges = [context.challenge(.claimCombiner)]
    _ = try context.readDigest(.witnessRoot)
    challenges.append(context.challenge(.claimCombiner))
    _ = try context.read(.productValues, count: 2)
    challenges.append(context.challenge(.claimCombiner))
    _ = try context.hintElements(.openingLeaves, count: 3)
    _ = try context.hintDigests(.openingSiblings, count: 1)
    challenges.append(context.challenge(.claimCombiner))
    try context.finish()
    return challenges
  }

  @Test func everyAbsorbedByteChangesEveryLaterChallenge() throws {
    let honest = try run(Self.proof)
    let absorbed = 32 + Packing.byteCount(elements: 6)
    for position in 0..<absorbed {
      var changed = Self.proof
      changed[position] ^= 1
      guard let challenges = try? run(changed) else { continue }
      let first = position < 32 ? 1 : 2
      for (number, pair) in zip(honest, challenges).enumerated() {
        #expect((pair.0 == pair.1) == (number < first), "byte \(position)")
      }
    }
    for bit in 0..<24 {
      var changed = Self.statement
      changed[bit / 8] ^= 1 << UInt8(bit % 8)
      #expect(zip(honest, try run(Self.proof, changed)).allSatisfy { $0 != $1 })
    }
  }

  /// What a root determines is not absorbed; it is for the Merkle paths to bind it.
  @Test func hintsAreReadAndNotAbsorbed() throws {
    var changed = Self.proof
    changed[32 + Packing.byteCount(elements: 6)] ^= 1
    changed[changed.count - 1] ^= 1
    #expect(try run(changed) == run(Self.proof))
  }

  @Test func everyTruncationNamesTheMessage() throws {
    let ends: [(Int, MessageLabel)] = [
      (32, .witnessRoot), (32 + 38, .productValues), (32 + 38 + 19, .openingLeaves),
      (32 + 38 + 19 + 32, .openingSiblings),
    ]
    #expect(Self.proof.count == ends[3].0)
    for count in Self.proof.indices {
      let label = try #require(ends.first { count < $0.0 }).1
      #expect(throws: ProofError.truncated(label)) {
        try run(Array(Self.proof.prefix(count)))
      }
    }
    #expect(throws: ProofError.trailingBytes(2)) { try run(Self.proof + [0, 0]) }
  }

  /// Counts that no proof could hold are refused before anything is allocated for them.
  @Test func hugeAndNegativeCountsAreRefused() {
    for count in [Int.max / 4, 1 << 40, -1] {
      #expect(throws: ProofError.truncated(.openingLeaves)) {
        var context = context(Self.proof)
        _ = try context.hintElements(.openingLeaves, count: count)
      }
      #expect(throws: ProofError.truncated(.openingSiblings)) {
        var context = context(Self.proof)
        _ = try context.hintDigests(.openingSiblings, count: count)
      }
    }
  }

  @Test func workIsDemandedAndBound() throws {
    let seed = Self.seed()
    let nonce = try #require((0..<10_000).first { Sponge.isWork(seed: seed, nonce: $0, bits: 8) })
    var context = context(littleEndian(nonce))
    try context.requireWork(.openingGrinding, bits: 8)
    try context.finish()
    for other in 0..<nonce {
      #expect(throws: ProofError.rejected(.grinding)) {
        var context = self.context(littleEndian(other))
        try context.requireWork(.openingGrinding, bits: 8)
      }
    }
    #expect(throws: ProofError.truncated(.openingGrinding)) {
      var context = self.context([0, 0, 0, 0, 0, 0, 0])
      try context.requireWork(.openingGrinding, bits: 1)
    }
    var none = self.context([])
    try none.requireWork(.openingGrinding, bits: 0)
    try none.finish()
  }

  private static func seed() -> [UInt8] {
    var sponge = Sponge(domain: "test")
    sponge.absorb(.statement, statement)
    return sponge.workSeed(.openingGrinding)
  }

  @Test func failedDemandsAreRejectedUnderTheirName() {
    var context = context([])
    #expect(throws: ProofError.rejected(.fractionLayer)) {
      try context.requireZero(.one, .fractionLayer)
    }
    var second = self.context([])
    #expect(throws: ProofError.rejected(.fractionPointIsNonzero)) {
      try second.requireNonzero(.zero, .fractionPointIsNonzero)
    }
    var third = self.context([])
    #expect(throws: ProofError.rejected(.merklePath)) { try third.require(false, .merklePath) }
  }
}

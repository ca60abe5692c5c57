import Testing
import Transcript
import Verifier

@testable import ProofTestSupport
@testable import Prover

/// The table of error terms counts the very challenges that a proof draws.
@Suite struct ChallengeCountTests {
  @Test(arguments: [ProvingKey.Privacy.none, .model(proofs: 1)])
  func everyChallengeIsCounted(_ privacy: ProvingKey.Privacy) throws {
    for small in [
      SmallSystem.dense(rows: 3, inputs: 13, outputs: 40), .residual(size: 5),
      .convolution(channels: 1, length: 3, outputs: 1, stride: 1),
    ] {
      let arena = try Arena(small)
      guard privacy == .none || arena.key.verifyingKey.pinnedRoot != nil else { continue }
      let key = try arena.key(privacy)
      var challenges: [MessageLabel: Int] = [:]
      _ = try arena.prove(key: key) { responder in
        responder.onChallenges = { label, _ in challenges[label, default: 0] += 1 }
      }
      let entries = key.verifyingKey.securityBudget(of: key.verifyingKey.standard).entries
      func counted(_ beginnings: String...) -> Int {
        entries.filter { entry in beginnings.contains { entry.name.hasPrefix($0) } }
          .reduce(0) { $0 + $1.count }
      }
      func drawn(_ labels: MessageLabel...) -> Int {
        labels.reduce(0) { $0 + challenges[$1, default: 0] }
      }
      #expect(counted("lookups: fingerprints") == drawn(.lookupChallenge))
      #expect(counted("lookups: a round") == drawn(.layerPoint))
      #expect(counted("lookups: a layer") == drawn(.layerCombiner, .layerFold))
      #expect(counted("products: a round") == drawn(.productPoint))
      #expect(counted("combination of the claims") == drawn(.claimCombiner))
      #expect(
        counted("opening: fold, ", "opening: fold the lanes of the witness", "opening: last")
          == drawn(.openingFold))
      #expect(counted("opening: combine") == drawn(.openingCombiner))
      #expect(drawn(.layerPoint) > 1 && drawn(.openingFold) > 1)
    }
  }
}

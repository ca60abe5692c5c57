import Compiler
import Foundation
import Prover
import TestSupport
import Testing

@testable import assay

@Suite("What set-up will cost is known before it")
struct SetupCostTests {
  @Test("sizes and counts are those of the files", arguments: ["digits_mlp", "breast_cancer"])
  func sizes(name: String) throws {
    let network = try TrainedNetwork(name)
    let folder = try TemporaryFolder()
    let (circuit, model) = (network.model.circuit, network.model.model)
    for privacy in [.none, .witness, .model(proofs: 1), .model(proofs: 1000)]
      as [ProvingKey.Privacy]
    {
      let cost = try SetupCost(circuit: circuit, model: model, privacy: privacy)
      let key = try ProvingKey.make(
        circuit: circuit, model: model, privacy: privacy, certifies: true)
      let path = folder.file("key")
      try key.write(to: path)
      let beside = try #require(folder.contents.first { $0.contains(CommitmentFiles.suffix) })
      #expect(try Fixture.bytes(folder.file(beside)).count == cost.commitmentBytes)
      let sizes = [
        (try Fixture.bytes(path).count, cost.provingKeyBytes),
        (key.verifyingKey.file.count, cost.verifyingKeyBytes),
      ]
      for (real, told) in sizes {
        #expect(told > real / 2 && told < real * 2, "\(privacy): \(real) bytes, not \(told)")
      }
      #expect(cost.commitments == 1 + key.verifyingKey.roots.count)
      #expect(try cost.rekeys == key.usage()?.certificates.freeCount ?? 0)
    }
  }

  @Test("much work is said before, and little is not")
  func announcement() throws {
    let model = try TrainedNetwork("digits_mlp").model
    func text(_ proofs: Int) throws -> String? {
      try #require(SetupEstimate(model, proofs: proofs, isPlain: false)).text
    }
    #expect(try text(1000) == nil)
    let much = try #require(try text(3_000_000))
    for word in ["set-up will take about", "GiB of disk", "commitments", "rekeys", "--proofs"] {
      #expect(much.contains(word), "\(much)")
    }
    // There is no such key, which set-up itself says.
    #expect(SetupEstimate(model, proofs: 1 << 60, isPlain: false) == nil)
  }

  @Test("a key that can't be rekeyed any more says so at its last rekeying, and when it is used up")
  func lastRekey() async throws {
    let key = try await SmallKey(proofs: 1)
    var left = try #require(try await key.inspect()["rekeys_left"] as? Int)
    #expect(left > 0)
    while left > 0 {
      let outcome = try await Program.assay.run([
        "rekey", "--proving-key", key.provingKey, "--verifying-key",
        key.folder.file("vk\(left)"),
      ])
      left -= 1
      #expect(outcome.status == 0, "\(outcome.error)")
      #expect(outcome.output.contains("can't be rekeyed") == (left == 0), "\(outcome.output)")
    }
    try await key.useUp()
    let refused = try await key.prove("more")
    #expect(refused.status == 4)
    #expect(refused.error.contains("can't be rekeyed") && refused.error.contains("assay setup"))
    #expect(!refused.error.contains("assay rekey"))
  }
}

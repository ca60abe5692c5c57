import Foundation
import TestSupport
import Testing

@Suite("Proofs hide, and what does not hide is refused")
struct HidingTests {
  @Test("a key of --no-zk makes no proof unless told so")
  func plainKey() async throws {
    let bench = try await Workbench.digits.value
    let folder = try TemporaryFolder()
    let outcome = try await Program.assay.run([
      "prove", "--proving-key", bench.plainProvingKey, "--input", bench.input, "--proof",
      folder.file("p"),
    ])
    #expect(outcome.status == 2)
    #expect(outcome.error.contains("--no-zk"))
    #expect(folder.contents == [])
  }

  @Test("a key that hides its model makes no proof that shows it")
  func plainProofOfPrivateModel() async throws {
    let bench = try await Workbench.digits.value
    let folder = try TemporaryFolder()
    let outcome = try await Program.assay.run(
      bench.proving(bench.input, to: folder.file("p")) + ["--no-zk"])
    #expect(outcome.status == 2)
    #expect(outcome.error.contains("setup --no-zk"))
    #expect(folder.contents == [])
  }

  @Test("a proof that hides nothing is refused, and taken only when asked for")
  func plainProof() async throws {
    let bench = try await Workbench.digits.value
    let shared = try await Workbench.publicModel.value
    let folder = try TemporaryFolder()
    let made = try await Program.assay.run(
      shared.proving(shared.input, to: folder.file("p")) + ["--no-zk"])
    #expect(made.status == 0, "\(made.error)")
    let plain = [
      (bench.plainVerifyingKey, bench.plainProof), (shared.verifyingKey, folder.file("p")),
    ]
    for (key, proof) in plain {
      let refused = try await bench.verify(key: key, proof: proof, "--json")
      #expect(refused.status == 1)
      #expect(try refused.json["accepted"] as? Bool == false)
      #expect(refused.error.contains("hides nothing"))
      #expect(refused.error.contains("--allow-non-hiding"))
      let taken = try await bench.verify(key: key, proof: proof, "--allow-non-hiding", "--json")
      #expect(taken.status == 0, "\(taken.error)")
      #expect(try taken.json["zero_knowledge"] as? Bool == false)
      let words = try await bench.verify(key: key, proof: proof, "--allow-non-hiding")
      #expect(words.output.contains("NOT HIDING"))
    }
  }

  @Test("two proofs of one input have no root in common")
  func fresh() async throws {
    let bench = try await Workbench.digits.value
    let folder = try TemporaryFolder()
    let outcome = try await Program.assay.run(bench.proving(bench.input, to: folder.file("p")))
    #expect(outcome.status == 0)
    let pair = [try Fixture.bytes(bench.proof), try Fixture.bytes(folder.file("p"))]
    let start = try #require(zip(pair[0], pair[1]).enumerated().first { $1.0 != $1.1 }?.offset)
    // The witness's root and the masked messages; what follows opens one and the same model.
    let parts = pair.map { Array($0[start..<start + 4096]) }
    let windows = parts.map { part in
      Set((0...part.count - 32).map { Array(part[$0..<$0 + 32]) })
    }
    #expect(windows[0].isDisjoint(with: windows[1]))
  }

  @Test("a pinned model is the only one that is accepted")
  func pinnedModel() async throws {
    let bench = try await Workbench.digits.value
    let digest = try #require(try await bench.verify("--json").json["model_digest"] as? String)
    for pinned in [digest, digest.uppercased()] {
      #expect(try await bench.verify("--model-digest", pinned).status == 0)
    }
    let other = String(digest.reversed())
    let refused = try await bench.verify("--model-digest", other, "--json")
    #expect(refused.status == 1)
    #expect(try refused.json["accepted"] as? Bool == false)
    #expect(refused.error.contains(other))
    for bad in ["", "12", String(repeating: "x", count: 64)] {
      #expect(try await bench.verify("--model-digest", bad).status == 2)
    }
  }
}

import Foundation
import Hashing
import TestSupport
import Testing
import Verifier
import Witness

@testable import Prover

/// A key that names somebody's model and lists commitments to other weights, and a proof of these, as
/// files.
private struct Forgery {
  let folder: TemporaryFolder
  let victim: String
  let key: String
  let proof: String
  let victimDigest: String
  let keyDigest: String
  let modelDigest: String

  init() throws {
    let network = try TrainedNetwork("breast_cancer")
    let model = network.model
    let victim = try ProvingKey.make(
      circuit: model.circuit, model: model.model, privacy: .model(proofs: 1), certifies: true,
      derivation: model.derivation
    ).verifyingKey
    // The last tensor's first weight is another one.
    var weights = model.model
    let tensor = try #require(weights.keys.max())
    var values = try #require(weights[tensor]).values
    values[0] += values[0] > 0 ? -1 : 1
    weights[tensor] = IntegerBuffer(narrowing: values)
    let own = try ProvingKey.make(
      circuit: model.circuit, model: weights, privacy: .model(proofs: 1))
    let forged = try VerifyingKey(
      system: victim.system, pinnedRoot: victim.pinnedRoot, isHiding: true,
      openings: victim.openings, roots: own.verifyingKey.roots, derivation: victim.derivation)
    let prover = try ProvingKey(
      circuit: own.circuit, verifyingKey: forged, model: weights, commitments: own.commitments,
      ledger: own.ledger)
    let made = try Prover.prove(prover, inputs: model.interface.quantise(network.sample(0)))
    folder = try TemporaryFolder()
    self.victim = try folder.write(victim.file, "victim.vk")
    key = try folder.write(forged.file, "forged.vk")
    proof = try folder.write(made.proof, "forged.proof")
    victimDigest = hexadecimal(victim.fileDigest)
    keyDigest = hexadecimal(forged.fileDigest)
    modelDigest = hexadecimal(victim.identityDigest)
  }

  func verify(_ more: String...) async throws -> Program.Outcome {
    try await Program.verify.run(["--verifying-key", key, "--proof", proof] + more)
  }
}

private func hexadecimal(_ digest: Digest) -> String {
  digest.bytes.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
}

@Suite("A key names a model only where its own proof ties it to it")
struct UnprovenKeyTests {
  @Test("a key that lists commitments to other weights is rejected")
  func foreignRoots() async throws {
    let forgery = try Forgery()
    let refused = try await forgery.verify("--json")
    #expect(refused.status == 1)
    #expect(try refused.json["accepted"] as? Bool == false)
    #expect(try refused.json["model_digest"] == nil)
    #expect(try refused.json["key_digest"] as? String == forgery.keyDigest)
    #expect(try #require(refused.json["reason"] as? String).contains("--allow-unproven-key"))

    let pin = ["--model-digest", forgery.modelDigest]
    for more in [
      pin, pin + ["--allow-unproven-key"], pin + ["--skip-key-proof", forgery.victimDigest],
      pin + ["--skip-key-proof=" + forgery.keyDigest],
      ["--skip-key-proof", forgery.victimDigest], ["--skip-key-proof", forgery.keyDigest],
    ] {
      let outcome = try await Program.verify.run(
        ["--verifying-key", forgery.key, "--proof", forgery.proof, "--json"] + more)
      #expect(outcome.status == 1, "\(more): \(outcome.output)")
      #expect(try outcome.json["accepted"] as? Bool == false)
      #expect(try outcome.json["model_digest"] == nil)
    }
    let named = try await forgery.verify("--skip-key-proof", forgery.victimDigest)
    #expect(named.error.contains(forgery.victimDigest) && named.error.contains(forgery.keyDigest))
    for more in [pin + ["--skip-key-proof"], ["--skip-key-proof"] + pin] {
      let bare = try await Program.verify.run(
        ["--verifying-key", forgery.key, "--proof", forgery.proof] + more)
      #expect(bare.status == 2)
      #expect(bare.error.contains("--key-only"))
    }
    #expect(try await Program.verify.run(["--key-only", forgery.key]).status == 1)
  }

  @Test("where it is taken no model is named, and nothing is called proven")
  func taken() async throws {
    let forgery = try Forgery()
    for option in ["--allow-unproven-key", "--skip-key-proof"] {
      let taken = try await forgery.verify(option, "--json")
      #expect(taken.status == 0, "\(taken.error)")
      #expect(try taken.json["model_digest"] is NSNull)
      #expect(!taken.output.contains(forgery.modelDigest))
      let proven = try taken.json["key_proven"]
      #expect(option == "--skip-key-proof" ? proven is NSNull : proven as? Bool == false)
      let words = try await forgery.verify(option).output
      let first = try #require(words.split(separator: "\n").first)
      #expect(first.contains(option == "--skip-key-proof" ? "NOT CHECKED" : "NOT PROVEN"))
      #expect(words.contains("claims to be of the model \(forgery.modelDigest)"))
      #expect(!words.contains("model digest") && !words.contains("proven security"))
    }
  }

  @Test("a key is checked once, and known again by the digest of its file")
  func checkedBefore() async throws {
    let bench = try await Workbench.digits.value
    let checked = try await Program.verify.run(["--key-only", bench.verifyingKey])
    let line = try #require(
      checked.output.split(separator: "\n").first { $0.hasPrefix("key digest ") })
    let digest = String(line.dropFirst("key digest ".count))
    let model = try #require(try await bench.verify("--json").json["model_digest"] as? String)
    for skip in [["--skip-key-proof", digest], ["--skip-key-proof=\(digest.uppercased())"]] {
      let outcome = try await Program.verify.run(
        ["--verifying-key", bench.verifyingKey, "--proof", bench.proof, "--json"] + skip
          + ["--model-digest", model])
      #expect(outcome.status == 0, "\(outcome.error)")
      #expect(try outcome.json["model_digest"] as? String == model)
      #expect(try outcome.json["key_proven"] as? Bool == true)
      #expect(try outcome.json["key_proof"] as? String == "checked before")
    }
    let other = try await bench.verify("--skip-key-proof", model, "--json")
    #expect(other.status == 1)
    for text in [model, digest] { #expect(other.error.contains(text)) }
    for bad in ["12", String(repeating: "x", count: 64), ""] {
      #expect(try await bench.verify("--skip-key-proof", bad).status == 2, "\(bad)")
    }
    let both = try await bench.verify("--skip-key-proof", digest, "--allow-unproven-key")
    #expect(both.status == 2)
  }
}

import Foundation
import TestSupport
import Testing
import Verifier

@Suite("A key proves that its weights are in their ranges, and a public model's whose it is")
struct KeyProofTests {
  /// The bench's key without its certificate.
  private func unproven(_ bench: Workbench, _ folder: TemporaryFolder) throws -> String {
    let key = try VerifyingKey(try Fixture.bytes(bench.verifyingKey))
    return try folder.write(try key.with(certificate: []).file, "unproven.vk")
  }

  @Test("--key-only accepts a proven key alone")
  func keyOnly() async throws {
    let folder = try TemporaryFolder()
    for bench in [try await Workbench.digits.value, try await Workbench.publicModel.value] {
      let outcome = try await Program.verify.run(["--key-only", bench.verifyingKey, "--json"])
      #expect(outcome.status == 0, "\(outcome.error)")
      #expect(try outcome.json["key_proven"] as? Bool == true)
      let digest = try #require(try outcome.json["model_digest"] as? String)
      let words = try await Program.verify.run([
        "--key-only", bench.verifyingKey, "--model-digest", digest,
      ])
      #expect(words.status == 0)
      #expect(words.output.contains("the key is proven") && words.output.contains(digest))
      let pinned = try await Program.verify.run([
        "--key-only", bench.verifyingKey, "--model-digest", String(digest.reversed()),
      ])
      #expect(pinned.status == 1)
      let bare = try await Program.verify.run([
        "--key-only", try unproven(bench, folder), "--json",
      ])
      #expect(bare.status == 1)
      #expect(try bare.json["accepted"] as? Bool == false)
    }
    let bench = try await Workbench.digits.value
    let mixed = try await Program.verify.run([
      "--key-only", bench.verifyingKey, "--proof", bench.proof,
    ])
    #expect(mixed.status == 2)
  }

  @Test("a key without its proof is rejected, and taken only when asked for")
  func unprovenKey() async throws {
    let folder = try TemporaryFolder()
    for bench in [try await Workbench.digits.value, try await Workbench.publicModel.value] {
      let path = try unproven(bench, folder)
      let digest = try #require(try await bench.verify("--json").json["model_digest"] as? String)
      for pin in [[], ["--model-digest", digest]] {
        let refused = try await Program.verify.run(
          ["--verifying-key", path, "--proof", bench.proof] + pin)
        #expect(refused.status == 1)
        #expect(refused.output == "")
        #expect(refused.error.contains("no proof of its own"))
      }
      let taken = try await bench.verify(key: path, "--allow-unproven-key", "--json")
      #expect(taken.status == 0, "\(taken.error)")
      #expect(try taken.json["key_proven"] as? Bool == false)
      #expect(try taken.json["model_digest"] is NSNull)
    }
  }

  @Test("a key whose certificate is another key's is rejected, unless that is not looked at")
  func foreignCertificate() async throws {
    let bench = try await Workbench.digits.value
    let other = try VerifyingKey(try Fixture.bytes(try await Workbench.tabular.value.verifyingKey))
    let folder = try TemporaryFolder()
    let key = try VerifyingKey(try Fixture.bytes(bench.verifyingKey))
    let forged = try folder.write(try key.with(certificate: other.certificate).file, "vk")
    #expect(try await Program.verify.run(["--key-only", forged]).status == 1)
    let verdict = try await bench.verify(key: forged)
    #expect(verdict.status == 1)
    #expect(verdict.error.contains("key's own proof"))
    #expect(try await bench.verify(key: forged, "--skip-key-proof").status == 0)
    let inspected = try await Program.assay.run(["inspect", forged, "--json"])
    #expect(try inspected.json["key_proven"] as? Bool == false)
    #expect(try inspected.json["model_digest"] is NSNull)
    let words = try await Program.assay.run(["inspect", forged])
    #expect(words.output.hasPrefix("the key is NOT PROVEN"))
    #expect(!words.output.contains("model digest") && !words.output.contains("proven security"))
  }

  @Test("digest tells a public model's own network from one with a changed weight")
  func digest() async throws {
    let bench = try await Workbench.publicModel.value
    let own = try await Program.assay.run([
      "digest", bench.network, "--verifying-key", bench.verifyingKey, "--json",
    ])
    #expect(own.status == 0, "\(own.error)")
    #expect(try own.json["matches"] as? Bool == true)
    let digest = try #require(try await bench.verify("--json").json["model_digest"] as? String)
    #expect(try own.json["model_digest"] as? String == digest)

    let folder = try TemporaryFolder()
    var network = try Fixture.bytes(bench.network)
    // The largest exponents of a run of floats are those of weights: half of one is another one.
    let place = try #require(firstWeight(of: network))
    network[place + 2] ^= 0x40
    let changed = try await Program.assay.run([
      "digest", try folder.write(network, "m.onnx"), "--verifying-key", bench.verifyingKey,
    ])
    #expect(changed.status == 1, "\(changed.error)")
    let other = try await Program.assay.run([
      "digest", Fixture.path("digits_mlp/model.onnx"), "--verifying-key", bench.verifyingKey,
      "--json",
    ])
    #expect(other.status == 1)
    #expect(try other.json["matches"] as? Bool == false)
  }

  /// Where 16 floats of a magnitude from 2^−8 to 4 follow each other.
  private func firstWeight(of bytes: [UInt8]) -> Int? {
    bytes.indices.dropLast(64).first { start in
      (0..<16).allSatisfy { index in
        let place = start + 4 * index
        let bits = (0..<4).reduce(UInt32(0)) { $0 | UInt32(bytes[place + $1]) << UInt32(8 * $1) }
        return (0x1p-8...4).contains(Float(bitPattern: bits).magnitude)
      }
    }
  }

  @Test("a private model's digest can't be recomputed")
  func privateModel() async throws {
    let bench = try await Workbench.digits.value
    let outcome = try await Program.assay.run([
      "digest", bench.network, "--verifying-key", bench.verifyingKey,
    ])
    #expect(outcome.status == 2)
    #expect(outcome.error.contains("private"))
  }
}

import Foundation
import TestSupport
import Testing

/// A key of its own for tests that use it up.
struct SmallKey {
  let folder: TemporaryFolder
  let bench: Workbench
  var provingKey: String { folder.file("pk") }
  var verifyingKey: String { folder.file("vk") }

  init(proofs: Int) async throws {
    folder = try TemporaryFolder()
    bench = try await Workbench.tabular.value
    let outcome = try await Program.assay.run([
      "setup", bench.model, "--proving-key", provingKey, "--verifying-key", verifyingKey,
      "--proofs", "\(proofs)",
    ])
    try #require(outcome.status == 0, "\(outcome.error)")
  }

  func prove(_ name: String) async throws -> Program.Outcome {
    try await Program.assay.run([
      "prove", "--proving-key", provingKey, "--input", bench.input, "--proof", folder.file(name),
      "--json",
    ])
  }

  func rekey(_ more: String...) async throws -> Program.Outcome {
    try await Program.assay.run(
      ["rekey", "--proving-key", provingKey, "--verifying-key", verifyingKey, "--force", "--json"]
        + more)
  }

  func inspect() async throws -> [String: Any] {
    try await Program.assay.run(["inspect", provingKey, "--json"]).json
  }

  /// Proves until nothing is left.
  func useUp() async throws {
    while try await inspect()["proofs_left"] as? Int != 0 {
      let outcome = try await prove("used")
      try #require(outcome.status == 0, "\(outcome.error)")
    }
  }
}

@Suite("A private model's commitments serve a counted number of proofs")
struct BudgetTests {
  @Test("a used-up key is refused under status 4, and rekeyed to the same identity")
  func exhaustion() async throws {
    let key = try await SmallKey(proofs: 2)
    let total = try #require(try await key.inspect()["proofs_left"] as? Int)
    #expect(total >= 2)
    let first = try await key.prove("first")
    #expect(first.status == 0, "\(first.error)")
    #expect(try first.json["proofs_left"] as? Int == total - 1)
    try await key.useUp()
    let before = try Fixture.bytes(key.provingKey)
    let refused = try await key.prove("more")
    #expect(refused.status == 4)
    #expect(refused.error.contains("assay rekey"))
    #expect(try refused.json["exit"] as? Int == 4)
    #expect(!key.folder.contents.contains("more"))
    #expect(try Fixture.bytes(key.provingKey) == before)

    let digest = try #require(try await key.inspect()["model_digest"] as? String)
    let oldKey = key.folder.file("old.vk")
    try FileManager.default.copyItem(atPath: key.verifyingKey, toPath: oldKey)
    let rekeyed = try await key.rekey()
    #expect(rekeyed.status == 0, "\(rekeyed.error)")
    #expect(try rekeyed.json["model_digest"] as? String == digest)
    let again = try await key.prove("second")
    #expect(again.status == 0, "\(again.error)")
    try await checkKeys(key, old: oldKey, digest: digest)
  }

  /// Each proof goes with the verifying key of its time, and both with the pinned digest.
  private func checkKeys(_ key: SmallKey, old: String, digest: String) async throws {
    func verify(_ verifyingKey: String, _ proof: String) async throws -> Program.Outcome {
      try await Program.verify.run([
        "--verifying-key", verifyingKey, "--proof", key.folder.file(proof), "--model-digest",
        digest,
      ])
    }
    #expect(try await verify(key.verifyingKey, "second").status == 0)
    #expect(try await verify(old, "first").status == 0)
    for (verifyingKey, proof) in [(key.verifyingKey, "first"), (old, "second")] {
      let outcome = try await verify(verifyingKey, proof)
      #expect(outcome.status == 1)
      #expect(outcome.error.contains("rekey"), "\(outcome.error)")
    }
  }

  @Test("what can't be written is refused before anything is counted")
  func unwritable() async throws {
    let key = try await SmallKey(proofs: 3)
    let before = try Fixture.bytes(key.provingKey)
    let nowhere = key.folder.file("nowhere/file")
    let rekeyed = try await Program.assay.run([
      "rekey", "--proving-key", key.provingKey, "--verifying-key", nowhere,
    ])
    let proven = try await Program.assay.run([
      "prove", "--proving-key", key.provingKey, "--input", key.bench.input, "--proof", nowhere,
    ])
    let folder = try await Program.assay.run([
      "prove", "--proving-key", key.provingKey, "--input", key.bench.input, "--proof",
      key.folder.path,
    ])
    for outcome in [rekeyed, proven, folder] { #expect(outcome.status == 2, "\(outcome.error)") }
    for outcome in [rekeyed, proven] { #expect(outcome.error.contains(nowhere)) }
    #expect(try Fixture.bytes(key.provingKey) == before)
    let more = try await key.rekey("--proofs", "1000000000")
    #expect(more.status == 2)
    #expect(more.error.contains("at most"))
    #expect(try Fixture.bytes(key.provingKey) == before)
  }

  @Test("rekeys are counted too, and the last one is refused under status 4")
  func rekeys() async throws {
    let key = try await SmallKey(proofs: 1)
    let left = try #require(try await key.inspect()["rekeys_left"] as? Int)
    for _ in 0..<left {
      let outcome = try await key.rekey()
      #expect(outcome.status == 0, "\(outcome.error)")
    }
    let refused = try await key.rekey()
    #expect(refused.status == 4)
    #expect(refused.error.contains("setup"))
    #expect(try await key.prove("p").status == 0)
  }

  @Test("a proof that is killed wastes an opening and never spends one twice")
  func killed() async throws {
    let key = try await SmallKey(proofs: 100)
    let total = try #require(try await key.inspect()["proofs_left"] as? Int)
    let arguments = [
      "prove", "--proving-key", key.provingKey, "--input", key.bench.input, "--proof",
      key.folder.file("p"),
    ]
    for milliseconds in [5, 20, 40, 60, 80, 120] {
      _ = try await Program.assay.kill(arguments, after: .milliseconds(milliseconds))
    }
    let after = try await key.inspect()
    let left = try #require(after["proofs_left"] as? Int)
    let wasted = try #require(after["proofs_wasted"] as? Int)
    #expect(left >= total - 6 && wasted <= total - left)
    #expect(try await key.prove("p").status == 0)
    #expect(try await key.inspect()["proofs_left"] as? Int == left - 1)
  }

  @Test("provers at once share the openings out")
  func parallel() async throws {
    let key = try await SmallKey(proofs: 8)
    let total = try #require(try await key.inspect()["proofs_left"] as? Int)
    let statuses = try await withThrowingTaskGroup(of: Int32?.self) { group in
      for index in 0..<4 { group.addTask { try await key.prove("p\(index)").status } }
      return try await group.reduce(into: []) { $0.append($1) }
    }
    #expect(statuses == [0, 0, 0, 0])
    #expect(try await key.inspect()["proofs_left"] as? Int == total - 4)
    for index in 0..<4 {
      let verified = try await Program.verify.run([
        "--verifying-key", key.verifyingKey, "--proof", key.folder.file("p\(index)"),
      ])
      #expect(verified.status == 0)
    }
  }

  @Test("more proofs than one key can serve are refused with the number that it can")
  func tooMany() async throws {
    let bench = try await Workbench.tabular.value
    let folder = try TemporaryFolder()
    let outcome = try await Program.assay.run([
      "setup", bench.model, "--proving-key", folder.file("pk"), "--verifying-key",
      folder.file("vk"), "--proofs", "1000000000000",
    ])
    #expect(outcome.status == 2)
    #expect(outcome.error.contains("at most"))
    #expect(folder.contents == [])
    for count in ["0", "-1", "many"] {
      let outcome = try await Program.assay.run([
        "setup", bench.model, "--proving-key", folder.file("pk"), "--verifying-key",
        folder.file("vk"), "--proofs", count,
      ])
      #expect(outcome.status == 2)
    }
  }

  @Test("a public model is proven of without a count, and can't be rekeyed")
  func publicModel() async throws {
    let bench = try await Workbench.publicModel.value
    let folder = try TemporaryFolder()
    let proven = try await Program.assay.run(
      bench.proving(bench.input, to: folder.file("p")) + ["--json"])
    #expect(proven.status == 0, "\(proven.error)")
    #expect(try proven.json["proofs_left"] is NSNull)
    let outcome = try await Program.assay.run([
      "rekey", "--proving-key", bench.provingKey, "--verifying-key", folder.file("vk"),
    ])
    #expect(outcome.status == 2)
    #expect(outcome.error.contains("any number of proofs"))
  }
}

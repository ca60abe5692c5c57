import Foundation
import TestSupport
import Testing

@Suite("A verdict is of all that was given, and whoever asked gets it")
struct VerdictTests {
  /// A proof with a changed byte.
  private func damaged(_ bench: Workbench, _ folder: TemporaryFolder) throws -> String {
    var bytes = try Fixture.bytes(bench.proof)
    bytes[bytes.count / 2] ^= 1
    return try folder.write(bytes, "damaged")
  }

  @Test("every proof that is given is verified")
  func severalProofs() async throws {
    let bench = try await Workbench.digits.value
    let folder = try TemporaryFolder()
    let damaged = try damaged(bench, folder)
    func verify(_ proofs: [String], _ more: String...) async throws -> Program.Outcome {
      try await Program.verify.run(
        ["--verifying-key", bench.verifyingKey] + proofs.flatMap { ["--proof", $0] } + more)
    }
    for proofs in [[damaged, bench.proof], [bench.proof, damaged]] {
      let outcome = try await verify(proofs, "--json")
      #expect(outcome.status == 1)
      #expect(try outcome.json["accepted"] as? Bool == false)
      let verdicts = try #require(try outcome.json["proofs"] as? [[String: Any]])
      #expect(verdicts.map { $0["proof"] as? String } == proofs)
      #expect(verdicts.map { $0["accepted"] as? Bool } == proofs.map { $0 != damaged })
      #expect(verdicts.map { $0["exit"] as? Int } == proofs.map { $0 == damaged ? 1 : 0 })
      let words = try await verify(proofs)
      #expect(words.status == 1)
      #expect(words.output.contains("\(bench.proof): accepted"))
      #expect(words.output.contains("\(damaged): REJECTED"))
      #expect(words.error.contains("1 of 2 proofs"))
    }
    let both = try await verify([bench.proof, bench.proof], "--json")
    #expect(both.status == 0 && both.error == "")
    #expect(try both.json["accepted"] as? Bool == true)
    let missing = try await verify([bench.proof, folder.file("nowhere")], "--json")
    #expect(missing.status == 2)
    let verdicts = try #require(try missing.json["proofs"] as? [[String: Any]])
    #expect(verdicts.map { $0["accepted"] as? Bool } == [true, false])
    #expect(try await verify([damaged, folder.file("nowhere")]).status == 1)
  }

  @Test("each of several proofs has a folder of its own for what it shows")
  func severalFolders() async throws {
    let bench = try await Workbench.digits.value
    let folder = try TemporaryFolder()
    let copy = try folder.write(try Fixture.bytes(bench.proof), "proof")
    let damaged = try damaged(bench, folder)
    let outcome = try await Program.verify.run(
      ["--verifying-key", bench.verifyingKey, "--output-dir", folder.file("out")]
        + [bench.proof, copy, damaged].flatMap { ["--proof", $0] })
    #expect(outcome.status == 1)
    func names(_ path: String) throws -> [String] {
      try FileManager.default.contentsOfDirectory(atPath: path).sorted()
    }
    #expect(try names(folder.file("out")) == ["proof", "proof-2"])
    for name in ["proof", "proof-2"] {
      #expect(
        try names(folder.file("out/" + name)) == ["logits.integers.npy", "logits.npy"])
    }
  }

  @Test("no file that is read, and none that is no array, is written over")
  func outputFolderWithLinks() async throws {
    let bench = try await Workbench.digits.value
    let folder = try TemporaryFolder()
    let manager = FileManager.default
    let files = [bench.verifyingKey, bench.proof].enumerated().map { folder.file("f\($0.offset)") }
    for (from, to) in zip([bench.verifyingKey, bench.proof], files) {
      try manager.copyItem(atPath: from, toPath: to)
    }
    let before = try files.map { try Fixture.bytes($0) }
    let out = folder.file("out")
    try manager.createDirectory(atPath: out, withIntermediateDirectories: true)
    let other = try folder.write(Array("diary".utf8), "diary")
    for target in files + [other] {
      for isSymbolic in [true, false] {
        let link = out + "/logits.integers.npy"
        if isSymbolic {
          try manager.createSymbolicLink(atPath: link, withDestinationPath: target)
        } else {
          try manager.linkItem(atPath: target, toPath: link)
        }
        let outcome = try await Program.verify.run([
          "--verifying-key", files[0], "--proof", files[1], "--output-dir", out,
        ])
        #expect(outcome.status == 2 && outcome.output.isEmpty, "\(outcome.error)")
        #expect(!outcome.error.contains("--force"))
        #expect(try files.map { try Fixture.bytes($0) } == before)
        #expect(try Fixture.bytes(other) == Array("diary".utf8))
        #expect(try manager.contentsOfDirectory(atPath: out) == ["logits.integers.npy"])
        try manager.removeItem(atPath: link)
      }
    }
  }

  @Test("an option that has one value is not given twice")
  func repeatedOptions() async throws {
    let bench = try await Workbench.digits.value
    let digest = try #require(try await bench.verify("--json").json["model_digest"] as? String)
    let wrong = String(digest.reversed())
    for arguments in [
      ["--model-digest", wrong, "--model-digest", digest],
      ["--model-digest", digest, "--model-digest=" + digest],
      ["--verifying-key", bench.verifyingKey], ["--output-dir", "a", "--output-dir", "a"],
      ["--skip-key-proof", "--skip-key-proof", digest],
      ["--context", "a", "--json", "--context", "b"],
    ] {
      let outcome = try await Program.verify.run(
        ["--verifying-key", bench.verifyingKey, "--proof", bench.proof] + arguments)
      #expect(outcome.status == 2, "\(arguments)")
      #expect(outcome.error.contains("given twice"), "\(outcome.error)")
    }
    #expect(try await bench.verify("--json", "--json").status == 0)
    let folder = try TemporaryFolder()
    for arguments in [
      ["compile", "m", "--output", "a", "--output", "b"],
      bench.proving(bench.input, to: folder.file("p")) + ["--proof", folder.file("q")],
      ["setup", "m", "--proving-key", "a", "--verifying-key", "b", "--proofs", "1", "--proofs=2"],
    ] {
      let outcome = try await Program.assay.run(arguments)
      #expect(outcome.status == 2, "\(arguments)")
      #expect(outcome.error.contains("given twice"), "\(outcome.error)")
    }
    #expect(folder.contents == [])
  }

  @Test("a result that can't be written is no success", arguments: ["exec >/dev/full", "exec >&-"])
  func unwritable(shell: String) async throws {
    let bench = try await Workbench.digits.value
    let verify = ["--verifying-key", bench.verifyingKey, "--proof", bench.proof]
    for (program, arguments) in [
      (Program.verify, verify), (.verify, verify + ["--json"]),
      (.verify, ["--key-only", bench.verifyingKey]), (.verify, ["--help"]),
      (.verify, ["--version"]), (.assay, ["--help"]), (.assay, ["inspect", bench.verifyingKey]),
      (.assay, ["inspect", bench.model, "--json"]),
    ] {
      let outcome = try await program.run(arguments, after: shell)
      #expect(outcome.status == 2, "\(program.name) \(arguments)")
      #expect(outcome.error.contains("standard output"), "\(outcome.error)")
    }
  }

  /// A file that is opened must not get the number of the closed stream.
  @Test func nothingIsWrittenIntoFilesInPlaceOfAClosedStream() async throws {
    let bench = try await Workbench.digits.value
    let folder = try TemporaryFolder()
    let path = folder.file("p")
    let outcome = try await Program.assay.run(
      bench.provingPlainly(bench.input, to: path), after: "exec <&- >&- 2>&-")
    #expect(outcome.status == 2)
    #expect(try Fixture.bytes(path) == Fixture.bytes(bench.plainProof))
  }

  @Test("JSON says who says it, of which files, and what the process ends with")
  func fields() async throws {
    let bench = try await Workbench.digits.value
    let shared = try await Workbench.publicModel.value
    let accepted = try await bench.verify("--json").json
    #expect(accepted["program"] as? String == "assay-verify")
    let version = try await Program.verify.run(["--version"]).output
    #expect(version == (accepted["version"] as? String ?? "") + "\n")
    #expect(accepted["format_version"] as? Int == 5)
    #expect(accepted["exit"] as? Int == 0)
    #expect(accepted["model"] as? String == "private")
    #expect(accepted["context"] is NSNull)
    let key = try #require(accepted["key_digest"] as? String)
    #expect(
      try await Program.verify.run(["--key-only", bench.verifyingKey, "--json"]).json["key_digest"]
        as? String == key)
    #expect((accepted["proof_digest"] as? String)?.count == 64)
    #expect(try await shared.verify("--json").json["model"] as? String == "public")
    #expect(try await shared.verify().output.contains("the model is public"))
    #expect(try await bench.verify().output.contains("the model is private"))

    let rejected = try await bench.verify(proof: shared.proof, "--json").json
    #expect(rejected["exit"] as? Int == 1 && rejected["key_digest"] as? String == key)
    for (arguments, status) in [
      (["--verifying-key", "nowhere", "--proof", "p", "--json"], 2), (["--json"], 2),
      (["--verifying-key", bench.verifyingKey, "--proof", "nowhere", "--json"], 2),
      (["--json", "--verifying-key", bench.verifyingKey, "--proof", "p", "--colour"], 2),
    ] {
      let outcome = try await Program.verify.run(arguments)
      #expect(outcome.status == Int32(status))
      let json = try outcome.json
      #expect(json["accepted"] as? Bool == false)
      #expect(json["exit"] as? Int == status)
      #expect(json["program"] as? String == "assay-verify")
      let text = try #require(json["error"] as? String)
      #expect(outcome.error.contains(text), "\(text)")
    }
  }

  @Test("the headline says what holds in total, and for the worst challenge")
  func headline() async throws {
    let bench = try await Workbench.digits.value
    let security = try object(try await bench.verify("--json").json["security"])
    let (worst, total) = (
      try #require(security["worst_bits"] as? Double),
      try #require(security["total_bits"] as? Double)
    )
    let terms = try #require(security["terms"] as? [[String: Any]])
    let sum = try terms.reduce(0.0) { sum, term in
      let bits = try #require(term["bits"] as? Double)
      return sum + Double(try #require(term["count"] as? Int)) * exp2(-bits)
    }
    #expect(total <= -log2(sum) && total > -log2(sum) - 0.35 && worst >= 128)
    func floor(_ bits: Double) -> String {
      let tenths = Int((bits * 100).rounded()) / 10
      return "2^-\(tenths / 10).\(tenths % 10)"
    }
    let words = try await bench.verify().output
    let line = "at most \(floor(total)) in total, \(floor(worst)) for each challenge"
    #expect(words.contains("proven security: " + line), "\(words)")
    let inspected = try await Program.assay.run(["inspect", bench.verifyingKey])
    #expect(inspected.output.contains(" for each challenge"))
  }
}

import Foundation
import TensorFiles
import TestSupport
import Testing

@Suite("Commands and what they print")
struct CommandTests {
  @Test("compile reports layers, inputs and outputs")
  func compile() async throws {
    let folder = try TemporaryFolder()
    let bench = try await Workbench.digits.value
    let outcome = try await Program.assay.run([
      "compile", bench.network, "--output", folder.file("m"), "--calibration", bench.calibration,
      "--json",
    ])
    #expect(outcome.status == 0)
    #expect(outcome.error == "")
    let report = try outcome.json
    #expect(try object(report["inputs"]).keys.sorted() == ["input"])
    #expect(try object(report["outputs"]).keys.sorted() == ["logits"])
    #expect(report["weights"] as? Int == 5018)
    let layers = try #require(report["layers"] as? [[String: Any]])
    #expect(layers.map { $0["operator"] as? String }.contains("Gemm"))
    #expect(try Fixture.bytes(folder.file("m")) == Fixture.bytes(bench.model))
  }

  @Test("the verdict has the documented keys")
  func verdict() async throws {
    let bench = try await Workbench.digits.value
    let outcome = try await bench.verify("--json")
    #expect(outcome.status == 0)
    let verdict = try outcome.json
    #expect(
      verdict.keys.sorted() == [
        "accepted", "batch", "commitments", "context", "exit", "format_version", "key_digest",
        "key_proof", "key_proven", "layers", "model", "model_digest", "private", "program", "proof",
        "proof_digest", "public", "security", "security_bits", "version", "zero_knowledge",
        "zero_knowledge_budget",
      ])
    #expect(verdict["accepted"] as? Bool == true)
    #expect(verdict["zero_knowledge"] as? Bool == true)
    #expect(verdict["key_proven"] as? Bool == true)
    #expect(verdict["batch"] as? Int == 1)
    #expect(try #require(verdict["security_bits"] as? Int) >= 128)
    #expect((verdict["model_digest"] as? String)?.count == 64)
    let tensors = try object(verdict["public"])
    #expect(tensors.keys.sorted() == ["logits"])
    let hidden = try object(verdict["private"])
    #expect(hidden.keys.sorted() == ["input"])
    let input = try object(hidden["input"])
    #expect(input.keys.sorted() == ["fractional_bits", "role", "shape", "tensor"])
    let output = try object(tensors["logits"])
    let bits = try #require(output["fractional_bits"] as? Int)
    let scale = Double(sign: .plus, exponent: -bits, significand: 1)
    #expect(try numbers(output["integers"]).map { $0 * scale } == numbers(output["values"]))
  }

  @Test("a person is told the verdict, the model and what is public")
  func verdictInWords() async throws {
    let bench = try await Workbench.digits.value
    let outcome = try await bench.verify()
    #expect(outcome.status == 0)
    let digest = try #require(try await bench.verify("--json").json["model_digest"] as? String)
    for text in [
      "accepted", digest, "proven security: at most 2^-12", "zero-knowledge", "input", "logits",
    ] {
      #expect(outcome.output.contains(text))
    }
  }

  @Test("prove and assay-verify write the same outputs to files")
  func outputFolders() async throws {
    let bench = try await Workbench.digits.value
    let folder = try TemporaryFolder()
    let (outputs, publics) = (folder.file("a/b"), folder.file("c"))
    let proven = try await Program.assay.run(
      bench.proving(bench.input, to: folder.file("p")) + ["--output-dir", outputs, "--json"])
    #expect(proven.status == 0)
    let report = try proven.json
    #expect(
      report.keys.sorted() == [
        "batch", "context", "outputs", "peak_rss_bytes", "proof_bytes", "proofs_left", "timings",
      ])
    // Less than the smallest program needs would mean that it was not measured.
    #expect(try #require(report["peak_rss_bytes"] as? Int) > 4 << 20)
    let verified = try await bench.verify(proof: folder.file("p"), "--output-dir", publics)
    #expect(verified.status == 0)
    let left = try TensorFile.readNumpy(path: outputs + "/logits.npy")
    let right = try TensorFile.readNumpy(path: publics + "/logits.npy")
    #expect(left == right)
    let logits = try object(try object(report["outputs"])["logits"])
    #expect(try numbers(logits["values"]) == left.values)
    #expect(try numbers(logits["shape"]).map { Int($0) } == left.shape)
    let files = try FileManager.default.contentsOfDirectory(atPath: publics).sorted()
    #expect(files == ["logits.integers.npy", "logits.npy"])
  }

  @Test("run does all of it and reports it under the documented keys")
  func run() async throws {
    let folder = try TemporaryFolder()
    let work = folder.file("work")
    let outcome = try await Program.assay.run([
      "run", Fixture.path("digits_cnn/model.onnx"), "--input",
      Fixture.path("digits_cnn/input.npy"), "--json", "--workdir", work,
    ])
    #expect(outcome.status == 0)
    #expect(outcome.error == "")
    let report = try outcome.json
    #expect(
      report.keys.sorted() == [
        "class_unchanged", "context", "error_of_range", "max_abs_error", "outputs",
        "peak_rss_bytes", "proof_bytes", "samples", "target", "timings", "tolerance", "verified",
        "verifying_key_bytes",
      ])
    #expect(report["verified"] as? Bool == true)
    #expect(
      try object(report["timings"]).keys.sorted()
        == ["compile", "prove", "setup", "verify", "witness"])
    let logits = try object(try object(report["outputs"])["logits"])
    #expect(logits.keys.sorted() == ["shape", "values"])
    let expected = try TensorFile.readNumpy(path: Fixture.path("digits_cnn/outputs.npy"))
    let values = try numbers(logits["values"])
    #expect(largestDifference(values, Array(expected.values.prefix(10))) < 0.1)
    #expect(try Fixture.bytes(work + "/proof").count == report["proof_bytes"] as? Int)
    let key = try Fixture.bytes(work + "/verifying.key")
    #expect(key.count == report["verifying_key_bytes"] as? Int)
    let verified = try await Program.verify.run([
      "--verifying-key", work + "/verifying.key", "--proof", work + "/proof",
    ])
    #expect(verified.status == 0)
  }

  @Test("inspect tells every artifact apart")
  func inspect() async throws {
    let bench = try await Workbench.digits.value
    let model = try await Program.assay.run(["inspect", bench.model])
    #expect(model.status == 0)
    for text in ["input", "logits", "Gemm", "lookups", "weights"] {
      #expect(model.output.contains(text), "\(text)")
    }
    let digest = try #require(try await bench.verify("--json").json["model_digest"] as? String)
    for path in [bench.provingKey, bench.verifyingKey, bench.proof] {
      let words = try await Program.assay.run(["inspect", path])
      #expect(words.status == 0)
      #expect(words.output.contains(digest))
      let program = try await Program.assay.run(["inspect", path, "--json"])
      #expect(try program.json["model_digest"] as? String == digest)
    }
    let foreign = try await Program.assay.run(["inspect", bench.input])
    #expect(foreign.status == 2)
  }

  @Test("help and version are no errors", arguments: [Program.assay, .verify])
  func help(program: Program) async throws {
    for arguments in [["--help"], ["--version"]] {
      let outcome = try await program.run(arguments)
      #expect(outcome.status == 0)
      #expect(!outcome.output.isEmpty)
      #expect(outcome.error == "")
    }
  }

  @Test("the version names the versions of the files")
  func version() async throws {
    let outcome = try await Program.assay.run(["--version"])
    for kind in ["compiled model", "proving key", "verifying key", "proof", "commitment"] {
      #expect(outcome.output.firstMatch(of: try Regex("\(kind) [0-9]+")) != nil, "\(kind)")
    }
  }

  @Test("nothing is drawn where nobody watches")
  func noProgress() async throws {
    let bench = try await Workbench.digits.value
    let folder = try TemporaryFolder()
    let outcome = try await Program.assay.run(bench.proving(bench.input, to: folder.file("p")))
    #expect(outcome.status == 0)
    #expect(outcome.error == "")
    #expect(!outcome.output.contains("\u{1B}"))
    #expect(!outcome.output.contains("\r"))
  }
}

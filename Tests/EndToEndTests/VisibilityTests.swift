import Foundation
import TensorFiles
import TestSupport
import Testing

@Suite("Who sees what is chosen on the command line")
struct VisibilityTests {
  /// Runs a network of two inputs, a and b, and one output, y; returns what verifiers see.
  private func run(
    _ visibility: [String]
  ) async throws -> (outcome: Program.Outcome, verdict: [String: Any]?) {
    let folder = try TemporaryFolder()
    var arguments = ["run", Fixture.path("operators/multiply.onnx"), "--workdir", folder.path]
    for (name, value) in try OperatorCase("multiply").inputs {
      let tensor = try TensorValue(shape: value.shape, values: value.values)
      try TensorFile.writeNumpy(tensor, as: .float64, path: folder.file("\(name).npy"))
      arguments += ["--input", "\(name)=" + folder.file("\(name).npy")]
    }
    for choice in visibility { arguments += ["--visibility", choice] }
    let outcome = try await Program.assay.run(arguments + ["--json"])
    guard outcome.status == 0 else { return (outcome, nil) }
    let verified = try await Program.verify.run([
      "--verifying-key", folder.file("verifying.key"), "--proof", folder.file("proof"), "--json",
    ])
    #expect(verified.status == 0, "\(verified.error)")
    return (outcome, try verified.json)
  }

  @Test(
    "each tensor is public or private as it is told",
    arguments: [
      ([], ["y"]),
      (["input=private,output=public,model=private"], ["y"]),
      (["input=public"], ["a", "b", "y"]),
      (["b=public"], ["b", "y"]),
      (["input=public", "a=private"], ["b", "y"]),
      (["output=private"], []),
      (["y=private,a=public"], ["a"]),
      (["model=public,output=private,input=private"], []),
    ])
  func choices(visibility: [String], shown: [String]) async throws {
    let (outcome, verdict) = try await run(visibility)
    #expect(outcome.status == 0, "\(outcome.error)")
    let found = try #require(verdict)
    #expect(try object(found["public"]).keys.sorted() == shown)
    let hidden = ["a", "b", "y"].filter { !shown.contains($0) }
    #expect(try object(found["private"]).keys.sorted() == hidden)
    // Whoever runs it sees all of the outputs.
    let expected = try #require(try OperatorCase("multiply").outputs["y"])
    let output = try object(try object(outcome.json["outputs"])["y"])
    #expect(largestDifference(try numbers(output["values"]), expected.values) < 1e-2)
  }

  @Test(
    "what is no choice is refused",
    arguments: [
      (["hidden=private"], ["hidden", "\"a\"", "\"b\"", "\"y\""]),
      (["input"], ["name=public"]),
      (["input=secret"], ["input=secret"]),
      (["=private"], ["=private"]),
      (["a=private", "a=public"], ["twice", "\"a\""]),
      (["input=private,input=public"], ["twice"]),
    ])
  func mistakes(visibility: [String], texts: [String]) async throws {
    let (outcome, _) = try await run(visibility)
    #expect(outcome.status == 2)
    for text in texts { #expect(outcome.error.contains(text), "\(outcome.error)") }
  }

  @Test(
    "a network of which all is public has nothing to hide, and says so",
    arguments: [("reshape", "input=public"), ("reshape", "input=public,model=public")])
  func nothingToHide(network: String, visibility: String) async throws {
    let folder = try TemporaryFolder()
    let input = try #require(try Stage.inputs(network, folder).first)
    let arguments = [
      "run", Fixture.path("operators/\(network).onnx"), "--input", "\(input.key)=\(input.value)",
      "--visibility", visibility, "--json",
    ]
    let refused = try await Program.assay.run(arguments)
    #expect(refused.status == 2)
    #expect(refused.error.contains("--no-zk"), "\(refused.error)")
    let plain = try await Program.assay.run(arguments + ["--no-zk"])
    #expect(plain.status == 0, "\(plain.error)")
  }

  @Test("compile says who sees what, and takes an input's scale")
  func compile() async throws {
    let bench = try await Workbench.digits.value
    let folder = try TemporaryFolder()
    func compile(_ more: String...) async throws -> Program.Outcome {
      try await Program.assay.run(
        [
          "compile", bench.network, "--calibration", bench.calibration, "--output",
          folder.file("m"), "--json",
        ] + more)
    }
    let usual = try await compile().json
    #expect(try object(object(usual["inputs"])["input"])["visibility"] as? String == "private")
    #expect(try object(object(usual["outputs"])["logits"])["visibility"] as? String == "public")
    #expect(usual["model"] as? String == "private")
    let other = try await compile(
      "--visibility", "input=public,logits=private,model=public", "--input-bits", "input=9"
    ).json
    let input = try object(object(other["inputs"])["input"])
    #expect(input["visibility"] as? String == "public")
    #expect(input["fractional_bits"] as? Int == 9)
    #expect(try object(object(other["outputs"])["logits"])["visibility"] as? String == "private")
    #expect(other["model"] as? String == "public")
    for wrong in ["input=x", "input", "pixels=9"] {
      let outcome = try await compile("--input-bits", wrong)
      #expect(outcome.status == 2, "\(wrong)")
      #expect(!outcome.error.isEmpty)
    }
  }
}

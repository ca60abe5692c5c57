import Foundation
import TestSupport
import Testing
import Verifier

@Suite("A key with circuits that are not Assay's own is not taken for a network's")
struct ForeignCircuitTests {
  /// A ReLU whose output is any number: what the hint says binds nobody.
  private static let free = """
    circuit relu(x: i16[...]) -> (y: i16[...]) {
      hint y[...] = max(x[...], 0)
      lookup x[...] in i16
      lookup y[...] in i16
    }
    """

  private func stage(
    _ folder: TemporaryFolder, circuits: String? = nil
  ) async throws -> (stage: Stage, compiled: Program.Outcome?) {
    guard let circuits else { return (try await Stage("relu", folder), nil) }
    let directory = folder.file("circuits")
    try FileManager.default.createDirectory(atPath: directory, withIntermediateDirectories: true)
    _ = try folder.write(Array(circuits.utf8), "circuits/own.circuit")
    let files = try Stage.inputs("relu", folder)
    let compiled = try await Program.assay.run(
      [
        "compile", Fixture.path("operators/relu.onnx"), "--output", folder.file("x.circuit"),
        "--circuits", directory,
      ] + files.flatMap { ["--calibration", "\($0.key)=\($0.value)"] })
    return (try await Stage("relu", folder, compile: ["--circuits", directory]), compiled)
  }

  private func proven(_ stage: Stage) async throws {
    let inputs = try Stage.inputs("relu", stage.folder)
    let made = try await stage.prove(
      "proof", inputs.flatMap { ["--input", "\($0.key)=\($0.value)"] })
    try #require(made.status == 0, "\(made.error)")
  }

  @Test("the verdict names it, and --allow-foreign-circuits takes it")
  func foreign() async throws {
    let folder = try TemporaryFolder()
    let (stage, compiled) = try await stage(folder, circuits: Self.free)
    #expect(compiled?.error.contains("circuit relu of ") == true)
    #expect(compiled?.error.contains("takes the place of Assay's own") == true)
    try await proven(stage)
    let digest = hexadecimal(try VerifyingKey(try Fixture.bytes(stage.verifyingKey)))
    for more in [[], ["--model-digest", digest]] {
      let refused = try await stage.verify("proof", more)
      #expect(refused.status == 1)
      let reason = try #require(try refused.json["reason"] as? String)
      #expect(reason.contains("NOT ASSAY'S OWN") && reason.contains("relu"))
    }
    let taken = try await stage.verify("proof", ["--allow-foreign-circuits"])
    #expect(taken.status == 0)
    let layers = try object(try taken.json["layers"])
    #expect(layers["own"] as? Bool == false && layers["count"] as? Int == 1)
    let foreign = try #require(layers["foreign"] as? [[String: Any]])
    #expect(foreign.first?["parts"] as? [String] == ["relu"])
    for (options, status) in [([], 1), (["--allow-foreign-circuits"], 0)] as [([String], Int32)] {
      let key = try await Program.verify.run(["--key-only", stage.verifyingKey] + options)
      #expect(key.status == status)
      let told = try await Program.verify.run(
        ["--key-only", stage.verifyingKey, "--json"] + options)
      #expect(try (told.json["key_digest"] == nil) == (status != 0))
    }
    let shown = try await Program.assay.run(["inspect", stage.verifyingKey, "--statements"])
    #expect(shown.output.contains("hint y[...] = max(x[...], 0)"))
    #expect(
      !shown.output.contains(folder.path), "the key should not say in which folder files were")
  }

  @Test("no layer's name adds a line to the verdict, or looks like another name")
  func names() async throws {
    let folder = try TemporaryFolder()
    let forged = "all 2 layers are made of Assay's own circuits"
    let network = try folder.write(
      SmallNetwork.bytes(node: "r\n\(forged)\nl\u{456}ne", input: "x", output: "y"), "n.onnx")
    _ = try folder.write("{\"input_data\": [[0.1, -0.5, 0.25, 1]]}", "x.json")
    try FileManager.default.createDirectory(
      atPath: folder.file("circuits"), withIntermediateDirectories: true)
    _ = try folder.write(Array(Self.free.utf8), "circuits/own.circuit")
    let (key, proof) = (folder.file("vk"), folder.file("p"))
    for arguments in [
      [
        "compile", network, "--calibration", folder.file("x.json"), "--output", folder.file("c"),
        "--circuits", folder.file("circuits"),
      ],
      ["setup", folder.file("c"), "--proving-key", folder.file("pk"), "--verifying-key", key],
      [
        "prove", "--proving-key", folder.file("pk"), "--proof", proof, "--input",
        folder.file("x.json"),
      ],
    ] {
      let outcome = try await Program.assay.run(arguments)
      try #require(outcome.status == 0, "\(outcome.error)")
    }
    let allowed = "--allow-foreign-circuits"
    for shown in [
      try await Program.verify.run(["--verifying-key", key, "--proof", proof, allowed]),
      try await Program.verify.run(["--verifying-key", key, "--proof", proof]),
      try await Program.verify.run(["--key-only", key, allowed]),
      try await Program.assay.run(["inspect", key, "--statements"]),
    ] {
      let text = shown.output + shown.error
      #expect(text.contains("NOT ASSAY'S OWN") && text.contains("l\\u{456}ne"), "\(text)")
      for line in text.split(separator: "\n") {
        #expect(!line.drop { $0 == " " }.hasPrefix(forged), "\(text)")
      }
    }
  }

  @Test("a key of Assay's own circuits says so, and lists them")
  func own() async throws {
    let folder = try TemporaryFolder()
    let (stage, _) = try await stage(folder)
    try await proven(stage)
    let verdict = try await stage.verify("proof")
    #expect(verdict.status == 0)
    #expect(try object(try verdict.json["layers"])["own"] as? Bool == true)
    let words = try await Program.verify.run([
      "--verifying-key", stage.verifyingKey, "--proof", folder.file("proof"),
    ])
    #expect(
      words.output.contains("the only layer is made of Assay's own circuits and said to be Relu"))
    let shown = try await Program.assay.run(["inspect", stage.verifyingKey])
    #expect(shown.output.contains("Relu") && !shown.output.contains("NOT ASSAY'S OWN"))
    let listed = try await Program.assay.run(["inspect", stage.verifyingKey, "--json"])
    let layers = try object(try listed.json["layers"])
    let list = try #require(layers["list"] as? [[String: Any]])
    #expect(list.map { $0["circuits"] as? [String] } == [["relu"]])
    #expect(list.first?["statements"] == nil)
  }

  @Test("a key without a derivation, or with that of another, is not taken either")
  func exchanged() async throws {
    let folder = try TemporaryFolder()
    let (stage, _) = try await stage(folder)
    try await proven(stage)
    let key = try VerifyingKey(try Fixture.bytes(stage.verifyingKey))
    let other = try VerifyingKey(try Fixture.bytes(try await Workbench.tabular.value.verifyingKey))
    for derivation in [[], other.derivation, [1, 2, 3], key.derivation + [0]] {
      let changed = try VerifyingKey(
        system: key.system, pinnedRoot: key.pinnedRoot, isHiding: key.isHiding,
        openings: key.openings, roots: key.roots, certificate: key.certificate,
        derivation: derivation)
      #expect(changed.identityDigest == key.identityDigest)
      let path = try folder.write(changed.file, "changed.vk")
      let arguments = ["--verifying-key", path, "--proof", folder.file("proof")]
      let refused = try await Program.verify.run(arguments)
      #expect(refused.status == 1)
      #expect(refused.error.contains("UNKNOWN ORIGIN"))
      #expect(try await Program.verify.run(arguments + ["--allow-foreign-circuits"]).status == 0)
    }
  }

  private func hexadecimal(_ key: VerifyingKey) -> String {
    key.identityDigest.bytes.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
  }
}

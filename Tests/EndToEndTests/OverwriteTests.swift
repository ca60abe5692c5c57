import Foundation
import TestSupport
import Testing

@Suite("No command writes over what it reads, or what can't be made again")
struct OverwriteTests {
  @Test(
    "an output that is an input or another output is refused before any work, whatever its name")
  func clashes() async throws {
    let desk = try await Desk()
    let folder = desk.folder
    let manager = FileManager.default
    try manager.createSymbolicLink(atPath: folder.file("soft"), withDestinationPath: "pk")
    try manager.createSymbolicLink(
      atPath: folder.file("softer"), withDestinationPath: folder.file("soft"))
    try manager.linkItem(atPath: desk.input, toPath: folder.file("hard.npy"))
    let other = folder.path + "-link"
    try manager.createSymbolicLink(atPath: other, withDestinationPath: folder.path)
    defer { try? manager.removeItem(atPath: other) }
    let proving = ["prove", "--proving-key", desk.provingKey, "--input", desk.input, "--proof"]
    let setup = ["setup", desk.model, "--proving-key"]
    let commit = ["commit", "--input", desk.input, "--fractional-bits", "8", "--commitment"]
    let compile = ["compile", desk.network, "--calibration", desk.input, "--output"]
    let rekey = ["rekey", "--proving-key", desk.provingKey, "--verifying-key"]
    for arguments in [
      proving + [desk.provingKey], proving + [desk.input], proving + [folder.file("soft")],
      proving + [folder.file("softer")], proving + [folder.file("hard.npy")],
      proving + [other + "/x.npy"], proving + [folder.path + "/./pk"],
      compile + [desk.network], compile + [desk.input], compile + [other + "/n.onnx"],
      setup + [desk.model, "--verifying-key", folder.file("new")],
      setup + [folder.file("new"), "--verifying-key", folder.file("new")],
      setup + [folder.file("new"), "--verifying-key", other + "/new"],
      commit + [folder.file("new"), "--opening", folder.file("new")],
      commit + [desk.input, "--opening", folder.file("new")],
      commit + [folder.file("new"), "--opening", desk.input],
      rekey + [desk.provingKey], rekey + [folder.file("softer")],
      ["export-key", "--proving-key", desk.provingKey, "--verifying-key", desk.provingKey],
    ] {
      // Nor is there a way to ask for it.
      try await desk.expectRefusal(arguments + ["--force"], saying: ["same file"])
    }
    try await desk.expectRefusal(
      proving + [desk.provingKey + ".commitment-7"], saying: ["commitments"])
  }

  @Test("documents, circuits and tensors beside a network are read too, and not written over")
  func furtherInputs() async throws {
    let desk = try await Desk()
    let folder = desk.folder
    try FileManager.default.createSymbolicLink(
      atPath: folder.file("soft"), withDestinationPath: "m.circuit")
    for context in ["m.circuit", "file:m.circuit", "soft"] {
      let path = context.replacingOccurrences(of: "file:", with: "")
      try await desk.expectRefusal(
        [
          "prove", "--proving-key", desk.provingKey, "--input", desk.input, "--proof", desk.model,
          "--context", context.replacingOccurrences(of: path, with: folder.file(path)), "--force",
        ], saying: ["same file", "--context"])
    }
    // A text is no file, whatever its name.
    let text = "text:" + folder.file("p")
    for _ in 0..<2 {
      #expect(try await desk.prove(to: folder.file("p"), "--context", text).status == 0)
    }
    for name in ["external_data.onnx", "external_data.bin"] {
      try FileManager.default.copyItem(
        atPath: Fixture.path("operators/" + name), toPath: folder.file(name))
    }
    try await desk.expectRefusal(
      [
        "compile", folder.file("external_data.onnx"), "--output", folder.file("external_data.bin"),
        "--force",
      ], saying: ["same file", "the network's tensors"])
    let circuit = try folder.write(Array("circuit none(x: i16) -> (y: i16) {}".utf8), "a.circuit")
    try await desk.expectRefusal(
      [
        "compile", desk.network, "--calibration", desk.input, "--circuits", folder.path, "--output",
        circuit, "--force",
      ], saying: ["same file", "--circuits"])
  }

  @Test("assay-verify writes over nothing that it reads, and over no file but arrays")
  func verifier() async throws {
    let desk = try await Desk()
    let folder = desk.folder
    let proof = folder.file("p")
    #expect(try await desk.prove(to: proof).status == 0)
    let out = try TemporaryFolder()
    let arguments = [
      "--verifying-key", desk.verifyingKey, "--proof", proof, "--output-dir", out.path,
    ]
    let first = try await Program.verify.run(arguments)
    try #require(first.status == 0, "\(first.error)")
    let manager = FileManager.default
    let names = out.contents
    try #require(!names.isEmpty)
    // Arrays are replaced.
    #expect(try await Program.verify.run(arguments).status == 0)
    for (name, target) in names.flatMap({ name in ["p", "vk", "pk"].map { (name, $0) } }) {
      let place = out.file(name)
      try? manager.removeItem(atPath: place)
      try manager.createSymbolicLink(atPath: place, withDestinationPath: folder.file(target))
      let before = try desk.contents()
      let outcome = try await Program.verify.run(arguments)
      #expect(outcome.status == 2, "\(outcome.error)")
      #expect(outcome.error.contains(target == "pk" ? "not a NumPy array" : "same file"))
      #expect(try desk.contents() == before)
      try manager.removeItem(atPath: place)
    }
  }

  @Test("keys, openings and foreign files are replaced by --force only, which names what is lost")
  func losses() async throws {
    let desk = try await Desk()
    let (folder, digest) = (desk.folder, try await desk.digest)
    let setup = [
      "setup", desk.model, "--proving-key", desk.provingKey, "--verifying-key", desk.verifyingKey,
    ]
    try await desk.expectRefusal(setup, saying: [digest, "proving key", "--force"])
    let again = ["setup", desk.model, "--proving-key", folder.file("new"), "--verifying-key"]
    try await desk.expectRefusal(again + [desk.verifyingKey], saying: [digest, "verifying key"])
    let rekey = ["rekey", "--proving-key", desk.provingKey, "--verifying-key", desk.verifyingKey]
    try await desk.expectRefusal(rekey, saying: [digest, "verifying key", "proofs"])
    let commit = [
      "commit", "--input", desk.input, "--fractional-bits", "8", "--commitment", folder.file("c"),
      "--opening", folder.file("o"),
    ]
    #expect(try await Program.assay.run(commit).status == 0)
    try await desk.expectRefusal(
      commit.dropLast() + [folder.file("o2")], saying: ["a commitment to data"])
    try await desk.expectRefusal(
      commit.map { $0 == folder.file("c") ? folder.file("c2") : $0 },
      saying: ["an opening", "10 proofs left"])
    for (name, what) in [
      ("vk", "a verifying key"), ("o", "an opening"), ("c", "a commitment"),
      ("n.onnx", "not a proof"),
      ("m.circuit", "a compiled model"),
    ] {
      let proving = ["prove", "--proving-key", desk.provingKey, "--input", desk.input, "--proof"]
      try await desk.expectRefusal(proving + [folder.file(name)], saying: [what])
    }
    // What can be made again may be.
    for _ in 0..<2 { #expect(try await desk.prove(to: folder.file("p")).status == 0) }
    let forced = try await Program.assay.run(setup + ["--force"])
    #expect(forced.status == 0, "\(forced.error)")
    #expect(forced.error.contains("\(digest), which nobody could prove anything of any more"))
    #expect(try await desk.digest != digest)
    let opened = try await Program.assay.run(commit + ["--force"])
    #expect(opened.status == 0 && opened.error.contains("10 proofs left"), "\(opened.error)")
    #expect(folder.contents.filter { $0.hasSuffix(".tmp") } == [])
  }

  @Test("a folder that run has filled is not filled again, and outputs never replace inputs")
  func folders() async throws {
    let desk = try await Desk()
    let work = desk.folder.file("work")
    let run = ["run", desk.network, "--input", desk.input, "--workdir", work]
    #expect(try await Program.assay.run(run).status == 0)
    let key = try Fixture.bytes(work + "/proving.key")
    let refused = try await Program.assay.run(run)
    #expect(refused.status == 2 && refused.error.contains("proving key"), "\(refused.error)")
    #expect(try Fixture.bytes(work + "/proving.key") == key)
    #expect(try await Program.assay.run(run + ["--force"]).status == 0)
    // The output of the network has the name of the file that the input is in.
    let output = try #require(
      try FileManager.default.contentsOfDirectory(atPath: work + "/outputs").first)
    let clash = desk.folder.file(output)
    try FileManager.default.moveItem(atPath: desk.input, toPath: clash)
    let before = try Fixture.bytes(clash)
    let outcome = try await Program.assay.run([
      "prove", "--proving-key", desk.provingKey, "--input", clash, "--proof",
      desk.folder.file("p"), "--output-dir", desk.folder.path,
    ])
    #expect(outcome.status == 2 && outcome.error.contains("same file"), "\(outcome.error)")
    #expect(try Fixture.bytes(clash) == before)
  }

  @Test("a verifying key is written again from its proving key, and a rekeyed one beside the old")
  func export() async throws {
    let desk = try await Desk()
    let folder = desk.folder
    let old = try Fixture.bytes(desk.verifyingKey)
    #expect(try await desk.prove(to: folder.file("p1")).status == 0)
    func export(_ name: String) async throws -> [UInt8] {
      let outcome = try await Program.assay.run([
        "export-key", "--proving-key", desk.provingKey, "--verifying-key", folder.file(name),
      ])
      #expect(outcome.status == 0, "\(outcome.error)")
      return try Fixture.bytes(folder.file(name))
    }
    #expect(try await export("again") == old)
    let rekeyed = try await Program.assay.run([
      "rekey", "--proving-key", desk.provingKey, "--verifying-key", folder.file("vk2"),
    ])
    #expect(rekeyed.status == 0, "\(rekeyed.error)")
    #expect(try await export("again2") == Fixture.bytes(folder.file("vk2")))
    #expect(try await desk.prove(to: folder.file("p2")).status == 0)
    for (key, proof) in [("vk", "p1"), ("vk2", "p2")] {
      let verified = try await Program.verify.run([
        "--verifying-key", folder.file(key), "--proof", folder.file(proof),
      ])
      #expect(verified.status == 0, "\(verified.error)")
    }
  }

  @Test("a private model's circuit is its owner's, and says so")
  func secrecy() async throws {
    let desk = try await Desk()
    func permissions(_ name: String) throws -> Int {
      let attributes = try FileManager.default.attributesOfItem(atPath: desk.folder.file(name))
      return try #require(attributes[.posixPermissions] as? Int)
    }
    for (visibility, isSecret) in [("model=private", true), ("model=public", false)] {
      let outcome = try await Program.assay.run([
        "compile", desk.network, "--calibration", desk.input, "--output",
        desk.folder.file("c"), "--visibility", visibility,
      ])
      #expect(outcome.status == 0, "\(outcome.error)")
      #expect(outcome.output.contains("keep it as secret") == isSecret)
      #expect(try permissions("c") & 0o077 == (isSecret ? 0 : 0o044))
    }
    #expect(try permissions("pk") == 0o600)
  }
}

import ConstraintSystem
import Hashing
import TestSupport
import Testing
import Verifier

@Suite("Names never decide what was checked")
struct PortNameTests {
  /// The key of a network of two inputs, with other names for them.
  private func key(_ names: [String], _ stage: Stage) throws -> VerifyingKey {
    let key = try VerifyingKey(try Fixture.bytes(stage.verifyingKey))
    var system = key.system
    let inputs = system.tensors.indices.filter { system.tensors[$0].role.isInput }
    for (tensor, name) in zip(inputs, names) { system.tensors[tensor].name = name }
    return try VerifyingKey(
      system: system, pinnedRoot: key.pinnedRoot, isHiding: key.isHiding, openings: key.openings,
      roots: key.roots, certificate: key.certificate)
  }

  @Test("a commitment whose name could mean two tensors is refused")
  func ambiguous() async throws {
    let folder = try TemporaryFolder()
    let stage = try await Stage("multiply", folder)
    let file = try #require(try Stage.inputs("multiply", folder)["a"])
    #expect(try await stage.commit(file, as: "a", "a").status == 0)
    let path = try folder.write(try key(["x", "x=y"], stage).file, "two.vk")
    func verify(_ commitment: String) async throws -> Program.Outcome {
      try await Program.verify.run(
        ["--verifying-key", path, "--proof", file, "--commitment", commitment], in: folder.path)
    }
    let refused = try await verify("x=y=a.cm")
    #expect(refused.status == 2)
    #expect(refused.error.contains("could name any"), "\(refused.error)")
    // It is the proof that is none.
    #expect(try await verify("x=a.cm").status == 1)
    #expect(try await verify("X=a.cm").error.contains("should be name=file"))
  }

  @Test("a key with names that Unicode takes for equal is refused")
  func equivalent() async throws {
    let folder = try TemporaryFolder()
    let stage = try await Stage("multiply", folder)
    var bytes = try key(["q1234", "q5678"], stage).file
    let names = ["q\u{0307}\u{0323}", "q\u{0323}\u{0307}"]
    for (old, new) in zip(["q1234", "q5678"], names) {
      let (old, new) = (Array(old.utf8), Array(new.utf8))
      let place = try #require(
        bytes.indices.dropLast(4).first { Array(bytes[$0..<$0 + 5]) == old })
      bytes.replaceSubrange(place..<place + 5, with: new)
    }
    let content = Array(bytes.dropLast(Digest.byteCount))
    let path = try folder.write(content + Digest(hashing: content).bytes, "equal.vk")
    for outcome in [
      try await Program.verify.run(["--verifying-key", path, "--proof", path]),
      try await Program.verify.run(["--key-only", path]),
      try await Program.assay.run(["inspect", path]),
    ] {
      #expect(outcome.status == 2)
      #expect(outcome.error.contains("breaks a rule"), "\(outcome.error)")
    }
  }
}

import Foundation
import TestSupport
import Testing

@Suite("A proof belongs to the case that it was made for")
struct ContextTests {
  private func prove(_ context: String?, _ folder: TemporaryFolder) async throws -> Program.Outcome
  {
    let bench = try await Workbench.publicModel.value
    let more = context.map { ["--context", $0] } ?? []
    return try await Program.assay.run(
      bench.proving(bench.input, to: folder.file("p")) + ["--json"] + more, in: folder.path)
  }

  private func verify(
    _ context: String?, _ folder: TemporaryFolder, _ more: String...
  ) async throws -> Program.Outcome {
    let bench = try await Workbench.publicModel.value
    return try await Program.verify.run(
      ["--verifying-key", bench.verifyingKey, "--proof", folder.file("p")]
        + (context.map { ["--context", $0] } ?? []) + more, in: folder.path)
  }

  @Test("a text that was asked for, and no other")
  func text() async throws {
    let folder = try TemporaryFolder()
    let made = try await prove("application 4711", folder)
    #expect(made.status == 0, "\(made.error)")
    let context = try object(made.json["context"])
    #expect((context["source"] as? String)?.contains("the text \"application 4711\"") == true)
    let digest = try #require(context["digest"] as? String)
    let accepted = try await verify("application 4711", folder, "--json")
    #expect(accepted.status == 0, "\(accepted.error)")
    let shown = try object(accepted.json["context"])
    #expect(shown["digest"] as? String == digest && shown["checked"] as? Bool == true)
    #expect(try await verify("application 4711", folder).output.contains(digest))
    let refused = try await verify("application 4712", folder, "--json")
    #expect(refused.status == 1)
    #expect(try refused.json["accepted"] as? Bool == false)
    #expect(refused.error.contains(digest) && refused.error.contains("another context"))
    // Nobody asked: it is accepted and said.
    let unasked = try await verify(nil, folder, "--json")
    #expect(unasked.status == 0)
    #expect(try object(unasked.json["context"])["checked"] as? Bool == false)
    let words = try await verify(nil, folder).output
    #expect(words.contains("made for a context (digest \(digest)) that was not asked for"))
  }

  @Test("a proof without one is not taken for one")
  func missing() async throws {
    let folder = try TemporaryFolder()
    #expect(try await prove(nil, folder).status == 0)
    let refused = try await verify("application 4711", folder)
    #expect(refused.status == 1)
    #expect(refused.error.contains("no context"))
    #expect(try await verify(nil, folder).status == 0)
    #expect(try await verify("", folder).status == 2)
  }

  @Test("a file and a text of the same bytes are one context")
  func files() async throws {
    let folder = try TemporaryFolder()
    _ = try folder.write("application 4711", "letter")
    let made = try await prove("letter", folder)
    #expect(made.status == 0, "\(made.error)")
    #expect((try object(made.json["context"])["source"] as? String)?.contains("file") == true)
    for same in ["letter", "file:letter", "text:application 4711", "application 4711"] {
      #expect(try await verify(same, folder).status == 0, "\(same)")
    }
    #expect(try await verify("text:letter", folder).status == 1)
    for (bad, status) in [("file:nowhere", Int32(2)), ("nowhere", 1), (".", 1), ("file:.", 2)] {
      #expect(try await verify(bad, folder).status == status, "\(bad)")
    }
    let missing = try await prove("file:nowhere", folder)
    #expect(missing.status == 2)
    #expect(missing.error.contains("nowhere"))
  }

  @Test("run makes its proof for a context too")
  func run() async throws {
    let folder = try TemporaryFolder()
    let outcome = try await Program.assay.run(
      [
        "run", Fixture.path("digits_cnn/model.onnx"), "--input",
        Fixture.path("digits_cnn/input.npy"), "--workdir", "work", "--context", "a case", "--json",
      ], in: folder.path)
    #expect(outcome.status == 0, "\(outcome.error)")
    let digest = try #require(try object(outcome.json["context"])["digest"] as? String)
    let verified = try await Program.verify.run(
      [
        "--verifying-key", "work/verifying.key", "--proof", "work/proof", "--context", "a case",
        "--json",
      ], in: folder.path)
    #expect(verified.status == 0, "\(verified.error)")
    #expect(try object(verified.json["context"])["digest"] as? String == digest)
  }
}

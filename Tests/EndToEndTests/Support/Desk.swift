import Foundation
import TestSupport
import Testing

/// A key, and files that commands read, in a folder that a test may damage.
struct Desk {
  let folder: TemporaryFolder
  let bench: Workbench
  var model: String { folder.file("m.circuit") }
  var provingKey: String { folder.file("pk") }
  var verifyingKey: String { folder.file("vk") }
  var input: String { folder.file("x.npy") }
  var network: String { folder.file("n.onnx") }

  init() async throws {
    folder = try TemporaryFolder()
    bench = try await Workbench.tabular.value
    let manager = FileManager.default
    try manager.copyItem(atPath: bench.model, toPath: model)
    try manager.copyItem(atPath: bench.input, toPath: input)
    try manager.copyItem(atPath: bench.network, toPath: network)
    let outcome = try await Program.assay.run([
      "setup", model, "--proving-key", provingKey, "--verifying-key", verifyingKey, "--proofs", "2",
    ])
    try #require(outcome.status == 0, "\(outcome.error)")
  }

  var digest: String {
    get async throws {
      let json = try await Program.assay.run(["inspect", verifyingKey, "--json"]).json
      return try #require(json["model_digest"] as? String)
    }
  }

  func prove(to proof: String, _ more: String...) async throws -> Program.Outcome {
    try await Program.assay.run(
      ["prove", "--proving-key", provingKey, "--input", input, "--proof", proof] + more)
  }

  /// All files with their contents.
  func contents() throws -> [String: [UInt8]] {
    try Dictionary(
      uniqueKeysWithValues: folder.contents.map { ($0, try Fixture.bytes(folder.file($0))) })
  }

  /// Expects that nothing happens but an error that says so.
  func expectRefusal(
    _ arguments: [String], saying texts: [String], at location: SourceLocation = #_sourceLocation
  ) async throws {
    let before = try contents()
    let outcome = try await Program.assay.run(arguments)
    #expect(outcome.status == 2, "\(arguments): \(outcome.error)", sourceLocation: location)
    for text in texts {
      #expect(
        outcome.error.contains(text), "\(text) is not in \(outcome.error)",
        sourceLocation: location)
    }
    #expect(try contents() == before, "\(arguments)", sourceLocation: location)
  }
}

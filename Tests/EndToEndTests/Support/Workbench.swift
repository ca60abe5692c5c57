import Foundation
import TestSupport
import Testing

/// Files that the commands made of a trained network, made once for all tests.
struct Workbench: Sendable {
  /// 64 → 48 → 32 → 10.
  static let digits = Task { try await Workbench("digits_mlp") }
  /// 30 → 16 → 8 → 2.
  static let tabular = Task { try await Workbench("breast_cancer") }

  /// The tabular network, which everybody may know, with an input that everybody sees.
  static let publicModel = Task {
    try await Workbench("breast_cancer", visibility: "model=public,input=public")
  }

  let name: String
  let folder: TemporaryFolder

  var network: String { Fixture.path("\(name)/model.onnx") }
  var input: String { Fixture.path("\(name)/input.npy") }
  var calibration: String { Fixture.path("\(name)/calibration.npy") }
  var model: String { folder.file("model.circuit") }
  var provingKey: String { folder.file("proving.key") }
  var verifyingKey: String { folder.file("verifying.key") }
  var proof: String { folder.file("proof") }
  /// Of a set-up without hiding, which gives the same bytes every time.
  var plainProvingKey: String { folder.file("plain-proving.key") }
  var plainVerifyingKey: String { folder.file("plain-verifying.key") }
  var plainProof: String { folder.file("plain-proof") }

  private init(_ name: String, visibility: String = "model=private") async throws {
    self.name = name
    folder = try TemporaryFolder()
    folder.removeAtExit()
    try await step([
      "compile", network, "--output", model, "--calibration", calibration, "--visibility",
      visibility,
    ])
    try await step(["setup", model, "--proving-key", provingKey, "--verifying-key", verifyingKey])
    try await step(["prove", "--proving-key", provingKey, "--input", input, "--proof", proof])
    try await step([
      "setup", model, "--proving-key", plainProvingKey, "--verifying-key", plainVerifyingKey,
      "--no-zk",
    ])
    try await step(provingPlainly(input, to: plainProof))
  }

  private func step(_ arguments: [String]) async throws {
    let outcome = try await Program.assay.run(arguments)
    try #require(outcome.status == 0, "\(arguments): \(outcome.error)")
  }

  /// Arguments of `assay prove` that write the proof to `path`.
  func proving(_ input: String..., to path: String) -> [String] {
    ["prove", "--proving-key", provingKey, "--proof", path] + input.flatMap { ["--input", $0] }
  }

  /// Arguments of `assay prove` for the proof that hides nothing.
  func provingPlainly(_ input: String..., to path: String) -> [String] {
    ["prove", "--proving-key", plainProvingKey, "--no-zk", "--proof", path]
      + input.flatMap { ["--input", $0] }
  }

  /// Verifies with other files in place of its own.
  func verify(
    key: String? = nil, proof: String? = nil, _ more: String...
  ) async throws -> Program.Outcome {
    try await Program.verify.run(
      ["--verifying-key", key ?? verifyingKey, "--proof", proof ?? self.proof] + more)
  }
}

/// Numbers in a JSON array.
func numbers(_ value: Any?) throws -> [Double] {
  try #require(value as? [NSNumber]).map(\.doubleValue)
}

func object(_ value: Any?) throws -> [String: Any] { try #require(value as? [String: Any]) }

import Foundation
import TensorFiles
import TestSupport
import Testing

/// A network of `Fixtures/operators` with its keys, in a folder that several may share.
struct Stage {
  let name: String
  let folder: TemporaryFolder
  var provingKey: String { folder.file("\(name).pk") }
  var verifyingKey: String { folder.file("\(name).vk") }

  /// Compiles the network for its own inputs and sets it up.
  init(_ name: String, _ folder: TemporaryFolder, compile options: [String] = []) async throws {
    self.name = name
    self.folder = folder
    let files = try Stage.inputs(name, folder)
    let model = folder.file("\(name).circuit")
    try await Stage.step(
      ["compile", Fixture.path("operators/\(name).onnx"), "--output", model] + options
        + files.sorted { $0.key < $1.key }.flatMap { ["--calibration", "\($0.key)=\($0.value)"] })
    try await Stage.step([
      "setup", model, "--proving-key", provingKey, "--verifying-key", verifyingKey, "--proofs",
      "20",
    ])
  }

  /// The network's inputs as files, by name.
  @discardableResult
  static func inputs(_ name: String, _ folder: TemporaryFolder) throws -> [String: String] {
    var paths: [String: String] = [:]
    for (input, value) in try OperatorCase(name).inputs {
      paths[input] = folder.file("\(name).\(input).npy")
      try write(value.values, value.shape, folder.file("\(name).\(input).npy"))
    }
    return paths
  }

  static func write(_ values: [Double], _ shape: [Int], _ path: String) throws {
    try TensorFile.writeNumpy(
      try TensorValue(shape: shape, values: values), as: .float64, path: path)
  }

  static func step(_ arguments: [String]) async throws {
    let outcome = try await Program.assay.run(arguments)
    try #require(outcome.status == 0, "\(arguments): \(outcome.error)")
  }

  func prove(_ proof: String, _ more: [String]) async throws -> Program.Outcome {
    try await Program.assay.run(
      ["prove", "--proving-key", provingKey, "--proof", folder.file(proof), "--json"] + more)
  }

  func verify(_ proof: String, _ more: [String] = []) async throws -> Program.Outcome {
    try await Program.verify.run(
      ["--verifying-key", verifyingKey, "--proof", folder.file(proof), "--json"] + more)
  }

  /// Commits to a file's data as one of the network's tensors, as `label.cm` and `label.open`.
  func commit(
    _ path: String, as tensor: String, _ label: String, proofs: Int = 4
  ) async throws -> Program.Outcome {
    try await Program.assay.run([
      "commit", "--input", path, "--verifying-key", verifyingKey, "--tensor", tensor,
      "--commitment", folder.file("\(label).cm"), "--opening", folder.file("\(label).open"),
      "--proofs", "\(proofs)", "--json",
    ])
  }
}

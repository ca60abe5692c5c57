import Foundation
import TensorFiles
import TestSupport
import Testing

@Suite("One proof of several inferences")
struct BatchTests {
  /// The first rows of the network's test inputs in a file.
  private func rows(_ count: Int, of bench: Workbench, _ folder: TemporaryFolder) throws -> String {
    let all = try TensorFile.readNumpy(path: Fixture.path("\(bench.name)/inputs.npy"))
    let size = all.values.count / all.shape[0]
    let some = try TensorValue(
      shape: [count] + all.shape.dropFirst(), values: Array(all.values.prefix(count * size)))
    let path = folder.file("x\(count).npy")
    try TensorFile.writeNumpy(some, as: .float64, path: path)
    return path
  }

  @Test("a leading axis makes a batch, which counts as one proof")
  func batch() async throws {
    let bench = try await Workbench.tabular.value
    let folder = try TemporaryFolder()
    func left() async throws -> Int? {
      try await Program.assay.run(["inspect", bench.provingKey, "--json"]).json["proofs_left"]
        as? Int
    }
    let proven = try await Program.assay.run(
      bench.proving(try rows(3, of: bench, folder), to: folder.file("p")) + ["--json"])
    #expect(proven.status == 0, "\(proven.error)")
    #expect(try proven.json["batch"] as? Int == 3)
    let outputs = try object(try object(proven.json["outputs"])["logits"])
    #expect(try numbers(outputs["shape"]) == [3, 2])

    let verified = try await bench.verify(proof: folder.file("p"), "--json")
    #expect(verified.status == 0, "\(verified.error)")
    #expect(try verified.json["batch"] as? Int == 3)
    let shown = try object(try object(verified.json["public"])["logits"])
    #expect(try numbers(shown["shape"]) == [3, 1, 2])
    #expect(try numbers(shown["values"]) == numbers(outputs["values"]))
    let expected = try TensorFile.readNumpy(path: Fixture.path("breast_cancer/outputs.npy"))
    #expect(largestDifference(try numbers(shown["values"]), Array(expected.values.prefix(6))) < 0.1)
    #expect(try await bench.verify(proof: folder.file("p")).output.contains("3 inferences"))
    let inspected = try await Program.assay.run(["inspect", folder.file("p"), "--json"])
    #expect(try inspected.json["batch"] as? Int == 3)
  }

  @Test("run proves a batch as well, of public inputs too")
  func run() async throws {
    let bench = try await Workbench.tabular.value
    let folder = try TemporaryFolder()
    let outcome = try await Program.assay.run([
      "run", bench.network, "--input", try rows(2, of: bench, folder), "--visibility",
      "input=public", "--workdir", folder.file("work"), "--json",
    ])
    #expect(outcome.status == 0, "\(outcome.error)")
    let verified = try await Program.verify.run([
      "--verifying-key", folder.file("work/verifying.key"), "--proof", folder.file("work/proof"),
      "--json",
    ])
    let input = try object(try object(verified.json["public"])["input"])
    #expect(try numbers(input["shape"]) == [2, 1, 30])
  }

  @Test("a proof is not one of another number of inferences")
  func changedCount() async throws {
    let bench = try await Workbench.tabular.value
    let folder = try TemporaryFolder()
    var proof = try Fixture.bytes(bench.proof)
    // Magic number, version, digest, mode; then the number of inferences.
    let place = 8 + 4 + 32 + 1
    #expect(proof[place] == 1)
    for count in [0, 2, 255] as [UInt8] {
      proof[place] = count
      let outcome = try await bench.verify(proof: try folder.write(proof, "p"))
      #expect(outcome.status == 1, "\(count): \(outcome.error)")
    }
  }

  @Test("a batch that the memory does not hold is refused at once, with the number that fits")
  func oversizedBatch() async throws {
    let bench = try await Workbench.digits.value
    let folder = try TemporaryFolder()
    let input = try TensorFile.readNumpy(path: bench.input)
    let count = 60_000
    let many = try TensorValue(
      shape: [count] + input.shape,
      values: Array(repeating: input.values, count: count).flatMap { $0 })
    let path = folder.file("many.npy")
    try TensorFile.writeNumpy(many, as: .float32, path: path)
    let refused = try await Program.assay.run(
      bench.proving(path, to: folder.file("p")) + ["--threads", "1"],
      after: "ulimit -v 1500000")
    #expect(refused.status == 2, "\(refused.error)")
    #expect(refused.error.contains("hold \(count) inferences"), "\(refused.error)")
    #expect(refused.error.contains(" fit into one proof"), "\(refused.error)")
    #expect(!FileManager.default.fileExists(atPath: folder.file("p")))
  }
}

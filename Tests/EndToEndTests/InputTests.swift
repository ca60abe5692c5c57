import Foundation
import TensorFiles
import TestSupport
import Testing

@Suite("Inputs in every format, and threads, change nothing in a proof")
struct InputTests {
  /// An ONNX `TensorProto` of single-precision values.
  private func tensorProto(_ value: TensorValue) -> [UInt8] {
    func varint(_ value: Int) -> [UInt8] {
      value < 128 ? [UInt8(value)] : [UInt8(value & 127 | 128)] + varint(value >> 7)
    }
    let data = value.values.flatMap { value in
      let bits = Float(value).bitPattern
      return [0, 8, 16, 24].map { UInt8(truncatingIfNeeded: bits >> $0) }
    }
    return value.shape.flatMap { [0x08] + varint($0) } + [0x10, 1] + [0x4A] + varint(data.count)
      + data
  }

  private func json(_ values: [Double]) -> String {
    "{\"input_data\": [[" + values.map { "\($0)" }.joined(separator: ", ") + "]]}"
  }

  @Test("NumPy, protobuf and JSON files give the same proof")
  func formats() async throws {
    let bench = try await Workbench.digits.value
    let folder = try TemporaryFolder()
    let value = try TensorFile.readNumpy(path: bench.input)
    let files = [
      try folder.write(tensorProto(value), "x.pb"), try folder.write(json(value.values), "x.json"),
      "input=" + bench.input,
    ]
    let expected = try Fixture.bytes(bench.plainProof)
    for file in files {
      let outcome = try await Program.assay.run(bench.provingPlainly(file, to: folder.file("p")))
      #expect(outcome.status == 0, "\(file): \(outcome.error)")
      #expect(try Fixture.bytes(folder.file("p")) == expected, "\(file)")
    }
  }

  @Test("any number of threads gives the same bytes", arguments: [1, 2, 3])
  func threads(count: Int) async throws {
    let bench = try await Workbench.digits.value
    let folder = try TemporaryFolder()
    let outcome = try await Program.assay.run(
      bench.provingPlainly(bench.input, to: folder.file("p")) + ["--threads", "\(count)"])
    #expect(outcome.status == 0)
    #expect(try Fixture.bytes(folder.file("p")) == Fixture.bytes(bench.plainProof))
    let setup = try await Program.assay.run([
      "setup", bench.model, "--proving-key", folder.file("pk"), "--verifying-key",
      folder.file("vk"), "--threads", "\(count)", "--no-zk",
    ])
    #expect(setup.status == 0)
    #expect(try Fixture.bytes(folder.file("pk")) == Fixture.bytes(bench.plainProvingKey))
    #expect(try Fixture.bytes(folder.file("vk")) == Fixture.bytes(bench.plainVerifyingKey))
  }

  /// A network of two inputs, `a` of shape 2×3×1 and `b` of shape 1×3×4, with their files.
  private func product(_ folder: TemporaryFolder) throws -> (network: String, a: String, b: String)
  {
    let inputs = try OperatorCase("multiply").inputs
    var paths: [String: String] = [:]
    for (name, value) in inputs {
      let path = folder.file("\(name).npy")
      let tensor = try TensorValue(shape: value.shape, values: value.values)
      try TensorFile.writeNumpy(tensor, as: .float64, path: path)
      paths[name] = path
    }
    return (
      Fixture.path("operators/multiply.onnx"), try #require(paths["a"]), try #require(paths["b"])
    )
  }

  @Test("several inputs go by name or in order")
  func severalInputs() async throws {
    let folder = try TemporaryFolder()
    let (network, a, b) = try product(folder)
    let expected = try #require(try OperatorCase("multiply").outputs["y"])
    for inputs in [["b=" + b, "a=" + a], [a, b], ["b=" + b, a]] {
      let outcome = try await Program.assay.run(
        ["run", network, "--json"] + inputs.flatMap { ["--input", $0] })
      #expect(outcome.status == 0, "\(outcome.error)")
      let output = try object(try object(outcome.json["outputs"])["y"])
      #expect(largestDifference(try numbers(output["values"]), expected.values) < 1e-2)
    }
    let missing = try await Program.assay.run(["run", network, "--input", "a=" + a])
    #expect(missing.status == 2)
    #expect(missing.error.contains("\"b\"") && missing.error.contains("[1, 3, 4]"))
    let twice = try await Program.assay.run([
      "run", network, "--input", "a=" + a, "--input", "a=" + a,
    ])
    #expect(twice.status == 2)
    #expect(twice.error.contains("\"a\""))
  }

  @Test("an input becomes a constant of the network")
  func constants() async throws {
    let folder = try TemporaryFolder()
    let (network, a, b) = try product(folder)
    let outcome = try await Program.assay.run([
      "run", network, "--input", a, "--constant", "b=" + b, "--json", "--workdir",
      folder.file("work"),
    ])
    #expect(outcome.status == 0, "\(outcome.error)")
    let verified = try await Program.verify.run([
      "--verifying-key", folder.file("work/verifying.key"), "--proof", folder.file("work/proof"),
      "--json",
    ])
    #expect(try object(verified.json["public"]).keys.sorted() == ["y"])
    #expect(try object(verified.json["private"]).keys.sorted() == ["a"])
  }

  @Test("a symbolic batch axis gets the size that is asked for")
  func dimension() async throws {
    let folder = try TemporaryFolder()
    let all = try TensorFile.readNumpy(path: Fixture.path("breast_cancer/inputs.npy"))
    let three = try TensorValue(shape: [3, 30], values: Array(all.values.prefix(90)))
    try TensorFile.writeNumpy(three, as: .float64, path: folder.file("x.npy"))
    let outcome = try await Program.assay.run([
      "run", Fixture.path("breast_cancer/model.onnx"), "--input", folder.file("x.npy"),
      "--dimension", "batch=3", "--json",
    ])
    #expect(outcome.status == 0, "\(outcome.error)")
    let logits = try object(try object(outcome.json["outputs"])["logits"])
    #expect(try numbers(logits["shape"]) == [3, 2])
    let expected = try TensorFile.readNumpy(path: Fixture.path("breast_cancer/outputs.npy"))
    let values = try numbers(logits["values"])
    #expect(largestDifference(values, Array(expected.values.prefix(6))) < 0.1)
  }
}

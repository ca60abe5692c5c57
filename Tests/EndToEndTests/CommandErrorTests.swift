import Foundation
import TensorFiles
import TestSupport
import Testing

@Suite("What goes wrong is said, under the right exit status")
struct CommandErrorTests {
  private func expect(
    _ program: Program, _ arguments: [String], _ status: Int32, saying texts: [String] = []
  ) async throws {
    let outcome = try await program.run(arguments)
    #expect(outcome.status == status, "\(arguments): \(outcome.error)")
    #expect(outcome.output == "", "\(arguments)")
    for text in texts {
      #expect(outcome.error.contains(text), "\(text) is not in: \(outcome.error)")
    }
  }

  @Test(
    "bad usage",
    arguments: [
      ["compile"], ["compile", "a.onnx"], ["setup", "m"], ["prove"], ["run"], ["inspect"],
      ["dream"], ["inspect", "a", "--colour"], ["run", "a.onnx", "--threads", "0"],
      ["run", "a.onnx", "--threads", "many"], ["run", "a.onnx", "--headroom-bits", "9"],
      ["run", "a.onnx", "--dimension", "batch=0"], ["run", "a.onnx", "--dimension", "batch"],
      ["run", "a.onnx", "--constant", "b"],
    ])
  func usage(arguments: [String]) async throws {
    try await expect(.assay, arguments, 2)
  }

  @Test func verifierUsage() async throws {
    try await expect(.verify, [], 2)
    try await expect(.verify, ["--verifying-key", "k"], 2, saying: ["--proof"])
    try await expect(.verify, ["--verifying-key", "k", "--proof", "p"], 2, saying: ["k"])
  }

  @Test("missing files and folders are named")
  func missingFiles() async throws {
    let bench = try await Workbench.digits.value
    let nowhere = bench.folder.file("nowhere")
    try await expect(.assay, ["run", nowhere + ".onnx"], 2, saying: [nowhere])
    try await expect(.assay, ["inspect", nowhere], 2, saying: [nowhere])
    try await expect(.assay, bench.proving(nowhere + ".npy", to: "p"), 2, saying: [nowhere])
    try await expect(
      .assay, bench.proving(bench.input, to: nowhere + "/proof"), 2, saying: [nowhere])
    for command in [
      ["prove", "--proving-key", nowhere, "--input", bench.input, "--proof", "p"],
      ["rekey", "--proving-key", nowhere, "--verifying-key", "k"],
    ] {
      try await expect(.assay, command, 2, saying: ["\(nowhere): there is no such file"])
    }
    try await expect(
      .verify, ["--verifying-key", bench.verifyingKey, "--proof", nowhere], 2, saying: [nowhere])
    try await expect(
      .verify, ["--verifying-key", "/", "--proof", bench.proof], 2, saying: ["/: is a folder"])
  }

  @Test("without sample inputs scales are made up, with a warning")
  func calibration() async throws {
    let bench = try await Workbench.digits.value
    let folder = try TemporaryFolder()
    let outcome = try await Program.assay.run([
      "compile", bench.network, "--output", folder.file("m"),
    ])
    #expect(outcome.status == 0)
    #expect(outcome.error.hasPrefix("warning: ") && outcome.error.contains("--calibration"))
    #expect(folder.contents == ["m"])
  }

  @Test("an input of another shape is refused with both shapes")
  func shape() async throws {
    let bench = try await Workbench.digits.value
    let other = Fixture.path("breast_cancer/input.npy")
    try await expect(
      .assay, bench.proving(other, to: "p"), 2,
      saying: ["\"input\"", "[1, 30]", "[1, 64]", "breast_cancer/input.npy"])
    try await expect(.assay, bench.proving("x=" + bench.input, to: "p"), 2, saying: ["\"x\""])
  }

  private func write(
    _ values: [Double], _ folder: TemporaryFolder, shape: [Int]
  ) throws -> String {
    let path = folder.file("x.npy")
    let tensor = try TensorValue(shape: shape, values: values)
    try TensorFile.writeNumpy(tensor, as: .float64, path: path)
    return path
  }

  @Test("a value that its scale does not hold is refused by tensor, position and value")
  func outOfRange() async throws {
    let bench = try await Workbench.digits.value
    let folder = try TemporaryFolder()
    var values = [Double](repeating: 0, count: 64)
    values[17] = 1e6
    let large = try write(values, folder, shape: [1, 64])
    try await expect(
      .assay, bench.proving(large, to: folder.file("p")), 2,
      saying: ["\"input\"", "17", "1000000"])
    var bytes = try Fixture.bytes(large)
    let place = bytes.count - (64 - 17) * 8
    for value in [Double.nan, .infinity, -.infinity] {
      let bits = (0..<8).map { UInt8(truncatingIfNeeded: value.bitPattern >> ($0 * 8)) }
      bytes.replaceSubrange(place..<place + 8, with: bits)
      let path = try folder.write(bytes, "x.npy")
      try await expect(.assay, bench.proving(path, to: folder.file("p")), 2, saying: ["17"])
      try await expect(.assay, ["run", bench.network, "--input", path], 2, saying: ["17"])
    }
    #expect(folder.contents == ["x.npy"])
  }

  @Test("what has no circuit is status 3")
  func unsupported() async throws {
    let folder = try TemporaryFolder()
    let path = try folder.write(
      SmallNetwork.bytes(
        operation: "ArgMax", node: "y", input: "x", output: "y", shape: [40000]), "m.onnx")
    let input = try write([Double](repeating: 0.5, count: 40000), folder, shape: [40000])
    let texts = ["y (ArgMax): 40000 candidates"]
    try await expect(.assay, ["run", path, "--input", input], 3, saying: texts)
    try await expect(
      .assay, ["compile", path, "--calibration", input, "--output", folder.file("m")], 3,
      saying: texts)
    #expect(folder.contents == ["m.onnx", "x.npy"])
  }

  /// Operators of the trained network, each under another name of the same length.
  @Test("all nodes that are not supported are named at once")
  func unsupportedTogether() async throws {
    let bench = try await Workbench.digits.value
    let folder = try TemporaryFolder()
    var bytes = try Fixture.bytes(bench.network)
    for (old, new) in [("Relu", "Tulu"), ("Gemm", "Geym")] {
      let (old, new) = (Array(old.utf8), Array(new.utf8))
      for start in bytes.indices.dropLast(4) where Array(bytes[start..<start + 4]) == old {
        bytes.replaceSubrange(start..<start + 4, with: new)
      }
    }
    let network = try folder.write(bytes, "m.onnx")
    try await expect(
      .assay, ["run", network, "--input", bench.input], 3,
      saying: ["5 unsupported nodes", "Tulu", "Geym"])
  }

  @Test("another model's key rejects, and says so in words and as JSON")
  func otherKey() async throws {
    let bench = try await Workbench.digits.value
    let other = try await Workbench.tabular.value
    let words = try await bench.verify(proof: other.proof)
    #expect(words.status == 1)
    #expect(words.output == "")
    #expect(words.error.contains("rejected"))
    let program = try await bench.verify(proof: other.proof, "--json")
    #expect(program.status == 1)
    #expect(try program.json["accepted"] as? Bool == false)
    #expect(try #require(try program.json["reason"] as? String).isEmpty == false)
  }

  @Test("a circuit file with a mistake is refused at its line and column")
  func circuits() async throws {
    let bench = try await Workbench.digits.value
    let folder = try TemporaryFolder()
    _ = try folder.write("circuit mine(x: i16[n]) -> (y: i16[n]) {\n  assert ?\n}\n", "m.circuit")
    try await expect(
      .assay, ["run", bench.network, "--input", bench.input, "--circuits", folder.path], 2,
      saying: ["m.circuit:2:10"])
  }
}

@Suite("A command that is killed leaves whole files or none", .serialized)
struct InterruptionTests {
  /// A process of the same number that was killed while its threads' library started.
  @Test func leftoversOfTheThreadsLibraryAreNoHindrance() async throws {
    let bench = try await Workbench.digits.value
    let folder = try TemporaryFolder()
    let note = "/dev/shm/__KMP_REGISTERED_LIB_$$_$(id -u)"
    for leftover in [": > \(note)", "head -c 1024 /dev/zero > \(note)"] {
      let outcome = try await Program.assay.run(
        bench.provingPlainly(bench.input, to: folder.file("proof")), after: leftover)
      #expect(outcome.status == 0, "\(outcome.error)")
    }
  }

  /// A file of that name that is no note: whoever opens it waits for somebody who writes.
  @Test(.timeLimit(.minutes(1))) func aPipeInTheNotesPlaceIsLetAlone() async throws {
    let folder = try TemporaryFolder()
    let name = folder.file("name")
    let outcome = try await Program.assay.run(
      ["--version"],
      after: "echo /dev/shm/__KMP_REGISTERED_LIB_$$_$(id -u) > \(name); mkfifo $(cat \(name))")
    let pipe = String(decoding: try Fixture.bytes(name).dropLast(), as: UTF8.self)
    try FileManager.default.removeItem(atPath: pipe)
    #expect(outcome.status == 0)
  }

  @Test(arguments: [2, 5, 10, 15, 20, 30, 40, 60, 90, 130])
  func killed(milliseconds: Int) async throws {
    let bench = try await Workbench.digits.value
    let folder = try TemporaryFolder()
    let old: [UInt8] = Array("what was there before".utf8)
    for name in ["model", "proving", "verifying", "proof"] { _ = try folder.write(old, name) }
    let delay = Duration.milliseconds(milliseconds)
    _ = try await Program.assay.kill(
      [
        "compile", bench.network, "--calibration", bench.calibration, "--output",
        folder.file("model"), "--force",
      ], after: delay)
    _ = try await Program.assay.kill(
      [
        "setup", bench.model, "--proving-key", folder.file("proving"), "--verifying-key",
        folder.file("verifying"), "--force",
      ], after: delay)
    _ = try await Program.assay.kill(
      bench.proving(bench.input, to: folder.file("proof")) + ["--force"], after: delay)
    let model = try Fixture.bytes(folder.file("model"))
    #expect(try model == old || model == Fixture.bytes(bench.model))
    for name in ["proving", "verifying", "proof"]
    where try Fixture.bytes(folder.file(name)) != old {
      let outcome = try await Program.assay.run(["inspect", folder.file(name)])
      #expect(outcome.status == 0, "\(name) is neither: \(outcome.error)")
    }
    if try Fixture.bytes(folder.file("proof")) != old {
      #expect(try await bench.verify(proof: folder.file("proof")).status == 0)
    }
  }
}

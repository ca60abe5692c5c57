import Compiler
import Foundation
import Prover
import TestSupport
import Testing
import Verifier

@Suite("Tables of real functions are computed again on demand")
struct TableCheckTests {
  /// What is all but a ReLU, as a real function.
  private static let circuits = """
    table soft(x: i16) = round(x * (1 + tanh(x)) / 2)
    circuit relu(x: i16[...]) -> (y: i16[...]) {
      hint y[...] = table soft(x[...])
      lookup (x[...], y[...]) in table soft
    }
    """

  private func stage(_ folder: TemporaryFolder) async throws -> Stage {
    let directory = folder.file("circuits")
    try FileManager.default.createDirectory(atPath: directory, withIntermediateDirectories: true)
    _ = try folder.write(Array(Self.circuits.utf8), "circuits/own.circuit")
    return try await Stage("relu", folder, compile: ["--circuits", directory])
  }

  /// The verifying key of the same network with another value for x = 77, right in all else.
  private func wrongKey(_ folder: TemporaryFolder) throws -> String {
    let model = try CompiledModel(fileBytes: try Fixture.bytes(folder.file("relu.circuit")))
    var circuit = model.circuit
    let table = try #require(circuit.system.tables.firstIndex { !$0.columns.isEmpty })
    circuit.system.tables[table].columns[0][77 + 32768] += 1
    let key = try ProvingKey.make(
      circuit: circuit, model: model.model, certifies: true, derivation: model.derivation)
    return try folder.write(key.verifyingKey.file, "wrong.vk")
  }

  @Test("a network with one is proven, and its table is right")
  func honest() async throws {
    let folder = try TemporaryFolder()
    let stage = try await stage(folder)
    let made = try await stage.prove(
      "proof", try Stage.inputs("relu", folder).flatMap { ["--input", "\($0.key)=\($0.value)"] })
    try #require(made.status == 0, "\(made.error)")
    for options in [[], ["--check-tables"]] {
      let verdict = try await stage.verify("proof", ["--allow-foreign-circuits"] + options)
      #expect(verdict.status == 0, "\(verdict.error)")
      let layers = try object(try verdict.json["layers"])
      #expect(layers["real_tables"] as? [String] == ["round(x * (1 + tanh(x)) / 2)"])
      #expect(layers["tables_right"] as? Bool == (options.isEmpty ? nil : true))
      let shown = try await Program.assay.run(["inspect", stage.verifyingKey] + options)
      #expect(shown.status == 0)
      #expect(
        shown.output.contains(
          options.isEmpty
            ? "is taken on trust" : "the table of real functions is that of its formula"))
    }
    let wrong = try await Program.assay.run([
      "inspect", folder.file("relu.circuit"), "--check-tables",
    ])
    #expect(wrong.status == 2 && wrong.error.contains("--check-tables goes with"))
  }

  @Test("one changed value is found by both programs")
  func changed() async throws {
    let folder = try TemporaryFolder()
    _ = try await stage(folder)
    let key = try wrongKey(folder)
    let known = ["--key-only", key, "--allow-foreign-circuits"]
    let trusted = try await Program.verify.run(known)
    #expect(trusted.status == 0 && trusted.output.contains("taken on trust"))
    let said = "has 78 at x = 77, where 77 is right"
    let refused = try await Program.verify.run(known + ["--check-tables"])
    #expect(refused.status == 1 && refused.error.contains(said), "\(refused.error)")
    let shown = try await Program.assay.run(["inspect", key, "--check-tables"])
    #expect(shown.status == 1 && shown.error.contains(said), "\(shown.error)")
    let json = try await Program.assay.run(["inspect", key, "--check-tables", "--json"])
    let layers = try object(try json.json["layers"])
    #expect(json.status == 1 && layers["tables_right"] as? Bool == false)
    #expect((layers["table_fault"] as? String)?.contains(said) == true)
  }

  private static let secondVerifier = Fixture.package + "/Paper/verifier.py"

  private static func python(_ arguments: [String]) throws -> (status: Int32, output: String) {
    let process = Process()
    process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
    process.arguments = ["python3"] + arguments
    let pipe = Pipe()
    process.standardOutput = pipe
    process.standardError = FileHandle.nullDevice
    try process.run()
    let output = pipe.fileHandleForReading.readDataToEndOfFile()
    process.waitUntilExit()
    return (process.terminationStatus, String(decoding: output, as: UTF8.self))
  }

  /// Tests need no Python; where it is, with its packages, it is asked too.
  private static let hasPython =
    (try? python(["-c", "import blake3, mpmath"]).status) == 0

  @Test("the second verifier finds it too", .enabled(if: hasPython))
  func second() async throws {
    let folder = try TemporaryFolder()
    let stage = try await stage(folder)
    let right = try Self.python([Self.secondVerifier, stage.verifyingKey, "--check-tables"])
    #expect(right.status == 0, "\(right.output)")
    #expect(right.output.contains("1 table of real functions, computed again"))
    let key = try wrongKey(folder)
    #expect(try Self.python([Self.secondVerifier, key]).status == 0)
    let wrong = try Self.python([Self.secondVerifier, key, "--check-tables"])
    #expect(wrong.status == 1)
    #expect(wrong.output.contains("column 1 has 78 at x = 77, where 77 is right"))
  }
}

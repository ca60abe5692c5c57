import Foundation
import TestSupport
import Testing

@Suite("A node of a custom domain is proven from one text file")
struct ForeignOperatorTests {
  private static let gated = """
    operator GatedUnit(x: real[...], gate: real[...]) -> (y: real[...]) custom "lab"
    { y[...] = x[...] * sigmoid(gate[...]) }

    """

  /// A network of one node with its inputs, and a folder of texts.
  private func files(
    _ operation: String, domain: String, inputs: [String], texts: [String: String],
    _ folder: TemporaryFolder
  ) throws -> (network: String, sample: String, circuits: String) {
    let network = try folder.write(
      SmallNetwork.bytes(operation: operation, domain: domain, inputs: inputs), "n.onnx")
    let values = inputs.indices.map { $0 == 0 ? "[0.5, -1, 2, 0.25]" : "[1, 2, -1, 0]" }
    let sample = try folder.write(
      "{\"input_data\": [\(values.joined(separator: ", "))]}", "x.json")
    for (name, text) in texts { _ = try folder.write(text, "lab/\(name)") }
    return (network, sample, folder.file("lab"))
  }

  @Test("it is compiled, proven, verified and found again")
  func customDomain() async throws {
    let folder = try TemporaryFolder()
    // One folder may hold operators, circuits and tables.
    let circuit = """
      circuit half(x: i16[...]) -> (y: i16[...]) {
        hint y[...] = x[...] / 2
        lookup x[...] - y[...] * 2 in range(2)
        bound y
      }
      table twice(x: range(4)) = 2 * x
      """
    let (network, sample, circuits) = try files(
      "GatedUnit", domain: "lab", inputs: ["x", "gate"],
      texts: ["gated.circuit": Self.gated, "half.circuit": circuit], folder)
    let run = try await Program.assay.run([
      "run", network, "--input", sample, "--circuits", circuits, "--json",
    ])
    try #require(run.status == 0, "\(run.error)")
    #expect(run.error.isEmpty)
    let outputs = try #require(try run.json["outputs"] as? [String: Any])
    let output = try #require(outputs["y"] as? [String: Any])
    let values = try #require(output["values"] as? [Double])
    for (value, expected) in zip(values, [0.36553, -0.88080, 0.53788, 0.125]) {
      #expect(abs(value - expected) < 1e-3)
    }
    let unknown = try await Program.assay.run(["run", network, "--input", sample])
    #expect(unknown.status == 3)
    #expect(unknown.error.contains("an operator of the domain \"lab\""))

    try await key(of: network, sample, circuits, folder)
    for (options, status) in [(["--circuits", circuits], 0), ([], 3)] as [([String], Int32)] {
      let digest = try await Program.assay.run(
        ["digest", network, "--verifying-key", folder.file("vk")] + options)
      #expect(digest.status == status, "\(digest.error)")
    }
    let inspected = try await Program.assay.run(["inspect", folder.file("vk")])
    #expect(inspected.output.contains("GatedUnit"))
    let checked = try await Program.verify.run(["--key-only", folder.file("vk")])
    #expect(checked.status == 0, "\(checked.error)")
    #expect(
      checked.output.contains("made of Assay's own circuits and said to be GatedUnit"),
      "\(checked.output)")
    let told = try await Program.verify.run(["--key-only", folder.file("vk"), "--json"])
    let layers = try #require(try told.json["layers"] as? [String: Any])
    let operators = try #require(layers["operators"] as? [[String: Any]])
    #expect(operators.map { $0["name"] as? String } == ["GatedUnit"])
    #expect(operators.map { $0["count"] as? Int } == [1])
  }

  /// Compiles and sets up a public model, without a word of warning.
  private func key(
    of network: String, _ sample: String, _ circuits: String, _ folder: TemporaryFolder
  ) async throws {
    for arguments in [
      [
        "compile", network, "--calibration", sample, "--circuits", circuits, "--visibility",
        "model=public", "--output", folder.file("m"),
      ],
      [
        "setup", folder.file("m"), "--proving-key", folder.file("pk"), "--verifying-key",
        folder.file("vk"),
      ],
    ] {
      let made = try await Program.assay.run(arguments)
      try #require(made.status == 0, "\(made.error)")
    }
  }

  @Test("one that takes the place of Assay's own is announced", arguments: ["Relu", "Identity"])
  func replacement(operation: String) async throws {
    let folder = try TemporaryFolder()
    let text = """
      operator \(operation)(x: real[...]) -> (y: real[...]) onnx { y[...] = 3 * x[...] }
      """
    let (network, sample, circuits) = try files(
      operation, domain: "", inputs: ["x"], texts: ["own.circuit": text], folder)
    let run = try await Program.assay.run([
      "run", network, "--input", sample, "--circuits", circuits, "--json",
    ])
    try #require(run.status == 0, "\(run.error)")
    #expect(
      run.error.contains("the operator \(operation) is replaced by that of \(circuits)/own.circuit")
    )
    let outputs = try #require(try run.json["outputs"] as? [String: Any])
    let values = try #require((outputs["y"] as? [String: Any])?["values"] as? [Double])
    #expect(abs(values[1] + 3) < 1e-3)
    // What is called so is not what everybody expects of the name.
    let compiled = try await Program.assay.run([
      "compile", network, "--calibration", sample, "--circuits", circuits, "--output",
      folder.file("m"),
    ])
    #expect(compiled.output.contains("\(operation) of own.circuit"), "\(compiled.output)")
  }

  @Test("two of one node, and errors in a text, are refused with their place")
  func errors() async throws {
    let folder = try TemporaryFolder()
    let (network, sample, circuits) = try files(
      "GatedUnit", domain: "lab", inputs: ["x", "gate"],
      texts: [
        "a.circuit": Self.gated,
        "b.circuit": Self.gated.replacing("operator GatedUnit", with: "operator Other")
          .replacing("\"lab\"", with: "\"lab\" \"GatedUnit\""),
      ], folder)
    let twice = try await Program.assay.run([
      "run", network, "--input", sample, "--circuits", circuits,
    ])
    #expect(twice.status == 2)
    #expect(twice.error.contains("b.circuit:1:"))
    #expect(twice.error.contains("a node can be this operator and 'GatedUnit'"))
    _ = try folder.write(Self.gated.replacing("sigmoid", with: "sigmod"), "lab/b.circuit")
    _ = try folder.write("", "lab/a.circuit")
    let wrong = try await Program.assay.run([
      "compile", network, "--circuits", circuits, "--output", folder.file("m"),
    ])
    #expect(wrong.status == 2)
    #expect(wrong.error.contains("b.circuit:2:") && wrong.error.contains("^"))
    #expect(!folder.contents.contains("m"))
  }
}

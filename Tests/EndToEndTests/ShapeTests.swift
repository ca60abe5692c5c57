import Foundation
import TensorFiles
import TestSupport
import Testing

@Suite("Sizes that a model leaves open come from files and options")
struct ShapeTests {
  private func write(
    _ value: OperatorCase.Value, _ folder: TemporaryFolder, as name: String = "x.npy",
    shape: [Int]? = nil
  ) throws -> String {
    let tensor = try TensorValue(shape: shape ?? value.shape, values: value.values)
    try TensorFile.writeNumpy(tensor, as: .float64, path: folder.file(name))
    return folder.file(name)
  }

  /// The output `y` of a run on the case's own input, compared with ONNX Runtime's.
  private func expectAgreement(
    _ name: String, _ arguments: [String] = [], noting text: String?
  ) async throws {
    let folder = try TemporaryFolder()
    let expected = try OperatorCase(name, folder: "shapes")
    var inputs: [String] = []
    for (input, value) in expected.inputs {
      inputs += ["--input", "\(input)=" + (try write(value, folder, as: "\(input).npy"))]
    }
    let outcome = try await Program.assay.run(
      ["run", Fixture.path("shapes/\(name).onnx"), "--json"] + inputs + arguments)
    #expect(outcome.status == 0, "\(outcome.error)")
    if let text { #expect(outcome.error.contains(text), "\(outcome.error)") }
    if text == nil { #expect(!outcome.error.contains("sizes taken")) }
    let output = try object(try object(outcome.json["outputs"])["y"])
    let value = try #require(expected.outputs["y"])
    #expect(try numbers(output["shape"]) == value.shape.map(Double.init))
    let difference = largestDifference(try numbers(output["values"]), value.values)
    #expect(difference < 1e-2 * max(value.magnitude, 1))
  }

  @Test func namedAxes() async throws {
    try await expectAgreement("image", noting: "H = 6")
    try await expectAgreement("image", ["--dimension", "H=6", "--dimension", "W=8"], noting: nil)
  }

  @Test func axesWithoutNames() async throws {
    try await expectAgreement("unnamed", noting: "axis 1 of x = 3")
  }

  @Test("a leading axis along which the network mixes is no batch")
  func mixedAxis() async throws {
    try await expectAgreement("mixed", noting: "n = 3")
  }

  @Test(
    "a leading axis is no batch where its extent is written into the network, or counts in it",
    arguments: ["fitted", "reshaped", "sized_bound", "sized_pad"])
  func fixedExtent(name: String) async throws {
    try await expectAgreement(name, noting: "n = 3")
  }

  @Test("the given values may mix along a leading axis where others do not")
  func mixedByValue() async throws {
    try await expectAgreement("mixed_beyond", noting: "n = 3")
  }

  @Test("an input that is given once goes with every sample of the others")
  func sharedInput() async throws {
    try await expectAgreement("shared", noting: nil)
  }

  @Test("inputs of different numbers of samples are refused by name and number")
  func differentCounts() async throws {
    let folder = try TemporaryFolder()
    let expected = try OperatorCase("shared", folder: "shapes")
    let x = try write(try #require(expected.inputs["x"]), folder)
    let z = try write(
      .init(shape: [2, 4], values: [Double](repeating: 1, count: 8)), folder, as: "z.npy")
    let outcome = try await Program.assay.run([
      "run", Fixture.path("shapes/shared.onnx"), "--input", "x=\(x)", "--input", "z=\(z)",
    ])
    #expect(outcome.status == 2)
    #expect(outcome.error.contains("3 of \"x\", 2 of \"z\""), "\(outcome.error)")
  }

  @Test("a leading axis has the size that is asked for")
  func rows() async throws {
    let folder = try TemporaryFolder()
    let input = try write(
      try #require(try OperatorCase("rows", folder: "shapes").inputs["x"]), folder)
    let outcome = try await Program.assay.run([
      "run", Fixture.path("shapes/rows.onnx"), "--input", input, "--until", "h",
      "--dimension", "batch=3", "--json",
    ])
    #expect(outcome.status == 0, "\(outcome.error)")
    let output = try object(try object(outcome.json["outputs"])["h"])
    #expect(try numbers(output["shape"]) == [3, 2])
    #expect(!outcome.error.contains("sizes taken"))
  }

  @Test func samplesAndFilesMustAgree() async throws {
    let folder = try TemporaryFolder()
    let expected = try #require(try OperatorCase("image", folder: "shapes").inputs["x"])
    let input = try write(expected, folder)
    let other = try write(expected, folder, as: "other.npy", shape: [1, 1, 8, 6])
    let outcome = try await Program.assay.run([
      "run", Fixture.path("shapes/image.onnx"), "--input", input, "--calibration", other,
    ])
    #expect(outcome.status == 2)
    #expect(outcome.error.contains("other.npy") && outcome.error.contains("H is 8"))
    let compiled = try await Program.assay.run([
      "compile", Fixture.path("shapes/image.onnx"), "--calibration", other, "--output",
      folder.file("m"),
    ])
    #expect(compiled.status == 0, "\(compiled.error)")
    #expect(compiled.error.contains("H = 8"))
    let bare = try await Program.assay.run([
      "compile", Fixture.path("shapes/image.onnx"), "--output", folder.file("n"),
    ])
    #expect(bare.status == 2)
    #expect(bare.error.contains("\"H\""))
  }

  @Test("whoever checks a public key need not know the sizes that were taken")
  func digest() async throws {
    let folder = try TemporaryFolder()
    for name in ["image", "unnamed"] {
      let network = Fixture.path("shapes/\(name).onnx")
      let expected = try #require(try OperatorCase(name, folder: "shapes").inputs["x"])
      let input = try write(expected, folder)
      let (model, keys) = (folder.file("m"), [folder.file("pk"), folder.file("vk")])
      for command in [
        [
          "compile", network, "--calibration", input, "--output", model, "--visibility",
          "model=public",
        ],
        ["setup", model, "--proving-key", keys[0], "--verifying-key", keys[1]],
        ["digest", network, "--verifying-key", keys[1]],
      ] {
        let outcome = try await Program.assay.run(command)
        #expect(outcome.status == 0, "\(command): \(outcome.error)")
      }
      for path in [model] + keys { try FileManager.default.removeItem(atPath: path) }
    }
    let wrong = try await Program.assay.run([
      "run", Fixture.path("shapes/image.onnx"), "--input", folder.file("x.npy"), "--dimension",
      "H=5",
    ])
    #expect(wrong.status == 2)
  }

  @Test("names that the network does not have are refused with those that it has")
  func misspelt() async throws {
    let folder = try TemporaryFolder()
    let expected = try #require(try OperatorCase("image", folder: "shapes").inputs["x"])
    let input = try write(expected, folder)
    let cases: [(option: [String], named: [String])] = [
      (["--dimension", "foo=4"], ["\"foo\"", "[\"N\", \"H\", \"W\"]"]),
      (["--constant", "foo=\(input)"], ["\"foo\"", "\"x\""]),
      (["--input-bits", "foo=4"], ["\"foo\"", "\"x\""]),
      (["--visibility", "foo=public"], ["foo", "\"x\"", "\"y\""]),
      (["--calibration", "foo=\(input)"], ["\"foo\"", "\"x\""]),
      (["--until", "foo"], ["\"foo\""]),
      (["--dimension", "H=6", "--dimension", "H=7"], ["\"H\"", "twice"]),
    ]
    for (option, named) in cases {
      let outcome = try await Program.assay.run(
        ["run", Fixture.path("shapes/image.onnx"), "--input", input] + option)
      #expect(outcome.status == 2, "\(option)")
      for text in named { #expect(outcome.error.contains(text), "\(outcome.error)") }
    }
  }

  /// Three inferences in ONNX Runtime's shape and along a further axis, of one network that has a
  /// symbolic batch and of one that has an axis of extent 1.
  @Test("batches go along the network's own leading axis or along a further one")
  func batches() async throws {
    let folder = try TemporaryFolder()
    let x = try #require(try OperatorCase("rows", folder: "shapes").inputs["x"])
    let own = try write(x, folder, as: "own.npy")
    let further = try write(x, folder, as: "further.npy", shape: [3, 1, 4])
    for (network, options, output) in [
      ("rows", ["--until", "h"], "h"), ("single", [], "y"),
    ] {
      var values: [[Double]] = []
      for (input, shape) in [(own, [3.0, 2]), (further, [3.0, 1, 2])] {
        let outcome = try await Program.assay.run(
          ["run", Fixture.path("shapes/\(network).onnx"), "--input", input, "--json"] + options)
        #expect(outcome.status == 0, "\(outcome.error)")
        let found = try object(try object(outcome.json["outputs"])[output])
        #expect(try numbers(found["shape"]) == shape)
        values.append(try numbers(found["values"]))
      }
      #expect(values[0] == values[1])
    }
  }

  @Test("a final Softmax is proven as other layers are, or left off")
  func finalSoftmax() async throws {
    try await expectAgreement("rows", noting: nil)
    let folder = try TemporaryFolder()
    let expected = try OperatorCase("rows", folder: "shapes")
    let input = try write(try #require(expected.inputs["x"]), folder)
    let outcome = try await Program.assay.run(
      [
        "run", Fixture.path("shapes/rows.onnx"), "--input", input, "--until", "h", "--json",
      ])
    #expect(outcome.status == 0, "\(outcome.error)")
    let outputs = try object(outcome.json["outputs"])
    #expect(Array(outputs.keys) == ["h"])
    let logits = try numbers(try object(outputs["h"])["values"])
    let values = try #require(expected.outputs["y"]).values
    #expect(logits.count == values.count)
    for row in stride(from: 0, to: values.count, by: 2) {
      let share = 1 / (1 + exp(logits[row + 1] - logits[row]))
      #expect(abs(share - values[row]) < 1e-2)
    }
  }
}

@Suite("Outputs of every kind")
struct OutputTests {
  /// The names of JSON members in the order of the text.
  private func order(_ text: String, of names: [String]) -> [String] {
    let places = names.compactMap { name in
      text.range(of: "\"\(name)\":").map { (name, $0.lowerBound) }
    }
    return places.sorted { $0.1 < $1.1 }.map(\.0)
  }

  @Test("a network without inputs is compiled, run, proven and verified")
  func withoutInputs() async throws {
    let folder = try TemporaryFolder()
    let network = Fixture.path("operators/no_inputs.onnx")
    let expected = try #require(try OperatorCase("no_inputs").outputs["y"])
    let run = try await Program.assay.run(["run", network, "--json"])
    #expect(run.status == 0, "\(run.error)")
    let output = try object(try object(run.json["outputs"])["y"])
    #expect(largestDifference(try numbers(output["values"]), expected.values) < 1e-3)
    let stages = [
      ["compile", network, "--output", folder.file("m")],
      [
        "setup", folder.file("m"), "--proving-key", folder.file("pk"), "--verifying-key",
        folder.file("vk"), "--proofs", "1",
      ],
      ["prove", "--proving-key", folder.file("pk"), "--proof", folder.file("p")],
    ]
    for stage in stages {
      let outcome = try await Program.assay.run(stage)
      #expect(outcome.status == 0, "\(outcome.error)")
      #expect(!outcome.error.contains("--calibration"))
    }
    let verified = try await Program.verify.run([
      "--verifying-key", folder.file("vk"), "--proof", folder.file("p"),
    ])
    #expect(verified.status == 0, "\(verified.error)")
    let given = try await Program.assay.run(["run", network, "--input", "x.npy"])
    #expect(given.status == 2)
    #expect(given.error.contains("no inputs"))
  }

  @Test(
    "results have the network's order and names", arguments: ["output_is_input", "output_thrice"])
  func order(name: String) async throws {
    let folder = try TemporaryFolder()
    let x = try #require(try OperatorCase(name).inputs["x"])
    let tensor = try TensorValue(shape: x.shape, values: x.values)
    try TensorFile.writeNumpy(tensor, as: .float64, path: folder.file("x.npy"))
    let names = name == "output_is_input" ? ["y", "x", "r"] : ["b", "r", "a"]
    let outcome = try await Program.assay.run([
      "run", Fixture.path("operators/\(name).onnx"), "--input", folder.file("x.npy"), "--json",
      "--workdir", folder.file("work"),
    ])
    #expect(outcome.status == 0, "\(outcome.error)")
    let outputs = try object(outcome.json["outputs"])
    #expect(Set(outputs.keys) == Set(names))
    #expect(order(outcome.output, of: names) == names)
    for (output, value) in try OperatorCase(name).outputs {
      let found = try object(outputs[output])
      #expect(largestDifference(try numbers(found["values"]), value.values) < 1e-2)
      let file = try TensorFile.readNumpy(path: folder.file("work/outputs/\(output).npy"))
      #expect(file.shape == value.shape)
    }
  }
}

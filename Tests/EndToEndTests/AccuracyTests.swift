import Foundation
import TensorFiles
import TestSupport
import Testing

@Suite("What the commands say of a network's accuracy, and refuse")
struct AccuracyTests {
  private let folder: TemporaryFolder

  init() throws { folder = try TemporaryFolder() }

  private func network(_ name: String) -> String { Fixture.path("\(name)/model.onnx") }

  /// A network's calibration samples, all multiplied by a factor.
  private func calibration(_ name: String, times factor: Double) throws -> String {
    let value = try TensorFile.readNumpy(path: Fixture.path("\(name)/calibration.npy"))
    try Stage.write(value.values.map { $0 * factor }, value.shape, folder.file("cal.npy"))
    return folder.file("cal.npy")
  }

  private func compile(_ more: String...) async throws -> Program.Outcome {
    try await Program.assay.run(
      ["compile", network("digits_cnn"), "--output", folder.file("m")] + more)
  }

  @Test("compile tells the error, and what each input may be")
  func compileTells() async throws {
    let calibration = Fixture.path("digits_cnn/calibration.npy")
    let text = try await compile("--calibration", calibration)
    #expect(text.status == 0 && text.error == "")
    #expect(text.output.contains("of its range on 64 samples; the class unchanged on 64 of 64"))
    #expect(text.output.contains("input input: -4.000 to 4.000 in steps of 0.00012"))
    #expect(text.output.contains("0…1.00"))
    let json = try await compile("--calibration", calibration, "--json").json
    #expect(try #require(json["error_of_range"] as? Double) < 1e-3)
    #expect(json["samples"] as? Int == 64 && json["class_unchanged"] as? Int == 64)
    #expect(json["tolerance"] as? Double == 0.01)
  }

  @Test("above the tolerance nothing is written", arguments: ["0.000001", "0.0001%"])
  func tolerance(value: String) async throws {
    let outcome = try await compile(
      "--calibration", Fixture.path("digits_cnn/calibration.npy"), "--tolerance", value)
    #expect(outcome.status == 3)
    for text in ["\"logits\"", "of its range", "steps of", "Remedies", "--tolerance"] {
      #expect(outcome.error.contains(text), "\(outcome.error)")
    }
    #expect(folder.contents.isEmpty)
    let wrong = try await compile("--tolerance", "-1")
    #expect(wrong.status == 2)
  }

  @Test("made-up samples are not judged as if they were real")
  func madeUp() async throws {
    let text = try await compile()
    #expect(text.status == 0)
    #expect(text.output.contains("error on real inputs unknown"))
    #expect(text.error.contains("made-up"))
    let json = try await compile("--json").json
    #expect(json["error_of_range"] is NSNull && json["samples"] as? Int == 0)
  }

  @Test("suspicious calibration is mentioned")
  func suspicious() async throws {
    let zero = try await compile("--calibration", try calibration("digits_cnn", times: 0))
    #expect(zero.error.contains("zero in all calibration samples"))
    let one = try await compile("--calibration", Fixture.path("digits_cnn/input.npy"))
    #expect(one.status == 0 && one.error.contains("single calibration sample"))
  }

  @Test("run judges the very input, whatever the calibration was")
  func run() async throws {
    let arguments = [
      "run", network("digits_cnn"), "--input", Fixture.path("digits_cnn/input.npy"),
      "--calibration", try calibration("digits_cnn", times: 1e5),
    ]
    let refused = try await Program.assay.run(arguments)
    #expect(refused.status == 3)
    for text in ["\"input\"", "reaches only 1", "magnitudes that occur"] {
      #expect(refused.error.contains(text), "\(refused.error)")
    }
    let tolerated = try await Program.assay.run(arguments + ["--tolerance", "200%", "--json"])
    #expect(tolerated.status == 0)
    #expect(try #require(tolerated.json["error_of_range"] as? Double) > 0.9)
  }

  @Test("run evaluates without a proof, and counts labels")
  func noProof() async throws {
    let arguments = [
      "run", network("digits_cnn"), "--input", Fixture.path("digits_cnn/inputs.npy"),
      "--calibration", Fixture.path("digits_cnn/calibration.npy"), "--no-proof", "--labels",
      Fixture.path("digits_cnn/labels.npy"),
    ]
    let json = try await Program.assay.run(arguments + ["--json"]).json
    #expect(json["verified"] as? Bool == false && json["samples"] as? Int == 200)
    let right = try #require(json["right"] as? Int)
    #expect(right > 180 && json["right_float"] as? Int == right)
    let text = try await Program.assay.run(arguments)
    #expect(text.output.contains("class right for \(right) of 200 inputs"))
    #expect(text.output.contains("nothing was proven"))
    let few = try await Program.assay.run(
      arguments + ["--labels", Fixture.path("digits_cnn/input.npy")])
    #expect(few.status == 2)
  }

  @Test("labels that are no class, and networks that tell none, are refused")
  func wrongLabels() async throws {
    let (labels, one) = (folder.file("labels.npy"), folder.file("one.npy"))
    let classes = [
      "run", network("digits_cnn"), "--input", Fixture.path("digits_cnn/input.npy"), "--no-proof",
      "--labels", labels,
    ]
    for (label, isClass) in [(9.0, true), (10, false), (-1, false), (1.5, false)] {
      try Stage.write([label], [1], labels)
      let outcome = try await Program.assay.run(classes)
      #expect(outcome.status == (isClass ? 0 : 2), "\(outcome.error)")
      if !isClass { #expect(outcome.error.contains("\(label) of input 1")) }
    }
    try Stage.write([1], [1], labels)
    try Stage.write([1, 2, 3, 4], [4], one)
    let score = try await Program.assay.run([
      "run", Fixture.path("operators/matmul_vectors.onnx"), "--input", one, "--no-proof",
      "--labels", labels,
    ])
    #expect(score.status == 2 && score.error.contains("tells a class"), "\(score.error)")
  }

  @Test("run says how to keep its files, and where it kept them")
  func kept() async throws {
    let arguments = [
      "run", network("digits_cnn"), "--input", Fixture.path("digits_cnn/input.npy"),
    ]
    #expect(try await Program.assay.run(arguments).output.contains("--workdir"))
    let work = folder.file("work")
    let text = try await Program.assay.run(arguments + ["--workdir", work]).output
    #expect(text.contains("assay-verify --verifying-key \(work)/verifying.key"))
  }

  @Test("an overflow when proving is told in real numbers")
  func overflow() async throws {
    let bench = try await Workbench.digits.value
    let shape = try TensorFile.readNumpy(path: bench.input).shape
    let count = shape.reduce(1, *)
    try Stage.write(.init(repeating: 1.9, count: count), shape, folder.file("x.npy"))
    let outcome = try await Program.assay.run(
      bench.proving(folder.file("x.npy"), to: folder.file("p")))
    #expect(outcome.status == 2)
    #expect(outcome.error.contains("is outside of -8 to 8, which its scale holds"))
    #expect(outcome.error.contains("--calibration"))
  }
}

@Suite("assay digest judges the scales of a key") struct DigestScaleTests {
  private let folder: TemporaryFolder

  init() throws { folder = try TemporaryFolder() }

  /// The verifying key of a public model that was calibrated with samples times a factor.
  private func key(times factor: Double) async throws -> String {
    let value = try TensorFile.readNumpy(path: Fixture.path("digits_cnn/calibration.npy"))
    try Stage.write(value.values.map { $0 * factor }, value.shape, folder.file("cal.npy"))
    for arguments in [
      [
        "compile", Fixture.path("digits_cnn/model.onnx"), "--output", folder.file("m"),
        "--calibration", folder.file("cal.npy"), "--visibility", "model=public",
      ],
      [
        "setup", folder.file("m"), "--proving-key", folder.file("pk"), "--verifying-key",
        folder.file("vk"),
      ],
    ] {
      let outcome = try await Program.assay.run(arguments)
      try #require(outcome.status == 0, "\(outcome.error)")
    }
    return folder.file("vk")
  }

  private func digest(_ key: String, _ more: String...) async throws -> Program.Outcome {
    try await Program.assay.run(
      ["digest", Fixture.path("digits_cnn/model.onnx"), "--verifying-key", key] + more)
  }

  @Test("scales that make a network answer zero are refused, or warned of without samples")
  func coarse() async throws {
    let key = try await key(times: 1e5)
    let blind = try await digest(key)
    #expect(blind.status == 0)
    #expect(blind.error.contains("comes to nothing in steps of"))
    #expect(blind.error.contains("of magnitude about 1") && !blind.error.contains("\\u{a}"))
    #expect(blind.output.contains("the input input: -262144 to 262136 in steps of 8"))
    let warnings = try #require(try await digest(key, "--json").json["warnings"] as? [String])
    #expect(!warnings.isEmpty)
    let refused = try await digest(key, "--calibration", Fixture.path("digits_cnn/inputs.npy"))
    #expect(refused.status == 1)
    #expect(refused.error.contains("scales destroy the network"))
  }

  @Test("honest scales are printed, and judged by samples")
  func honest() async throws {
    let key = try await key(times: 1)
    let blind = try await digest(key)
    #expect(blind.status == 0 && blind.error == "")
    #expect(blind.output.contains("was not judged") && blind.output.contains("coarsest layers"))
    let samples = Fixture.path("digits_cnn/inputs.npy")
    let judged = try await digest(key, "--calibration", samples)
    #expect(judged.status == 0 && judged.error == "")
    #expect(judged.output.contains("the class unchanged on 200 of 200"))
    let json = try await digest(key, "--calibration", samples, "--json").json
    #expect(json["matches"] as? Bool == true && json["samples"] as? Int == 200)
    #expect((json["warnings"] as? [String])?.isEmpty == true)
    let strict = try await digest(
      key, "--calibration", samples, "--tolerance", "0", "--json")
    #expect(strict.status == 1)
    #expect(try strict.json["reason"] is String)
  }
}

import Foundation
import TestSupport
import Testing

/// A kind of file that a command reads, with the command.
struct ReadFile: Sendable, CustomTestStringConvertible {
  enum Kind: String, CaseIterable {
    case network, calibration, input, compiledModel, provingKey, verifyingKey, proof
  }

  let kind: Kind
  var testDescription: String { kind.rawValue }

  static let all = Kind.allCases.map { ReadFile(kind: $0) }
  /// What the package's commands write; each of them carries a digest or is checked as a whole.
  static let artifacts = [Kind.compiledModel, .provingKey, .verifyingKey, .proof].map {
    ReadFile(kind: $0)
  }

  func original(_ bench: Workbench) -> String {
    switch kind {
    case .network: bench.network
    case .calibration: bench.calibration
    case .input: bench.input
    case .compiledModel: bench.model
    case .provingKey: bench.provingKey
    case .verifyingKey: bench.verifyingKey
    case .proof: bench.proof
    }
  }

  /// Runs the command with another file of this kind. What it writes goes to `folder`.
  func run(_ path: String, _ bench: Workbench, _ folder: TemporaryFolder) async throws
    -> Program.Outcome
  {
    let output = folder.file("output")
    return switch kind {
    case .network:
      try await Program.assay.run([
        "compile", path, "--output", output, "--calibration", bench.calibration,
      ])
    case .calibration:
      try await Program.assay.run([
        "compile", bench.network, "--output", output, "--calibration", path,
      ])
    case .input: try await Program.assay.run(bench.proving(path, to: output))
    case .compiledModel:
      try await Program.assay.run([
        "setup", path, "--proving-key", output, "--verifying-key", folder.file("output2"),
      ])
    case .provingKey:
      try await Program.assay.run([
        "prove", "--proving-key", path, "--input", bench.input, "--proof", output,
      ])
    case .verifyingKey: try await bench.verify(key: path)
    case .proof: try await bench.verify(proof: path)
    }
  }

  /// The file's ending, by which the formats of inputs are told apart.
  var ending: String {
    switch kind {
    case .network: ".onnx"
    case .calibration, .input: ".npy"
    default: ""
    }
  }
}

@Suite("Damaged files end in an error, never in a crash")
struct DamagedFileTests {
  /// Every command refuses with a reason, and by no signal.
  private func expectRefusal(
    _ file: ReadFile, _ bytes: [UInt8], _ what: String, statuses: Set<Int32>? = nil
  ) async throws {
    let bench = try await Workbench.digits.value
    let folder = try TemporaryFolder()
    let path = try folder.write(bytes, "damaged" + file.ending)
    let outcome = try await file.run(path, bench, folder)
    let status = try #require(outcome.status, "\(file.kind), \(what): a crash: \(outcome.error)")
    let allowed = statuses ?? (file.kind == .proof ? [1] : [2])
    #expect(allowed.contains(status), "\(file.kind), \(what): \(outcome.error)")
    if status != 0 {
      #expect(outcome.error.hasPrefix("error: "), "\(file.kind), \(what): \(outcome.error)")
      #expect(folder.contents == ["damaged" + file.ending], "\(file.kind), \(what)")
    }
  }

  private func bytes(_ file: ReadFile) async throws -> [UInt8] {
    try Fixture.bytes(file.original(try await Workbench.digits.value))
  }

  @Test("truncated at many lengths", arguments: ReadFile.all)
  func truncated(file: ReadFile) async throws {
    let whole = try await bytes(file)
    let early = [0, 1, 4, 7, 8, 9, 11, 12, 13, 19, 20, 21, 31, 44, 63, 64, 100]
    let spread = (1..<12).map { whole.count * $0 / 12 }
    let late = [33, 32, 31, 8, 1].map { whole.count - $0 }
    for length in Set(early + spread + late).sorted() where length >= 0 && length < whole.count {
      // A network that ends early may lack just what is unsupported without it.
      let statuses: Set<Int32>? = file.kind == .network ? [2, 3] : nil
      try await expectRefusal(
        file, Array(whole.prefix(length)), "\(length) of \(whole.count) bytes", statuses: statuses)
    }
  }

  @Test("one bit changed", arguments: [.compiledModel, .verifyingKey, .proof].map(ReadFile.init))
  func changed(file: ReadFile) async throws {
    for (position, damaged) in changes(try await bytes(file)) {
      try await expectRefusal(file, damaged, "bit of byte \(position)")
    }
  }

  /// The model's codeword, the greatest part of a proving key, is mapped and never read as a whole.
  @Test("one bit of a proving key changed: no proof, or one that verifies")
  func changedProvingKey() async throws {
    let file = ReadFile(kind: .provingKey)
    let bench = try await Workbench.digits.value
    for (position, damaged) in changes(try await bytes(file)) {
      let folder = try TemporaryFolder()
      let outcome = try await file.run(try folder.write(damaged, "pk"), bench, folder)
      let status = try #require(outcome.status, "byte \(position): a crash: \(outcome.error)")
      guard status == 0 else {
        #expect(status == 2, "byte \(position): \(outcome.error)")
        continue
      }
      let verdict = try await bench.verify(proof: folder.file("output"))
      #expect(verdict.status == 0, "byte \(position): \(verdict.error)")
    }
  }

  private func changes(_ whole: [UInt8]) -> [(position: Int, bytes: [UInt8])] {
    let positions = Set(0..<24).union((0..<24).map { whole.count * $0 / 24 + 5 })
    return positions.sorted().filter { $0 < whole.count }.map { position in
      var changed = whole
      changed[position] ^= 1 << UInt8(position % 8)
      return (position, changed)
    }
  }

  @Test("bytes after the end", arguments: ReadFile.artifacts)
  func appended(file: ReadFile) async throws {
    try await expectRefusal(file, try await bytes(file) + [0], "a byte appended")
  }

  @Test("files of another kind", arguments: ReadFile.artifacts)
  func foreign(file: ReadFile) async throws {
    for other in ReadFile.all where other.kind != file.kind {
      try await expectRefusal(file, try await bytes(other), "\(other.kind)")
    }
    try await expectRefusal(file, [UInt8](repeating: 0, count: 4096), "zeros")
    try await expectRefusal(file, [UInt8](repeating: 255, count: 4096), "ones")
  }

  @Test("another version of the format is named", arguments: ReadFile.artifacts)
  func version(file: ReadFile) async throws {
    var whole = try await bytes(file)
    #expect(whole[8] < 200 && whole[9...11] == [0, 0, 0])
    whole[8] = 250
    let bench = try await Workbench.digits.value
    let folder = try TemporaryFolder()
    let outcome = try await file.run(try folder.write(whole, "other"), bench, folder)
    #expect(outcome.status == (file.kind == .proof ? 1 : 2))
    #expect(outcome.error.contains("version 250"), "\(outcome.error)")
  }

  /// Lengths are the eight bytes after the version.
  @Test("a length that no memory holds", arguments: ReadFile.artifacts)
  func hugeLength(file: ReadFile) async throws {
    let whole = try await bytes(file)
    for length in [[UInt8](repeating: 255, count: 8), [0, 0, 0, 0, 0, 0, 0, 64]] {
      try await expectRefusal(file, whole[..<12] + length + whole[20...], "length \(length)")
    }
  }

  @Test("a file too large to be what it should be is not read", arguments: ReadFile.artifacts)
  func tooLarge(file: ReadFile) async throws {
    guard file.kind == .proof || file.kind == .verifyingKey else { return }
    let bench = try await Workbench.digits.value
    let folder = try TemporaryFolder()
    let path = try folder.write(try await bytes(file), "large")
    let handle = try FileHandle(forWritingTo: URL(fileURLWithPath: path))
    try handle.truncate(atOffset: 1 << 40)
    try handle.close()
    let outcome = try await file.run(path, bench, folder)
    #expect(outcome.status == 2)
    #expect(outcome.error.contains("\(1 << 40) bytes"))
  }

  @Test("random networks and inputs", arguments: 0..<60)
  func noise(seed: Int) async throws {
    var generator = SeededGenerator(seed: UInt64(seed))
    for kind in [ReadFile.Kind.network, .input] {
      let file = ReadFile(kind: kind)
      var damaged = try await bytes(file)
      for _ in 0...seed % 4 {
        let position = Int(generator.next() % UInt64(min(damaged.count, 1 << (4 + seed % 12))))
        damaged[position] = UInt8(truncatingIfNeeded: generator.next())
      }
      // A changed weight or pixel may be as good as the one before.
      try await expectRefusal(file, damaged, "noise \(seed)", statuses: [0, 2, 3])
    }
  }
}

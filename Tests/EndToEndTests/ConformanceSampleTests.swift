import Foundation
import TensorFiles
import TestSupport
import Testing

/// A case of the official ONNX suite: what goes in, and what must come out.
private struct SampleCase: Decodable {
  struct Value: Decodable {
    /// ONNX's element type.
    let type: String
    let shape: [Int]
    let values: [Double]

    var isReal: Bool { ["float", "double", "float16", "bfloat16"].contains(type) }

    /// How far a result may be off: 0.5 % of the range or a thousandth; nothing where the values
    /// are not real.
    var allowedError: Double {
      guard isReal else { return 0 }
      return max(0.005 * ((values.max() ?? 0) - (values.min() ?? 0)), 1e-3)
    }
  }

  let inputs: [String: Value]
  let constants: [String: Value]
  let outputs: [String: Value]
  /// What the program is asked for.
  let tolerance: Double
  /// Further options.
  let options: [String]?

  init(_ name: String) throws {
    let bytes = try Fixture.bytes(Fixture.path("conformance/\(name).json"))
    self = try JSONDecoder().decode(SampleCase.self, from: Data(bytes))
  }

  /// Writes the case's files, and gives the options that name them and ask for the tolerance.
  func options(in folder: TemporaryFolder) throws -> [String] {
    var options = (self.options ?? []) + ["--tolerance", "\(tolerance)"]
    for (option, values) in [("--input", inputs), ("--constant", constants)] {
      for (number, (name, value)) in values.sorted(by: { $0.key < $1.key }).enumerated() {
        let path = folder.file("\(option)\(number).npy")
        try Stage.write(value.values, value.shape, path)
        options += [option, "\(name)=\(path)"]
      }
    }
    return options
  }
}

/// What `assay run --json` prints, of a proof or of a refusal.
private struct RunReport: Decodable {
  struct Output: Decodable {
    let shape: [Int]
    let values: [Double]
  }

  let outputs: [String: Output]?
  let verified: Bool?
  let error: String?
  let exit: Int32?
}

/// Every second operator of the suite that `make conformance` runs whole, whether it is supported or
/// not; `Conformance/sample.py` has the rule.
@Suite("A sample of the official ONNX suite", .serialized)
struct ConformanceSampleTests {
  private static let names = Fixture.names(in: "conformance", ending: ".onnx")

  /// What the manifest says of each case: `passes` or `refused`.
  private static let manifest: [String: String] = {
    let path = Fixture.package + "/Conformance/manifest.tsv"
    let text = String(decoding: (try? Fixture.bytes(path)) ?? [], as: UTF8.self)
    let lines = text.split(separator: "\n").map { $0.split(separator: "\t").map(String.init) }
    return Dictionary(lines.filter { $0.count > 1 }.map { ($0[0], $0[1]) }) { $1 }
  }()

  @Test("is there, and the manifest lists all of it")
  func isListed() {
    #expect(Self.names.count >= 60)
    for name in Self.names {
      #expect(["passes", "refused"].contains(Self.manifest["node/\(name)"]), "\(name)")
    }
  }

  @Test("is right or clearly refused, and right where it is listed as passing", arguments: names)
  func agrees(name: String) async throws {
    let expected = try SampleCase(name)
    let folder = try TemporaryFolder()
    let outcome = try await Program.assay.run(
      ["run", Fixture.path("conformance/\(name).onnx"), "--json", "--threads", "1"]
        + expected.options(in: folder))
    let report = try JSONDecoder().decode(RunReport.self, from: Data(outcome.output.utf8))
    guard outcome.status == 0 else {
      #expect([2, 3].contains(outcome.status), "\(outcome)")
      #expect(report.exit == outcome.status && report.error?.isEmpty == false, "\(outcome)")
      #expect(Self.manifest["node/\(name)"] == "refused", "\(report.error ?? "")")
      return
    }
    #expect(report.verified == true)
    let outputs = try #require(report.outputs)
    #expect(Set(outputs.keys) == Set(expected.outputs.keys))
    for (output, value) in expected.outputs {
      let computed = try #require(outputs[output])
      #expect(computed.shape == value.shape)
      let difference = largestDifference(computed.values, value.values)
      #expect(difference <= value.allowedError, "\(output) differs by \(difference)")
    }
  }
}

import Foundation
import TestSupport
import Testing

@Suite("What a proof's time goes into")
struct ProfileTests {
  private func prove(
    _ folder: TemporaryFolder, _ more: String...
  ) async throws -> Program.Outcome {
    let bench = try await Workbench.tabular.value
    return try await Program.assay.run(
      bench.provingPlainly(bench.input, to: folder.file("p")) + more, in: folder.path)
  }

  @Test("is said by phase and step, and adds up")
  func report() async throws {
    let folder = try TemporaryFolder()
    let made = try await prove(folder, "--profile-time", "--json")
    #expect(made.status == 0, "\(made.error)")
    let profile = try object(made.json["profile"])
    func seconds(_ value: Any?) throws -> Double {
      try #require(object(value)["seconds"] as? Double)
    }
    let whole = try seconds(profile["whole"])
    #expect(whole > 0)
    for part in ["phases", "steps"] {
      let parts = try object(profile[part]).values.map { try seconds($0) }
      #expect(parts.allSatisfy { $0 >= 0 } && abs(parts.reduce(0, +) - whole) < 1e-6)
    }
    // The command's own stages contain it.
    let stages = try object(made.json["timings"]).mapValues { try #require($0 as? Double) }
    #expect(whole <= (stages["witness"] ?? 0) + (stages["prove"] ?? 0))
    let costs = try #require(profile["costs"] as? [[String: Any]])
    #expect(costs.map { $0["unit"] as? String } == ["weight", "lookup", "cell", "value"])
    #expect(costs.first?["count"] as? Int == 30 * 16 + 16 * 8 + 8 * 2 + 16 + 8 + 2)
  }

  @Test("is a table for people, and nothing unless it is asked for")
  func table() async throws {
    let folder = try TemporaryFolder()
    let words = try await prove(folder, "--profile-time").output
    for word in [
      "witness", "commit", "lookups", "contractions", "forms", "folding", "tail", "whole",
    ] {
      #expect(words.split(separator: "\n").contains { $0.hasPrefix(word) }, "\(word)")
    }
    #expect(words.contains("budget"))
    let plain = try await prove(folder)
    #expect(!plain.output.contains("budget"))
    #expect(try await prove(folder, "--json").json["profile"] == nil)
  }

  @Test("is a trace whose spans lie within each other, and the proof is the same")
  func trace() async throws {
    struct Span {
      var name: String
      var start, end: Double
    }
    let folder = try TemporaryFolder()
    let made = try await prove(folder, "--trace", "t.json")
    #expect(made.status == 0, "\(made.error)")
    let bytes = try Data(contentsOf: URL(fileURLWithPath: folder.file("t.json")))
    let trace = try object(JSONSerialization.jsonObject(with: bytes))
    let spans = try #require(trace["traceEvents"] as? [[String: Any]]).map { event in
      #expect(event["ph"] as? String == "X")
      let (start, length) = (
        try #require(event["ts"] as? Double), try #require(event["dur"] as? Double)
      )
      #expect(start >= 0 && length >= 0)
      return Span(name: try #require(event["name"] as? String), start: start, end: start + length)
    }
    #expect(Set(["load", "witness", "prove", "check"]).isSubset(of: spans.map(\.name)))
    #expect(spans.contains { $0.name == "commit to the witness" })
    // A nanosecond is what rounding may take.
    for (i, a) in spans.enumerated() {
      for b in spans[..<i] {
        let isApart = a.end <= b.start + 1e-3 || b.end <= a.start + 1e-3
        let isNested =
          a.start >= b.start - 1e-3 && a.end <= b.end + 1e-3
          || b.start >= a.start - 1e-3 && b.end <= a.end + 1e-3
        #expect(isApart || isNested, "\(a) \(b)")
      }
    }
    let bench = try await Workbench.tabular.value
    #expect(
      FileManager.default.contentsEqual(atPath: folder.file("p"), andPath: bench.plainProof))
    // It can be written again, and nothing else is written over.
    #expect(try await prove(folder, "--trace", "t.json").status == 0)
    let refused = try await prove(folder, "--trace", bench.input)
    #expect(refused.status == 2 && refused.error.contains("--trace"))
  }
}

import Foundation
import TestSupport
import Testing

@Suite("Commands for circuit files")
struct CircuitCommandTests {
  private static let good = """
    # The nearest multiple of 4 below, by fours.
    circuit quarter(x: i16[...]) -> (y: i16[...]) {
      hint y[...] = x[...] / 4
      lookup x[...] - y[...] * 4 in range(4)
      lookup y[...] in i16
    }

    """
  private static let loose = good.replacing("range(4)", with: "range(5)")

  private func circuit(_ arguments: String...) async throws -> Program.Outcome {
    try await Program.assay.run(["circuit"] + arguments)
  }

  @Test("check names each circuit, and an error's place with a caret")
  func check() async throws {
    let folder = try TemporaryFolder()
    let file = try folder.write(Self.good, "a.circuit")
    let checked = try await circuit("check", file)
    #expect(checked.status == 0 && checked.error == "")
    #expect(checked.output == "\(file):2: quarter is in order (sizes ...)\n")
    let json = try await circuit("check", file, "--json").json
    let files = try #require(json["files"] as? [[String: Any]])
    let circuits = try #require(files.first?["circuits"] as? [[String: Any]])
    #expect(circuits.map { $0["name"] as? String } == ["quarter"])
    let wrong = try folder.write(Self.good.replacing("y[...] * 4", with: "z[...] * 4"), "b.circuit")
    let refused = try await circuit("check", wrong)
    #expect(refused.status == 2)
    #expect(refused.error.contains("\(wrong):4:"))
    #expect(refused.error.contains("undefined name 'z'") && refused.error.contains("^"))
    let told = try await circuit("check", wrong, "--json")
    #expect(try told.json["exit"] as? Int == 2)
    // The same name in two files, and one of Assay's own names, are announced.
    let twice = try await circuit("check", file, try folder.write(Self.good, "c.circuit"))
    #expect(twice.status == 2 && twice.error.contains("defined twice"))
    let own = try folder.write(Self.good.replacing("quarter", with: "relu"), "d.circuit")
    let replaced = try await circuit("check", own)
    #expect(replaced.status == 0 && replaced.error.contains("takes the place of Assay's own"))
  }

  @Test("test accepts a circuit that pins its output, and proves it")
  func accepted() async throws {
    let folder = try TemporaryFolder()
    let file = try folder.write(Self.good, "a.circuit")
    let outcome = try await circuit("test", file)
    #expect(outcome.status == 0, "\(outcome.error)")
    for text in [
      "quarter (\(file):2)", "a change of y alone is refused by",
      "\(file):4  lookup x[...] - y[...] * 4 in range(4)", "\(file):5  lookup y[...] in i16",
      "accepted: no wrong output was found; a proof of",
    ] { #expect(outcome.output.contains(text), "\(text) is not in \(outcome.output)") }
    let json = try await circuit("test", file, "--json", "--sizes", "...=3x2").json
    let report = try #require((json["circuits"] as? [[String: Any]])?.first)
    #expect(report["accepted"] as? Bool == true)
    #expect(try #require(report["proof_bytes"] as? Int) > 10_000)
    let trials = try #require(report["trials"] as? [[String: Any]])
    #expect(trials.allSatisfy { $0["sizes"] as? String == "...=3×2" })
  }

  @Test("test rejects a circuit that leaves a prover a choice, and shows it")
  func rejected() async throws {
    let folder = try TemporaryFolder()
    let file = try folder.write(Self.loose, "a.circuit")
    let outcome = try await circuit("test", file)
    #expect(outcome.status == 1)
    #expect(outcome.error.contains("do not pin what they should: quarter"))
    #expect(outcome.output.contains("REJECTED: a prover may choose the output"))
    #expect(!outcome.output.contains("was made and verified"))
    let told = try await circuit("test", file, "--json")
    #expect(told.status == 1)
    let report = try #require((try told.json["circuits"] as? [[String: Any]])?.first)
    #expect(report["accepted"] as? Bool == false)
    let fault = try #require((report["faults"] as? [[String: Any]])?.first)
    let values = try #require(fault["values"] as? [[String: Any]])
    #expect(values.contains { $0["tensor"] as? String == "y" })
  }

  @Test("compile warns of a foreign circuit that proves nothing, and of no other")
  func compile() async throws {
    let folder = try TemporaryFolder()
    let relu = """
      circuit relu(x: i16[...]) -> (y: i16[...]) {
        hint y[...] = max(x[...], 0)
        STATEMENTS
      }
      """
    for (statements, isPinned) in [
      ("lookup x[...] in i16\n lookup y[...] in i16", false),
      (
        "lookup y[...] - x[...] in u16\n lookup y[...] in u16\n assert y[...] * (y[...] - x[...]) == 0",
        true
      ),
    ] {
      let directory = folder.file("circuits-\(isPinned)")
      try FileManager.default.createDirectory(atPath: directory, withIntermediateDirectories: true)
      _ = try folder.write(
        relu.replacing("STATEMENTS", with: statements), "circuits-\(isPinned)/own.circuit")
      let compiled = try await Program.assay.run([
        "compile", Fixture.path("operators/relu.onnx"), "--output", folder.file("m-\(isPinned)"),
        "--circuits", directory,
      ])
      #expect(compiled.status == 0, "\(compiled.error)")
      #expect(compiled.error.contains("proves nothing: a prover may choose the output") != isPinned)
      #expect(!compiled.error.contains("could not be tried"))
    }
  }

  @Test("cost counts, expand writes out, and both say which sizes they lack")
  func instances() async throws {
    let folder = try TemporaryFolder()
    let file = try folder.write(
      "circuit dense(x: i16[n, k], w: i16[m, k]; shift: nat) -> (y: i16[n, m]) {\n"
        + "  acc[i, j] := sum(l) x[i, l] * w[j, l]\n  y := round(acc; shift, width = 16)\n}\n",
      "a.circuit")
    let size = ["--sizes", "n=2,m=3,k=5", "--parameters", "shift=8"]
    let cost = try await Program.assay.run(["circuit", "cost", file, "--json"] + size).json
    let report = try #require((cost["circuits"] as? [[String: Any]])?.first)
    // For each of 6 results a remainder in 2 limbs and the result in 4: all but the last of each are
    // committed.
    #expect(report["cells"] as? Int == 6 * (2 + 1 + 3) && report["equalities"] as? Int == 6)
    #expect(report["lookups"] as? Int == 6 * (2 + 4))
    let words = try await Program.assay.run(["circuit", "cost", file] + size)
    #expect(words.output.contains("dense (k=5, m=3, n=2; shift=8)"))
    let expanded = try await Program.assay.run(["circuit", "expand", file] + size)
    #expect(expanded.output.contains("public input x[2, 5]: -32768...32767"))
    #expect(expanded.output.contains("+ sum(acc.0 in 5) x[...0, acc.0] * w[...1, acc.0]"))
    for (arguments, text) in [
      (["--sizes", "n=2,m=3", "--parameters", "shift=8"], "say --sizes k=…"),
      (["--sizes", "n=2,m=3,k=5"], "say --parameters shift=…"),
      (["--sizes", "n=2,m=3,k=5,q=1"], "has no size 'q', but n, k, m"),
      (["--sizes", "n=2,m=3,k=0"], "should be from 1 to 2^22"),
      (["--sizes", "n=2,n=3"], "gives n twice"), (["--sizes", "n"], "should be name=value"),
      (["--circuit", "other"], "no circuit or operator 'other' in it, but dense"),
      (["--sizes", "n=4194304,m=4194304,k=4194304", "--parameters", "shift=8"], "large"),
    ] {
      for command in ["cost", "expand"] {
        let refused = try await Program.assay.run(["circuit", command, file] + arguments)
        #expect(refused.status == 2)
        #expect(refused.error.contains(text), "\(arguments): \(refused.error)")
      }
    }
  }

  @Test("format replaces what is not formatted, and --check only says so")
  func format() async throws {
    let folder = try TemporaryFolder()
    let text = Self.good.replacing("  hint", with: "\n\n\n hint").replacing(" * 4", with: "*4")
    let file = try folder.write(text, "a.circuit")
    let checked = try await circuit("format", "--check", file)
    #expect(checked.status == 1 && checked.error.contains("a.circuit is not formatted"))
    #expect(try Fixture.bytes(file) == Array(text.utf8))
    #expect(try await circuit("format", file).status == 0)
    let formatted = String(decoding: try Fixture.bytes(file), as: UTF8.self)
    #expect(formatted == Self.good.replacing("  hint", with: "\n  hint"))
    #expect(try await circuit("format", "--check", file).status == 0)
    let wrong = try folder.write("circuit @", "b.circuit")
    let refused = try await circuit("format", wrong)
    #expect(refused.status == 2 && refused.error.contains("b.circuit:1:9"))
    #expect(try Fixture.bytes(wrong) == Array("circuit @".utf8))
  }

  @Test("files that are no texts, empty, or nowhere")
  func badFiles() async throws {
    let folder = try TemporaryFolder()
    let bytes = try folder.write([0xFF, 0xFE, 0x00], "a.circuit")
    let empty = try folder.write("# nothing\n", "b.circuit")
    let long = try folder.write(String(repeating: "# x\n", count: 300_000), "c.circuit")
    for command in ["check", "test", "cost", "expand", "format"] {
      for (file, text) in [
        (bytes, "is not UTF-8 text"), (folder.file("none"), "none"), (long, "c."),
      ] {
        let refused = try await circuit(command, file)
        #expect(refused.status == 2 && refused.error.contains(text), "\(command): \(refused.error)")
      }
      let nothing = try await circuit(command, empty)
      #expect(nothing.status == (["check", "format"].contains(command) ? 0 : 2))
    }
  }
}

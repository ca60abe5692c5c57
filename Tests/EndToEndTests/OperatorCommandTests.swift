import Foundation
import TestSupport
import Testing

@Suite("Commands for operators")
struct OperatorCommandTests {
  private static let text = """
    # What a gate lets through.
    operator GatedUnit(x: real[...], gate: real[...]; slope: real = 1) -> (y: real[...])
      custom "lab"
    {
      y[...] = x[...] * sigmoid(slope * gate[...])
    }

    """

  private func assay(_ arguments: String...) async throws -> Program.Outcome {
    try await Program.assay.run(arguments)
  }

  @Test("the list has every operator, and those that only move elements")
  func list() async throws {
    let list = try await assay("operators")
    #expect(list.status == 0 && list.error.isEmpty)
    #expect(list.output.contains("y[...] = abs(x[...])"))
    #expect(list.output.contains("Reshape"))
    let json = try await assay("operators", "--json").json
    let operators = try #require(json["operators"] as? [[String: Any]])
    let softmax = try #require(operators.first { $0["name"] as? String == "Softmax" })
    #expect((softmax["equations"] as? [String])?.count == 3)
    #expect((softmax["nodes"] as? [[String: Any]])?.count == 2)
    #expect(operators.contains { $0["name"] as? String == "Slice" && $0["moves"] as? Bool == true })
  }

  @Test("one operator is shown with its error and cost")
  func details() async throws {
    let shown = try await assay("operators", "Softmax")
    #expect(shown.status == 0)
    for text in ["axis: axis(x) = -1", "Softmax 1 to 12", "of the results' range on", "committed"] {
      #expect(shown.output.contains(text), "\(shown.output)")
    }
    let json = try await assay("operators", "Tanh", "--json").json
    let tanh = try #require((json["operators"] as? [[String: Any]])?.first)
    let example = try #require(tanh["example"] as? [String: Any])
    let error = try #require(example["error_of_range"] as? Double)
    #expect(error > 0 && error < 0.005)
    // A function of one value is one value and one row of a table.
    #expect(example["cells"] as? Int == example["results"] as? Int)
    #expect(example["lookups"] as? Int == example["results"] as? Int)
    let moving = try await assay("operators", "Reshape")
    #expect(moving.output.contains("only moves elements"))
    let unknown = try await assay("operators", "softm")
    #expect(unknown.status == 2 && unknown.error.contains("LogSoftmax, Softmax"))
  }

  @Test("those of a folder are listed, too")
  func foreign() async throws {
    let folder = try TemporaryFolder()
    _ = try folder.write(Self.text, "lab/gated.circuit")
    let circuits = folder.file("lab")
    let list = try await assay("operators", "--circuits", circuits)
    #expect(list.output.contains("GatedUnit (\(circuits)/gated.circuit)"))
    let shown = try await assay("operators", "GatedUnit", "--circuits", circuits)
    #expect(shown.status == 0)
    #expect(shown.output.contains("lab GatedUnit from 1"))
    #expect(shown.output.contains("not Assay's own"))
  }

  @Test("check names each operator, and an error's place with a caret")
  func check() async throws {
    let folder = try TemporaryFolder()
    let file = try folder.write(Self.text, "a.circuit")
    let checked = try await assay("circuit", "check", file)
    #expect(checked.status == 0 && checked.error.isEmpty)
    #expect(
      checked.output
        == "\(file):2: the operator GatedUnit is in order (sizes ...; attributes slope; nodes lab "
        + "GatedUnit from 1)\n")
    let json = try await assay("circuit", "check", file, "--json").json
    let operators = try #require(
      ((json["files"] as? [[String: Any]])?.first?["operators"] as? [[String: Any]]))
    #expect(operators.first?["attributes"] as? [String] == ["slope: real = 1"])
    for (right, wrong, reason) in [
      ("* gate[...]", "* gates[...]", "gates"), ("custom \"lab\"", "", "onnx"),
      ("slope: real", "slope: reel", "reel"), ("y[...] = x", "z[...] = x", "never defined"),
      ("gate[...])\n", "gate[...]\n", "expected"),
    ] {
      let broken = try folder.write(Self.text.replacing(right, with: wrong), "b.circuit")
      let refused = try await assay("circuit", "check", broken)
      #expect(refused.status == 2, "\(wrong)")
      #expect(refused.error.contains("\(broken):"), "\(refused.error)")
      #expect(refused.error.contains(reason) && refused.error.contains("^"), "\(refused.error)")
    }
    // An operator that a node of Assay's would be, too.
    let own = try folder.write(
      "operator Mine(x: real[...]) -> (y: real[...]) onnx \"Relu\" { y[...] = 2 * x[...] }\n",
      "c.circuit")
    let replaced = try await assay("circuit", "check", own)
    #expect(replaced.status == 0)
    #expect(replaced.error.contains("the operator Relu is replaced by that of \(own)"))
  }

  @Test("test compares with the equations, attacks the circuit and proves it")
  func test() async throws {
    let folder = try TemporaryFolder()
    let file = try folder.write(Self.text, "a.circuit")
    let tested = try await assay("circuit", "test", file, "--sizes", "...=3x2")
    #expect(tested.status == 0, "\(tested.error)")
    for text in [
      "GatedUnit (\(file):2)", "...=3×2", "a change of y alone is refused by",
      "accepted: results are within", "was made and verified",
    ] { #expect(tested.output.contains(text), "\(text) is not in \(tested.output)") }
    let json = try await assay(
      "circuit", "test", file, "--json", "--sizes", "...=2", "--parameters", "slope=0.5")
    let report = try #require((try json.json["operators"] as? [[String: Any]])?.first)
    #expect(report["accepted"] as? Bool == true)
    let trials = try #require(report["trials"] as? [[String: Any]])
    #expect(trials.map { $0["sizes"] as? String } == ["...=2; slope=0.5"])
    #expect(try #require(report["proof_bytes"] as? Int) > 10_000)
    #expect(try #require(report["error_of_range"] as? Double) < 0.001)
    let strict = try await assay(
      "circuit", "test", file, "--sizes", "...=2", "--tolerance", "1e-9")
    #expect(strict.status == 1)
    #expect(strict.output.contains("REJECTED: with ...=2 the result y is"))
    #expect(strict.error.contains("do not prove what the equations say: GatedUnit"))
  }

  @Test("an operator whose integer circuit proves nothing is rejected")
  func unpinned() async throws {
    let folder = try TemporaryFolder()
    let file = try folder.write(
      """
      operator Positive(x: real[...]) -> (y: real[...]) custom "lab" { y[...] = max(x[...], 0) }
      circuit relu(x: any[...]) -> (y: like(x)[...]) {
        hint y[...] = max(x[...], 0)
        lookup y[...] in i16
      }

      """, "a.circuit")
    let tested = try await assay(
      "circuit", "test", file, "--circuit", "Positive", "--sizes", "...=2")
    #expect(tested.status == 1, "\(tested.output)\(tested.error)")
    #expect(tested.output.contains("REJECTED: with ...=2: a prover may choose the output"))
  }

  @Test("cost counts, expand shows all stages, and both say which sizes they lack")
  func instances() async throws {
    let folder = try TemporaryFolder()
    let file = try folder.write(Self.text, "a.circuit")
    let json = try await assay("circuit", "cost", file, "--sizes", "...=2x3", "--json").json
    let cost = try #require((json["operators"] as? [[String: Any]])?.first)
    #expect(try #require(cost["lookups"] as? Int) >= 12)
    let more = try await assay("circuit", "cost", file, "--sizes", "...=4x3", "--json").json
    let twice = try #require((more["operators"] as? [[String: Any]])?.first)
    #expect(
      try #require(twice["lookups"] as? Int) == 2 * (try #require(cost["lookups"] as? Int)))
    let expanded = try await assay("circuit", "expand", file, "--sizes", "...=2x3")
    #expect(expanded.status == 0)
    for text in [
      "# Equations", "# Forms", "# Scales", "# Steps", "# Lookups", "round(shift = ",
      "y[i0 in 2, i1 in 3] = x[i0, i1] y/apply[i0, i1]",
    ] { #expect(expanded.output.contains(text), "\(text) is not in \(expanded.output)") }
    for command in ["cost", "expand"] {
      let refused = try await assay("circuit", command, file)
      #expect(refused.status == 2 && refused.error.contains("GatedUnit: say --sizes ...=…"))
    }
    for (option, value, reason) in [
      ("--sizes", "n=3", "has no size 'n', but ..."),
      ("--parameters", "k=3", "has no attribute 'k', but slope"),
      ("--sizes", "...=0", "should be from 1"), ("--circuit", "Other", "but GatedUnit"),
      ("--sizes", "...=4000000x4000000x4000000", "elements"),
    ] {
      let refused = try await assay("circuit", "cost", file, option, value)
      #expect(refused.status == 2 && refused.error.contains(reason), "\(refused.error)")
    }
  }

  @Test("format has a layout for operators")
  func format() async throws {
    let folder = try TemporaryFolder()
    let messy = Self.text.replacing(" = 1", with: "=1").replacing("      y[", with: "y[")
      .replacing("x[...] * ", with: "x[ ... ]*")
    let file = try folder.write(messy, "a.circuit")
    #expect(try await assay("circuit", "format", "--check", file).status == 1)
    #expect(try await assay("circuit", "format", file).status == 0)
    #expect(String(decoding: try Fixture.bytes(file), as: UTF8.self) == Self.text)
    #expect(try await assay("circuit", "format", "--check", file).status == 0)
  }
}

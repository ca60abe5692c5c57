import Foundation
import TensorFiles
import TestSupport
import Testing

@Suite("Commitments to data outlive a proof")
struct CommitmentTests {
  @Test("a proof is checked against the commitment to its input, and no other")
  func input() async throws {
    let folder = try TemporaryFolder()
    let stage = try await Stage("multiply", folder)
    let files = try Stage.inputs("multiply", folder)
    for name in ["a", "b"] {
      let made = try await stage.commit(try #require(files[name]), as: name, name)
      #expect(made.status == 0, "\(made.error)")
    }
    // The same data again: another commitment, which the proof is not made with.
    #expect(try await stage.commit(try #require(files["a"]), as: "a", "again").status == 0)
    let proven = try await stage.prove(
      "p", ["--opening", "a=" + folder.file("a.open"), "--opening", "b=" + folder.file("b.open")])
    #expect(proven.status == 0, "\(proven.error)")
    let expected = try #require(try OperatorCase("multiply").outputs["y"])
    let output = try object(try object(proven.json["outputs"])["y"])
    #expect(largestDifference(try numbers(output["values"]), expected.values) < 1e-2)

    func demand(_ name: String, _ label: String) -> [String] {
      ["--commitment", "\(name)=" + folder.file("\(label).cm")]
    }
    let both = try await stage.verify("p", demand("a", "a") + demand("b", "b"))
    #expect(both.status == 0, "\(both.error)")
    let shown = try object(both.json["commitments"])
    #expect(shown.keys.sorted() == ["a", "b"])
    #expect(try object(shown["a"])["checked"] as? Bool == true)
    let one = try await stage.verify("p", demand("b", "b"))
    #expect(try object(object(one.json["commitments"])["a"])["checked"] as? Bool == false)
    for wrong in [demand("a", "b"), demand("b", "a"), demand("a", "again")] {
      let outcome = try await stage.verify("p", wrong)
      #expect(outcome.status == 1, "\(wrong)")
      #expect(try outcome.json["accepted"] as? Bool == false)
    }
    for wrong in [demand("y", "a"), demand("c", "a"), demand("a", "a") + demand("a", "a")] {
      #expect(try await stage.verify("p", wrong).status == 2, "\(wrong)")
    }
  }

  @Test("a proof that was made without the opening does not pass for one with it")
  func withoutOpening() async throws {
    let folder = try TemporaryFolder()
    let stage = try await Stage("relu", folder)
    let file = try #require(try Stage.inputs("relu", folder)["x"])
    #expect(try await stage.commit(file, as: "x", "x").status == 0)
    #expect(try await stage.prove("p", ["--input", file]).status == 0)
    let outcome = try await stage.verify("p", ["--commitment", "x=" + folder.file("x.cm")])
    #expect(outcome.status == 1)
    #expect(outcome.error.contains("--opening"))
  }

  @Test("an input that is given too has to be the committed one")
  func otherInput() async throws {
    let folder = try TemporaryFolder()
    let stage = try await Stage("relu", folder)
    let file = try #require(try Stage.inputs("relu", folder)["x"])
    #expect(try await stage.commit(file, as: "x", "x").status == 0)
    let opening = ["--opening", "x=" + folder.file("x.open")]
    #expect(try await stage.prove("p", ["--input", "x=" + file] + opening).status == 0)
    var value = try TensorFile.readNumpy(path: file).values
    value[11] += 0.5
    try Stage.write(value, [3, 5], folder.file("other.npy"))
    let outcome = try await stage.prove(
      "q", ["--input", "x=" + folder.file("other.npy")] + opening)
    #expect(outcome.status == 2)
    #expect(outcome.error.contains("position 11"), "\(outcome.error)")
    #expect(!folder.contents.contains("q"))
  }

  @Test("an opening serves as many proofs as it was made for, and is never replaced")
  func exhaustion() async throws {
    let folder = try TemporaryFolder()
    let stage = try await Stage("relu", folder)
    let file = try #require(try Stage.inputs("relu", folder)["x"])
    #expect(try await stage.commit(file, as: "x", "x", proofs: 2).status == 0)
    let opening = ["--opening", "x=" + folder.file("x.open")]
    for _ in 0..<2 { #expect(try await stage.prove("p", opening).status == 0) }
    let refused = try await stage.prove("q", opening)
    #expect(refused.status == 4)
    #expect(refused.error.contains("assay commit"))
    #expect(!folder.contents.contains("q"))
    let again = try await stage.commit(file, as: "x", "x")
    #expect(again.status == 2)
    #expect(again.error.contains("x.cm") && again.error.contains("--force"))
    try FileManager.default.removeItem(atPath: folder.file("x.cm"))
    let opened = try await stage.commit(file, as: "x", "x")
    #expect(opened.status == 2)
    #expect(opened.error.contains("x.open") && opened.error.contains("0 proofs left"))
    let inspected = try await Program.assay.run(["inspect", folder.file("x.open"), "--json"])
    #expect(try inspected.json["proofs_left"] as? Int == 0)
    #expect(try inspected.json["integers"] as? Int == 15)
  }

  @Test("one model's committed output is the next model's input")
  func chain() async throws {
    let folder = try TemporaryFolder()
    let first = try await Stage(
      "leaky_relu_slope", folder, compile: ["--visibility", "output=private"])
    let file = try #require(try Stage.inputs("leaky_relu_slope", folder)["x"])
    let (commitment, opening) = (folder.file("y.cm"), folder.file("y.open"))
    let committing = [
      "--commit-output", "y=" + commitment, "--output-opening", "y=" + opening,
    ]
    let proven = try await first.prove("p1", ["--input", file] + committing)
    #expect(proven.status == 0, "\(proven.error)")
    let told = try await Program.assay.run(["inspect", commitment, "--json"]).json
    let bits = try #require(told["fractional_bits"] as? Int)

    let second = try await Stage("clip_upper", folder, compile: ["--input-bits", "x=\(bits)"])
    let next = try await second.prove("p2", ["--opening", "x=" + opening])
    #expect(next.status == 0, "\(next.error)")
    let seen = try await first.verify("p1", ["--commitment", "y=" + commitment])
    #expect(seen.status == 0, "\(seen.error)")
    #expect(try object(seen.json["public"]).isEmpty)
    let verdict = try await second.verify("p2", ["--commitment", "x=" + commitment])
    #expect(verdict.status == 0, "\(verdict.error)")
    let inputs = try #require(try OperatorCase("leaky_relu_slope").outputs["y"]).values
    let shown = try numbers(object(object(verdict.json["public"])["y"])["values"])
    #expect(largestDifference(shown, inputs.map { min($0, 0.5) }) < 1e-2)

    // The opening is not made anew over the one that counts.
    let repeated = try await first.prove("p3", ["--input", file] + committing)
    #expect(repeated.status == 2)
    #expect(!folder.contents.contains("p3"))
    // With the next model's own scale the integers would stand for other values.
    let other = try await Stage("relu", folder, compile: ["--input-bits", "x=\(bits - 1)"])
    let refused = try await other.prove("p4", ["--opening", "x=" + opening])
    #expect(refused.status == 2)
    #expect(refused.error.contains("--input-bits x=\(bits)"), "\(refused.error)")
  }

  @Test("two models' proofs are shown to speak of the same data")
  func sameData() async throws {
    let folder = try TemporaryFolder()
    let file = try #require(try Stage.inputs("relu", folder)["x"])
    let made = try await Program.assay.run([
      "commit", "--input", file, "--fractional-bits", "12", "--commitment", folder.file("x.cm"),
      "--opening", folder.file("x.open"),
    ])
    #expect(made.status == 0, "\(made.error)")
    for name in ["relu", "leaky_relu"] {
      let stage = try await Stage(name, folder, compile: ["--input-bits", "x=12"])
      #expect(try await stage.prove(name, ["--opening", "x=" + folder.file("x.open")]).status == 0)
      let verdict = try await stage.verify(name, ["--commitment", "x=" + folder.file("x.cm")])
      #expect(verdict.status == 0, "\(verdict.error)")
    }
  }

  @Test("a batch is committed to at once")
  func batch() async throws {
    let folder = try TemporaryFolder()
    let stage = try await Stage("relu", folder)
    let value = try #require(try OperatorCase("relu").inputs["x"])
    let file = folder.file("three.npy")
    try Stage.write((0..<3).flatMap { _ in value.values }, [3, 3, 5], file)
    #expect(try await stage.commit(file, as: "x", "x").status == 0)
    let proven = try await stage.prove("p", ["--opening", "x=" + folder.file("x.open")])
    #expect(try proven.json["batch"] as? Int == 3, "\(proven.error)")
    let verdict = try await stage.verify("p", ["--commitment", "x=" + folder.file("x.cm")])
    #expect(verdict.status == 0, "\(verdict.error)")
    #expect(try verdict.json["batch"] as? Int == 3)
    let single = try await stage.prove(
      "q", ["--opening", "x=" + folder.file("x.open"), "--input", "x=" + folder.file("relu.x.npy")])
    #expect(single.status == 2)
  }

  @Test("what can't be committed to is refused by tensor, position and remedy")
  func mistakes() async throws {
    let folder = try TemporaryFolder()
    let stage = try await Stage("relu", folder)
    let file = try #require(try Stage.inputs("relu", folder)["x"])
    for (tensor, texts) in [("y", ["public", "y=private"]), ("z", ["\"z\"", "\"x\""])] {
      let outcome = try await stage.commit(file, as: tensor, "c")
      #expect(outcome.status == 2)
      for text in texts { #expect(outcome.error.contains(text), "\(outcome.error)") }
    }
    var values = try TensorFile.readNumpy(path: file).values
    values[7] = 1e6
    try Stage.write(values, [3, 5], folder.file("large.npy"))
    let large = try await stage.commit(folder.file("large.npy"), as: "x", "c")
    #expect(large.status == 2)
    #expect(large.error.contains("position 7") && large.error.contains("\"x\""))
    #expect(!folder.contents.contains("c.cm") && !folder.contents.contains("c.open"))
    for arguments in [
      ["--fractional-bits", "3", "--tensor", "x"], ["--tensor", "x"], [],
      ["--fractional-bits", "3", "--proofs", "0"], ["--fractional-bits", "5000"],
    ] {
      let outcome = try await Program.assay.run(
        ["commit", "--input", file, "--commitment", folder.file("c.cm"), "--opening"]
          + [folder.file("c.open")] + arguments)
      #expect(outcome.status == 2, "\(arguments)")
    }
  }

  @Test("damaged commitments and openings are refused")
  func damaged() async throws {
    let folder = try TemporaryFolder()
    let stage = try await Stage("relu", folder)
    let file = try #require(try Stage.inputs("relu", folder)["x"])
    #expect(try await stage.commit(file, as: "x", "x", proofs: 1).status == 0)
    let opening = try Fixture.bytes(folder.file("x.open"))
    for place in stride(from: 0, to: opening.count, by: 41) {
      var changed = opening
      changed[place] ^= 4
      let path = try folder.write(changed, "bad.open")
      let outcome = try await stage.prove("q", ["--opening", "x=" + path])
      #expect(outcome.status == 2, "byte \(place): \(outcome.error)")
    }
    let cut = try folder.write(Array(opening.dropLast()), "bad.open")
    #expect(try await stage.prove("q", ["--opening", "x=" + cut]).status == 2)
    let more = try folder.write(opening + [0], "bad.open")
    #expect(try await stage.prove("q", ["--opening", "x=" + more]).status == 2)
    #expect(try await stage.prove("p", ["--opening", "x=" + folder.file("x.open")]).status == 0)
    let commitment = try Fixture.bytes(folder.file("x.cm"))
    for place in stride(from: 0, to: commitment.count, by: 7) {
      var changed = commitment
      changed[place] ^= 4
      let path = try folder.write(changed, "bad.cm")
      let outcome = try await stage.verify("p", ["--commitment", "x=" + path])
      #expect(outcome.status == 2, "byte \(place): \(outcome.error)")
    }
  }
}

import CommandSupport
import Foundation
import TestSupport
import Testing

@Suite("Names can't steer a terminal")
struct TerminalTests {
  /// What a name may hold, and nothing printed may.
  static let hostile = [
    "\u{1B}[2J\u{1B}]0;owned\u{7}", "\u{9B}2J", "a\u{202E}gnp", "a\u{2066}b\u{2069}", "a\u{200F}b",
    "x\u{2028}accepted", "x\u{2029}accepted", "a\naccepted", "a\r\naccepted", "a\taccepted",
    "\u{FEFF}a",
    "a\u{E000}b", "a\u{378}b", "a\u{AD}b", "a\u{3164}b", "a\u{A0}b", "a\u{E0041}b",
    "e" + String(repeating: "\u{301}", count: 50), String(repeating: "long", count: 2500),
  ]

  /// Whether a text has nothing in it but what people see where it stands.
  private func isHarmless(_ text: String) -> Bool {
    var marks = 0
    return text.unicodeScalars.allSatisfy { scalar in
      let kind = scalar.properties.generalCategory
      marks = kind == .nonspacingMark ? marks + 1 : 0
      if scalar == "\n" || scalar == " " { return true }
      return marks <= 2 && !scalar.properties.isDefaultIgnorableCodePoint
        && ![
          .control, .format, .lineSeparator, .paragraphSeparator, .privateUse, .unassigned,
          .spaceSeparator,
        ].contains(kind)
    }
  }

  @Test(arguments: hostile)
  func texts(name: String) {
    for text in [Text.printable(name), Text.ownName(name), Text.line(name)] {
      #expect(isHarmless(text) && !text.contains("\n"), "\(text)")
    }
    #expect(Text.printable(name).unicodeScalars.count <= 101)
    #expect(isHarmless(Text.lines(name)))
    let error = CommandError.input("first\n" + name).description
    #expect(isHarmless(error))
    #expect(error.split(separator: "\n").dropFirst().allSatisfy { $0.hasPrefix("  ") })
    var table = TextTable([("", .left), ("", .left)])
    table.append([name, "end"])
    #expect(isHarmless(table.text) && !table.text.contains("\n"))
  }

  @Test func whatIsHarmlessStays() {
    #expect(Text.ownName("größe 大小 x_1/y:0") == "größe 大小 x_1/y:0")
    #expect(Text.ownName("e\u{301}") == "e\u{301}")
    #expect(Text.printable("conv1/Relu:0 (a=b)") == "conv1/Relu:0 (a=b)")
    // In a key that somebody else made no letter looks like another one.
    #expect(Text.printable("log\u{456}ts") == "log\\u{456}ts")
    #expect(Text.printable("log\\u{456}ts") == "log\\\\u{456}ts")
    #expect(Text.lines("a\n  b") == "a\n  b")
  }

  /// What JSON says is what was there, in bytes that no terminal obeys.
  @Test(arguments: hostile)
  func json(name: String) throws {
    let text = JSONValue.object(["a": .string(name), "b": .integer(1)]).text
    #expect(
      !text.contains("\n") && text.unicodeScalars.allSatisfy { !("\0"..."\u{1F}").contains($0) })
    #expect(isHarmless(text))
    let read = try JSONSerialization.jsonObject(with: Data(text.utf8)) as? [String: Any]
    let value = try #require(read?["a"] as? String)
    #expect(Array(value.unicodeScalars) == Array(name.unicodeScalars))
  }

  @Test("whole programs print nothing of the kind, whether they fail or not", arguments: hostile)
  func programs(name: String) async throws {
    let folder = try TemporaryFolder()
    let bad = try folder.write(
      SmallNetwork.bytes(operation: "Foo" + name, node: name, input: "x", output: "y"), "bad.onnx")
    let network = try folder.write(
      SmallNetwork.bytes(node: name, input: "i" + name, output: "o" + name), "n.onnx")
    _ = try folder.write("{\"input_data\": [[0.1, -0.5, 0.25, 1]]}", "x.json")
    let input = folder.file("x.json")
    let (pk, vk) = (folder.file("pk"), folder.file("vk"))
    let proving = ["prove", "--proving-key", pk, "--proof", folder.file("p")]
    let verifying = ["--verifying-key", vk, "--proof", folder.file("p")]
    try await expect(.assay, 3, ["compile", bad, "--output", folder.file("c")])
    let compile = ["compile", network, "--calibration", input, "--output", folder.file("c")]
    try await expect(.assay, 0, compile)
    try await expect(.assay, 2, compile + ["--visibility", "\(name)z=public"])
    try await expect(.assay, 0, compile + ["--json", "--visibility", "input=private"])
    try await expect(
      .assay, 0, ["setup", folder.file("c"), "--proving-key", pk, "--verifying-key", vk])
    try await expect(.assay, 0, proving + ["--input", input])
    try await expect(.assay, 2, proving + ["--input", "q" + name + "=" + input])
    try await expect(.assay, 2, proving)
    for file in ["c", "pk", "vk", "p"] {
      try await expect(.assay, 0, ["inspect", folder.file(file)])
      try await expect(.assay, 0, ["inspect", folder.file(file), "--json"])
    }
    try await expect(.verify, 0, verifying)
    try await expect(.verify, 0, verifying + ["--json"])
    try await expect(.verify, 0, ["--key-only", vk])
    try await expect(.verify, 2, verifying + ["--commitment", "z" + name + "=x"])
    try await expect(.verify, 2, ["--verifying-key", vk, "--proof", folder.path + "/" + name])
  }

  private func expect(
    _ program: Program, _ status: Int32, _ arguments: [String]
  ) async throws {
    let outcome = try await program.run(arguments)
    #expect(outcome.status == status, "\(arguments): \(outcome.error)")
    for text in [outcome.output, outcome.error] {
      #expect(isHarmless(text), "\(arguments)")
      // Beside the verdict itself no line begins as one.
      let forged = text.split(separator: "\n").dropFirst().filter { $0.hasPrefix("accepted") }
      #expect(forged.isEmpty, "\(arguments): \(text)")
      #expect(text.split(separator: "\n").allSatisfy { $0.count < 3000 || $0.hasPrefix("{") })
    }
  }
}

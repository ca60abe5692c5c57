import Foundation
import Testing

@testable import CircuitLanguage

@Suite struct StandardCircuitsTests {
  private var directory: URL {
    URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
      .deletingLastPathComponent().appending(path: "Circuits")
  }

  /// `Circuits/` is where the circuits are edited; `Circuits/embed.sh` copies them into the sources.
  @Test func embeddedCircuitsAreTheFiles() throws {
    let names = try FileManager.default.contentsOfDirectory(atPath: directory.path + "/integer")
      .filter { $0.hasSuffix(".circuit") }.sorted().map { "integer/" + $0 }
    #expect(standardCircuits.map(\.name) == names.map { "Circuits/" + $0 })
    for (name, source) in zip(names, standardCircuits) {
      let text = try String(contentsOf: directory.appending(path: name), encoding: .utf8)
      #expect(source.text + "\n" == text || source.text == text, "\(name)")
    }
  }

  @Test func aDirectoryIsALibrary() throws {
    var library = CircuitLibrary()
    try library.add(directory: directory.path + "/integer")
    #expect(library.circuitNames == (try CircuitLibrary.standard()).circuitNames)
    #expect(library.circuitNames.contains("square_root"))
    #expect(throws: CircuitLanguageError.self) { try library.add(directory: "/nonexistent") }
  }

  /// The example that explains the language is a circuit.
  @Test func theExampleIsCorrect() throws {
    let text = try String(contentsOf: directory.appending(path: "GRAMMAR.md"), encoding: .utf8)
    let blocks = text.components(separatedBy: "```")
    var library = CircuitLibrary()
    try library.add(source: try #require(blocks.count > 1 ? blocks[1] : nil), file: "GRAMMAR.md")
    #expect(library.circuitNames == ["shifted"])
  }

  @Test func aCircuitCanBeAdded() throws {
    var library = try CircuitLibrary.standard()
    try library.add(
      source: "circuit twice(x: i16[...]) -> (y: small[...]) { y[...] := 2 * x[...] }",
      file: "twice.circuit")
    #expect(library.source(of: "twice")?.contains("y[...] := 2 * x[...]") == true)
  }
}

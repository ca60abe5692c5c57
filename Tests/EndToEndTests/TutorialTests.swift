import Foundation
import TestSupport
import Testing

@Suite("The tutorial does what it says")
struct TutorialTests {
  /// A command, and what it is said to print.
  private struct Step {
    var command: String
    var output: [String] = []
  }

  /// What the tutorial says, in its order.
  private enum Item {
    case file(name: String, text: String)
    case step(Step)
  }

  @Test("each of its commands prints what it shows")
  func commands() async throws {
    let folder = try TemporaryFolder()
    for name in ["network.onnx", "input.json"] {
      _ = try folder.write(try Fixture.bytes(Fixture.path("tutorial/" + name)), name)
    }
    var count = 0
    for item in try items() {
      switch item {
      case .file(let name, let text): _ = try folder.write(text, name)
      case .step(let step):
        count += 1
        let found = try await run(step.command, in: folder)
        let expected = step.output.map(masked).filter { !$0.isEmpty }
        #expect(
          found.map(masked).filter { !$0.isEmpty } == expected,
          "\(step.command) prints\n\(found.joined(separator: "\n"))\nmake tutorial writes it down"
        )
      }
    }
    #expect(count >= 10)
  }

  @Test("it says what the other files of the folder are")
  func grammar() throws {
    let text = try tutorial()
    #expect(text.contains("GRAMMAR.md") && text.contains("operators/README.md"))
  }

  private func tutorial() throws -> String {
    try String(contentsOfFile: Fixture.package + "/Circuits/README.md", encoding: .utf8)
  }

  /// Times, sizes and counts differ between machines, versions and proofs: what is left are words,
  /// small numbers and places.
  private func masked(_ line: String) -> String {
    line.replacing(/[0-9]+(\.[0-9]+)? (s|B|KiB|MiB)\b/, with: "#")
      .replacing(/\([0-9]+\)$/, with: "#").replacing(/[0-9]{3,}/, with: "#")
      .replacing(#/ +/#, with: " ")
  }

  private func items() throws -> [Item] {
    var items: [Item] = []
    var block: (head: String, lines: [String])?
    for line in try tutorial().components(separatedBy: "\n") {
      guard line.hasPrefix("```") else {
        block?.lines.append(line)
        continue
      }
      if let ended = block {
        items += self.items(of: ended.head, ended.lines)
        block = nil
      } else {
        block = (line, [])
      }
    }
    return items
  }

  private func items(of head: String, _ lines: [String]) -> [Item] {
    if head.hasPrefix("```circuit ") {
      let name = String(head.dropFirst("```circuit ".count))
      return [.file(name: name, text: lines.joined(separator: "\n") + "\n")]
    }
    guard head == "```console" else { return [] }
    var steps: [Step] = []
    for line in lines {
      if line.hasPrefix("$ ") {
        steps.append(Step(command: String(line.dropFirst(2))))
      } else if !steps.isEmpty {
        steps[steps.count - 1].output.append(line)
      }
    }
    return steps.map(Item.step)
  }

  /// What a shell prints that finds the programs, errors after results.
  private func run(_ command: String, in folder: TemporaryFolder) async throws -> [String] {
    let programs = URL(fileURLWithPath: Program.assay.path).deletingLastPathComponent().path
    let shell = "PATH='\(programs)':$PATH; export PATH; \(command); exit"
    let outcome = try await Program.assay.run([], in: folder.path, after: shell)
    let text = outcome.output + outcome.error
    return text.split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
  }
}

import ArgumentParser
import CircuitLanguage
import CommandSupport
import FileAccess
import Foundation

struct CircuitFormatCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "format",
    abstract: "Brings circuit files into their canonical layout.",
    discussion: """
      Space within lines, indentation and runs of empty lines become canonical. Lines stay lines and \
      comments stay where they are, so that what the author put on lines of its own stays there. Files \
      are replaced only where something changes; - writes standard input's text to standard output.
      """)

  @Argument(
    help: "Circuit files; - for standard input.", completion: .file(extensions: ["circuit"]))
  var files: [String]

  @Flag(help: "Change nothing; name the files that are not formatted, and end with status 1.")
  var check = false

  func run() throws {
    var unformatted: [String] = []
    for path in files {
      let source = try CircuitFiles.read(path)
      let text: String
      do throws(CircuitLanguageError) {
        text = try SourceFormatter.format(source)
      } catch { throw CommandError.input("\(error)") }
      if check {
        if text != source.text { unformatted.append(source.name) }
      } else if path == "-" {
        try Console.write(String(text.dropLast()))
      } else if text != source.text {
        try replace(path, text)
      }
    }
    guard unformatted.isEmpty else {
      throw CommandError.rejected(
        unformatted.map { "\($0) is not formatted: run assay circuit format" }
          .joined(separator: "\n"))
    }
  }

  /// The file is there, old or new, at any time.
  private func replace(_ path: String, _ text: String) throws(CommandError) {
    do {
      let file = try NewFile(path)
      try file.write(Array(text.utf8))
      try file.synchronize()
      try file.finish()
    } catch {
      throw .input("\(error)")
    }
  }
}

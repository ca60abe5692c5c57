import ArgumentParser
import CircuitLanguage
import CommandSupport

struct CircuitCheckCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "check",
    abstract: "Finds what is wrong with circuit files, whatever the sizes.",
    discussion: """
      Finds what can be known without sizes: spelling, undefined names, axes that do not fit, sums and \
      products that can not be proven, hints that nothing constrains, circuits that call themselves. \
      Each error names file, line and column. Files of one call may use each other, and all of \
      Assay's own circuits.

      It does not find whether the statements leave a prover a choice: assay circuit test does.
      """)

  @Argument(
    help: "Circuit files; - for standard input.", completion: .file(extensions: ["circuit"]))
  var files: [String]

  @Flag(help: "Print the report as JSON.")
  var json = false

  func run() throws {
    var sources: [SourceFile] = []
    for file in files { sources.append(try CircuitFiles.read(file)) }
    let library = try CircuitFiles.library(sources)
    var reports: [JSONValue] = []
    for source in sources {
      let names: [String]
      do throws(CircuitLanguageError) {
        names = try CircuitLibrary.circuitNames(in: source)
      } catch { throw CommandError.input("\(error)") }
      let signatures = names.compactMap { library.signature(of: $0) }
      guard json else {
        for signature in signatures { try Console.write(signature.summary) }
        continue
      }
      reports.append(
        .object([
          "file": .string(source.name), "circuits": .array(signatures.map(\.json)),
        ]))
    }
    guard json else { return }
    let replaced = library.replacements.map { JSONValue.string($0.item) }
    try Console.write(
      JSONValue.object(["files": .array(reports), "replaces_own": .array(replaced)]).text)
  }
}

extension CircuitSignature {
  /// The circuit on one line.
  fileprivate var summary: String {
    let sizes = sizes + (hasRest ? ["..."] : [])
    let parts = [
      sizes.isEmpty ? nil : "sizes " + sizes.joined(separator: ", "),
      parameters.isEmpty ? nil : "parameters " + parameters.map(\.name).joined(separator: ", "),
    ].compactMap { $0 }
    let place = Text.line("\(file):\(line)")
    return "\(place): \(name) is in order"
      + (parts.isEmpty ? "" : " (\(parts.joined(separator: "; ")))")
  }

  fileprivate var json: JSONValue {
    .object([
      "name": .string(name), "line": .integer(line),
      "arguments": .array(arguments.map { .string($0.name) }),
      "outputs": .array(outputs.map { .string($0.name) }),
      "sizes": .array(sizes.map(JSONValue.string)), "rest": .boolean(hasRest),
      "parameters": .array(
        parameters.map { .object(["name": .string($0.name), "kind": .string($0.kind)]) }),
    ])
  }
}

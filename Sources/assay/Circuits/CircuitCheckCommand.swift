import ArgumentParser
import CircuitLanguage
import CommandSupport
import Equations

struct CircuitCheckCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "check",
    abstract: "Finds what is wrong with circuit files, whatever the sizes.",
    discussion: """
      Finds what can be known without sizes: spelling, undefined names, axes that do not fit, sums and \
      products that can not be proven, hints that nothing constrains, circuits that call themselves, \
      operators that the same node could be. Each error names file, line and column. Files of one call \
      may use each other, and all of Assay's own circuits.

      It does not find whether the statements leave a prover a choice, or whether a circuit computes \
      what an operator's equations say: assay circuit test does.
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
    let operators = try CircuitFiles.operators(sources)
    var reports: [JSONValue] = []
    for source in sources {
      let names = try CircuitFiles.names(of: source)
      let signatures = names.circuits.compactMap { library.signature(of: $0) }
      let operations = names.operators.compactMap { operators.description(of: $0) }
      guard json else {
        let lines = signatures.map(\.summary) + operations.map { $0.summary(in: source.name) }
        for line in lines { try Console.write(line) }
        continue
      }
      reports.append(
        .object([
          "file": .string(source.name), "circuits": .array(signatures.map(\.json)),
          "operators": .array(operations.map { .object($0.members) }),
        ]))
    }
    guard json else { return }
    let replaced = (library.replacements.map(\.item) + operators.replacements.map(\.item)).map {
      JSONValue.string($0)
    }
    try Console.write(
      JSONValue.object(["files": .array(reports), "replaces_own": .array(replaced)]).text)
  }
}

extension OperatorDescription {
  /// The operator on one line.
  /// - Parameter name: the file's.
  fileprivate func summary(in name: String) -> String {
    let sizes = sizes + packs.map { $0 == "..." ? $0 : $0 + "..." }
    let parts = [
      sizes.isEmpty ? nil : "sizes " + sizes.joined(separator: ", "),
      attributeNames.isEmpty ? nil : "attributes " + attributeNames.joined(separator: ", "),
      "nodes " + nodes.map(\.words).joined(separator: ", "),
    ].compactMap { $0 }
    let place = Text.line("\(name):\(line)")
    return "\(place): the operator \(self.name) is in order (\(parts.joined(separator: "; ")))"
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

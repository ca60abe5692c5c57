import ArgumentParser
import CommandSupport
import Equations
import ONNXImport

struct OperatorsCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "operators",
    abstract: "Lists the operators that nodes of networks can be.",
    discussion: """
      An operator is a text of equations over real numbers, from which its circuit follows. The list \
      has all of them with their equations; operators that only move elements have none, and cost \
      nothing.

      With a name, of a node or of a text, it shows all that is known of that operator, and what the \
      circuit of a small node of it is: how far its results are from the equations for made-up \
      inputs, and what a proof pays for each of them.

        assay operators
        assay operators Gelu
        assay operators --circuits my-circuits
      """)

  @Argument(help: "A node's or a text's name; all operators unless given.")
  var name: String?

  @Option(
    help: ArgumentHelp("Folder with more operators and circuits.", valueName: "folder"),
    completion: .directory)
  var circuits: String?

  @OptionGroup var machine: MachineOptions

  @Flag(help: "Print the report as JSON.")
  var json = false

  func run() throws {
    machine.apply()
    let texts = try ForeignTexts(circuits)
    let operators = try texts.operators()
    guard let name else { return try list(operators) }
    let found = operators.descriptions.filter { description in
      description.name == name || description.nodes.contains { $0.operation == name }
    }
    guard !found.isEmpty else { return try missing(name, operators) }
    let circuits = try texts.circuits()
    let details = found.map { OperatorDetails($0, operators, circuits) }
    try Console.write(
      json
        ? JSONValue.object(["operators": .array(details.map(\.json))]).text
        : details.map(\.text).joined(separator: "\n\n"))
  }

  private func list(_ operators: OperatorLibrary) throws {
    let list = OperatorList(
      operators, moving: ONNXModel.movingOperators, control: Self.control)
    try Console.write(json ? list.json.text : list.text)
  }

  /// The operators that become nodes of others, sorted.
  private static let control =
    (ONNXModel.controlOperators
    + ONNXModel.fusedOperators.filter { !ONNXModel.movingOperators.contains($0) }).sorted()

  /// An operator that only moves elements, or none.
  private func missing(_ name: String, _ operators: OperatorLibrary) throws {
    if Self.control.contains(name) {
      return try Console.write(
        json
          ? JSONValue.object(["operators": .array([OperatorList.control(name)])]).text
          : "\(name) becomes nodes of others: it has no equation of its own")
    }
    guard ONNXModel.movingOperators.contains(name) else {
      let similar = operators.similarNames(
        to: name, among: ONNXModel.movingOperators + ONNXModel.controlOperators)
      throw CommandError.input(
        "there is no operator \"\(name)\""
          + (similar.isEmpty ? "" : "; there is \(similar.joined(separator: ", "))")
          + ": assay operators lists all, and --circuits adds others")
    }
    try Console.write(
      json
        ? JSONValue.object(["operators": .array([OperatorList.moving(name)])]).text
        : "\(name) only moves elements, says something about shapes, or is another operator between "
          + "integers that stand for reals: it has no equation of its own")
  }
}

extension OperatorLibrary {
  /// Names that are the same but for the case, or have the other one in them.
  fileprivate func similarNames(to name: String, among others: [String]) -> [String] {
    let wanted = name.lowercased()
    guard !wanted.isEmpty else { return [] }
    let names = Set(descriptions.flatMap { [$0.name] + $0.nodes.map(\.operation) } + others)
    return names.sorted().filter { $0.lowercased().contains(wanted) }.prefix(8).map { $0 }
  }
}

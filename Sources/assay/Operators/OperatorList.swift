import CommandSupport
import Equations

/// All operators, for people and for programs.
struct OperatorList {
  let descriptions: [OperatorDescription]
  /// Those that have no text.
  let moving: [String]
  /// Those that become nodes of others.
  let control: [String]

  init(_ operators: OperatorLibrary, moving: [String], control: [String]) {
    self.control = control
    descriptions = operators.descriptions
    self.moving = moving
  }

  /// A line for each equation of each operator.
  var text: String {
    var table = TextTable([("operator", .left), ("nodes", .left), ("equations", .left)])
    for description in descriptions {
      let nodes = description.nodes.map(\.words)
      for row in 0..<max(nodes.count, description.equations.count) {
        table.append([
          row == 0 ? description.name + (description.isOwn ? "" : " (\(description.file))") : "",
          row < nodes.count ? nodes[row] : "",
          row < description.equations.count ? description.equations[row] : "",
        ])
      }
    }
    return table.text + "\n\n" + sums
  }

  private var sums: String {
    let foreign = descriptions.count { !$0.isOwn }
    return """
      \(descriptions.count) operators\(foreign == 0 ? "" : ", \(foreign) of them not Assay's own")
      and those that only move elements: \(moving.joined(separator: ", "))
      and those that become nodes of others: \(control.joined(separator: ", "))
      assay operators NAME shows attributes, error and cost of one
      """
  }

  var json: JSONValue {
    .object([
      "operators": .array(
        descriptions.map { .object($0.members) } + moving.map(Self.moving)
          + control.map(Self.control))
    ])
  }

  /// An operator that becomes nodes of others.
  static func control(_ name: String) -> JSONValue {
    .object([
      "name": .string(name), "own": .boolean(true), "moves": .boolean(false),
      "equations": .array([]),
    ])
  }

  /// An operator without equations.
  static func moving(_ name: String) -> JSONValue {
    .object([
      "name": .string(name), "own": .boolean(true), "moves": .boolean(true),
      "equations": .array([]),
    ])
  }
}

extension OperatorDescription {
  /// What the text says, for programs.
  var members: [JSONValue.Member] {
    func list(_ texts: [String]) -> JSONValue { .array(texts.map(JSONValue.string)) }
    return [
      .init("name", .string(name)), .init("own", .boolean(isOwn)), .init("moves", .boolean(false)),
      .init("file", .string(file)),
      .init(
        "nodes",
        .array(
          nodes.map {
            .object([
              "domain": .string($0.domain), "operator": .string($0.operation),
              "first_version": .integer($0.firstVersion),
              "last_version": $0.lastVersion.map(JSONValue.integer) ?? .null,
            ])
          })),
      .init("operands", list(operands)), .init("attributes", list(attributes)),
      .init("results", list(results)), .init("sizes", list(sizes)), .init("packs", list(packs)),
      .init("equations", list(equations)),
    ]
  }
}

extension OperatorDescription.Node {
  /// `com.microsoft Gelu from 1`, `Softmax 1 to 12`
  var words: String {
    let versions = lastVersion.map { "\(firstVersion) to \($0)" } ?? "from \(firstVersion)"
    return "\(domain.isEmpty ? "" : domain + " ")\(operation) \(versions)"
  }
}

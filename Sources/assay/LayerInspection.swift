import CircuitLanguage
import CommandSupport

/// A key's layers, as they were derived again, for people and for programs.
struct LayerInspection {
  private let origin: OriginReport
  private let showsStatements: Bool

  init(_ origin: OriginReport, showsStatements: Bool) {
    self.origin = origin
    self.showsStatements = showsStatements
  }

  /// `own` and so on as in `OriginReport`, and `list`, a layer each.
  var json: JSONValue {
    guard case .object(let members) = origin.json else { return .null }
    let layers = origin.audit.map { audit in audit.layers.map { json($0, audit) } } ?? []
    return .object(members + [.init("list", .array(layers))])
  }

  private func json(_ layer: DerivationAudit.Layer, _ audit: DerivationAudit) -> JSONValue {
    let result = audit.result(of: layer)
    var members: [JSONValue.Member] = [
      .init("name", .string(layer.name)), .init("operation", .string(layer.operation)),
      .init("shape", result.map { .integers($0.shape) } ?? .null),
      .init("fractional_bits", result.map { .integer($0.fractionalBits) } ?? .null),
      .init("circuits", .array(audit.circuits(of: layer).map(JSONValue.string))),
      .init("own", .boolean(layer.isOwn)),
    ]
    if showsStatements {
      members.append(.init("steps", .array(audit.steps(of: layer).map(JSONValue.string))))
      members.append(.init("statements", .array(audit.statements(of: layer).map(JSONValue.string))))
    }
    return .object(members)
  }

  var text: String {
    guard let audit = origin.audit else { return origin.text }
    let parts = showsStatements ? [table(audit), details(audit)] : [table(audit)]
    return origin.text + "\n\n" + parts.joined(separator: "\n\n")
  }

  private func table(_ audit: DerivationAudit) -> String {
    var table = TextTable([
      ("layer", .left), ("said to be", .left), ("shape", .left), ("unit", .left),
      ("circuits", .left), ("", .left),
    ])
    for layer in audit.layers {
      let result = audit.result(of: layer)
      table.append([
        Text.printable(layer.name), Text.printable(layer.operation),
        Text.shape(result?.shape ?? []), result.map { "2^\(-$0.fractionalBits)" } ?? "",
        audit.circuits(of: layer).map { Text.printable($0) }.joined(separator: ", "),
        layer.isOwn ? "" : "NOT ASSAY'S OWN: " + Text.printable(OriginReport.fault(of: layer)),
      ])
    }
    return table.text
  }

  /// A line with names of the key's publisher in it, none of which passes for another one.
  private static func line(_ text: String) -> String {
    Text.printable(text, limit: Text.lineLimit)
  }

  private func details(_ audit: DerivationAudit) -> String {
    var blocks = audit.layers.map { layer in
      (["# \(Text.printable(layer.name))"]
        + audit.steps(of: layer).map { "  " + Self.line($0) }
        + audit.statements(of: layer).map { "    " + Self.line($0) })
        .joined(separator: "\n")
    }
    blocks.append((["# Tables"] + audit.tables.map { Self.line($0) }).joined(separator: "\n"))
    for source in audit.derivation.sources {
      let lines = source.text.split(separator: "\n", omittingEmptySubsequences: false)
      blocks.append(
        (["# Not Assay's own: \(Text.printable(source.name))"]
          + lines.map { "  " + Text.line(String($0)) }).joined(separator: "\n"))
    }
    return blocks.joined(separator: "\n\n")
  }
}

import CircuitLanguage
import Verifier

/// What a key's layers are made of, for people and for programs: whether all of them are of Assay's own
/// circuits, which is found by deriving the key's statements again.
public struct OriginReport: Sendable {
  /// nil if the statements could not be derived again.
  public let audit: DerivationAudit?
  private let reason: String?
  /// What computing the tables of real functions again has found; nil if nobody did.
  public let tables: TableReport?

  /// - Parameter checksTables: whether to compute tables of real functions again.
  public init(_ key: VerifyingKey, checksTables: Bool = false) {
    do throws(DerivationError) {
      audit = try DerivationAudit(key.derivation, of: key.system)
      reason = nil
    } catch {
      audit = nil
      reason = error.description
    }
    tables = checksTables ? TableReport(key.system, isDerived: audit != nil) : nil
  }

  /// Whether all layers are made of Assay's own circuits.
  public var isOwn: Bool { audit?.foreignLayers.isEmpty ?? false }

  /// One line, whatever the layers are called.
  public var text: String {
    let tables = tableText
    return layerText + (tables.isEmpty ? "" : "; " + tables)
  }

  /// What is known of tables whose values no circuit says.
  private var tableText: String {
    if let tables { return tables.fault ?? tables.text }
    switch audit?.realTables.count ?? 0 {
    case 0: return ""
    case 1: return "a table of real functions is taken on trust (--check-tables computes it again)"
    case let count:
      return "\(count) tables of real functions are taken on trust (--check-tables computes them "
        + "again)"
    }
  }

  private var layerText: String {
    guard let audit else {
      let why = Text.printable(reason ?? "", limit: Text.lineLimit)
      return "layers of UNKNOWN ORIGIN: \(why)"
    }
    let foreign = audit.foreignLayers
    guard !foreign.isEmpty else {
      let subject =
        audit.layers.count == 1 ? "the only layer is" : "all \(audit.layers.count) layers are"
      return subject + " made of Assay's own circuits" + saidToBe(audit)
    }
    let named = foreign.prefix(10).map {
      "\"\(Text.printable($0.name))\" (\(Text.printable(Self.fault(of: $0))))"
    }
    let more = foreign.count > named.count ? " and others" : ""
    return "\(foreign.count) of \(audit.layers.count) layers are NOT ASSAY'S OWN: "
      + named.joined(separator: ", ") + more
  }

  /// The operators that layers are said to be, with how many there are of each, in their order. What
  /// they are called is the key's word, as their names are.
  private func operators(_ audit: DerivationAudit) -> [(name: String, count: Int)] {
    var result: [(name: String, count: Int)] = []
    var places: [String: Int] = [:]
    for layer in audit.layers where !layer.operation.isEmpty {
      if let place = places[layer.operation] {
        result[place].count += 1
      } else {
        places[layer.operation] = result.count
        result.append((layer.operation, 1))
      }
    }
    return result
  }

  private func saidToBe(_ audit: DerivationAudit) -> String {
    let all = operators(audit)
    guard !all.isEmpty else { return "" }
    let named = all.prefix(8).map { name, count in
      Text.printable(name, limit: 40) + (count == 1 ? "" : " ×\(count)")
    }
    return " and said to be " + named.joined(separator: ", ")
      + (all.count > named.count ? " and others" : "")
  }

  /// What a layer has of its own.
  public static func fault(of layer: DerivationAudit.Layer) -> String {
    layer.foreignParts.isEmpty
      ? "units that do not fit" : layer.foreignParts.joined(separator: ", ")
  }

  /// `own`, `count`, `operators` with `name` and `count`, `foreign` with `name`, `operation` and `parts`; `reason` if nothing is known;
  /// `real_tables`, the tables whose values are the key's own, with `tables_right` and `table_fault`.
  public var json: JSONValue {
    let count: JSONValue = audit.map { .integer($0.layers.count) } ?? .null
    let operators: JSONValue = audit.map { .array(self.operators($0).map(Self.json)) } ?? .null
    let foreign: JSONValue = audit.map { .array($0.foreignLayers.map(Self.json)) } ?? .null
    let names: JSONValue = audit.map { .array($0.realTables.map { .string($0.name) }) } ?? .null
    let areRight: JSONValue = tables.map { .boolean($0.fault == nil) } ?? .null
    return .object([
      "own": .boolean(isOwn), "count": count, "operators": operators, "foreign": foreign,
      "reason": reason.map { .string($0) } ?? .null, "real_tables": names,
      "tables_right": areRight, "table_fault": tables?.fault.map { .string($0) } ?? .null,
    ])
  }

  private static func json(_ operation: (name: String, count: Int)) -> JSONValue {
    .object(["name": .string(operation.name), "count": .integer(operation.count)])
  }

  private static func json(_ layer: DerivationAudit.Layer) -> JSONValue {
    .object([
      "name": .string(layer.name), "operation": .string(layer.operation),
      "parts": .array(layer.foreignParts.map(JSONValue.string)),
      "units_fit": .boolean(layer.keepsUnits),
    ])
  }
}

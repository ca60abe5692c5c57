import CommandSupport
import Compiler
import Prover
import Transcript
import Verifier

/// What a key holds, for people and for programs.
struct KeyInspection {
  private let key: VerifyingKey
  /// Why the key's own proof does not hold; nil if it does.
  private let flaw: ProofError?
  private let usage: ProvingKey.Usage?
  private let layers: LayerInspection
  /// What is wrong with a table of real functions, if that was looked at.
  let tableFault: String?

  /// Checks the key's own proof, and what its layers are.
  /// - Parameter checksTables: whether to compute tables of real functions again.
  init(
    _ key: VerifyingKey, _ usage: ProvingKey.Usage?, showsStatements: Bool = false,
    checksTables: Bool = false
  ) {
    self.usage = usage
    let origin = OriginReport(key, checksTables: checksTables)
    tableFault = origin.tables?.fault
    layers = LayerInspection(origin, showsStatements: showsStatements)
    do throws(ProofError) {
      self.key = try Verifier.verify(certificateOf: key)
      flaw = nil
    } catch {
      self.key = key
      flaw = error
    }
  }

  private var budget: ZeroKnowledgeBudget? { key.zeroKnowledgeBudget(of: key.standard) }
  private var security: SecurityBudget { key.securityBudget(of: key.standard) }

  private var ports: [(kind: String, port: ModelInterface.Port)] {
    let interface = ModelInterface(key.system)
    return interface.inputs.map { ("input", $0) } + interface.outputs.map { ("output", $0) }
  }

  var json: JSONValue {
    .object([
      // An identity that nothing ties to the key's commitments names no model.
      "model_digest": flaw == nil ? .string(hexadecimal(key.identityDigest.bytes)) : .null,
      "key_digest": .string(hexadecimal(key.fileDigest.bytes)),
      "security_bits": .integer(security.bits),
      "zero_knowledge": .boolean(key.isHiding),
      "key_proven": .boolean(flaw == nil),
      "model": key.pinnedRoot == nil ? .null : .string(key.hidesModel ? "private" : "public"),
      "public": .array(ports.filter(\.port.isPublic).map { json($0, $1) }),
      "private": .array(ports.filter { !$0.port.isPublic }.map { json($0, $1) }),
      "layers": layers.json,
      "security": SecurityReport(security).json,
      "zero_knowledge_budget": budget.map(BudgetReport.json) ?? .null,
      "proofs_left": usage.map { .integer($0.proofs.freeCount) } ?? .null,
      "proofs_wasted": usage.map { .integer($0.proofs.reservedCount) } ?? .null,
      "rekeys_left": usage.map { .integer($0.certificates.freeCount) } ?? .null,
    ])
  }

  private func json(_ kind: String, _ port: ModelInterface.Port) -> JSONValue {
    .object([
      "name": .string(port.name), "role": .string(kind), "shape": .integers(port.shape),
      "fractional_bits": .integer(port.fractionalBits),
    ])
  }

  var text: String {
    var lines = [
      standing,
      (flaw == nil ? "proven security: " : "security of proofs themselves: ")
        + SecurityReport(security).headline + "; "
        + (key.isHiding ? "proofs are zero-knowledge" : "proofs hide nothing (--no-zk)"),
    ]
    if let budget { lines.append(BudgetReport.text(budget)) }
    if key.pinnedRoot != nil, !key.hidesModel { lines.append("the model is public") }
    if let usage {
      lines.append(
        BudgetReport.count(usage.proofs.freeCount, "proof")
          + " left, \(usage.proofs.spentCount) made, "
          + "\(usage.proofs.reservedCount) begun and not finished; "
          + BudgetReport.count(usage.certificates.freeCount, "rekey") + " left"
          + (usage.certificates.freeCount == 0 ? ", so that the key can't be rekeyed any more" : "")
      )
    }
    return lines.joined(separator: "\n") + "\n\n" + portTable + "\n\n" + layers.text + "\n\n"
      + SecurityReport(security).text
  }

  /// Which model, if that is proven; whatever is not stands first.
  private var standing: String {
    let digest = hexadecimal(key.identityDigest.bytes)
    guard let flaw else {
      let what =
        key.pinnedRoot == nil
        ? "the key has no model: all that it computes with is public"
        : "the key is proven: all weights lie in their ranges"
      return "model digest \(digest)\nkey digest \(hexadecimal(key.fileDigest.bytes))\n\(what)"
    }
    let reason = flaw == .unproven ? "it has no proof" : "its proof is wrong"
    return """
      the key is NOT PROVEN: \(reason)
      claims to be of the model \(digest), which is not proven
      key digest \(hexadecimal(key.fileDigest.bytes))
      """
  }

  private var portTable: String {
    var table = TextTable([("", .left), ("", .left), ("", .left), ("", .left)])
    for (kind, port) in ports {
      table.append([
        "\(port.isPublic ? "public" : "private") \(kind)", Text.printable(port.name),
        Text.shape(port.shape), "unit \(Quantity.unit(port.fractionalBits))",
      ])
    }
    return table.text
  }
}

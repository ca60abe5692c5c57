import CommandSupport
import ConstraintSystem
import Verifier

/// What a proven key says, for people and for programs.
struct KeyVerdict {
  let known: KnownKey

  private var key: VerifyingKey { known.key }

  var json: JSONValue {
    .object(
      VerdictJSON.about + [
        .init("accepted", .boolean(true)), .init("exit", .integer(0)),
        .init("key_digest", .string(hexadecimal(key.fileDigest.bytes))),
        .init("model_digest", .string(hexadecimal(key.identityDigest.bytes))),
        .init("key_proven", .boolean(key.isProven)),
        .init("layers", known.origin?.json ?? .null),
        .init("zero_knowledge", .boolean(key.isHiding)),
        .init("model", known.visibility.map(JSONValue.string) ?? .null),
        .init("security_bits", .integer(key.securityBudget(of: key.standard).bits)),
        .init("security", SecurityReport(key.securityBudget(of: key.standard)).json),
        .init(
          "zero_knowledge_budget",
          key.zeroKnowledgeBudget(of: key.standard).map(BudgetReport.json) ?? .null),
      ])
  }

  var text: String {
    """
    \(whatIsProven)
    \(known.originText)
    model digest \(hexadecimal(key.identityDigest.bytes))
    key digest \(hexadecimal(key.fileDigest.bytes))
    proven security: \(SecurityReport(key.securityBudget(of: key.standard)).headline)
    """
  }

  private var whatIsProven: String {
    guard let visibility = known.visibility else {
      return
        "the key has no model: all that it computes with is public, and nothing is to be proven"
    }
    let count = 1 + key.roots.count
    let what =
      count == 1
      ? "all weights lie in their declared ranges"
      : "its \(count) commitments hold the same weights, all in their declared ranges"
    return "the key is proven: \(what)\nthe model is \(visibility)"
  }
}

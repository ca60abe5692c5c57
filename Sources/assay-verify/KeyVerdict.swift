import CommandSupport
import ConstraintSystem
import Verifier

/// What a proven key says, for people and for programs.
struct KeyVerdict {
  let key: VerifyingKey

  var json: JSONValue {
    .object([
      "accepted": .boolean(true),
      "model_digest": .string(hexadecimal(key.identityDigest.bytes)),
      "key_proven": .boolean(key.isProven),
      "zero_knowledge": .boolean(key.isHiding),
      "model": .string(key.hidesModel ? "private" : "public"),
      "security_bits": .integer(key.securityBudget(of: key.standard).bits),
      "security": SecurityReport(key.securityBudget(of: key.standard)).json,
      "zero_knowledge_budget":
        key.zeroKnowledgeBudget(of: key.standard).map(BudgetReport.json) ?? .null,
    ])
  }

  var text: String {
    let count = 1 + key.roots.count
    let what =
      count == 1
      ? "all weights lie in their declared ranges"
      : "its \(count) commitments hold the same weights, all in their declared ranges"
    return """
      the key is proven: \(what)
      model digest \(hexadecimal(key.identityDigest.bytes))
      """
  }
}

import Prover

/// Honest keys and proofs under them, made once.
enum HonestFiles {
  struct Artifacts {
    let key: ProvingKey
    /// By name.
    let proofs: [String: [UInt8]]
  }

  nonisolated(unsafe) private static var made: [String: Artifacts] = [:]

  /// By the key's name.
  static func shared() throws -> [String: Artifacts] {
    guard made.isEmpty else { return made }
    let open = try HonestNetwork(isPrivate: false, hasModel: true)
    let plain = try open.key(.none)
    made["plain"] = Artifacts(
      key: plain,
      proofs: ["single": try open.proof(plain), "batch": try open.proof(plain, batch: 3)])
    let secret = try HonestNetwork(isPrivate: true, hasModel: false)
    let hiding = try secret.key(.witness)
    made["hiding"] = Artifacts(
      key: hiding, proofs: ["committed": try secret.proof(hiding, commits: true)])
    let hidden = try HonestNetwork(isPrivate: true, hasModel: true)
    let model = try hidden.key(.model(proofs: 1))
    made["private"] = Artifacts(key: model, proofs: ["single": try hidden.proof(model)])
    return made
  }
}

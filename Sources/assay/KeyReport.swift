import CommandSupport
import Compiler
import Foundation
import Prover
import Verifier

/// Keys that were made or are looked at, for people and for programs.
struct KeyReport {
  let key: VerifyingKey
  let usage: ProvingKey.Usage?
  let provingKeyBytes: Int

  /// - Parameter path: the proving key's file.
  init(_ key: ProvingKey, path: String) throws {
    self.key = key.verifyingKey
    do { usage = try key.usage() } catch { throw CommandError.file(path, error) }
    provingKeyBytes = Self.size(path)
  }

  /// The codewords and the Merkle tree of the commitment in use, which lie in a file beside the key.
  private var commitmentBytes: Int {
    guard let group = key.parameters.committed.first else { return 0 }
    return (8 << group.domainLog) * group.shape.lanes + 32 * (2 << group.domainLog - 1)
  }

  private static func size(_ path: String) -> Int {
    // Of the file, not of a symbolic link to it.
    let file = URL(fileURLWithPath: path).resolvingSymlinksInPath().path
    let attributes = try? FileManager.default.attributesOfItem(atPath: file)
    return (attributes?[.size] as? NSNumber)?.intValue ?? 0
  }

  private var budget: ZeroKnowledgeBudget? { key.zeroKnowledgeBudget(of: key.standard) }

  func json(_ clock: StageClock) -> JSONValue {
    .object([
      "model_digest": .string(hexadecimal(key.identityDigest.bytes)),
      "security_bits": .integer(key.securityBudget(of: key.standard).bits),
      "zero_knowledge": .boolean(key.isHiding),
      "key_proven": .boolean(key.isProven),
      "proofs_left": usage.map { .integer($0.proofs.freeCount) } ?? .null,
      "rekeys_left": usage.map { .integer($0.certificates.freeCount) } ?? .null,
      "zero_knowledge_budget": budget.map(BudgetReport.json) ?? .null,
      "proving_key_bytes": .integer(provingKeyBytes),
      "commitment_bytes": .integer(commitmentBytes),
      "verifying_key_bytes": .integer(key.file.count),
      "timings": clock.json, "peak_rss_bytes": .integer(Console.peakResidentBytes),
    ])
  }

  func text(_ clock: StageClock) -> String {
    """
    model digest \(hexadecimal(key.identityDigest.bytes))
    \(hidingText)
    \(key.isProven ? "the key is proven: all weights lie in their ranges" : "the key is not proven")
    proving key \(Quantity.bytes(provingKeyBytes)), a commitment \
    \(Quantity.bytes(commitmentBytes)), verifying key \(Quantity.bytes(key.file.count)), \(clock.text)
    """
  }

  private static let end =
    "\nthis key can't be rekeyed: when its proofs are made, only setup makes a key for more, and that "
    + "of another model digest"

  private var hidingText: String {
    if let usage, let budget {
      return BudgetReport.text(budget) + "\n"
        + "\(BudgetReport.count(usage.proofs.freeCount, "proof")) and "
        + "\(BudgetReport.count(usage.certificates.freeCount, "rekey")) left"
        + (usage.certificates.freeCount == 0 ? Self.end : "")
    }
    return key.isHiding
      ? "the model is public; proofs hide private tensors, any number of them"
      : "proofs under this key hide nothing (--no-zk)"
  }
}

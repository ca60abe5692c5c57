import CommandSupport
import Verifier

/// What became of all proofs that were given with one key.
struct VerdictList {
  let key: VerifyingKey
  let outcomes: [ProofCheck.Outcome]

  /// A single proof's verdict is the object itself; several are its `proofs`.
  var json: JSONValue {
    let keyDigest = JSONValue.Member("key_digest", .string(hexadecimal(key.fileDigest.bytes)))
    guard outcomes.count > 1 else {
      return .object(VerdictJSON.about + [keyDigest] + outcomes.flatMap { members($0) })
    }
    return .object(
      VerdictJSON.about + [
        .init("accepted", .boolean(failure == nil)),
        .init("exit", .integer(Int(failure?.status ?? 0))), keyDigest,
        .init("proofs", .array(outcomes.map { .object(members($0)) })),
      ])
  }

  private func members(_ outcome: ProofCheck.Outcome) -> [JSONValue.Member] {
    let file: [JSONValue.Member] = [
      .init("proof", .string(outcome.path)),
      .init(
        "proof_digest", outcome.digest.map { .string(hexadecimal($0.bytes)) } ?? .null),
    ]
    switch outcome.result {
    case .accepted(let verdict): return file + verdict.members
    case .rejected(let rejection): return file + rejection.members
    case .unread(let error):
      return file + [
        .init("accepted", .boolean(false)), .init("exit", .integer(Int(error.status))),
        .init("error", .string(error.description)),
      ]
    }
  }

  /// Nil for a single proof that is not accepted: standard error says why.
  var text: String? {
    guard outcomes.count > 1 else { return outcomes.first?.verdict?.text }
    return outcomes.map { outcome in
      let path = Text.printable(outcome.path)
      switch outcome.result {
      case .accepted(let verdict): return "\(path): \(verdict.text)"
      case .rejected(let rejection): return "\(path): REJECTED: \(rejection.reason)"
      case .unread(let error): return "NOT CHECKED: \(error)"
      }
    }.joined(separator: "\n\n")
  }

  /// What the process ends with; nil if all proofs are accepted. A rejection counts for more than a file
  /// that can't be read.
  var failure: CommandError? {
    let errors: [CommandError] = outcomes.compactMap { outcome in
      switch outcome.result {
      case .accepted: nil
      case .rejected(let rejection): .rejected(rejection.reason)
      case .unread(let error): error
      }
    }
    guard let worst = errors.min(by: { $0.status < $1.status }) else { return nil }
    guard outcomes.count > 1 else { return worst }
    let text = "\(errors.count) of \(outcomes.count) proofs are not accepted"
    return worst.status == 1 ? .rejected(text) : .input(text)
  }
}

import CircuitCheck
import CircuitLanguage
import CommandSupport

/// What `assay circuit test` says about a circuit.
struct CircuitTestReport {
  let signature: CircuitSignature
  let verdict: CircuitVerdict
  let library: CircuitLibrary
  /// The length of a proof that was accepted.
  var proofBytes: Int?

  var text: String {
    let report = verdict.report
    var lines = ["\(signature.name) (\(Text.line("\(signature.file):\(signature.line)")))"]
    var table = TextTable([
      ("  sizes; parameters", .left), ("values", .left), ("inputs", .right), ("attacks", .right),
      ("only outputs", .right),
    ])
    for trial in verdict.trials {
      table.append([
        "  " + trial.name, trial.bits.map { "\($0) bits" } ?? "all", String(trial.inputs),
        String(trial.report.attempts), "\(trial.report.provenUnique) of \(trial.inputs)",
      ])
    }
    if !verdict.trials.isEmpty { lines.append(table.text) }
    lines += CaughtChanges(report: report, library: library).lines
    for hint in report.undetected where hint.meaning == .hint {
      lines.append("  note: hints may be chosen, with the same outputs: \(Text.line("\(hint)"))")
      break
    }
    lines += verdict.faults.map { "  REJECTED: " + Text.line($0.words(library)) }
    if verdict.isAccepted { lines.append("  accepted: no wrong output was found" + proof) }
    return lines.joined(separator: "\n")
  }

  private var proof: String {
    proofBytes.map { "; a proof of \(Quantity.bytes($0)) was made and verified" } ?? ""
  }

  var json: JSONValue {
    let report = verdict.report
    return .object([
      "name": .string(signature.name), "accepted": .boolean(verdict.isAccepted),
      "faults": .array(verdict.faults.map { $0.json(library) }),
      "trials": .array(verdict.trials.map(\.json)),
      "attacks": .integer(report.attempts), "proven_unique": .integer(report.provenUnique),
      "unfinished_searches": .integer(report.unfinished),
      "free_hints": .array(
        report.undetected.filter { $0.meaning == .hint }.map { .string("\($0)") }),
      "caught": CaughtChanges(report: report, library: library).json,
      "proof_bytes": proofBytes.map(JSONValue.integer) ?? .null,
    ])
  }
}

/// For each tensor the statements that refused changes of it alone.
struct CaughtChanges {
  let report: WrongHintReport
  let library: CircuitLibrary

  var lines: [String] {
    report.caught.sorted { $0.key < $1.key }.flatMap { tensor, statements in
      ["  a change of \(Text.line(tensor)) alone is refused by"]
        + statements.sorted { ($1.value, $0.key) < ($0.value, $1.key) }.map { statement, count in
          let source = library.source(ofStatement: statement)
          let place = source.map { "\($0.place)  \($0.text)" } ?? statement
          return "    \(Text.line(place))  (\(count))"
        }
    }
  }

  var json: JSONValue {
    .object(
      report.caught.sorted { $0.key < $1.key }.map { tensor, statements in
        .init(
          tensor,
          .object(
            statements.sorted { $0.key < $1.key }.map { .init($0.key, .integer($0.value)) }))
      })
  }
}

extension CircuitVerdict.Trial {
  /// Its sizes, and that its accumulators are products.
  fileprivate var name: String {
    let sizes = sizes.description
    return (sizes.isEmpty ? "none" : sizes) + (form == .product ? ", of products" : "")
  }

  fileprivate var json: JSONValue {
    .object([
      "sizes": .string(sizes.description), "of_products": .boolean(form == .product),
      "bits": bits.map(JSONValue.integer) ?? .null, "inputs": .integer(inputs),
      "refused_inputs": .integer(refusedInputs), "attacks": .integer(report.attempts),
      "proven_unique": .integer(report.provenUnique),
    ])
  }
}

extension CircuitVerdict.Fault {
  /// What is wrong, and what helps.
  func words(_ library: CircuitLibrary) -> String {
    switch self {
    case .refusedSystem(let sizes, let error):
      return "with \(sizes) \(error.message)"
    case .refusesItself(let sizes, let statement):
      let source = library.source(ofStatement: statement)
      let place = source.map { "\($0.place) \($0.text)" } ?? statement
      return "with \(sizes) the statements refuse what the hints compute: \(place)"
    case .wrongHint(let sizes, let bits, let hint):
      let narrow = bits.map { ", with values of \($0) bits" } ?? ""
      let subject =
        hint.meaning == .input
        ? "an input may lie outside of its range" : "a prover may choose the output"
      return
        "\(subject) (\(sizes)\(narrow)): \(hint); say by an assert or a lookup what it has to be"
    }
  }

  fileprivate func json(_ library: CircuitLibrary) -> JSONValue {
    var members: [JSONValue.Member] = [.init("message", .string(words(library)))]
    guard case .wrongHint(let sizes, let bits, let hint) = self else { return .object(members) }
    members += [
      .init("sizes", .string(sizes.description)),
      .init("bits", bits.map(JSONValue.integer) ?? .null),
      .init("attack", .string(hint.attack)),
      .init(
        "values",
        .array(
          hint.values.map {
            .object([
              "tensor": .string($0.tensor), "position": .integers($0.position),
              "honest": .integer($0.honest), "forged": .integer($0.forged),
            ])
          })),
    ]
    return .object(members)
  }
}

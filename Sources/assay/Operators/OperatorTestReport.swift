import CircuitCheck
import CircuitLanguage
import CommandSupport
import Equations
import OperatorCheck

/// What `assay circuit test` says about an operator.
struct OperatorTestReport {
  let description: OperatorDescription
  let verdict: OperatorVerdict
  let library: CircuitLibrary
  /// The length of a proof that was accepted.
  var proofBytes: Int?

  var text: String {
    var lines = ["\(description.name) (\(Text.line("\(description.file):\(description.line)")))"]
    var table = TextTable([
      ("  sizes; attributes", .left), ("inputs", .left), ("error", .right), ("attacks", .right),
      ("only outputs", .right),
    ])
    for trial in verdict.trials { table.append(row(trial)) }
    if !verdict.trials.isEmpty { lines.append(table.text) }
    lines += CaughtChanges(report: verdict.report, library: library).lines
    for trial in verdict.trials {
      guard let refusal = trial.trial.refusal else { continue }
      lines.append(
        "  note: with \(trial.trial.sample) only numbers at random were tried, because with zeros and "
          + "equal ones \(Text.line("\(refusal)"))")
      break
    }
    lines += verdict.faults.map { "  REJECTED: " + Text.line($0.words(library)) }
    if verdict.isAccepted { lines.append("  accepted: " + praise) }
    return lines.joined(separator: "\n")
  }

  private var praise: String {
    "results are within \(Self.percent(verdict.greatestError)) of their range, and no wrong output was "
      + "found"
      + (proofBytes.map { "; a proof of \(Quantity.bytes($0)) was made and verified" } ?? "")
  }

  private func row(_ trial: OperatorVerdict.Trial) -> [String] {
    let sizes = trial.trial.sample.description
    let inputs = trial.verdict.trials.reduce(0) { $0 + $1.inputs }
    let report = trial.verdict.report
    return [
      "  " + (sizes.isEmpty ? "none" : sizes)
        + (trial.trial.sample.hasConstants ? ", constant operands" : ""),
      trial.trial.domain.description, Self.percent(trial.accuracy.errorOfRange),
      String(report.attempts), "\(report.provenUnique) of \(inputs)",
    ]
  }

  static func percent(_ fraction: Double) -> String {
    Quantity.text(100 * fraction, digits: 2) + " %"
  }

  var json: JSONValue {
    let report = verdict.report
    return .object([
      "name": .string(description.name), "accepted": .boolean(verdict.isAccepted),
      "faults": .array(
        verdict.faults.map { .object(["message": .string($0.words(library))]) }),
      "trials": .array(verdict.trials.map(Self.json)),
      "error_of_range": .number(verdict.greatestError),
      "attacks": .integer(report.attempts), "proven_unique": .integer(report.provenUnique),
      "unfinished_searches": .integer(report.unfinished),
      "caught": CaughtChanges(report: report, library: library).json,
      "proof_bytes": proofBytes.map(JSONValue.integer) ?? .null,
    ])
  }

  private static func json(_ trial: OperatorVerdict.Trial) -> JSONValue {
    .object([
      "sizes": .string(trial.trial.sample.description),
      "constant_operands": .boolean(trial.trial.sample.hasConstants),
      "least_input": .number(Double(trial.trial.domain.low)),
      "greatest_input": .number(Double(trial.trial.domain.high)),
      "random_inputs_only": .boolean(trial.trial.refusal != nil),
      "error_of_range": .number(trial.accuracy.errorOfRange),
      "samples": .integer(trial.accuracy.samples),
      "attacks": .integer(trial.verdict.report.attempts),
      "proven_unique": .integer(trial.verdict.report.provenUnique),
    ])
  }
}

extension OperatorVerdict.Fault {
  /// What is wrong.
  func words(_ library: CircuitLibrary) -> String {
    switch self {
    case .inaccurate(let sample, let output):
      return
        "with \(sample) the result \(output.name) is \(Quantity.text(output.value)) where the equations "
        + "say \(Quantity.text(output.reference)), which is "
        + "\(OperatorTestReport.percent(output.errorOfRange)) of its range; --tolerance says how much "
        + "is accepted"
    case .circuit(let sample, let fault):
      return "with \(sample): \(fault.words(library))"
    }
  }
}

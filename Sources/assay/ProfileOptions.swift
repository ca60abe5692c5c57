import ArgumentParser
import CommandSupport
import Prover

/// Options that say what a proof's time goes into.
struct ProfileOptions: ParsableArguments {
  @Flag(
    help: ArgumentHelp(
      "Say what the proof's time goes into, and what each weight, lookup and cell costs."))
  var profileTime = false

  @Option(
    help: ArgumentHelp(
      "Where to write what ran when, as a trace for Chrome (chrome://tracing) or Perfetto.",
      valueName: "file"),
    completion: .file(extensions: ["json"]))
  var trace: String?

  /// What measures the proof; nil unless somebody asks.
  var profile: ProofProfile? { profileTime || trace != nil ? ProofProfile() : nil }

  /// Notes the file that is written.
  func plan(_ plan: inout FilePlan) throws -> PlannedOutput? {
    try trace.map { try plan.writes($0, as: "--trace", .trace) }
  }
}

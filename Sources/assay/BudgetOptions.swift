import ArgumentParser
import CommandSupport

/// How many proofs a key is made for.
struct BudgetOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "How many proofs the commitment to a private model must serve; assay rekey makes room for more."
    ))
  var proofs = 1000

  @Flag(
    name: .customLong("no-zk"),
    help: "Make a key of proofs that hide nothing, to measure what hiding costs.")
  var isPlain = false

  func validate() throws {
    guard proofs >= 1 else { throw ValidationError("--proofs must be at least 1") }
  }

  /// Zero for a key of plain proofs.
  var openings: Int { isPlain ? 0 : proofs }
}

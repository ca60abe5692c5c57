import ArgumentParser
import CommandSupport
import Compiler
import Prover

/// Private outputs that a proof makes a commitment to.
struct CommittedOutputs: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "Where to write a commitment to a private output.", valueName: "name=file"))
  var commitOutput: [String] = []

  @Option(
    help: ArgumentHelp(
      "Where to write the opening of that commitment.", valueName: "name=file"))
  var outputOpening: [String] = []

  @Option(help: "How many proofs these openings must serve, this one included.")
  var outputProofs = DataBudget.proofs

  func validate() throws {
    guard commitOutput.count == outputOpening.count else {
      throw ValidationError("--commit-output and --output-opening go together")
    }
    guard outputProofs >= 1 else { throw ValidationError("--output-proofs must be at least 1") }
  }

  /// What is to be committed to, and where it is written.
  struct Plan {
    var outputs: [(tensor: Int, places: DataFiles.Places)] = []
    var proofs: Int

    var sources: [Int: DataSource] {
      Dictionary(uniqueKeysWithValues: outputs.map { ($0.tensor, .new(openings: proofs)) })
    }

    /// Writes the commitments that a proof made, whose openings have served that one proof.
    func write(_ made: ProofResult) throws {
      for (tensor, places) in outputs {
        guard let opening = made.openings[tensor] else { continue }
        try places.write(opening, spent: 1)
      }
    }
  }

  /// - Throws: `CommandError.input` for a name that is no private output, and for files that can't be
  ///   written, or may not be replaced.
  func plan(
    _ interface: ModelInterface, _ opened: OpenedTensors, _ files: inout FilePlan
  ) throws -> Plan {
    var openings: [Int: PlannedOutput] = [:]
    for argument in outputOpening {
      let (port, path) = try NamedFile.split(
        argument, of: "--output-opening", among: interface.outputs)
      openings[port.tensor] = try files.writes(path, as: "--output-opening", .opening)
    }
    var plan = Plan(proofs: outputProofs)
    for argument in commitOutput {
      let (port, path) = try NamedFile.split(
        argument, of: "--commit-output", among: interface.outputs)
      guard let opening = openings.removeValue(forKey: port.tensor) else {
        throw CommandError.input("--commit-output \(argument): add --output-opening \(port.name)=…")
      }
      guard opened.sources[port.tensor] == nil else {
        throw CommandError.input("--opening and --commit-output both name \"\(port.name)\"")
      }
      let commitment = try files.writes(path, as: "--commit-output", .commitment)
      plan.outputs.append(
        (
          port.tensor,
          DataFiles.Places(commitment: commitment, opening: opening, force: files.force)
        ))
    }
    return plan
  }
}

import ArgumentParser
import CommandSupport
import Compiler
import Foundation
import Prover

/// Private outputs that a proof makes a commitment to.
struct CommittedOutputs: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "Where to write a commitment to a private output.", valueName: "name=file"))
  var commitOutput: [String] = []

  @Option(
    help: ArgumentHelp(
      "Where to write the opening of that commitment; no file is replaced.",
      valueName: "name=file"))
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
    var outputs: [(tensor: Int, commitment: String, opening: String)] = []
    var proofs: Int

    var sources: [Int: DataSource] {
      Dictionary(uniqueKeysWithValues: outputs.map { ($0.tensor, .new(openings: proofs)) })
    }

    /// Writes the commitments that a proof made, whose openings have served that one proof.
    func write(_ made: ProofResult) throws {
      for (tensor, commitment, path) in outputs {
        guard let opening = made.openings[tensor] else { continue }
        try DataFiles.write(opening, commitment: commitment, opening: path, spent: 1)
      }
    }
  }

  /// - Throws: `CommandError.input` for a name that is no private output, and for an opening's file
  ///   that exists.
  func plan(_ interface: ModelInterface, _ opened: OpenedTensors) throws -> Plan {
    var openings: [Int: String] = [:]
    for argument in outputOpening {
      let (port, path) = try NamedFile.split(
        argument, of: "--output-opening", among: interface.outputs)
      guard !FileManager.default.fileExists(atPath: path) else {
        throw CommandError.input("\(path): exists, and no opening is replaced; choose another name")
      }
      try requireFolder(of: path)
      openings[port.tensor] = path
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
      try requireFolder(of: path)
      plan.outputs.append((port.tensor, path, opening))
    }
    return plan
  }

  /// A proof is counted, so the files must be sure before it.
  private func requireFolder(of path: String) throws {
    let folder = URL(fileURLWithPath: path).standardizedFileURL.deletingLastPathComponent().path
    guard FileManager.default.isWritableFile(atPath: folder) else {
      throw CommandError.input("\(path): can't be written")
    }
  }
}

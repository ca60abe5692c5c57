import ArgumentParser
import CircuitCheck
import CircuitLanguage
import CommandSupport
import Compiler
import OperatorCheck

struct CircuitExpandCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "expand",
    abstract: "Shows a circuit or an operator of given sizes as the statements that are proven.",
    discussion: """
      Names of sizes and parameters are replaced by their values, circuits that are called by what they \
      say, definitions by what they stand for: what is left are the tensors, the tables, the equalities \
      and lookups that a proof is about, and the steps that compute the tensors.

      Of an operator all that lies between its text and these statements is shown before: its \
      equations, their forms, the scales for made-up inputs, and which of Assay's integer circuits the \
      forms become.

        assay circuit expand round.circuit --sizes ...=10 --parameters shift=4,width=16
        assay circuit expand gated.circuit --sizes ...=10
      """)

  @Argument(
    help: "A circuit file; - for standard input.", completion: .file(extensions: ["circuit"]))
  var file: String

  @OptionGroup var options: CircuitInstanceOptions

  func run() throws {
    let instances = try options.instances(of: file)
    let circuits = instances.circuits.map {
      // The last line of a description ends already.
      "# Circuit \($0.name)\n\n" + describe($0.circuit.readable).dropLast()
    }
    let operators = try instances.operators.map { try OperatorExpansion($0).text }
    try Console.write((circuits + operators).joined(separator: "\n\n"))
  }
}

/// All that lies between an operator's text and what is proven of it.
struct OperatorExpansion {
  let trial: OperatorTrial

  init(_ trial: OperatorTrial) { self.trial = trial }

  var text: String {
    get throws(CommandError) {
      let sizes = trial.sample.description
      var parts = [
        "# Operator \(trial.name)" + (sizes.isEmpty ? "" : " (\(sizes))")
          + ", for inputs in \(trial.domain)"
      ]
      for (title, stage) in [
        ("Equations", CompileDump.Stage.equations), ("Forms", .forms), ("Scales", .scales),
      ] {
        parts.append("# \(title)\n" + (try lines(stage)))
      }
      parts.append("# Steps\n" + (try steps))
      return parts.joined(separator: "\n\n") + "\n\n"
        + describe(trial.circuit.readable).dropLast()
    }
  }

  private func lines(_ stage: CompileDump.Stage) throws(CommandError) -> String {
    do throws(CompileError) {
      guard case .lines(let lines) = try trial.dump(stage) else { return "" }
      return lines.map { Text.line($0, limit: .max) }.joined(separator: "\n")
    } catch {
      throw CommandError(error)
    }
  }

  /// The instances and definitions that the forms become.
  private var steps: String {
    get throws(CommandError) {
      let model = trial.compilation.model
      do throws(DerivationError) {
        let audit = try DerivationAudit(model.derivation, of: model.circuit.system)
        return audit.layers.flatMap { audit.steps(of: $0) }
          .map { Text.line($0, limit: .max) }.joined(separator: "\n")
      } catch {
        throw .input("\(trial.name): \(error.description)")
      }
    }
  }
}

import ArgumentParser
import CommandSupport

@main
enum Main {
  static func main() { CommandRunner.main(Assay.self) }
}

struct Assay: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "assay",
    abstract: "Proves that a neural network computed its output.",
    discussion: """
      compile, setup and prove make a proof step by step; run does all of it at once. Proofs are \
      checked by assay-verify. Proofs are succinct but not yet hiding: treat what they contain as \
      seen by whoever holds them.

      Exit status: 0 done, 1 proof rejected, 2 bad usage or input, 3 unsupported model.
      """,
    version: "0.1.0",
    subcommands: [
      CompileCommand.self, SetupCommand.self, ProveCommand.self, RunCommand.self,
      InspectCommand.self,
    ])
}

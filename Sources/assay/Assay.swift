import ArgumentParser
import CommandSupport
import Compiler
import Prover
import Verifier

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
      checked by assay-verify. A proof shows the tensors that compile made public and which model \
      it is, and nothing else: by default inputs and model are private and outputs are public.

      Exit status: 0 done, 1 proof rejected, 2 bad usage or input, 3 unsupported model, 4 the key \
      or opening has no proofs left.
      """,
    version: """
      \(Build.version)
      files: compiled model \(CompiledModel.version), proving key \(ProvingKey.version), verifying \
      key \(VerifyingKey.version), proof \(Proof.version), commitment \(DataCommitment.version)
      """,
    subcommands: [
      CompileCommand.self, SetupCommand.self, ProveCommand.self, RekeyCommand.self,
      ExportKeyCommand.self, CommitCommand.self, DigestCommand.self, RunCommand.self,
      InspectCommand.self, CircuitCommand.self, OperatorsCommand.self,
    ])
}

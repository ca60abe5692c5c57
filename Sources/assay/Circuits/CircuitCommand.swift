import ArgumentParser

/// What is done with circuit files, without a network.
struct CircuitCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "circuit",
    abstract: "Checks, tests, measures and formats circuit files, which layers are made of.",
    discussion: """
      An operator says in equations between real numbers what a layer computes, a circuit what must \
      hold between integers. Write one in a file that ends in .circuit, then

        assay circuit check FILE     finds what is wrong for all sizes
        assay circuit test FILE      tries it, and attacks its hints
        assay circuit cost FILE      counts what a proof pays for it
        assay circuit expand FILE    shows its statements, written out
        assay circuit format FILE    brings the text into its canonical layout

      assay compile --circuits DIR takes the operators and circuits of a folder. Circuits/README.md \
      of Assay's sources teaches the language.
      """,
    subcommands: [
      CircuitCheckCommand.self, CircuitTestCommand.self, CircuitCostCommand.self,
      CircuitExpandCommand.self, CircuitFormatCommand.self,
    ])
}

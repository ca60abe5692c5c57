import ArgumentParser
import CommandSupport
import Compiler
import Prover
import TensorGraph
import Verifier
import Witness

struct CommitCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "commit",
    abstract: "Commits to an input or output of networks, so that proofs can speak of it.",
    discussion: """
      The commitment is for everybody and shows nothing of the data. The opening is as secret as the \
      data: with it, prove shows that a private tensor is what was committed to. Keep one copy of \
      it, because it counts the proofs that it has served.

      The data become integers, as the tensor of a network has them, named by --verifying-key and \
      --tensor, or with the given number of fractional bits, to be a tensor that is compiled with \
      --input-bits. Several samples along a leading axis are for one proof of as many inferences.
      """)

  @Option(
    help: "The data (.npy, .pb or .json); - for standard input.", completion: .file())
  var input: String

  @Option(
    help: "Where to write the commitment; - for standard output.", completion: .file())
  var commitment: String

  @Option(help: "Where to write the opening.", completion: .file())
  var opening: String

  @Option(help: "The key of a model that has such a tensor.", completion: .file())
  var verifyingKey: String?

  @Option(help: "The private input or output of that model.")
  var tensor: String?

  @Option(help: "An integer v stands for v·2^−bits, if no tensor is named.")
  var fractionalBits: Int?

  @Option(help: "How many proofs the opening must serve; more of them make longer proofs.")
  var proofs = DataBudget.proofs

  @Flag(help: "Print the report as JSON.")
  var json = false

  @OptionGroup var replacement: ReplacementOptions
  @OptionGroup var machine: MachineOptions

  func validate() throws {
    guard (verifyingKey == nil) == (tensor == nil) else {
      throw ValidationError("--verifying-key and --tensor go together")
    }
    guard (tensor == nil) != (fractionalBits == nil) else {
      throw ValidationError("give --verifying-key and --tensor, or --fractional-bits")
    }
    guard proofs >= 1 else { throw ValidationError("--proofs must be at least 1") }
  }

  func run() throws {
    machine.apply()
    var plan = FilePlan(replacement)
    try plan.reads(input, as: "--input")
    if let verifyingKey { try plan.reads(verifyingKey, as: "--verifying-key") }
    let places = DataFiles.Places(
      commitment: try plan.writes(commitment, as: "--commitment", .commitment),
      opening: try plan.writes(opening, as: "--opening", .opening), force: replacement.force)
    let (values, bits) = try integers()
    let made = try DataFiles.make(values, openings: proofs, fractionalBits: bits)
    try places.write(made, spent: 0)
    let root = hexadecimal(made.commitment.root.bytes)
    guard json else {
      try plan.report("commitment \(root)")
      try plan.report(
        "to \(values.count) integers of \(Quantity.unit(bits)), for \(proofs) proofs")
      return
    }
    try plan.report(
      JSONValue.object([
        "root": .string(root), "integers": .integer(values.count),
        "fractional_bits": .integer(bits), "proofs": .integer(proofs),
      ]).text)
  }

  private func integers() throws -> (values: IntegerBuffer, fractionalBits: Int) {
    guard let verifyingKey, let tensor else { return try free(bits: fractionalBits ?? 0) }
    let interface = ModelInterface(try Artifacts.readVerifyingKey(verifyingKey).system)
    let ports = interface.inputs + interface.outputs
    guard let port = ports.first(where: { NamedArgument.areEqual($0.name, tensor) }) else {
      throw CommandError.input(
        "\(verifyingKey): the model has no tensor \"\(tensor)\"; it has \(ports.map(\.name))")
    }
    guard !port.isPublic else {
      throw CommandError.input(
        "\(verifyingKey): \"\(tensor)\" is public, so proofs show it: compile the model with "
          + "--visibility \(tensor)=private")
    }
    let slot = InputSlot(
      name: tensor, shape: port.shape, mayBeIntegers: port.fractionalBits == 0)
    let samples = try InputArguments.samples([input], [slot]).compactMap { $0[tensor] }
    let all =
      samples.allSatisfy { $0.integers != nil }
      ? Tensor.Elements.integer(samples.flatMap { $0.integers ?? [] })
      : .real(samples.flatMap(\.reals))
    let integers = try attempt { () throws(CompileError) in
      try FixedPoint.quantise(
        all, fractionalBits: port.fractionalBits, range: port.range, tensor: tensor)
    }
    return (IntegerBuffer(narrowing: integers), port.fractionalBits)
  }

  private func free(bits: Int) throws -> (values: IntegerBuffer, fractionalBits: Int) {
    let reals = try InputFile.read(input).only().values.map { Float($0) }
    let range = Int(Int16.min)...Int(Int16.max)
    let integers = try attempt { () throws(CompileError) in
      try FixedPoint.quantise(reals, fractionalBits: bits, range: range, tensor: input)
    }
    return (IntegerBuffer(narrowing: integers), bits)
  }

  private func attempt(_ body: () throws(CompileError) -> [Int]) throws -> [Int] {
    do throws(CompileError) {
      return try body()
    } catch {
      throw CommandError(error)
    }
  }
}

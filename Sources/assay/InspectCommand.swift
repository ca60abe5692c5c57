import ArgumentParser
import CircuitLanguage
import CommandSupport
import Compiler
import Prover
import Verifier

struct InspectCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "inspect", abstract: "Shows what a compiled model, key or proof holds.")

  @Argument(help: "A compiled model, proving key, verifying key or proof.", completion: .file())
  var file: String

  @Flag(help: "Print JSON.")
  var json = false

  @Flag(help: "Leave out the circuit's text.")
  var brief = false

  func run() throws {
    let prefix = try ArtifactFile.prefix(file, count: 16)
    if CompiledModel.claims(prefix) {
      try inspectModel()
    } else if prefix.starts(with: VerifyingKey.magic) {
      inspect(try Artifacts.readVerifyingKey(file))
    } else if prefix.starts(with: Proof.magic) {
      try inspectProof()
    } else if prefix.starts(with: ProvingKey.magic) {
      inspect(try Artifacts.readKey(file).verifyingKey)
    } else {
      throw CommandError.input("\(file): is none of Assay's files")
    }
  }

  private func inspectModel() throws {
    let model = try Artifacts.readModel(file)
    if json {
      print(ModelReport(model).json(StageClock(isShown: false)).text)
    } else {
      if !brief { print(describe(model.circuit)) }
      print(ModelReport(model).text)
    }
  }

  private func inspect(_ key: VerifyingKey) {
    let interface = ModelInterface(key.system)
    let ports = interface.inputs.map { ("input", $0) } + interface.outputs.map { ("output", $0) }
    let terms = key.security.entries.map { ($0.name, Double($0.hundredths) / 100, $0.work) }
    guard !json else {
      print(
        JSONValue.object([
          "model_digest": .string(hexadecimal(key.identityDigest.bytes)),
          "security_bits": .integer(key.security.bits),
          "zero_knowledge": .boolean(key.isHiding),
          "public": .array(ports.filter { $1.isPublic }.map { portJSON($0, $1) }),
          "private": .array(ports.filter { !$1.isPublic }.map { portJSON($0, $1) }),
          "error_terms": .array(
            terms.map {
              .object(["name": .string($0), "bits": .number($1), "work": .integer($2)])
            }),
        ]).text)
      return
    }
    print("model digest \(hexadecimal(key.identityDigest.bytes))")
    let hiding = key.isHiding ? "hiding" : "succinct and not hiding"
    print("proven security \(key.security.bits) bits; proofs are \(hiding)\n")
    var table = TextTable([("", .left), ("", .left), ("", .left), ("", .left)])
    for (kind, port) in ports {
      table.append([
        "\(port.isPublic ? "public" : "private") \(kind)", port.name,
        port.shape.map(String.init).joined(separator: "×"),
        "unit 2^\(-port.fractionalBits)",
      ])
    }
    print(table.text + "\n")
    var errors = TextTable([("error term", .left), ("bits", .right), ("of them work", .right)])
    for (name, bits, work) in terms { errors.append([name, "\(bits)", "\(work)"]) }
    print(errors.text)
  }

  private func portJSON(_ kind: String, _ port: ModelInterface.Port) -> JSONValue {
    .object([
      "name": .string(port.name), "role": .string(kind), "shape": .integers(port.shape),
      "fractional_bits": .integer(port.fractionalBits),
    ])
  }

  /// A proof's header; what else it says takes its key to read.
  private func inspectProof() throws {
    let bytes = try ArtifactFile.read(file, limit: Proof.maximalLength)
    let digestStart = Proof.magic.count + 4
    guard bytes.count > digestStart + 32 else {
      throw CommandError.input("\(file): the proof is truncated")
    }
    let version = bytes[Proof.magic.count..<digestStart].reversed().reduce(0) { $0 << 8 | Int($1) }
    let digest = hexadecimal(Array(bytes[digestStart..<digestStart + 32]))
    if json {
      print(
        JSONValue.object([
          "version": .integer(version), "model_digest": .string(digest),
          "proof_bytes": .integer(bytes.count),
          "zero_knowledge": .boolean(bytes[digestStart + 32] == 1),
        ]).text)
    } else {
      print("proof of version \(version), \(Quantity.bytes(bytes.count))\nmodel digest \(digest)")
    }
  }
}

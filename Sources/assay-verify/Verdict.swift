import CommandSupport
import ConstraintSystem
import TensorFiles
import Verifier

/// What is known of the key that a proof was checked with.
enum KeyStanding {
  /// Its certificate has been checked.
  case proven
  /// It has none.
  case unproven
  /// `--skip-key-proof`.
  case notChecked

  var json: JSONValue {
    switch self {
    case .proven: .boolean(true)
    case .unproven: .boolean(false)
    case .notChecked: .null
    }
  }

  var text: String {
    switch self {
    case .proven: "the key is proven: all weights lie in their ranges"
    case .unproven: "the key is NOT PROVEN: that weights lie in their ranges rests on its publisher"
    case .notChecked: "the key's own proof was not checked"
    }
  }
}

/// What an accepted proof says, for people and for programs.
struct Verdict {
  let verified: VerifiedInference
  let key: VerifyingKey
  let standing: KeyStanding
  /// Commitments that were asked for and are the proof's.
  let demanded: [DemandedCommitment]
  /// Whether values are part of it, rather than written to files.
  let listsValues: Bool

  var json: JSONValue {
    .object([
      "accepted": .boolean(true),
      "model_digest": .string(hexadecimal(verified.modelDigest.bytes)),
      "security_bits": .integer(verified.securityBits),
      "zero_knowledge": .boolean(verified.zeroKnowledge),
      "key_proven": standing.json,
      "batch": .integer(verified.batch),
      "public": .object(verified.tensors.map { .init($0.name, publicJSON($0)) }),
      "private": .object(privateTensors.map { .init($0.name, privateJSON($0)) }),
      "commitments": .object(verified.commitments.map { .init($0.name, json($0)) }),
      "security": SecurityReport(verified.security).json,
      "zero_knowledge_budget": verified.zeroKnowledgeBudget.map(BudgetReport.json) ?? .null,
    ])
  }

  var text: String {
    var table = TextTable([
      ("", .left), ("name", .left), ("shape", .left), ("unit", .left), ("values", .left),
    ])
    for tensor in verified.tensors {
      table.append([
        "public " + tensor.role, Text.printable(tensor.name), Text.shape(tensor.shape),
        "2^(-\(tensor.fractionalBits))", Text.values(tensor.reals),
      ])
    }
    for tensor in privateTensors {
      table.append([
        "private " + (tensor.role.isInput ? "input" : "output"), Text.printable(tensor.name),
        Text.shape(shape(of: tensor)), "2^(-\(tensor.fractionalBits))", note(of: tensor.name),
      ])
    }
    let count = verified.batch == 1 ? "" : "\(verified.batch) inferences in one proof\n"
    return """
      accepted
      model digest \(hexadecimal(verified.modelDigest.bytes))
      proven security \(verified.securityBits) bits, \(hiding)
      \(standing.text)
      \(count)
      \(table.text)
      """
  }

  private var hiding: String {
    verified.zeroKnowledge
      ? "zero-knowledge" : "NOT HIDING: the proof shows something of all tensors"
  }

  private var privateTensors: [TensorDeclaration] {
    key.system.tensors.filter { ($0.role.isInput || $0.role.isOutput) && !$0.role.isPublic }
  }

  /// In this proof: with a leading axis for several inferences.
  private func shape(of tensor: TensorDeclaration) -> [Int] {
    verified.batch == 1 ? tensor.shape : [verified.batch] + tensor.shape
  }

  private func note(of name: String) -> String {
    if let demanded = demanded.first(where: { $0.tensor.name == name }) {
      return "not shown; those of \(demanded.path)"
    }
    let isCommitted = verified.commitments.contains { $0.name == name }
    return isCommitted ? "not shown; those of a commitment that was not asked for" : "not shown"
  }

  private func json(_ tensor: VerifiedInference.CommittedTensor) -> JSONValue {
    .object([
      "root": .string(hexadecimal(tensor.commitment.root.bytes)),
      "proofs": .integer(tensor.commitment.shape.openings),
      "checked": .boolean(demanded.contains { $0.tensor.name == tensor.name }),
    ])
  }

  private func publicJSON(_ tensor: VerifiedInference.PublicTensor) -> JSONValue {
    var members: [JSONValue.Member] = [
      .init("role", .string(tensor.role)),
      .init("shape", .integers(tensor.shape)),
      .init("fractional_bits", .integer(tensor.fractionalBits)),
    ]
    if listsValues {
      members.append(.init("integers", .integers(tensor.values)))
      members.append(.init("values", .numbers(tensor.reals)))
    }
    return .object(members)
  }

  private func privateJSON(_ tensor: TensorDeclaration) -> JSONValue {
    .object([
      "role": .string(tensor.role.isInput ? "input" : "output"),
      "shape": .integers(shape(of: tensor)),
      "fractional_bits": .integer(tensor.fractionalBits),
    ])
  }
}

extension VerifiedInference.PublicTensor {
  var role: String { isInput ? "input" : "output" }

  /// The real numbers that the integers stand for.
  var reals: [Double] {
    // A key may say anything; beyond this every double is zero or infinite.
    let exponent = -min(max(fractionalBits, -4000), 4000)
    return values.map { Double(sign: .plus, exponent: exponent, significand: Double($0)) }
  }
}

/// Public tensors as files: `name.npy` real, `name.integers.npy` integers.
enum PublicFiles {
  static func write(_ verified: VerifiedInference, to directory: String) throws {
    try ArtifactFile.makeDirectory(directory)
    var names = FileNames()
    for tensor in verified.tensors {
      let path = "\(directory)/\(names.unique(tensor.name))"
      do throws(TensorFileError) {
        let reals = try TensorValue(shape: tensor.shape, values: tensor.reals)
        try TensorFile.writeNumpy(reals, as: .float64, path: path + ".npy")
        let integers = try TensorValue(
          shape: tensor.shape, values: tensor.values.map(Double.init))
        try TensorFile.writeNumpy(integers, as: .int64, path: path + ".integers.npy")
      } catch {
        throw CommandError.input("\(error)")
      }
    }
  }
}

import CommandSupport
import ConstraintSystem
import Hashing
import Verifier

/// What programs are told.
enum VerdictJSON {
  /// What each object begins with: who says it, and which files are read.
  static let about: [JSONValue.Member] = [
    .init("program", .string("assay-verify")), .init("version", .string(Build.version)),
    .init("format_version", .integer(Int(Proof.version))),
  ]
}

extension Verdict {
  var members: [JSONValue.Member] {
    [
      .init("accepted", .boolean(true)), .init("exit", .integer(0)),
      .init("model_digest", digest(verified.modelDigest)),
      .init("model", key.visibility.map(JSONValue.string) ?? .null),
      .init("key_proven", key.isProven),
      .init("key_proof", .string(key.standing.rawValue)),
      .init("layers", key.origin?.json ?? .null),
      .init("security_bits", .integer(verified.securityBits)),
      .init("zero_knowledge", .boolean(verified.zeroKnowledge)),
      .init("batch", .integer(verified.batch)),
      .init("context", contextJSON),
      .init("public", .object(verified.tensors.map { .init($0.name, publicJSON($0)) })),
      .init("private", .object(privateTensors.map { .init($0.tensor.name, privateJSON($0)) })),
      .init("commitments", .object(verified.commitments.map { .init($0.name, json($0)) })),
      .init("security", SecurityReport(verified.security).json),
      .init(
        "zero_knowledge_budget", verified.zeroKnowledgeBudget.map(BudgetReport.json) ?? .null),
    ]
  }

  private var contextJSON: JSONValue {
    guard verified.context != nil else { return .null }
    return .object(["digest": digest(verified.context), "checked": .boolean(context != nil)])
  }

  private func digest(_ digest: Digest?) -> JSONValue {
    digest.map { .string(hexadecimal($0.bytes)) } ?? .null
  }

  private func json(_ tensor: VerifiedInference.CommittedTensor) -> JSONValue {
    .object([
      "tensor": .integer(tensor.tensor),
      "root": digest(tensor.commitment.root),
      "proofs": .integer(tensor.commitment.shape.openings),
      "checked": .boolean(demanded.contains { $0.tensor == tensor.tensor }),
    ])
  }

  private func publicJSON(_ tensor: VerifiedInference.PublicTensor) -> JSONValue {
    var members: [JSONValue.Member] = [
      .init("tensor", .integer(tensor.tensor)),
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

  private func privateJSON(_ port: Port) -> JSONValue {
    .object([
      "tensor": .integer(port.number),
      "role": .string(port.tensor.role.isInput ? "input" : "output"),
      "shape": .integers(shape(of: port.tensor)),
      "fractional_bits": .integer(port.tensor.fractionalBits),
    ])
  }
}

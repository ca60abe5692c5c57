import CommandSupport
import ConstraintSystem
import TensorFiles
import Transcript
import Verifier

/// What an accepted proof says, for people and for programs.
struct Verdict {
  let verified: VerifiedInference
  let key: VerifyingKey
  /// Whether values are part of it, rather than written to files.
  let listsValues: Bool

  static func rejection(_ rejection: Rejection) -> JSONValue {
    .object(["accepted": .boolean(false), "reason": .string(rejection.reason)])
  }

  /// The error terms of this very proof.
  private var security: SecurityReport {
    let mode = verified.zeroKnowledge ? key.standard : key.plain
    return SecurityReport(mode.security)
  }

  var json: JSONValue {
    .object([
      "accepted": .boolean(true),
      "model_digest": .string(digest),
      "security_bits": .integer(verified.securityBits),
      "zero_knowledge": .boolean(verified.zeroKnowledge),
      "public": .object(verified.tensors.map { .init($0.name, json($0)) }),
      "private": .object(privateTensors.map { .init($0.name, privateJSON($0)) }),
      "security": security.json,
    ])
  }

  var text: String {
    var table = TextTable([
      ("", .left), ("name", .left), ("shape", .left), ("unit", .left), ("values", .left),
    ])
    for tensor in verified.tensors {
      let shown = tensor.reals.prefix(10).map { Quantity.text($0) }.joined(separator: " ")
      table.append([
        "public " + tensor.role, printable(tensor.name),
        tensor.shape.map(String.init).joined(separator: "×"), "2^(-\(tensor.fractionalBits))",
        tensor.reals.count > 10 ? shown + " …" : shown,
      ])
    }
    for tensor in privateTensors {
      table.append([
        "private " + (tensor.role.isInput ? "input" : "output"), printable(tensor.name),
        tensor.shape.map(String.init).joined(separator: "×"), "2^(-\(tensor.fractionalBits))",
        "not shown",
      ])
    }
    let hiding = verified.zeroKnowledge ? "zero-knowledge" : "NOT HIDING: it leaks what is private"
    return """
      accepted
      model digest \(digest)
      proven security \(verified.securityBits) bits, \(hiding)

      \(table.text)
      """
  }

  private var digest: String { hexadecimal(verified.modelDigest.bytes) }

  private func json(_ tensor: VerifiedInference.PublicTensor) -> JSONValue {
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

  private var privateTensors: [TensorDeclaration] {
    key.system.tensors.filter { ($0.role.isInput || $0.role.isOutput) && !$0.role.isPublic }
  }

  private func privateJSON(_ tensor: TensorDeclaration) -> JSONValue {
    .object([
      "role": .string(tensor.role.isInput ? "input" : "output"),
      "shape": .integers(tensor.shape),
      "fractional_bits": .integer(tensor.fractionalBits),
    ])
  }

  /// The name without what could steer a terminal.
  private func printable(_ name: String) -> String {
    String(
      String.UnicodeScalarView(
        name.unicodeScalars.map { $0.properties.generalCategory == .control ? "?" : $0 }))
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

import CommandSupport
import ConstraintSystem
import Hashing
import Verifier

/// What an accepted proof says, for people and for programs.
struct Verdict {
  let verified: VerifiedInference
  let key: KnownKey
  /// Commitments that were asked for and are the proof's.
  let demanded: [DemandedCommitment]
  /// The context that was asked for and is the proof's.
  let context: ContextArgument?
  /// Whether values are part of it, rather than written to files.
  let listsValues: Bool

  /// A tensor of the key's system with its number.
  struct Port {
    let number: Int
    let tensor: TensorDeclaration
  }

  var text: String {
    [headline, model, security, standing, key.originText, contextLine, batch].compactMap { $0 }
      .joined(separator: "\n") + "\n\n" + table.text
  }

  /// What is not proven stands in front of all that is.
  private var headline: String {
    switch key.standing {
    case .withoutModel, .proven, .provenBefore: "accepted"
    case .unproven, .wrong:
      "accepted, but the key is NOT PROVEN: which model this is, and that its weights lie in their "
        + "ranges, rests on the key's publisher"
    case .notChecked:
      "accepted, but the key's own proof was NOT CHECKED: which model this is rests on whoever "
        + "checked it before"
    }
  }

  private var model: String {
    let claimed = hexadecimal(key.key.identityDigest.bytes)
    let digest =
      switch (verified.modelDigest, key.standing) {
      case (.some(let digest), _): "model digest \(hexadecimal(digest.bytes))"
      case (nil, .notChecked): "claims to be of the model \(claimed), which was not checked"
      case (nil, _): "claims to be of the model \(claimed), which is not proven"
      }
    guard let visibility = key.visibility else { return digest }
    return digest + "\nthe model is \(visibility)"
  }

  private var security: String {
    let bound = SecurityReport(verified.security).headline
    let hiding =
      verified.zeroKnowledge
      ? "zero-knowledge" : "NOT HIDING: the proof shows something of all tensors"
    return (verified.modelDigest == nil ? "security of the proof itself: " : "proven security: ")
      + "\(bound)\n\(hiding)"
  }

  private var standing: String? {
    switch key.standing {
    case .withoutModel: "the key has no model: all that it computes with is public"
    case .proven: "the key is proven: all weights lie in their ranges"
    case .provenBefore: "the key was proven before: all weights lie in their ranges"
    case .unproven, .wrong, .notChecked: nil
    }
  }

  private var contextLine: String? {
    guard let found = verified.context else { return nil }
    return context?.text
      ?? "made for a context (digest \(hexadecimal(found.bytes))) that was not asked for"
  }

  private var batch: String? {
    verified.batch == 1 ? nil : "\(verified.batch) inferences in one proof"
  }

  private var table: TextTable {
    var table = TextTable([
      ("", .left), ("name", .left), ("shape", .left), ("unit", .left), ("values", .left),
    ])
    for tensor in verified.tensors {
      table.append([
        "public " + tensor.role, Text.printable(tensor.name), Text.shape(tensor.shape),
        Quantity.unit(tensor.fractionalBits), Text.values(tensor.reals),
      ])
    }
    for port in privateTensors {
      table.append([
        "private " + (port.tensor.role.isInput ? "input" : "output"),
        Text.printable(port.tensor.name), Text.shape(shape(of: port.tensor)),
        Quantity.unit(port.tensor.fractionalBits), note(of: port.number),
      ])
    }
    return table
  }

  var privateTensors: [Port] {
    key.key.system.tensors.enumerated().map { Port(number: $0, tensor: $1) }.filter {
      ($0.tensor.role.isInput || $0.tensor.role.isOutput) && !$0.tensor.role.isPublic
    }
  }

  /// In this proof: with a leading axis for several inferences.
  func shape(of tensor: TensorDeclaration) -> [Int] {
    verified.batch == 1 ? tensor.shape : [verified.batch] + tensor.shape
  }

  private func note(of tensor: Int) -> String {
    if let demanded = demanded.first(where: { $0.tensor == tensor }) {
      return "not shown; those of \(Text.printable(demanded.path))"
    }
    let isCommitted = verified.commitments.contains { $0.tensor == tensor }
    return isCommitted ? "not shown; those of a commitment that was not asked for" : "not shown"
  }
}

extension VerifiedInference.PublicTensor {
  var role: String { isInput ? "input" : "output" }

  /// The real numbers that the integers stand for.
  var reals: [Double] {
    if fractionalBits == SingleOrder.scale {
      return values.map { SingleOrder.number(at: $0).map(Double.init) ?? .nan }
    }
    // A key may say anything; beyond this every double is zero or infinite.
    let exponent = -min(max(fractionalBits, -4000), 4000)
    return values.map { Double(sign: .plus, exponent: exponent, significand: Double($0)) }
  }
}

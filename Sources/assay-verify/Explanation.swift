import Transcript
import Verifier

extension ProofError {
  /// For people.
  var explanation: String {
    switch self {
    case .truncated(let label): "it ends within message \(label.code)"
    case .trailingBytes(let count): "\(count) bytes follow it"
    case .nonCanonical(let label): "an element of message \(label.code) is not canonical"
    case .rejected(let check): check.description
    case .foreign: "the file is no proof"
    case .unsupportedVersion(let version): "it has version \(version), which is not supported"
    case .otherKey: "it was made with another key"
    case .notHiding:
      "it hides nothing: whoever has it learns of the inputs and the model; --allow-non-hiding "
        + "takes it all the same"
    case .unknownCommitment:
      "it opens a commitment to the model that this verifying key does not list: assay rekey made "
        + "another verifying key of the same digest, which goes with it"
    case .unsupportedBatch(let count): "it shows \(count) inferences, more than the key allows"
    case .unproven: "it has no proof that all weights lie in their ranges"
    case .badCertificate:
      "the key's own proof, that all weights lie in their ranges, does not hold"
    }
  }
}

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
    case .unsupportedVersion(let version):
      "it has version \(version), and this program reads version \(Proof.version): verify it with "
        + "the program that made it, or prove again with a new key"
    case .otherKey: "it was made with another key"
    case .notHiding:
      "it hides nothing: whoever has it learns of the inputs and the model; --allow-non-hiding "
        + "takes it all the same"
    case .unknownCommitment:
      "it opens a commitment to the model that this verifying key does not list: assay rekey made "
        + "another verifying key of the same digest, which goes with it"
    case .unsupportedBatch(let count): "it shows \(count) inferences, more than the key allows"
    case .unproven:
      "the key has no proof of its own, so that nothing ties it to the model that it names, nor its "
        + "weights to their ranges: get the key with its proof, as assay setup writes it; "
        + "--allow-unproven-key takes it all the same, and then no model is named"
    case .badCertificate:
      "the key's own proof does not hold: it may list commitments to another model than it names"
    case .otherKeyFile: "the key is another file than the one that was checked"
    }
  }
}

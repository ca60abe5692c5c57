import Argument
import ConstraintSystem
import Hashing
import Transcript

/// The proof that all commitments of a key hold the same weights, each in its declared range
/// (`Paper/` section 15.1).
///
/// It is a proof of the system `ConstraintSystem.weightCertificate()`, in which a random combination
/// of all commitments stands for the model. Its bytes are the messages alone.
public enum Certificate {
  /// The protocol's name, the transcript's beginning.
  public static let domain: StaticString = "Assay v5 proof of a model"
}

extension VerifyingKey {
  /// What a certificate shows: of which model, with which commitments.
  public func certificateStatement(_ mode: ProofMode) throws(ProofError) -> Statement {
    var header = identityDigest.bytes + [mode.isHiding ? 1 : 0]
    header.append(contentsOf: littleEndian(UInt64(roots.count), width: 2))
    for root in roots { header.append(contentsOf: root.bytes) }
    return try Statement(
      layout: mode.layout, header: header, publicValues: mode.system.tensors.map { _ in nil })
  }
}

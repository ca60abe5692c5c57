import ConstraintSystem
import Transcript
import Verifier
import Witness

extension ProvingKey {
  /// The key with a certificate, which has been verified.
  ///
  /// This opens each of the key's commitments once. Whoever calls it sees to it that it is done once
  /// for each set of commitments, and that the pinned one's slot is counted.
  func certified(_ progress: (SetupStage) -> Void) throws -> ProvingKey {
    commitments?.release()
    let certificate = try CertificateRun(self).prove({ progress(.certifying($0)) }, wrap: { $0 })
    var key = self
    key.verifyingKey = try Verifier.verify(
      certificateOf: verifyingKey.with(certificate: certificate))
    return key
  }
}

/// The certificate of a key in the making.
struct CertificateRun {
  private let maker: ProofMaker

  /// - Parameter key: one with a model.
  init(_ key: ProvingKey) throws {
    guard let mode = try key.verifyingKey.certificateMode() else { throw KeyError.malformed }
    let assignment = try WeightCertificate(of: key.circuit.system).assignment(model: key.model)
    let columns = try TableColumns(of: mode.system.tables)
    try self.init(
      key, mode, assignment, columns,
      Multiplicities(of: mode.system, in: assignment, columns: columns))
  }

  /// For an assignment that need not be that of the key's model, and its counts.
  init(
    _ key: ProvingKey, _ mode: ProofMode, _ assignment: Assignment, _ columns: TableColumns,
    _ multiplicities: Multiplicities, model: OpenedModel? = nil
  ) throws {
    let roots = [key.verifyingKey.pinnedRoot].compactMap { $0 } + key.verifyingKey.roots
    let all = key.commitments.map { commitments in
      OpenedModel(commitments, copies: roots.enumerated().map { (index: $0, root: $1) })
    }
    maker = ProofMaker(
      mode: mode, domain: Certificate.domain,
      statement: try key.verifyingKey.certificateStatement(mode), prefix: [],
      assignment: assignment, multiplicities: multiplicities, columns: columns,
      model: model ?? all)
  }

  /// - Parameter wrap: what stands between the protocol and the honest responder.
  func prove<R: Responder>(
    _ progress: (ProverStage) -> Void, wrap: (ProofResponder) -> R
  ) throws -> [UInt8] {
    try maker.make(progress, wrap: wrap)
  }
}

import Kernels

/// What hides one proof. It serves one proof only.
struct ProofSecrets {
  let pads: Pads
  let masks: OpeningMasks

  /// Overwrites the secrets.
  func wipe() {
    pads.wipe()
    masks.wipe()
  }
}

/// What is committed for one proof only.
struct CommittedWitness {
  let cells: BaseVector
  let commitment: MatrixCommitment
  /// nil in a proof that hides nothing.
  var secrets: ProofSecrets?

  /// Overwrites what hides the proof.
  func wipe() {
    guard let secrets else { return }
    secrets.wipe()
    cells.wipe()
    commitment.wipe()
  }
}

/// A proof whose witness is committed.
struct Session {
  /// nil if there is nothing to commit to.
  let witness: CommittedWitness?
  let responder: ProofResponder

  var secrets: ProofSecrets? { witness?.secrets }

  func wipe() { witness?.wipe() }
}

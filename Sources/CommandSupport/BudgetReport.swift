import Verifier

/// For how many proofs a model stays hidden, for people and for programs (`Paper/` section 14.7).
public enum BudgetReport {
  public static func json(_ budget: ZeroKnowledgeBudget) -> JSONValue {
    .object([
      "proofs": .integer(budget.openingsPerCommitment * budget.commitments),
      "proofs_per_commitment": .integer(budget.openingsPerCommitment),
      "commitments": .integer(budget.commitments),
      "positions_per_proof": .integer(budget.positionsPerProof),
      "positions_per_certificate": .integer(budget.positionsPerCertificate),
      "tail": .integer(budget.tail),
      "failure_bits": .number(Double(budget.failureHundredths) / 100),
      "guessed_bits": .integer(ZeroKnowledgeBudget.guessedBits),
    ])
  }

  public static func text(_ budget: ZeroKnowledgeBudget) -> String {
    """
    the model stays hidden for \(budget.openingsPerCommitment * budget.commitments) proofs: \
    \(budget.commitments) commitments for \(budget.openingsPerCommitment) each, of which one shows at \
    most \(budget.positionsPerProof) positions; \(budget.tail) random coefficients in each lane
    """
  }
}

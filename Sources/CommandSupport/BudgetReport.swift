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

  /// A number of things, in words.
  public static func count(_ number: Int, _ thing: String) -> String {
    "\(number) \(thing)" + (number == 1 ? "" : "s")
  }

  public static func text(_ budget: ZeroKnowledgeBudget) -> String {
    """
    the model stays hidden for \(count(budget.openingsPerCommitment * budget.commitments, "proof")) \
    (\(count(budget.commitments, "commitment")), \
    \(count(budget.openingsPerCommitment, "proof")) each; \(budget.tail) random coefficients hide \
    \(budget.positionsPerProof) positions a proof)
    """
  }
}

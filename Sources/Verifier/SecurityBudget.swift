import Argument
import Commitment

/// The error terms of a proof, and of the certificate of its key (`Paper/` section 10).
public struct SecurityBudget: Sendable {
  /// The terms, each with a name of its own.
  public let entries: [ArgumentSecurity.Entry]

  /// The least of all terms, in whole bits: what a proof without interaction has.
  public var bits: Int { worstHundredths / 100 }

  /// The least of all terms, in hundredths of a bit.
  public var worstHundredths: Int { entries.map { $0.hundredths }.min() ?? 0 }

  /// −log2 of the sum of the errors of all challenges, in hundredths of a bit, rounded down: what one
  /// proof of an interactive prover errs with.
  public var totalHundredths: Int {
    guard !entries.isEmpty else { return 0 }
    let least = worstHundredths
    // The terms in units of the largest one's 2^−32: 2^−t ≤ 1 − t/2 for t from 0 to 1.
    var sum: UInt64 = 0
    for entry in entries {
      let distance = entry.hundredths - least
      let fraction = UInt64(200 - distance % 100) << 32 / 200 + 1
      sum += (fraction >> UInt64(min(distance / 100, 40)) + 1) * UInt64(entry.count)
    }
    // log2(1 + f) ≤ f + 0.09 for f from 0 to 1.
    let whole = UInt64.bitWidth - 1 - sum.leadingZeroBitCount
    let rest = sum - 1 << UInt64(whole)
    let hundredths = Int((rest * 100) >> UInt64(whole)) + 1 + 9
    return least - 100 * (whole - 32) - hundredths
  }
}

/// What keeps a hidden model hidden, and for how many proofs (`Paper/` section 14.7).
public struct ZeroKnowledgeBudget: Equatable, Sendable {
  /// How many proofs open each commitment.
  public let openingsPerCommitment: Int
  /// How many commitments there are for proofs.
  public let commitments: Int
  /// How many positions of a commitment each proof shows at the most.
  public let positionsPerProof: Int
  /// How many the certificate shows at the most.
  public let positionsPerCertificate: Int
  /// The number of random coefficients behind each lane's data: more than all positions together.
  public let tail: Int
  /// −log2 of the probability that one proof can't be simulated, in hundredths: some challenge or
  /// denominator is zero.
  public let failureHundredths: Int

  /// How many bits of a closed leaf must be guessed, at the least, to learn anything from its hash.
  public static let guessedBits = 199
}

extension VerifyingKey {
  /// The error terms of a proof that is made so, and of the certificate if it has been checked.
  public func securityBudget(of mode: ProofMode) -> SecurityBudget {
    var entries = mode.security.entries
    for entry in certificateSecurity?.entries ?? [] {
      entries.append(
        .init(
          name: "certificate: " + entry.name, hundredths: entry.hundredths, work: entry.work,
          count: entry.count))
    }
    return SecurityBudget(entries: entries)
  }

  /// What limits how long the model stays hidden; nil if it is not.
  public func zeroKnowledgeBudget(of mode: ProofMode) -> ZeroKnowledgeBudget? {
    guard hidesModel, mode.isHiding, let modelCode else { return nil }
    return ZeroKnowledgeBudget(
      openingsPerCommitment: openings, commitments: roots.count,
      positionsPerProof: modelCode.queries,
      positionsPerCertificate: ModelCode.certificateQueries, tail: modelCode.shape.tail,
      failureHundredths: Probability.bits(count: mode.layout.leaves.count + 3))
  }
}

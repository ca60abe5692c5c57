import Argument
import Commitment
import ConstraintSystem
import Foundation
import Testing
import Witness

@testable import ProofTestSupport
@testable import Prover
@testable import Verifier

/// How long a model stays hidden, and how sure a proof is.
@Suite struct BudgetTests {
  private static let systems: [SmallSystem] = [
    .dense(rows: 1, inputs: 1, outputs: 1), .dense(rows: 3, inputs: 13, outputs: 40),
    .dense(rows: 1, inputs: 300, outputs: 200),
  ]

  /// The tail hides all openings together, and half of it would not.
  @Test(arguments: [1, 2, 31, 32, 33, 500, 1000, 5000])
  func theTailIsTheShortestThatDoes(proofs: Int) throws {
    for small in Self.systems {
      let plan = try SetupPlan(small.system, .model(proofs: proofs))
      #expect(plan.openings * plan.commitments >= proofs)
      #expect(plan.openings * (plan.commitments - 1) < proofs)
      #expect((1...32).contains(plan.commitments))
      let mode = try VerifyingKey.standardMode(
        small.system, isHiding: true, openings: plan.openings)
      let shape = try #require(mode.parameters.committed.first).shape
      let (tail, queries) = (shape.tail, mode.parameters.queries)
      #expect(plan.openings * queries + 237 <= tail - 1)
      #expect((plan.openings + 1) * queries + 237 > tail - 1)
      #expect(plan.certificates == (tail - 1) / 237 && plan.certificates >= 1)
      let half = GroupShape(rowsLog: shape.rowsLog, lanes: shape.lanes, tail: tail / 2)
      let least = (proofs - 1) / 32 + 1
      #expect(least * max(queries, half.queries()) + 237 > half.tail - 1)
    }
  }

  @Test func noProofAndNoCertificateOpensMoreThanTheTailAllows() throws {
    for small in Self.systems {
      for proofs in [1, 40, 1000] {
        let plan = try SetupPlan(small.system, .model(proofs: proofs))
        let key = try VerifyingKey(
          system: small.system, pinnedRoot: .init(hashing: []), isHiding: true,
          openings: plan.openings,
          roots: Array(repeating: .init(hashing: []), count: plan.commitments))
        let budget = try #require(key.zeroKnowledgeBudget(of: key.standard))
        #expect(budget.positionsPerProof == key.parameters.queries)
        #expect(
          budget.openingsPerCommitment * budget.positionsPerProof + budget.positionsPerCertificate
            < budget.tail)
        for batch in [1, 2, 3, 7, 16] {
          let mode = try key.mode(isHiding: true, batch: batch)
          #expect(mode.parameters.queries <= budget.positionsPerProof, "batch \(batch)")
          #expect(mode.parameters.committed[0].shape.tail == budget.tail)
        }
        let certificate = try #require(try key.certificateMode())
        #expect(certificate.parameters.queries <= budget.positionsPerCertificate)
        #expect(certificate.parameters.committed[0].copies == 1 + plan.commitments)
        #expect(certificate.parameters.committed[0].shape.tail == budget.tail)
        #expect(certificate.security.bits >= 128)
        #expect(budget.failureHundredths > 12_000)
      }
    }
  }

  @Test func tooManyProofsAreRefused() throws {
    for proofs in [0, -5, 32 << 20 + 1] {
      #expect(throws: ProverError.tooManyProofs(limit: 32 << 20)) {
        try SetupPlan(Self.systems[0].system, .model(proofs: proofs))
      }
    }
  }

  @Test func publicModelsHaveNoBudget() throws {
    let key = try Arena(Self.systems[1]).key(.witness).verifyingKey
    #expect(key.zeroKnowledgeBudget(of: key.standard) == nil)
    #expect(key.parameters.committed[0].shape.tail == 0)
  }

  /// The sum of all terms, each as often as it occurs, rounded against whoever relies on it.
  @Test func totalsAreSumsOfTheTerms() {
    for (terms, count) in [
      ([12_800], 1), ([12_800, 12_800], 1), ([12_850, 12_999, 14_000], 1),
      ([13_000, 20_000, 17_017], 1), ([12_800], 12), ([12_815, 14_841], 780), ([14_841], 4000),
    ] {
      let budget = SecurityBudget(
        entries: terms.map { .init(name: "", hundredths: $0, work: 0, count: count) })
      let exact =
        -100 * log2(terms.reduce(0) { $0 + Double(count) * exp2(-Double($1) / 100) })
      #expect(Double(budget.totalHundredths) <= exact)
      #expect(Double(budget.totalHundredths) > exact - 35)
      #expect(budget.bits == (terms.min() ?? 0) / 100)
    }
  }
}

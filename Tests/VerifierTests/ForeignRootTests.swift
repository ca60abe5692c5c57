import ConstraintSystem
import Hashing
import Testing
import Transcript
import Verifier
import Witness

@testable import ProofTestSupport
@testable import Prover

/// A key under another model's name: whoever has a published key lists commitments to weights of his own
/// in it, and makes honest proofs of these.
@Suite struct ForeignRootTests {
  private let victim: VerifyingKey
  /// Names the victim's model, and lists the forger's commitments.
  private let forged: VerifyingKey
  private let proof: [UInt8]

  init() throws {
    let small = SmallSystem.dense(rows: 2, inputs: 5, outputs: 7)
    victim = try Arena(small).key(.model(proofs: 1), certifies: true).verifyingKey
    let other = try Arena(small.recomputed { $0[2][3] += 1 })
    let own = try other.key(.model(proofs: 1), certifies: true)
    forged = try VerifyingKey(
      system: victim.system, pinnedRoot: victim.pinnedRoot, isHiding: true,
      openings: victim.openings, roots: own.verifyingKey.roots)
    let prover = try ProvingKey(
      circuit: own.circuit, verifyingKey: forged, model: own.model, commitments: own.commitments,
      ledger: own.ledger)
    proof = try Prover.prove(prover, assignment: other.small.assignment).proof
    #expect(forged.identityDigest == victim.identityDigest)
    #expect(own.verifyingKey.identityDigest != victim.identityDigest)
  }

  private func rejection(_ key: VerifyingKey, allowsUnproven: Bool = false) -> ProofError? {
    do {
      _ = try Verifier.verify(key: key, proof: proof, allowsUnproven: allowsUnproven)
      return nil
    } catch {
      return error
    }
  }

  @Test func isRejected() throws {
    #expect(rejection(forged) == .unproven)
    #expect(rejection(try VerifyingKey(forged.file)) == .unproven)
    #expect(rejection(victim) == .unknownCommitment)
    // The victim's certificate is one of the victim's roots.
    let borrowed = try forged.with(certificate: victim.certificate)
    for allowsUnproven in [false, true] {
      #expect(rejection(borrowed, allowsUnproven: allowsUnproven) == .badCertificate)
    }
  }

  /// Whoever takes an unproven key is told of no model.
  @Test func namesNoModelWhereItIsTaken() throws {
    let verified = try Verifier.verify(key: forged, proof: proof, allowsUnproven: true)
    #expect(verified.modelDigest == nil && !verified.isKeyProven)
  }

  @Test func isNotTheFileThatWasChecked() throws {
    func error(_ key: VerifyingKey, _ digest: Digest) -> ProofError? {
      do {
        let known = try key.checkedBefore(fileDigest: digest)
        #expect(known.isProven)
        return nil
      } catch {
        return error
      }
    }
    #expect(error(forged, victim.fileDigest) == .otherKeyFile)
    #expect(error(forged, forged.fileDigest) == .unproven)
    #expect(error(victim, victim.identityDigest) == .otherKeyFile)
    let read = try VerifyingKey(victim.file)
    #expect(!read.isProven && error(read, victim.fileDigest) == nil)
    // What was checked before counts in the error of a proof all the same.
    let known = try read.checkedBefore(fileDigest: victim.fileDigest)
    #expect(
      known.securityBudget(of: known.standard).totalHundredths
        == victim.securityBudget(of: victim.standard).totalHundredths)
  }
}

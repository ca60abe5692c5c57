import Argument
import ConstraintSystem
import FieldArithmetic
import Hashing
import Testing
import Transcript
import Witness

@testable import ProofTestSupport
@testable import Prover

/// The proofs of work before the lookups' challenge and before the model's folding point.
@Suite struct GrindingTests {
  private let statement: Statement
  private let small: SmallSystem

  init() throws { try self.init(.dense(rows: 2, inputs: 5, outputs: 7)) }

  private init(_ small: SmallSystem, commitments: [DataBinding] = []) throws {
    self.small = small
    let assignment = small.assignment
    let values = small.system.tensors.enumerated().map {
      $1.role.isPublic ? assignment[$0].values : nil
    }
    statement = try Statement(
      layout: Layout(small.system), header: [], publicValues: values,
      commitments: commitments)
  }

  private func prove(
    _ work: ArgumentWork, copies: Int = 1
  ) throws -> (proof: [UInt8], places: [MessagePlace]) {
    let responder = CheatingResponder(
      PlainResponder(
        ArgumentResponder(
          layout: statement.layout, assignment: small.assignment,
          multiplicities: try Multiplicities(of: small.system, in: small.assignment),
          columns: try TableColumns(of: small.system.tables),
          model: ModelMatrix(layout: statement.layout) { small.assignment[$0] })))
    var context = ProverContext(domain: "test", statement: statement.bytes, responder: responder)
    _ = try reduceToOpening(&context, statement, work: work, modelCopies: copies)
    return (context.proof, responder.places)
  }

  private func rejection(
    _ proof: [UInt8], _ work: ArgumentWork, copies: Int = 1
  ) -> ProofError? {
    do throws(ProofError) {
      var context = VerifierContext(domain: "test", statement: statement.bytes, proof: proof)
      _ = try reduceToOpening(&context, statement, work: work, modelCopies: copies)
      try context.finish()
      return nil
    } catch {
      return error
    }
  }

  /// All nonces below the prover's, which is the least that works.
  private func expectNonce(
    at position: Int, of proof: [UInt8], _ work: ArgumentWork, copies: Int = 1
  ) {
    #expect(rejection(proof, work, copies: copies) == nil)
    var nonce = 0
    for i in (0..<8).reversed() { nonce = nonce << 8 | Int(proof[position + i]) }
    #expect(nonce > 0)
    for other in 0..<nonce {
      var changed = proof
      changed.replaceSubrange(position..<position + 8, with: littleEndian(UInt64(other)))
      #expect(rejection(changed, work, copies: copies) == .rejected(.grinding))
    }
  }

  @Test func aWrongNonceBeforeTheLookupsIsRejected() throws {
    let work = ArgumentWork(lookups: 6)
    expectNonce(at: Digest.byteCount, of: try prove(work).proof, work)
  }

  @Test func aWrongNonceBeforeTheCopiesWeightsIsRejected() throws {
    let work = ArgumentWork(copies: 6)
    expectNonce(
      at: Digest.byteCount, of: try prove(work, copies: 3).proof, work, copies: 3)
  }

  @Test func aWrongNonceBeforeThePointOfDataIsRejected() throws {
    let binding = DataBinding(tensor: 0, openings: 2, root: Digest(hashing: []))
    let tests = try GrindingTests(.ports([1, 2, 3], weights: [4, 5, 6]), commitments: [binding])
    let work = ArgumentWork(data: 6)
    tests.expectNonce(at: Digest.byteCount, of: try tests.prove(work).proof, work)
  }

  @Test func aWrongNonceBeforeTheFoldingPointIsRejected() throws {
    let work = ArgumentWork(lanes: 6)
    let (proof, places) = try prove(work)
    let lookups: [MessageLabel] = [.fractionRoot, .layerRound, .layerValues]
    let before = places.filter { lookups.contains($0.label) }.reduce(Digest.byteCount) {
      $0 + Packing.byteCount(elements: Fp3.degree * $1.count)
    }
    expectNonce(at: before, of: proof, work)
  }

  @Test func lessWorkThanDemandedIsRejected() throws {
    let (proof, _) = try prove(ArgumentWork(lookups: 1))
    #expect(rejection(proof, ArgumentWork(lookups: 1)) == nil)
    #expect(rejection(proof, ArgumentWork(lookups: 16)) == .rejected(.grinding))
  }

  @Test func missingWorkIsRejected() throws {
    let (proof, _) = try prove(ArgumentWork())
    #expect(rejection(proof, ArgumentWork()) == nil)
    #expect(rejection(proof, ArgumentWork(lookups: 16)) == .rejected(.grinding))
    #expect(
      rejection(Array(proof.prefix(Digest.byteCount + 7)), ArgumentWork(lookups: 16))
        == .truncated(.lookupGrinding))
  }
}

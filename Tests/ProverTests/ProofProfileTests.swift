import Hashing
import TestSupport
import Testing
import Transcript
import Witness

@testable import ProofTestSupport
@testable import Prover

/// What is measured of a proof is all of it, and changes nothing in it.
@Suite struct ProofProfileTests {
  private struct StuckEntropy: EntropySource {
    mutating func seed() throws -> Digest { Digest(hashing: [7]) }
  }

  private static let arena = Result { try Arena(SmallSystem.network()) }

  private func proof(
    _ privacy: ProvingKey.Privacy, profile: ProofProfile?
  ) throws -> [UInt8] {
    let arena = try Self.arena.get()
    let key = try arena.key(privacy)
    var run = try ProvingRun(
      key, arena.small.assignment, mode: ProvingRun.mode(key, hides: true), profile: profile)
    run.source = StuckEntropy()
    guard let profile else { return try run.prove({ _ in }, wrap: { $0 }).proof }
    return try profile.whole {
      try run.prove({ _ in }, wrap: { MeasuringResponder($0, profile) }).proof
    }
  }

  @Test(arguments: [ProvingKey.Privacy.none, .witness])
  func theProofIsTheSame(_ privacy: ProvingKey.Privacy) throws {
    #expect(try proof(privacy, profile: ProofProfile()) == proof(privacy, profile: nil))
  }

  @Test(arguments: [ProvingKey.Privacy.none, .witness, .model(proofs: 1)])
  func theStepsAddUpToTheWhole(_ privacy: ProvingKey.Privacy) throws {
    let arena = try Self.arena.get()
    let profile = ProofProfile()
    _ = try Prover.prove(
      arena.key(privacy), assignment: arena.small.assignment, profile: profile)
    let whole = profile.whole
    #expect(whole.duration > .zero)
    let sum = profile.steps.reduce(into: ProofProfile.Cost()) { $0 += $1.cost }
    #expect(sum.duration == whole.duration && sum.processorTime == whole.processorTime)
    #expect(profile.steps.allSatisfy { $0.cost.duration >= .zero })
    let measured = Set(profile.spans.map(\.step))
    // The assignment is given, and a small vector is sent as it is.
    let missing: Set<ProofStep> = [.evaluation, .transcript, .foldedCommitment, .positionForms]
    #expect(Set(ProofStep.allCases).subtracting(missing).isSubset(of: measured))
    for (span, next) in zip(profile.spans, profile.spans.dropFirst()) {
      #expect(span.start.advanced(by: span.duration) <= next.start)
      #expect(span.duration >= .zero && span.processorTime >= .zero)
    }
  }

  @Test func theWorkIsCounted() throws {
    let arena = try Self.arena.get()
    let profile = ProofProfile()
    let assignments = [arena.small.assignment, arena.small.assignment]
    _ = try Prover.prove(arena.key(.none), batch: assignments, hides: false, profile: profile)
    let system = arena.small.system
    let work = profile.work
    #expect(
      work.weights == system.tensors.filter { $0.role == .model }.reduce(0) { $0 + $1.count })
    #expect(
      work.values == 2 * system.tensors.filter { $0.role != .model }.reduce(0) { $0 + $1.count })
    let tuples = system.lookups.reduce(0) { $0 + $1.indices.reduce(1) { $0 * $1.size } }
    #expect(work.lookups == 2 * tuples)
    #expect(work.cells > work.lookups / 2)
  }

  @Test func everyStepIsInOneBudget() {
    let steps = CostBudget.all.flatMap { Array($0.steps) }
    #expect(steps.count == ProofStep.allCases.count && Set(steps).count == steps.count)
  }
}

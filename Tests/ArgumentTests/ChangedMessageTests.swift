import Commitment
import Testing
import Transcript

@testable import ProofTestSupport
@testable import Prover

/// Each message of a proof is changed, one at a time, by a prover that goes on with the challenges
/// that follow from the change. Nothing but the check that is named may notice.
@Suite struct ChangedMessageTests {
  /// Where a change of a message is found out.
  private static let rejectedAt: [MessageLabel: Check] = [
    .witnessRoot: .merklePath,
    .fractionRoot: .fractionLayer,
    .layerRound: .fractionLayer,
    .layerValues: .fractionLayer,
    .productSum: .productSumCheck,
    .productRound: .productSumCheck,
    .productValues: .productSumCheck,
    .openingRound: .openingFinalClaim,
    .openingRoot: .merklePath,
    .openingLeaves: .merklePath,
    .openingSiblings: .merklePath,
    .openingFinal: .openingFinalVector,
  ]

  /// A message that no check depends on; a section of the proof that
  /// could say anything; claimed evaluations that nothing ties to the opening.
  @Test(arguments: SmallSystem.gallery.indices)
  func everyChangedMessageIsRejectedAtItsCheck(system: Int) throws {
    let arena = try Arena(SmallSystem.gallery[system].system)
    let (proof, messages) = try arena.honestRun()
    #expect(arena.rejection(of: proof) == nil)
    for label in Set(messages.map(\.label)) {
      let check = try #require(Self.rejectedAt[label])
      let places = messages.filter { $0.label == label }
      let chosen = Set([0, places.count / 2, places.count - 1]).sorted()
      for place in chosen.map({ places[$0] }) where place.count > 0 {
        for entry in Set([0, place.count / 2, place.count - 1]) {
          let changed = try arena.prove { $0.alter(place, .replace(entry: entry)) }
          let isSeen = label != .openingFinal || Self.isCommitted(entry, arena)
          #expect(
            arena.rejection(of: changed) == .rejected(isSeen ? check : .openingFinalClaim),
            "\(place), entry \(entry)")
        }
      }
    }
  }

  /// No label is left out of the table's tests.
  @Test func theGalleryHasEveryKindOfMessage() throws {
    var labels: Set<MessageLabel> = []
    for named in SmallSystem.gallery {
      labels.formUnion(try Arena(named.system).honestRun().messages.map(\.label))
    }
    #expect(labels == Set(Self.rejectedAt.keys))
  }

  /// A denominator of zero would make a fraction of anything.
  @Test func aZeroDenominatorIsRejected() throws {
    let arena = try Arena(.residual(size: 5))
    let changed = try arena.prove { responder in
      responder.onElements = { place, values in
        let isRoot = place.label == .fractionRoot
        if isRoot || place.label == .layerValues { values = values.map { _ in .zero } }
      }
    }
    #expect(arena.rejection(of: try arena.prove()) == nil)
    #expect(arena.rejection(of: changed) == .rejected(.fractionDenominatorIsNonzero))
  }

  /// Whether an entry of the last vector belongs to a commitment. What fills the vector of the
  /// groups up to a power of two is in none: the form's coefficients are zero there.
  private static func isCommitted(_ entry: Int, _ arena: Arena) -> Bool {
    let parameters = arena.key.verifyingKey.parameters
    guard parameters.rounds.isEmpty else { return true }
    let layout = parameters.layout
    return (layout.committed.flatMap { $0 } + layout.witness).contains {
      entry >= $0.offset && entry < $0.offset + 1 << $0.log
    }
  }

  @Test func swappedEntriesAreRejected() throws {
    let arena = try Arena(.dense(rows: 3, inputs: 13, outputs: 40))
    let (proof, messages) = try arena.honestRun()
    #expect(arena.rejection(of: proof) == nil)
    for label in Set(messages.map(\.label)) {
      let check = try #require(Self.rejectedAt[label])
      for place in messages.filter({ $0.label == label }).suffix(2) where place.count > 1 {
        // The factors of one product commute; see the test below.
        let last = label == .productValues ? 0 : place.count - 1
        for (a, b) in [(0, last), (place.count / 2, place.count - 1)] where a != b {
          let changed = try arena.prove { $0.alter(place, .swap(a, b)) }
          if changed == proof || label == .productValues { continue }
          #expect(arena.rejection(of: changed) == .rejected(check), "\(place), \(a) and \(b)")
        }
      }
    }
  }

  /// What a check cannot see has to be seen by the next one: the halves of a layer, exchanged, add
  /// up to the same fraction; the factors of a product have the same product.
  @Test func symmetriesOfACheckAreCaughtByTheNext() throws {
    let arena = try Arena(.dense(rows: 3, inputs: 13, outputs: 40))
    let (proof, messages) = try arena.honestRun()
    #expect(arena.rejection(of: proof) == nil)
    let layers = messages.filter { $0.label == .layerValues }
    for place in layers {
      let changed = try arena.prove { responder in
        responder.onElements = {
          if $0 == place {
            $1.swapAt(0, 1)
            $1.swapAt(2, 3)
          }
        }
      }
      let check: Check = place == layers.last ? .openingFinalClaim : .fractionLayer
      #expect(arena.rejection(of: changed) == .rejected(check), "\(place)")
    }
    let factors = try #require(messages.first { $0.label == .productValues })
    let changed = try arena.prove { $0.alter(factors, .swap(0, 1)) }
    #expect(arena.rejection(of: changed) == .rejected(.openingFinalClaim))
  }

  /// A challenge that does not depend on a message before it.
  @Test(arguments: SmallSystem.gallery.indices)
  func everyLaterChallengeDependsOnEveryMessage(system: Int) throws {
    let arena = try Arena(SmallSystem.gallery[system].system)
    var honest: CheatingResponder?
    _ = try arena.prove { honest = $0 }
    let reference = try #require(honest)
    #expect(reference.challenges.count > 3)
    // Many messages are many proofs: of the larger systems a part is enough.
    let step = max(1, reference.places.count / 50)
    for (number, place) in reference.places.enumerated()
    where number % step == 0 && (place.kind == .elements || place.kind == .digest) {
      var cheating: CheatingResponder?
      _ = try arena.prove {
        cheating = $0
        $0.alter(place, .replace(entry: place.count - 1))
      }
      let changed = try #require(cheating)
      for (before, after) in zip(reference.challenges, changed.challenges) {
        // An empty challenge and one index of few bits may agree by chance.
        guard before.values.count > 2 || before.values.contains(where: { $0.c1 != .zero }) else {
          continue
        }
        #expect(
          (before.values == after.values) == (before.messages <= number), "\(place)")
      }
    }
  }

  /// The prover opens positions of its own choice, with the leaves and the paths that belong there.
  @Test func openingOtherPositionsThanTheDrawnIsRejected() throws {
    let arena = try Arena(.dense(rows: 3, inputs: 13, outputs: 40))
    #expect(arena.rejection(of: try arena.prove()) == nil)
    let changed = try arena.prove { responder in
      responder.onIndices = { indices in indices = indices.map { $0 ^ 1 } }
    }
    #expect(arena.rejection(of: changed) == .rejected(.merklePath))
  }

  @Test func aLeafOrAPathOfAnotherPositionIsRejected() throws {
    let arena = try Arena(.dense(rows: 3, inputs: 13, outputs: 40))
    let (proof, messages) = try arena.honestRun()
    #expect(arena.rejection(of: proof) == nil)
    let oracles = messages.filter { $0.label == .openingLeaves }.count
    #expect(oracles > 1)
    for oracle in 0..<oracles {
      // Two opened leaves change places, each with its honest value.
      let changed = try arena.prove { responder in
        responder.onLeaves = { place, leaves in
          guard place.occurrence == oracle else { return }
          let positions = Set(leaves).count
          #expect(positions > 1)
          leaves.append(leaves.removeFirst())
        }
      }
      #expect(arena.rejection(of: changed) == .rejected(.merklePath))
      let moved = try arena.prove { responder in
        responder.onSiblings = { place, siblings in
          if place.occurrence == oracle { siblings.append(siblings.removeFirst()) }
        }
      }
      #expect(arena.rejection(of: moved) == .rejected(.merklePath))
    }
  }
}

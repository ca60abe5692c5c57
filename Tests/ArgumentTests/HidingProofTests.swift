import ConstraintSystem
import FieldArithmetic
import Testing
import Transcript
import Witness

@testable import Prover
@testable import Verifier

/// Proofs whose messages are hidden behind pads: a cheating prover is caught all the same, and the
/// modes can not be taken for each other.
@Suite struct HidingProofTests {
  private let arena: Arena
  private let key: ProvingKey
  /// Where the messages of a proof begin.
  private let start: Int

  init() throws {
    let arena = try Arena(.dense(rows: 2, inputs: 5, outputs: 7))
    let system = arena.small.system
    let publicValues = system.tensors.indices.map {
      system.tensors[$0].role.isPublic ? arena.small.assignment[$0].values : nil
    }
    self.arena = arena
    key = try HidingProofTests.key(arena, openings: 3)
    start =
      Proof.header(
        keyDigest: key.verifyingKey.digest, isHiding: true, publicValues: publicValues, system
      ).count
  }

  private static func key(_ arena: Arena, openings: Int) throws -> ProvingKey {
    try ProvingKey.make(
      circuit: Circuit(system: arena.small.system, program: WitnessProgram()),
      model: Arena.model(arena.small.system, arena.small.assignment), openings: openings)
  }

  private func rejection(_ proof: [UInt8], allowsPlain: Bool = false) -> ProofError? {
    do {
      _ = try Verifier.verify(key: key.verifyingKey, proof: proof, allowsPlain: allowsPlain)
      return nil
    } catch {
      return error
    }
  }

  @Test func everyChangedMessageOfTheArgumentIsRejected() throws {
    var places: [MessagePlace] = []
    var witness: CheatingResponder?
    let honest = try arena.prove(key: key) { witness = $0 }
    places = witness?.places ?? []
    #expect(rejection(honest) == nil)
    let argued = places.filter { $0.kind == .elements && $0.label.isMasked }
    #expect(argued.count > 20)
    for target in argued {
      let proof = try arena.prove(key: key) { cheat in
        cheat.onElements = { place, values in
          if place == target { values[values.count - 1] += .one }
        }
      }
      #expect(rejection(proof) == .rejected(.openingFinalClaim), "\(target)")
    }
  }

  @Test func changedWitnessesAreRejected() throws {
    for (tensor, step) in [(3, 1), (4, 16), (5, 1)] {
      let changed = arena.assignment { $0[tensor][3] += step }
      #expect(rejection(try arena.prove(changed, key: key)) != nil, "tensor \(tensor)")
    }
    #expect(rejection(try arena.prove(key: key)) == nil)
  }

  /// The witness's root, all masked messages and the opened leaves are new each time.
  @Test func twoProofsOfOneStatementShareNothing() throws {
    let (first, second) = (try arena.prove(key: key), try arena.prove(key: key))
    #expect(first.prefix(start) == second.prefix(start))
    let count = min(first.count, second.count)
    let equal = (start..<count).count { first[$0] == second[$0] }
    // Independent bytes agree once in 256 times.
    #expect(equal < (count - start) / 64, "\(equal) of \(count - start) bytes agree")
  }

  @Test func plainProofsAreRefusedUnlessAllowed() throws {
    let run = try ProvingRun(key, arena.small.assignment, hides: false)
    let plain = try run.prove({ _ in }, wrap: { $0 }).proof
    #expect(rejection(plain) == .notHiding)
    #expect(rejection(plain, allowsPlain: true) == nil)
  }

  @Test func aProofOfOneModeIsNoneOfTheOther() throws {
    var proof = try arena.prove(key: key)
    proof[44] = 0
    #expect(rejection(proof) == .notHiding)
    #expect(rejection(proof, allowsPlain: true) != nil)
    proof[44] = 2
    #expect(rejection(proof, allowsPlain: true) == .foreign)
  }

  @Test func aKeyOfAnotherNumberOfOpeningsIsAnotherKey() throws {
    let other = try HidingProofTests.key(arena, openings: 4)
    let proof = try arena.prove(key: other)
    #expect(rejection(proof) == .otherKey)
  }
}

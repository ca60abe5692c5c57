import ConstraintSystem
import Testing
import Transcript

@testable import ProofTestSupport
@testable import Prover
@testable import Witness

/// A network of several layers, written in the circuit language.
@Suite struct NetworkTests {
  private let arena: Arena

  init() throws {
    arena = try Arena(try .network())
    #expect(arena.rejection(of: try arena.prove()) == nil)
  }

  /// A forged maximum or index of it, another one of several equal
  /// maxima, and a hint that no statement pins down, in the layers that networks are made of.
  @Test func everyKindOfHintIsPinnedDown() throws {
    for (number, tensor) in arena.small.system.tensors.enumerated()
    where tensor.role == .witness || tensor.role == .publicOutput {
      let count = tensor.count
      for position in Set([0, count / 2, count - 1]) {
        for change in [-1, 1] {
          let assignment = arena.assignment { $0[number][position] += change }
          if tensor.role.isPublic && !tensor.range.contains(assignment[number][position]) {
            continue
          }
          let rejection = arena.rejection(of: try arena.prove(assignment))
          #expect(
            rejection == .rejected(.fractionLayer) || rejection == .rejected(.openingFinalClaim),
            "\(tensor.name), \(position), \(change)")
        }
      }
    }
  }

  /// The largest scores are equal; the first one counts.
  @Test func theSecondOfTwoEqualMaximaIsRejected() throws {
    let tied = try Arena(try .argmax([3, 9, -2, 9, 1]))
    let index = try #require(tied.small.system.tensors.firstIndex { $0.name == "label" })
    #expect(tied.small.assignment[index].values == [1])
    #expect(tied.rejection(of: try tied.prove()) == nil)
    let forged = try tied.prove(tied.assignment { $0[index][0] = 3 })
    let rejection = tied.rejection(of: forged)
    #expect(
      rejection == .rejected(.fractionLayer) || rejection == .rejected(.openingFinalClaim))
    // Every other consistent-looking assignment: that of the same scores with the tie resolved.
    let other = try SmallSystem.argmax([3, 8, -2, 9, 1])
    let mixed = tied.assignment { values in
      for (number, tensor) in tied.small.system.tensors.enumerated()
      where tensor.role != .publicInput {
        values[number] = other.assignment[number].values
      }
    }
    let second = tied.rejection(of: try tied.prove(mixed))
    #expect(second == .rejected(.fractionLayer) || second == .rejected(.openingFinalClaim))
  }

  @Test func theProofOfAnotherInputIsRejected() throws {
    let other = try SmallSystem.network(seed: 5)
    let mixed = arena.assignment { $0[0] = other.assignment[0].values }
    #expect(arena.rejection(of: try arena.prove(mixed)) == .rejected(.openingFinalClaim))
    // The other input's proof, with this input in the header.
    let honest = try arena.prove()
    let proof = try arena.prove(other.assignment)
    #expect(arena.rejection(of: proof) == nil)
    let inputBytes = 50..<50 + 2 * arena.small.system.tensors[0].count
    var moved = proof
    moved.replaceSubrange(inputBytes, with: honest[inputBytes])
    #expect(arena.rejection(of: moved) == .rejected(.fractionLayer))
  }
}

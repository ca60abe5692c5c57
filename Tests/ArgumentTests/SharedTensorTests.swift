import ConstraintSystem
import Testing
import Transcript

@testable import ProofTestSupport
@testable import Prover
@testable import Witness

/// Several statements, or several places of one statement, that read
/// the same tensor, so that several claims on it have to hold at once.
@Suite struct SharedTensorTests {
  private static let shared = SmallSystem.residual(size: 5)

  @Test func aSharedTensorIsProvenInAllItsUses() throws {
    let arena = try Arena(Self.shared)
    #expect(arena.rejection(of: try arena.prove()) == nil)
    let names = arena.small.system.tensors.map(\.name)
    let changes: [(String, Check)] = [
      ("x", .openingFinalClaim), ("square", .openingFinalClaim), ("zero", .fractionLayer),
      ("sum", .openingFinalClaim), ("twice", .openingFinalClaim),
    ]
    for (name, check) in changes {
      let tensor = try #require(names.firstIndex(of: name))
      for position in 0..<5 {
        let assignment = arena.assignment {
          $0[tensor][position] += $0[tensor][position] < 4 ? 1 : -1
        }
        #expect(
          arena.rejection(of: try arena.prove(assignment)) == .rejected(check),
          "\(name) at \(position)")
      }
    }
  }

  /// The tensor has other values in one of its uses than in the others: x·x with different factors,
  /// x − x that is not zero.
  @Test func differentValuesInTwoUsesAreRejected() throws {
    let arena = try Arena(Self.shared)
    let tensor = 0
    // The statements about x in two uses: the square, and everything else.
    let other = arena.assignment { values in
      values[tensor][2] += 1
    }
    let squares = try #require(arena.small.system.tensors.firstIndex { $0.name == "square" })
    let mixed = arena.assignment { values in
      values[squares][2] = other[tensor][2] * values[tensor][2]
    }
    #expect(arena.rejection(of: try arena.prove(mixed)) == .rejected(.openingFinalClaim))
  }
}

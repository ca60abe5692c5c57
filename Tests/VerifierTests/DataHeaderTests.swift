import Argument
import Commitment
import ConstraintSystem
import Hashing
import Testing
import Transcript
import Verifier
import Witness

@testable import ProofTestSupport
@testable import Prover

/// The list of commitments in the header of a proof: what may not stand there is refused by name,
/// before anything is computed with it.
@Suite struct DataHeaderTests {
  private let arena: DataArena
  private let root = Digest(hashing: [1])

  init() throws { arena = try DataArena([3, -50, 50], [7, 5, -8], privacy: .witness) }

  private func rejection(_ list: [(tensor: Int, openings: Int)]) -> ProofError? {
    arena.rejection(
      of: arena.header(
        list.map { DataBinding(tensor: $0.tensor, openings: $0.openings, root: root) }))
  }

  @Test func listsThatDoNotAscendAreRefused() {
    for tensors in [[2, 0], [0, 0], [2, 2], [0, 2, 2], [0, 2, 0]] {
      #expect(rejection(tensors.map { ($0, 1) }) == .rejected(.dataCommitmentOrder), "\(tensors)")
    }
  }

  @Test func tensorsThatAreNoPrivatePortsAreRefused() throws {
    // The model, a witness, none at all.
    for tensor in [1, 3, 4, 1 << 31, 1 << 32 - 1] {
      #expect(rejection([(tensor, 1)]) == .rejected(.dataCommitmentTensor), "\(tensor)")
      #expect(rejection([(0, 1), (tensor, 1)]) == .rejected(.dataCommitmentTensor), "\(tensor)")
    }
    let small = SmallSystem.ports(
      [1, 2, 3], weights: [1, 2, 3], input: .publicInput, output: .publicOutput)
    for tensor in [0, 2] {
      #expect(throws: ProofError.rejected(.dataCommitmentTensor)) {
        try DataBinding.shapes([DataBinding(tensor: tensor, openings: 1, root: root)], small.system)
      }
    }
  }

  @Test func impossibleSizesAreRefused() throws {
    for openings in [0, 1 << 16 + 1, 1 << 31, 1 << 32 - 1] {
      #expect(rejection([(0, openings)]) == .rejected(.dataCommitmentSize), "\(openings)")
    }
    let list = [DataBinding(tensor: 0, openings: 1, root: root)]
    for batch in [1 << 27, 1 << 62, .max] {
      #expect(throws: ProofError.rejected(.dataCommitmentSize)) {
        try DataBinding.shapes(list, arena.small.system, batch: batch)
      }
    }
    #expect(
      try DataBinding.shapes(list, arena.small.system, batch: 5)
        == [DataShape(count: 15, openings: 1)])
  }

  /// A list that ends too early, whatever it says of its length.
  @Test func listsThatEndEarlyAreTruncated() throws {
    let proof = try arena.prove(arena.data([0, 2]))
    let start = arena.header([]).count - 2
    #expect(proof[start] == 2)
    for length in start..<start + 1 + 80 {
      #expect(
        arena.rejection(of: Array(proof.prefix(length))) == .truncated(.statement), "\(length)")
    }
    var longer = proof
    longer[start] = 255
    #expect(arena.rejection(of: longer) != nil)
    for count: UInt8 in [0, 1, 3] {
      longer[start] = count
      #expect(arena.rejection(of: longer) != nil, "\(count)")
    }
  }

  /// Each bit of the list is part of what is proven.
  @Test func everyFlippedBitOfTheListIsRejected() throws {
    let proof = try arena.prove(arena.data([0, 2]))
    let start = arena.header([]).count - 2
    #expect(arena.rejection(of: proof) == nil)
    // The number of commitments, two of them, and that there is no context.
    for position in start..<start + 82 {
      for bit in 0..<8 {
        var changed = proof
        changed[position] ^= 1 << UInt8(bit)
        #expect(arena.rejection(of: changed) != nil, "bit \(bit) of byte \(position)")
      }
    }
  }

  @Test func theTableSaysWhatDataAddToIt() throws {
    let shapes = [try DataShape(count: 3, openings: 1), try DataShape(count: 3, openings: 40)]
    let mode = try arena.key.verifyingKey.mode(isHiding: true, data: shapes)
    let entries = mode.security.entries
    #expect(entries.allSatisfy { $0.hundredths >= 12800 })
    #expect(entries.count { $0.name == "data: committed values" } == 1)
    let names = entries.map(\.name)
    for name in ["data 1", "data 2"] {
      #expect(names.contains("opening: fold the lanes of " + name))
      #expect(names.contains("opening: open " + name))
    }
    #expect(mode.parameters.queries <= DataShape.positionsPerOpening)
    for (group, shape) in zip(mode.parameters.committed.dropFirst(), shapes) {
      #expect(group.domainLog == shape.domainLog && group.shape == shape.group)
      #expect((group.shape.tail - 1) / mode.parameters.queries >= shape.openings)
    }
    let plain = try arena.key.verifyingKey.mode(isHiding: true)
    #expect(!plain.security.entries.contains { $0.name.contains("data") })
  }
}

import Hashing
import Testing
import Transcript
import Verifier

@testable import ProofTestSupport
@testable import Prover

/// What a proof is made for: part of what is proven.
@Suite struct ContextTests {
  private let arena: Arena
  private let context = ProofContext.digest(of: Array("application 4711".utf8))
  /// Where the flag is: behind magic, version, identity, mode, batch and the number of commitments.
  private let flag = 8 + 4 + 32 + 1 + 4 + 1

  init() throws { arena = try Arena(.convolution(channels: 1, length: 3, outputs: 1, stride: 1)) }

  private func prove(_ context: Digest?) throws -> [UInt8] {
    try Prover.prove(arena.key, assignment: arena.small.assignment, context: context).proof
  }

  /// The answers of `Paper/` section 12, computed there by another program.
  @Test func knownAnswers() {
    func hexadecimal(_ digest: Digest) -> String {
      digest.bytes.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
    }
    #expect(
      hexadecimal(context) == "1c050ee98645c0cedea754efde23154cf9646cca49a5451422ff41d4ef8b8364")
    #expect(
      hexadecimal(ProofContext.digest(of: []))
        == "db58e3f8bf8fca59b60937f9fbc70ff71bc7c362a8264bb533848dd281a74dce")
  }

  @Test func whatAProofIsMadeForIsInIt() throws {
    for made in [context, nil] {
      let proof = try prove(made)
      #expect(proof[flag] == (made == nil ? 0 : 1))
      let verified = try Verifier.verify(
        key: arena.key.verifyingKey, proof: proof, allowsPlain: true, allowsUnproven: true)
      #expect(verified.context == made)
    }
  }

  /// A context that is exchanged, taken away or added changes all challenges: the first message that
  /// depends on one does not fit any more.
  @Test func anotherContextIsRejected() throws {
    let (bound, free) = (try prove(context), try prove(nil))
    var exchanged = bound
    exchanged.replaceSubrange(flag + 1..<flag + 33, with: ProofContext.digest(of: [1]).bytes)
    let removed = bound[..<flag] + [0] + bound[(flag + 33)...]
    let added = free[..<flag] + [1] + context.bytes + free[(flag + 1)...]
    for changed in [exchanged, Array(removed), Array(added)] {
      #expect(arena.rejection(of: changed) == .rejected(.fractionLayer))
    }
  }

  @Test func everyFlippedBitOfTheContextIsRejected() throws {
    let bound = try prove(context)
    #expect(arena.rejection(of: bound) == nil)
    for position in flag..<flag + 33 {
      for bit in 0..<8 {
        var changed = bound
        changed[position] ^= 1 << UInt8(bit)
        let expected: ProofError =
          position > flag
          ? .rejected(.fractionLayer) : bit > 0 ? .foreign : .rejected(.publicTensorRange)
        // Without its flag the context is read as public values.
        #expect(arena.rejection(of: changed) == expected, "bit \(bit) of byte \(position)")
      }
    }
    for count in flag..<flag + 33 {
      #expect(arena.rejection(of: Array(bound.prefix(count))) == .truncated(.statement))
    }
  }
}

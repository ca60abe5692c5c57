import FieldArithmetic
import Kernels
import Synchronization
import Testing

@testable import Commitment
@testable import ProofTestSupport
@testable import Prover

/// How many commitments lie in memory, seen by how often each of them is made.
@Suite struct CommitmentCacheTests {
  private let group: OpeningParameters.Group
  private let size: Int
  private let instance: OpeningInstance

  init() throws {
    let parameters = try folding(
      GroupShape(rowsLog: 4, lanes: 3), GroupShape(rowsLog: 4, lanes: 2), steps: [1])
    instance = OpeningInstance(parameters: parameters)
    group = parameters.committed[0]
    // Three lanes of 8 bytes and two digests of 32 at each position.
    size = (3 * 8 + 2 * 32) << group.domainLog
  }

  /// Asks for commitments one after the other.
  /// - Returns: the numbers of those that had to be made.
  private func made(_ cache: CommitmentCache, _ indices: [Int]) -> [Int] {
    let made = Mutex<[Int]>([])
    let root = instance.commitments[0][0].root
    for index in indices {
      let maker = CommitmentCache.Maker(
        commitment: {
          made.withLock { $0.append(index) }
          return MatrixCommitment(
            messages: BaseVector(instance.committed[0][0].flatMap { $0 }), lanes: 3,
            domainLog: group.domainLog)
        }, tails: { BaseVector(zeros: 0) })
      #expect(cache.commitment(index, root: nil, maker).root == root)
    }
    return made.withLock { $0 }
  }

  @Test func oneMoreThanThereIsRoomForIsHeld() {
    let cache = CommitmentCache(group, memory: 2 * size)
    #expect(made(cache, [0, 1, 2, 0, 1, 2]) == [0, 1, 2])
    #expect(made(cache, [3, 0, 1, 3]) == [3])
    #expect(made(cache, [2]) == [2])
  }

  /// Two proofs may be at the end of one commitment and at the beginning of the next.
  @Test func twoAreHeldHoweverLongTheyAre() {
    let cache = CommitmentCache(group, memory: 1)
    #expect(made(cache, [7, 8, 7, 8, 7, 8]) == [7, 8])
  }

  @Test func whatTakesTooMuchIsGivenUp() {
    let cache = CommitmentCache(group, memory: 2 * size)
    #expect(made(cache, [0, 1]) == [0, 1])
    cache.release()
    #expect(made(cache, [0, 1, 2]) == [2])
    cache.release()
    #expect(made(cache, [0, 1, 2, 0, 1, 2]) == [0, 1, 2])
  }
}

import CKernels
import Commitment
import FieldArithmetic
import Hashing
import Kernels

/// The commitments to one model: the same weights before tails that differ.
///
/// Number 0 is the pinned one. A commitment is a codeword many times as long as the model, so that
/// only what is being opened is kept, and everything else can be made again from the model and a seed.
final class ModelCommitments: Sendable {
  let matrix: ModelMatrix
  /// The code of every commitment.
  let group: OpeningParameters.Group
  /// What tails are made from, as secret as the model; nil for a model that is not hidden, whose
  /// commitment anyone who has the model can make.
  let seeds: Seeds?
  private let cache: CommitmentCache

  /// Two seeds, because that of the pinned commitment outlives all others.
  struct Seeds: Sendable {
    let pinned: SecretSeed
    let others: SecretSeed
  }

  /// - Parameter held: commitments that are at hand.
  init(
    matrix: ModelMatrix, group: OpeningParameters.Group, seeds: Seeds?,
    held: [Int: any CommittedMatrix] = [:]
  ) {
    self.matrix = matrix
    self.group = group
    self.seeds = seeds
    let shape = group.shape
    precondition(
      matrix.laneCount == shape.lanes && matrix.rowCount == shape.rows, "another model's shape")
    precondition((seeds == nil) == (shape.tail == 0), "tails without a seed")
    cache = CommitmentCache(group, held: held)
  }

  /// Where commitments are kept in files, as soon as the key is in one.
  func keep(beside path: String) { cache.keep(beside: path) }

  /// Sees to it that a commitment is in its file, if it can be written.
  func store(_ index: Int, root: Digest?) { cache.store(index, root: root, maker(index)) }

  /// A commitment, from a file if there is one.
  /// - Parameter root: what it has to be, if that is known.
  func commitment(_ index: Int, root: Digest?) -> any CommittedMatrix {
    cache.commitment(index, root: root, maker(index))
  }

  private func maker(_ index: Int) -> CommitmentCache.Maker {
    CommitmentCache.Maker(
      commitment: { [self] in
        let tails = tails(index)
        defer { tails.wipe() }
        return MatrixCommitment(tails: tails, shape: group.shape, domainLog: group.domainLog) {
          matrix.lane($0, into: $1.words)
        }
      }, tails: { [self] in tails(index) })
  }

  /// Gives up commitments that take much memory; they are made again when they are opened.
  func release() { cache.release() }

  /// Deletes what is kept of the commitments before one.
  func forget(before index: Int) { cache.forget(before: index) }

  /// A folded lane of the model with the folded tails of some commitments behind it.
  /// - Parameters:
  ///   - folded: the model's folded lane.
  ///   - copies: numbers of commitments, and what each of them counts; their sum is one.
  ///   - laneWeights: what each lane counts.
  func withTails(
    _ folded: ExtensionVector, copies: [(index: Int, weight: Fp3)], laneWeights: ExtensionVector
  ) -> ExtensionVector {
    let tail = group.shape.tail
    guard tail > 0 else { return folded }
    let whole = ExtensionVector(zeros: folded.count + tail)
    whole[0..<folded.count].assign(folded)
    let sum = whole[folded.count..<whole.count]
    let weights = ExtensionVector(zeros: laneWeights.count)
    for (index, weight) in copies {
      weights.assignProduct(weight, laneWeights)
      addTails(index, weights, to: sum)
    }
    return whole
  }

  /// Adds Σ weight·tail of a commitment's lanes.
  private func addTails(_ index: Int, _ weights: ExtensionVector, to sum: ExtensionVector) {
    let (lanes, tail) = (group.shape.lanes, group.shape.tail)
    var shape = ck_mode_shape(
      outer: 1, rows: 1, n: lanes, inner: tail, t_outer: lanes * tail, t_row: tail, v_row: lanes,
      out_outer: tail, out_row: tail)
    if let mapped = cache.tails(index) {
      mapped.withUnsafeBytes {
        ck_mode_base(
          &shape, weights.raw, $0.baseAddress?.assumingMemoryBound(to: UInt64.self), sum.raw, 1)
      }
    } else {
      let tails = tails(index)
      ck_mode_base(&shape, weights.raw, tails.words, sum.raw, 1)
      tails.wipe()
    }
  }

  /// All lanes' tails, one after the other.
  private func tails(_ index: Int) -> BaseVector {
    guard let seeds else { return BaseVector(zeros: 0) }
    let seed = index == 0 ? seeds.pinned : seeds.others
    var stream = MaskStream(
      seed: seed.derived(Digest(hashing: Array("tails".utf8)), UInt64(index)))
    return stream.base(group.shape.lanes * group.shape.tail)
  }
}

/// A commitment of which nothing is held until it is opened.
struct DeferredCommitment: CommittedMatrix {
  let commitments: ModelCommitments
  let index: Int
  let root: Digest

  private var matrix: any CommittedMatrix { commitments.commitment(index, root: root) }

  func leaf(_ position: Int) -> [Fp] { matrix.leaf(position) }

  func node(level: Int, index: Int) -> Digest { matrix.node(level: level, index: index) }
}
